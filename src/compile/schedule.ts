import {
  type ConcreteArray,
  type DType,
  firstElement,
  type NDArray,
  type Shape,
  sameShape,
  sizeOf,
} from "../array/index.ts";
import {
  type Atom,
  type Aval,
  type ClosedJaxpr,
  type Combine,
  CotangentError,
  Equation,
  Literal,
  type Lowering,
  type Params,
  type Primitive,
  Var,
  type ViewAxis,
} from "../core/index.ts";
import { add, constant, type Expr, input, mul } from "../kernel/expr.ts";
import { NestBuilder } from "../kernel/nest.ts";
import { convertElementTypePrimitive } from "../primitives/elementwise/conversion.ts";
import { canonicalOrder, dotOperand, dotScratch } from "./dot-kernel.ts";
import { denseLayout, isDenseLayout, reshapeLayout, viewLayout } from "./layout.ts";
import {
  type Buffer,
  type DotOperand,
  dtypeOfScratch,
  type Kernel,
  type Layout,
  type Leaf,
  type LoopKernel,
  type Program,
  type ProgramOutput,
  scalarTypeOf,
} from "./program.ts";
import { withWideSums } from "./wide-sums.ts";

/** Most leaves and results a loop takes before a new one is begun: more would not fit into registers. */
const MAX_LEAVES = 24;
const MAX_RESULTS = 8;
/** How deep an expression may grow before its value is stored. */
const MAX_DEPTH = 200;
/** How many operations a loop takes. */
const MAX_OPERATIONS = 600;

/** An element-by-element result that is not computed before somebody needs it, and then inside their loop if it can be. */
interface Pending {
  readonly kind: "pending";
  readonly equation: Equation;
  readonly output: number;
  readonly aval: Aval;
  readonly inputs: readonly Value[];
  readonly depth: number;
  /** The loop that computes it first. */
  home: OpenLoop | undefined;
  /** Where it is stored, once somebody outside its loop needs it. */
  stored: Stored | undefined;
}

/** A value in memory, available behind kernel number `after`. */
interface Stored {
  readonly kind: "stored";
  readonly layout: Layout;
  readonly after: number;
  readonly aval: Aval;
}

/** A value that is a function of its indices alone: a constant everywhere, or a count. */
interface Generated {
  readonly kind: "generated";
  readonly aval: Aval;
  expr(indices: readonly Expr[]): Expr;
}

type Value = Pending | Stored | Generated;

/** A loop kernel that may still take more. */
interface OpenLoop extends LoopKernel {
  readonly index: number;
  readonly exprs: Map<Pending, Expr>;
  readonly leafExprs: Map<string, Expr>;
  reducedAxes: readonly number[] | undefined;
}

const loweringOf = (equation: Equation): Lowering<Params> => {
  const { lowering } = equation.primitive;
  if (lowering === undefined)
    throw new CotangentError(`The primitive "${equation.primitive.name}" has no lowering.`);
  return lowering;
};

/** Whether every equation of a jaxpr can be compiled. */
export const firstUncompilable = ({ jaxpr }: ClosedJaxpr): Equation | undefined =>
  jaxpr.equations.find(
    ({ primitive: { lowering } }) =>
      lowering === undefined || ["call", "scan", "while", "branch"].includes(lowering.kind),
  );

/**
 * Turn a jaxpr into kernels. Element-by-element equations wait until a reduction, a product or an output needs them,
 * and then join a loop over their index space: the latest one that runs behind everything they need.
 */
export const schedule = (closed: ClosedJaxpr): Program => new Scheduler(closed).run();

class Scheduler {
  readonly #closed: ClosedJaxpr;
  readonly #values = new Map<Var, Value>();
  readonly #kernels: Kernel[] = [];
  readonly #loops = new Map<number, OpenLoop>();
  #nextBuffer = 0;

  constructor(closed: ClosedJaxpr) {
    this.#closed = closed;
  }

  run(): Program {
    const { jaxpr, consts } = this.#closed;
    const inputs = jaxpr.inputs.map((v, index) => {
      const buffer = this.#buffer(v.aval, { kind: "input", index });
      this.#values.set(v, this.#store(denseLayout(buffer, v.aval.shape), v.aval, -1));
      return { aval: v.aval, buffer };
    });
    jaxpr.constVars.forEach((v, i) => {
      const value = consts[i] as ConcreteArray;
      this.#values.set(
        v,
        this.#store(denseLayout(this.#buffer(v.aval, { kind: "const", value }), v.aval.shape), v.aval, -1),
      );
    });
    for (const equation of jaxpr.equations) this.#equation(equation);
    const outputs = jaxpr.outputs.map((atom) => ({ aval: atom.aval, from: this.#output(atom) }));
    const kernels = withWideSums(this.#kernels, (size) =>
      this.#buffer({ dtype: "float64", shape: [size], weakType: false }),
    );
    return { inputs, kernels, outputs };
  }

  #buffer({ shape, dtype }: Aval, origin: Buffer["origin"] = { kind: "temp" }): Buffer {
    return { id: this.#nextBuffer++, dtype, size: sizeOf(shape), origin };
  }

  #store(layout: Layout, aval: Aval, after: number): Stored {
    return { kind: "stored", layout, after, aval };
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
    const outAval = (equation.outputs[0] as Var).aval;
    switch (lowering.kind) {
      case "elementwise": {
        const depth =
          1 + inputs.reduce((most, v) => Math.max(most, v.kind === "pending" && !v.stored ? v.depth : 0), 0);
        equation.outputs.forEach((v, output) => {
          const pending: Pending = {
            kind: "pending",
            equation,
            output,
            aval: v.aval,
            inputs,
            depth,
            home: undefined,
            stored: undefined,
          };
          set(output, pending);
          if (depth >= MAX_DEPTH) this.#stored(pending);
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
        const { layout, after } = this.#stored(operand);
        set(0, this.#store(viewLayout(layout, outAval.shape, axes), outAval, after));
        return;
      }
      case "reshape": {
        const { layout, after } = this.#stored(first as Value);
        const direct = reshapeLayout(layout, outAval.shape);
        if (direct !== undefined) {
          set(0, this.#store(direct, outAval, after));
          return;
        }
        const dense = this.#dense(first as Value);
        set(0, this.#store(denseLayout(dense.layout.buffer, outAval.shape), outAval, dense.after));
        return;
      }
      case "reduction":
        set(0, this.#reduce(first as Value, lowering.combine, lowering.axes(equation.params), outAval));
        return;
      case "dot": {
        const axes = lowering.axes(equation.params);
        const lhs = this.#dotOperand(
          this.#converted(equation.inputs[0] as Atom, outAval.dtype),
          axes.lhsBatch,
          axes.lhsContracting,
        );
        const rhs = this.#dotOperand(
          this.#converted(equation.inputs[1] as Atom, outAval.dtype),
          axes.rhsBatch,
          axes.rhsContracting,
        );
        const output = this.#buffer(outAval);
        const scratch = dotScratch(outAval.dtype, lhs.operand, rhs.operand);
        const after = this.#push({
          kind: "dot",
          lhs,
          rhs,
          output,
          scratch: scratch.map(({ dtype, size }) => this.#buffer({ dtype, shape: [size], weakType: false })),
        });
        set(0, this.#store(denseLayout(output, outAval.shape), outAval, after));
        return;
      }
      case "nest": {
        const layouts = inputs.map((v) => this.#dense(v).layout);
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
        const outputs = outAvals.map((a) => this.#buffer(a));
        const scratch = finished.scratch.map(({ type, size }) =>
          this.#buffer({ dtype: dtypeOfScratch(type), shape: [size], weakType: false }),
        );
        const after = this.#push({
          kind: "nest",
          name: equation.primitive.name,
          nest: finished,
          inputs: layouts,
          outputs,
          scratch,
        });
        outAvals.forEach((a, i) => {
          set(i, this.#store(denseLayout(outputs[i] as Buffer, a.shape), a, after));
        });
        return;
      }
      case "scan":
      case "while":
      case "branch":
      case "call":
        throw new CotangentError(`"${equation.primitive.name}" was not inlined before scheduling.`);
    }
  }

  #push(kernel: Kernel): number {
    return this.#kernels.push(kernel) - 1;
  }

  /** The value in memory, as some window. */
  #stored(value: Value): Stored {
    if (value.kind === "stored") return value;
    if (value.kind === "pending" && value.stored !== undefined) return value.stored;
    if (value.kind === "pending" && value.home !== undefined) {
      const { home } = value;
      const buffer = this.#buffer(value.aval);
      home.results.push({ kind: "store", buffer, value: home.exprs.get(value) as Expr });
      value.stored = this.#store(denseLayout(buffer, value.aval.shape), value.aval, home.index);
      return value.stored;
    }
    const buffer = this.#buffer(value.aval);
    const loop = this.#loopFor(value, value.aval.shape, undefined);
    loop.results.push({ kind: "store", buffer, value: this.#expr(value, loop) });
    const stored = this.#store(denseLayout(buffer, value.aval.shape), value.aval, loop.index);
    if (value.kind === "pending") value.stored = stored;
    return stored;
  }

  /** The value in memory row by row, starting anywhere in its buffer. */
  #dense(value: Value): Stored {
    const stored = this.#stored(value);
    if (isDenseLayout(stored.layout)) return stored;
    const buffer = this.#buffer(value.aval);
    const loop = this.#loopFor(stored, value.aval.shape, undefined);
    loop.results.push({ kind: "store", buffer, value: this.#expr(stored, loop) });
    return this.#store(denseLayout(buffer, value.aval.shape), value.aval, loop.index);
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

  /** An operand of a product as matrices, copied into an order that allows it where its own does not. */
  #dotOperand(
    value: Value,
    batch: readonly number[],
    contracting: readonly number[],
  ): { readonly buffer: Buffer; readonly operand: DotOperand } {
    const { layout } = this.#stored(value);
    const direct = dotOperand(layout, batch, contracting);
    if (direct !== undefined) return { buffer: layout.buffer, operand: direct };
    const order = canonicalOrder(layout.shape, batch, contracting);
    const shape = order.map((axis) => layout.shape[axis] as number);
    const strides = order.map((axis) => layout.strides[axis] as number);
    const { after } = this.#stored(value);
    const copied = this.#dense(
      this.#store({ ...layout, shape, strides }, { ...value.aval, shape }, after),
    ).layout;
    const at = (list: readonly number[]): number[] => list.map((axis) => order.indexOf(axis));
    return { buffer: copied.buffer, operand: dotOperand(copied, at(batch), at(contracting)) as DotOperand };
  }

  #reduce(value: Value, combine: Combine, axes: readonly number[], outAval: Aval): Stored {
    const { shape } = value.aval;
    const loop = this.#loopFor(value, shape, axes);
    const buffer = this.#buffer(outAval);
    loop.reducedAxes = axes;
    loop.results.push({ kind: "reduce", buffer, value: this.#expr(value, loop), combine, axes });
    return this.#store(denseLayout(buffer, outAval.shape), outAval, loop.index);
  }

  /** The loop in which `value` is computed: an open one that runs behind all it needs, or a new one. */
  #loopFor(value: Value, shape: Shape, axes: readonly number[] | undefined): OpenLoop {
    const { earliest, size } = this.#requirements(value, shape);
    for (let i = this.#kernels.length - 1; i >= Math.max(earliest, 0); i--) {
      const loop = this.#loops.get(i);
      if (
        loop !== undefined &&
        sameShape(loop.shape, shape) &&
        (axes === undefined || loop.reducedAxes === undefined || sameShape(loop.reducedAxes, axes)) &&
        loop.results.length < MAX_RESULTS &&
        loop.leaves.length < MAX_LEAVES &&
        loop.exprs.size + size < MAX_OPERATIONS
      ) {
        return loop;
      }
    }
    const index = this.#kernels.length;
    const loop: OpenLoop = {
      kind: "loop",
      shape,
      leaves: [],
      results: [],
      index,
      exprs: new Map(),
      leafExprs: new Map(),
      reducedAxes: undefined,
    };
    this.#kernels.push(loop);
    this.#loops.set(index, loop);
    return loop;
  }

  /**
   * The first kernel in which a value can be computed, and how many operations it takes. On the way, what cannot be part
   * of a loop over `shape` is stored.
   */
  #requirements(value: Value, shape: Shape): { readonly earliest: number; readonly size: number } {
    let earliest = 0;
    const seen = new Set<Value>();
    const open: Value[] = [value];
    for (let v = open.pop(); v !== undefined; v = open.pop()) {
      if (seen.has(v)) continue;
      seen.add(v);
      if (v.kind === "generated") continue;
      if (v.kind === "stored") earliest = Math.max(earliest, v.after + 1);
      else if (v.stored !== undefined && v.home === undefined)
        earliest = Math.max(earliest, v.stored.after + 1);
      else if (v.home !== undefined) earliest = Math.max(earliest, v.home.index);
      else if (!sameShape(v.aval.shape, shape)) earliest = Math.max(earliest, this.#stored(v).after + 1);
      else open.push(...v.inputs);
    }
    return { earliest, size: seen.size };
  }

  /** The expression of a value inside a loop. */
  #expr(value: Value, loop: OpenLoop): Expr {
    switch (value.kind) {
      case "generated":
        return value.expr(value.aval.shape.map((_, axis) => this.#index(loop, axis)));
      case "stored":
        return this.#load(value, loop);
      case "pending": {
        const known = loop.exprs.get(value);
        if (known !== undefined) return known;
        if (
          value.home !== undefined ||
          value.stored !== undefined ||
          !sameShape(value.aval.shape, loop.shape)
        ) {
          return this.#load(this.#stored(value), loop);
        }
        const { equation } = value;
        const lowering = loweringOf(equation) as Lowering<Params> & { readonly kind: "elementwise" };
        const inputs = value.inputs.map((v) => this.#expr(v, loop));
        const made = lowering.expr(
          inputs,
          equation.params,
          equation.outputs.map((v) => v.aval),
        );
        const expr = (Array.isArray(made) ? made[value.output] : made) as Expr;
        loop.exprs.set(value, expr);
        value.home = loop;
        return expr;
      }
    }
  }

  #load({ layout }: Stored, loop: OpenLoop): Expr {
    const { buffer, offset } = layout;
    const strides = layout.shape.length === loop.shape.length ? layout.strides : loop.shape.map(() => 0);
    return this.#leaf(
      loop,
      `${buffer.id}@${offset}:${strides}`,
      { kind: "load", buffer, strides, offset },
      scalarTypeOf(buffer.dtype),
    );
  }

  #index(loop: OpenLoop, axis: number): Expr {
    return this.#leaf(loop, `i${axis}`, { kind: "index", axis }, "i32");
  }

  #leaf(loop: OpenLoop, key: string, leaf: Leaf, type: Expr["type"]): Expr {
    let expr = loop.leafExprs.get(key);
    if (expr === undefined) {
      expr = input(loop.leaves.length, type);
      loop.leaves.push(leaf);
      loop.leafExprs.set(key, expr);
    }
    return expr;
  }

  #output(atom: Atom): ProgramOutput {
    if (atom instanceof Literal) return { kind: "const", value: atom.value };
    const value = this.#value(atom);
    const { layout } = this.#dense(value);
    const { buffer, offset } = layout;
    const whole = buffer.size === sizeOf(atom.aval.shape) && sameShape(layout.shape, atom.aval.shape);
    if (
      whole &&
      buffer.origin.kind === "input" &&
      sameShape(this.#closed.jaxpr.inputs[buffer.origin.index]?.aval.shape ?? [-1], atom.aval.shape)
    ) {
      return { kind: "input", index: buffer.origin.index };
    }
    return { kind: "buffer", buffer, offset };
  }
}

/** The index into an operand's axis, as an expression of the indices of the result. */
const affine = ({ offset, terms }: ViewAxis, indices: readonly Expr[]): Expr => {
  let sum: Expr | undefined;
  for (const { axis, scale } of terms) {
    const index = indices[axis] as Expr;
    const term = scale === 1 ? index : mul(index, scale);
    sum = sum === undefined ? term : add(sum, term);
  }
  if (sum === undefined) return constant("i32", offset);
  return offset === 0 ? sum : add(sum, offset);
};

const constantOf = (value: NDArray): Expr => {
  const number = firstElement(value as ConcreteArray);
  const type = scalarTypeOf(value.dtype);
  return constant(type, type === "bool" ? number !== 0 : number);
};
