import { isFloat, type NDArray } from "../array/index.ts";
import {
  bind,
  bindCustomJvp,
  bindCustomVjp,
  type CustomJvp,
  type CustomVjp,
  DifferentiationError,
  type Params,
  type PartialEvalContext,
  type Primitive,
  type Tangent,
  type Trace,
  Tracer,
} from "../core/index.ts";
import { zerosLike } from "../primitives/broadcast.ts";
import { customLinear } from "./custom-linear.ts";

/** A primal value with its tangent. Values whose tangent is zero are not wrapped at all. */
export class JvpTracer extends Tracer {
  readonly primal: NDArray;
  readonly tangent: NDArray;

  constructor(trace: JvpTrace, primal: NDArray, tangent: NDArray) {
    super(trace, primal.shape, primal.dtype, primal.weakType);
    this.primal = primal;
    this.tangent = tangent;
  }

  protected override concrete(): NDArray | undefined {
    return this.primal;
  }
}

/** Forward-mode differentiation: each primitive is replaced by its JVP rule, which runs in the traces below. */
export class JvpTrace implements Trace {
  readonly level: number;
  readonly transform: string;
  alive = true;
  readonly #linear: PartialEvalContext | undefined;

  /** @param linear the trace whose inputs are the tangents, where the derivative is recorded as a linear function. */
  constructor(level: number, transform: string, linear?: PartialEvalContext) {
    this.level = level;
    this.transform = transform;
    this.#linear = linear;
  }

  /** `primal` with a tangent; without one it stays as it is. */
  pair(primal: NDArray, tangent: Tangent): NDArray {
    if (tangent === null) return primal;
    // What is linear in the inputs and does not depend on them is zero.
    if (this.#linear !== undefined && !this.#linear.isUnknown(tangent)) return primal;
    return new JvpTracer(this, primal, tangent);
  }

  primalOf(x: NDArray): NDArray {
    return x instanceof JvpTracer && x.trace === this ? x.primal : x;
  }

  tangentOf(x: NDArray): Tangent {
    return x instanceof JvpTracer && x.trace === this ? x.tangent : null;
  }

  processPrimitive(primitive: Primitive, inputs: readonly NDArray[], params: Params): readonly NDArray[] {
    const primals = new Array<NDArray>(inputs.length);
    const inTangents = new Array<Tangent>(inputs.length);
    for (let i = 0; i < inputs.length; i++) {
      const x = inputs[i] as NDArray;
      primals[i] = this.primalOf(x);
      inTangents[i] = this.tangentOf(x);
    }
    const { outputs, tangents } = primitive.jvp(primals, inTangents, params);
    return outputs.map((x, i) => this.pair(x, tangents[i] ?? null));
  }

  processCustomJvp(call: CustomJvp, inputs: readonly NDArray[]): readonly NDArray[] {
    const primals = inputs.map((x) => this.primalOf(x));
    const tangents = inputs.map((x) => this.tangentOf(x));
    if (tangents.every((t) => t === null)) return bindCustomJvp(call, primals);
    const result = call.jvp(primals, tangents);
    this.#refuseClosures("customJvp", call.name, [...result.outputs, ...result.tangents]);
    return result.outputs.map((x, i) => this.pair(x, result.tangents[i] ?? null));
  }

  processCustomVjp(call: CustomVjp, inputs: readonly NDArray[]): readonly NDArray[] {
    const primals = inputs.map((x) => this.primalOf(x));
    const tangents = inputs.map((x) => this.tangentOf(x));
    if (tangents.every((t) => t === null)) return bindCustomVjp(call, primals);
    const { outputs, residuals } = call.fwd(...primals);
    this.#refuseClosures("customVjp", call.name, [...outputs, ...residuals]);
    const differentiable = primals.map((x) => isFloat(x.dtype));
    const linearInputs = primals.flatMap((x, i) => (differentiable[i] ? [tangents[i] ?? zerosLike(x)] : []));
    const outTangents = bind(customLinear, [...residuals, ...linearInputs], {
      call,
      numResiduals: residuals.length,
      differentiable,
      outputs: outputs.map(({ shape, dtype }) => ({ shape, dtype, weakType: false })),
    });
    return outputs.map((x, i) => this.pair(x, isFloat(x.dtype) ? (outTangents[i] as NDArray) : null));
  }

  /** A rule that closes over what this or an inner transform traces would drop the part of it in the result. */
  #refuseClosures(kind: string, name: string, values: readonly Tangent[]): void {
    const found = values.find((x): x is Tracer => x instanceof Tracer && x.trace.level >= this.level);
    if (found === undefined) return;
    throw new DifferentiationError(
      `${kind}: the rule of "${name}" closes over a value that ${found.trace.transform} is tracing. A rule says only ` +
        "what the derivative for its arguments is: pass that value as an argument, too.",
    );
  }
}
