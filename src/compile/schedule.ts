import { type ConcreteArray, type DType, sameShape, sizeOf } from "../array/index.ts";
import {
  type Atom,
  type Aval,
  type ClosedJaxpr,
  CotangentError,
  Equation,
  Literal,
  type Primitive,
  Var,
} from "../core/index.ts";
import type { Expr } from "../kernel/expr.ts";
import { NestBuilder } from "../kernel/nest.ts";
import { scalarTypeOf } from "../kernel/scalar-type.ts";
import { convertElementTypePrimitive } from "../primitives/elementwise/conversion.ts";
import { orderedStrides } from "./axis-order.ts";
import { carriedJaxprs } from "./carried-jaxprs.ts";
import { dotScratch, isBetterSwapped } from "./dot-kernel.ts";
import { DotOperands } from "./dot-operands.ts";
import { KernelList, loweringOf, storedValue } from "./kernel-list.ts";
import { denseLayout, reshapeLayout, viewLayout } from "./layout.ts";
import { type Buffer, dtypeOfScratch, type Layout, type Program, type ProgramOutput } from "./program.ts";
import { affine, constantOf } from "./scalar-exprs.ts";
import { type RegionHost, scheduleRegion } from "./schedule-regions.ts";
import { pending, type Value } from "./scheduled-value.ts";
import { updateInPlace } from "./update-in-place.ts";

/** How deep an expression may grow before its value is stored. */
const MAX_DEPTH = 200;

/** The first equation that cannot be compiled, of a jaxpr and those that it carries. */
export const firstUncompilable = ({ jaxpr }: ClosedJaxpr): Equation | undefined => {
  for (const equation of jaxpr.equations) {
    const { lowering } = equation.primitive;
    if (lowering === undefined || lowering.kind === "call") return equation;
    for (const inner of carriedJaxprs(equation)) {
      const blocker = firstUncompilable(inner);
      if (blocker !== undefined) return blocker;
    }
  }
  return undefined;
};

/**
 * Turn a jaxpr into kernels. Element-by-element equations wait until a reduction, a product or an output needs them,
 * and then join a loop over their index space: the latest one that runs behind everything they need.
 */
export const schedule = (closed: ClosedJaxpr): Program => {
  const { jaxpr } = closed;
  const list = new KernelList();
  const inputs = jaxpr.inputs.map(({ aval }, index) => ({
    aval,
    buffer: list.buffer(aval, { kind: "input", index }),
  }));
  const values = inputs.map(({ aval, buffer }) => storedValue(denseLayout(buffer, aval.shape), aval, -1));
  const results = new Scheduler(list).run(closed, values);
  const outputs = results.map((result, k): Program["outputs"][number] => {
    const atom = jaxpr.outputs[k] as Atom;
    const { aval } = atom;
    if (atom instanceof Literal) return { aval, from: { kind: "const", value: atom.value } };
    const { layout } = list.dense(result);
    return { aval, from: outputOf(layout, aval, jaxpr.inputs) };
  });
  const program = { inputs, kernels: list.finish(), outputs };
  updateInPlace(program);
  return program;
};

/** An output that is a whole argument is that argument. */
const outputOf = ({ buffer, offset }: Layout, aval: Aval, inputs: readonly Var[]): ProgramOutput => {
  const { origin } = buffer;
  return origin.kind === "input" && sameShape((inputs[origin.index] as Var).aval.shape, aval.shape)
    ? { kind: "input", index: origin.index }
    : { kind: "buffer", buffer, offset };
};

/** Puts the equations of one jaxpr into a list of kernels. */
class Scheduler implements RegionHost {
  readonly list: KernelList;
  readonly #values = new Map<Var, Value>();
  readonly #operands = new DotOperands((value) => this.list.dense(value).layout);

  constructor(list: KernelList) {
    this.list = list;
  }

  /** The values of the outputs of a jaxpr for these values of its inputs (those that it does not use may be missing). */
  run({ jaxpr, consts }: ClosedJaxpr, inputs: readonly (Value | undefined)[]): readonly Value[] {
    jaxpr.inputs.forEach((v, i) => {
      const value = inputs[i];
      if (value !== undefined) this.#values.set(v, value);
    });
    jaxpr.constVars.forEach((v, i) => {
      const value = consts[i] as ConcreteArray;
      const buffer = this.list.buffer(v.aval, { kind: "const", value });
      this.#values.set(v, storedValue(denseLayout(buffer, v.aval.shape), v.aval, -1));
    });
    for (const equation of jaxpr.equations) this.#equation(equation);
    return jaxpr.outputs.map((atom) => this.#value(atom));
  }

  inner(loops: number): RegionHost {
    return new Scheduler(this.list.inner(loops));
  }

  #value(atom: Atom): Value {
    if (!(atom instanceof Literal)) return this.#values.get(atom) as Value;
    const { value } = atom;
    const expr = constantOf(value);
    return { kind: "generated", aval: atom.aval, expr: () => expr };
  }

  #equation(equation: Equation): void {
    const lowering = loweringOf(equation);
    const inputs = equation.inputs.map((atom) => this.#value(atom));
    const set = (i: number, value: Value): void => {
      this.#values.set(equation.outputs[i] as Var, value);
    };
    const first = inputs[0];
    const outAval = equation.outputs[0]?.aval as Aval;
    switch (lowering.kind) {
      case "elementwise": {
        const avals = equation.outputs.map((v) => v.aval);
        const operands = equation.inputs.map((atom) => atom.aval);
        avals.forEach((aval, output) => {
          const value = pending(aval, inputs, (exprs) => {
            const made = lowering.expr(exprs, equation.params, avals, operands);
            return (Array.isArray(made) ? made[output] : made) as Expr;
          });
          set(output, value);
          if (value.depth >= MAX_DEPTH) this.list.stored(value);
        });
        return;
      }
      case "generate":
        set(0, {
          kind: "generated",
          aval: outAval,
          expr: (indices) => lowering.expr(indices, equation.params, outAval),
        });
        return;
      case "identity":
        set(0, first as Value);
        return;
      case "view": {
        const operand = first as Value;
        const axes = lowering.axes(equation.params, operand.aval, outAval);
        if (operand.kind === "generated") {
          set(0, {
            kind: "generated",
            aval: outAval,
            expr: (indices) => operand.expr(axes.map((axis) => affine(axis, indices))),
          });
          return;
        }
        const { layout, after } = this.list.stored(operand);
        set(0, storedValue(viewLayout(layout, outAval.shape, axes), outAval, after));
        return;
      }
      case "reshape": {
        const { layout, after } = this.list.stored(first as Value);
        const direct = reshapeLayout(layout, outAval.shape);
        if (direct !== undefined) {
          set(0, storedValue(direct, outAval, after));
          return;
        }
        const dense = this.list.dense(first as Value);
        set(0, storedValue(denseLayout(dense.layout.buffer, outAval.shape), outAval, dense.after));
        return;
      }
      case "reduction":
        set(0, this.list.reduce(first as Value, lowering.combine, lowering.axes(equation.params), outAval));
        return;
      case "dot": {
        const axes = lowering.axes(equation.params);
        const left = this.#operands.of(
          this.list.stored(this.#converted(equation.inputs[0] as Atom, outAval.dtype)),
          axes.lhsBatch,
          axes.lhsContracting,
        );
        const right = this.#operands.of(
          this.list.stored(this.#converted(equation.inputs[1] as Atom, outAval.dtype)),
          axes.rhsBatch,
          axes.rhsContracting,
        );
        const isSwapped = isBetterSwapped(left.operand, right.operand);
        const [lhs, rhs] = isSwapped ? [right, left] : [left, right];
        const output = this.list.buffer(outAval);
        const scratch = dotScratch(outAval.dtype, lhs.operand, rhs.operand);
        const after = this.list.push({
          kind: "dot",
          lhs,
          rhs,
          output,
          scratch: scratch.map(({ dtype, size }) =>
            this.list.buffer({ dtype, shape: [size], weakType: false }),
          ),
        });
        // The result of a swapped product lies in memory with the columns of the right operand in front of the rows.
        const [batchEnd, rowEnd] = [axes.lhsBatch.length, left.rank - axes.lhsContracting.length];
        const all = outAval.shape.map((_, axis) => axis);
        const order = isSwapped
          ? [...all.slice(0, batchEnd), ...all.slice(rowEnd), ...all.slice(batchEnd, rowEnd)]
          : all;
        const layout = {
          ...denseLayout(output, outAval.shape),
          strides: orderedStrides(outAval.shape, order),
        };
        set(0, storedValue(layout, outAval, after));
        return;
      }
      case "nest": {
        const places = lowering.places?.(equation.params, (first as Value).aval, outAval);
        const placed = places && this.list.placed(first as Value, places, outAval);
        if (placed !== undefined) {
          set(0, placed);
          return;
        }
        const layouts = inputs.map((v) => this.list.dense(v).layout);
        const outAvals = equation.outputs.map((v) => v.aval);
        const nest = new NestBuilder(
          layouts.map(({ buffer, shape }) => ({ type: scalarTypeOf(buffer.dtype), size: sizeOf(shape) })),
          outAvals.map(({ dtype, shape }) => ({ type: scalarTypeOf(dtype), size: sizeOf(shape) })),
        );
        lowering.build(
          nest,
          equation.params,
          inputs.map((v) => v.aval),
          outAvals,
        );
        const finished = nest.finish();
        const outputs = outAvals.map((a) => this.list.buffer(a));
        const scratch = finished.scratch.map(({ type, size }) =>
          this.list.buffer({ dtype: dtypeOfScratch(type), shape: [size], weakType: false }),
        );
        const after = this.list.push({
          kind: "nest",
          name: equation.primitive.name,
          nest: finished,
          inputs: layouts,
          outputs,
          scratch,
        });
        outAvals.forEach((a, i) => {
          set(i, storedValue(denseLayout(outputs[i] as Buffer, a.shape), a, after));
        });
        return;
      }
      case "scan":
      case "while":
      case "branch":
        scheduleRegion(this, equation, inputs).forEach((value, i) => {
          set(i, value);
        });
        return;
      case "call":
        throw new CotangentError(`"${equation.primitive.name}" was not inlined before scheduling.`);
    }
  }

  /** A value in another dtype, as the operands of a product are whose result is wider. */
  #converted(atom: Atom, dtype: DType): Value {
    if (atom.aval.dtype === dtype) return this.#value(atom);
    const wider = new Var({ ...atom.aval, dtype });
    const params = { newDtype: dtype, weakType: false };
    this.#equation(
      new Equation(convertElementTypePrimitive as unknown as Primitive, [atom], [wider], params),
    );
    return this.#value(wider);
  }
}
