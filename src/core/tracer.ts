import { type DType, NDArray, type NestedArray, type Shape, type TypedArray } from "../array/index.ts";
import { describeAval } from "./aval.ts";
import { ConcretizationError } from "./errors.ts";
import type { Params } from "./params.ts";
import type { JvpResult, Primitive, Tangent } from "./primitive.ts";

/** A function of flat lists of arrays: what transforms work on once trees are taken apart. */
export type FlatFunction = (...inputs: readonly NDArray[]) => readonly NDArray[];

/** A function with a derivative of its own. */
export interface CustomJvp {
  readonly name: string;
  readonly fun: FlatFunction;
  /** Outputs and tangents; a `null` tangent is zero. */
  readonly jvp: (primals: readonly NDArray[], tangents: readonly Tangent[]) => JvpResult;
}

/** A function with a vector-Jacobian product of its own. */
export interface CustomVjp {
  readonly name: string;
  readonly fun: FlatFunction;
  /** Outputs, followed by residuals. */
  readonly fwd: (...inputs: readonly NDArray[]) => {
    readonly outputs: readonly NDArray[];
    readonly residuals: readonly NDArray[];
  };
  /** Residuals, then cotangents of the outputs, to one cotangent an input (`null` for zero). */
  readonly bwd: (residuals: readonly NDArray[], cotangents: readonly NDArray[]) => readonly Tangent[];
}

/**
 * One use of a transform while its function runs. A trace gives each primitive a meaning: evaluate it, record it,
 * differentiate it, batch it.
 */
export interface Trace {
  /** How deep it is nested; 0 is evaluation. A primitive goes to the deepest trace among its inputs. */
  readonly level: number;
  /** The transform that made it, as messages name it. */
  readonly transform: string;
  /** False once the transform is done: using its tracers after that is an error. */
  alive: boolean;
  processPrimitive(primitive: Primitive, inputs: readonly NDArray[], params: Params): readonly NDArray[];
  processCustomJvp(call: CustomJvp, inputs: readonly NDArray[]): readonly NDArray[];
  processCustomVjp(call: CustomVjp, inputs: readonly NDArray[]): readonly NDArray[];
}

let observer: ((tracer: Tracer) => void) | undefined;

/** Set who is told of every tracer that is made; returns who was before. */
export const setTracerObserver = (next: typeof observer): typeof observer => {
  const before = observer;
  observer = next;
  return before;
};

/** A stand-in for an array while a transform traces a function. */
export abstract class Tracer extends NDArray {
  readonly trace: Trace;
  override readonly shape: Shape;
  override readonly dtype: DType;
  override readonly weakType: boolean;

  constructor(trace: Trace, shape: Shape, dtype: DType, weakType: boolean) {
    super();
    this.trace = trace;
    this.shape = shape;
    this.dtype = dtype;
    this.weakType = weakType;
    observer?.(this);
  }

  /**
   * The array this tracer stands for, where it has values: under `grad` and `jvp` outside `jit`, people may ask for
   * a scalar's `item()` and branch on it, as in JAX. JavaScript's operators may not: `x * 2` would be a plain number,
   * whose derivative is lost without a word.
   */
  protected concrete(): NDArray | undefined {
    return undefined;
  }

  override item(): number | boolean {
    const value = this.concrete();
    if (value === undefined) throw concretizationError("item()", this);
    return value.item();
  }

  override toArray(): NestedArray {
    throw concretizationError("toArray()", this);
  }

  override toTypedArray(): TypedArray {
    throw concretizationError("toTypedArray()", this);
  }

  toJSON(): NestedArray {
    throw concretizationError("JSON.stringify", this);
  }

  override [Symbol.toPrimitive](hint: "number" | "string" | "default"): number | boolean | string {
    if (hint === "string") return this.toString();
    throw concretizationError("an operator of JavaScript (+, *, <, …) or a conversion to a number", this);
  }

  override toString(): string {
    return `Traced<${describeAval(this)}> by ${this.trace.transform}`;
  }

  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return this.toString();
  }
}

/** The first of some values that belongs to a trace nested in `trace`, if any does. */
export const tracerInside = (trace: Trace, values: readonly Tangent[]): Tracer | undefined =>
  values.find((x): x is Tracer => x instanceof Tracer && x.trace.level > trace.level);

const concretizationError = (what: string, tracer: Tracer): ConcretizationError =>
  new ConcretizationError(
    `${what} was used on an array of ${describeAval(tracer)} that ${tracer.trace.transform} is tracing: a plain ` +
      "JavaScript value has no derivative, and under jit and vmap there is none yet. To compute use methods (x.mul(2), x.less(0)) and the functions of numpy; " +
      "to choose between values by a condition np.where or lax.select; to branch lax.cond; to keep an argument as a " +
      "plain JavaScript value list it in staticArgnums of jit; to see values call the function outside the transform.",
  );
