import { type Shape, sameShape, sizeOf } from "../array/index.ts";
import {
  type Aval,
  type Combine,
  CotangentError,
  type Equation,
  type Lowering,
  type Params,
} from "../core/index.ts";
import { type Expr, input } from "../kernel/expr.ts";
import { denseLayout, isDenseLayout } from "./layout.ts";
import { type Buffer, type Kernel, type Layout, type Leaf, type Origin, scalarTypeOf } from "./program.ts";
import type { OpenLoop, Stored, Value } from "./scheduled-value.ts";
import { withWideSums } from "./wide-sums.ts";

/** Most leaves and results a loop takes before a new one is begun: more would not fit into registers. */
const MAX_LEAVES = 24;
const MAX_RESULTS = 8;
/** How many operations a loop takes. */
const MAX_OPERATIONS = 600;

/** A value that is in memory behind kernel number `after`. */
export const storedValue = (layout: Layout, aval: Aval, after: number): Stored => ({
  kind: "stored",
  layout,
  after,
  aval,
});

/** How an equation's primitive is compiled. */
export const loweringOf = (equation: Equation): Lowering<Params> => {
  const { lowering } = equation.primitive;
  if (lowering === undefined)
    throw new CotangentError(`The primitive "${equation.primitive.name}" has no lowering.`);
  return lowering;
};

/** Kernels in the making: where values are computed, and in which buffers they lie. */
export class KernelList {
  /** How many loops are around these kernels. */
  readonly loops: number;
  readonly #kernels: Kernel[] = [];
  readonly #loops = new Map<number, OpenLoop>();
  /** Temporaries that belong to these kernels alone. */
  readonly #own = new Set<Buffer>();
  /** Numbers all buffers of a program. */
  readonly #ids: { next: number };

  constructor(loops = 0, ids = { next: 0 }) {
    this.loops = loops;
    this.#ids = ids;
  }

  /** A list of kernels inside a kernel of this one, and of so many loops more. */
  inner(loops: number): KernelList {
    return new KernelList(this.loops + loops, this.#ids);
  }

  /** All kernels; nothing may be added afterwards. */
  finish(): Kernel[] {
    return withWideSums(this.#kernels, (size) =>
      this.buffer({ dtype: "float64", shape: [size], weakType: false }),
    );
  }

  /** A new buffer for a value. */
  buffer({ shape, dtype }: Aval, origin: Origin = { kind: "temp" }): Buffer {
    const buffer: Buffer = { id: this.#ids.next++, dtype, size: sizeOf(shape), origin };
    if (origin.kind === "temp") this.#own.add(buffer);
    return buffer;
  }

  /** Add a kernel that is complete; returns its number. */
  push(kernel: Kernel): number {
    return this.#kernels.push(kernel) - 1;
  }

  /** The value in memory, as some window. */
  stored(value: Value): Stored {
    if (value.kind === "stored") return value;
    if (value.kind === "pending" && value.stored !== undefined) return value.stored;
    if (value.kind === "pending" && value.home !== undefined) {
      const { home } = value;
      const buffer = this.buffer(value.aval);
      home.results.push({ kind: "store", buffer, value: home.exprs.get(value) as Expr });
      value.stored = storedValue(denseLayout(buffer, value.aval.shape), value.aval, home.index);
      return value.stored;
    }
    const buffer = this.buffer(value.aval);
    const loop = this.#loopFor(value, value.aval.shape, undefined);
    loop.results.push({ kind: "store", buffer, value: this.#expr(value, loop) });
    const stored = storedValue(denseLayout(buffer, value.aval.shape), value.aval, loop.index);
    if (value.kind === "pending") value.stored = stored;
    return stored;
  }

  /** The value in memory row by row, starting anywhere in its buffer. */
  dense(value: Value): Stored {
    const stored = this.stored(value);
    if (isDenseLayout(stored.layout)) return stored;
    const buffer = this.buffer(value.aval);
    const loop = this.#loopFor(stored, value.aval.shape, undefined);
    loop.results.push({ kind: "store", buffer, value: this.#expr(stored, loop) });
    return storedValue(denseLayout(buffer, value.aval.shape), value.aval, loop.index);
  }

  /** A value as kernels inside of a kernel see it: it is there before they run. */
  outer(value: Value): Value {
    if (value.kind === "generated") return value;
    const { layout, aval } = this.stored(value);
    return storedValue(layout, aval, -1);
  }

  /** Put a copy of a value into `target`, row by row. Returns the number of the kernel that does it. */
  copyInto(value: Value, target: Buffer): number {
    const home = value.kind === "pending" ? value.home : undefined;
    const loop = home ?? this.#loopFor(value, value.aval.shape, undefined);
    loop.results.push({ kind: "store", buffer: target, value: this.#expr(value, loop) });
    return loop.index;
  }

  /**
   * See to it that a value is in `target`, row by row, when all kernels have run: a temporary of its own lies there from
   * the start, everything else is copied. Nobody may change `target` while these kernels run.
   */
  placeInto(value: Value, target: Buffer): void {
    const stored = value.kind === "pending" ? value.stored : value;
    if (stored?.kind === "stored") {
      const { layout } = stored;
      const { buffer } = layout;
      const isWhole = layout.offset === 0 && buffer.size === target.size && isDenseLayout(layout);
      if (
        isWhole &&
        buffer.dtype === target.dtype &&
        buffer.origin.kind === "temp" &&
        this.#own.has(buffer)
      ) {
        buffer.origin = { kind: "same", of: target };
        return;
      }
    }
    this.copyInto(value, target);
  }

  /** The value with some axes reduced. */
  reduce(value: Value, combine: Combine, axes: readonly number[], outAval: Aval): Stored {
    const { shape } = value.aval;
    const loop = this.#loopFor(value, shape, axes);
    const buffer = this.buffer(outAval);
    loop.reducedAxes = axes;
    loop.results.push({ kind: "reduce", buffer, value: this.#expr(value, loop), combine, axes });
    return storedValue(denseLayout(buffer, outAval.shape), outAval, loop.index);
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
      else if (!sameShape(v.aval.shape, shape)) earliest = Math.max(earliest, this.stored(v).after + 1);
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
          return this.#load(this.stored(value), loop);
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
}
