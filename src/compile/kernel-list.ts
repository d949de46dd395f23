import { type Shape, sameShape, sizeOf } from "../array/index.ts";
import {
  type Aval,
  type Combine,
  CotangentError,
  type Equation,
  type Lowering,
  type Params,
  type ViewAxis,
} from "../core/index.ts";
import { constant, type Expr, input } from "../kernel/expr.ts";
import { scalarTypeOf } from "../kernel/scalar-type.ts";
import { axisOrder, orderedStrides, type Window } from "./axis-order.ts";
import { denseLayout, isDenseLayout, viewLayout, windowAt } from "./layout.ts";
import type { Buffer, Kernel, Layout, Leaf, Origin } from "./program.ts";
import { type OpenLoop, pending, type Stored, type Value } from "./scheduled-value.ts";
import { pieces, shortAxes, unrolledReduction } from "./unroll.ts";
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
    const loop =
      value.kind === "pending" && value.home !== undefined
        ? value.home
        : this.#loopFor(value, value.aval.shape, undefined);
    const stored = this.#storedBy(loop, value, loop.order);
    if (value.kind === "pending") value.stored = stored;
    return stored;
  }

  /** The value in memory row by row, starting anywhere in its buffer. */
  dense(value: Value): Stored {
    const { shape } = value.aval;
    const rows = shape.map((_, axis) => axis);
    if (value.kind === "pending" && value.stored === undefined && value.home === undefined)
      value.stored = this.#storedBy(this.#loopFor(value, shape, undefined, rows), value, rows);
    const stored = this.stored(value);
    if (isDenseLayout(stored.layout)) return stored;
    return this.#storedBy(this.#loopFor(stored, shape, undefined, rows), stored, rows);
  }

  /** A value stored by a loop, its axes in some order in memory. */
  #storedBy(loop: OpenLoop, value: Value, order: readonly number[]): Stored {
    const { shape } = value.aval;
    const layout = {
      buffer: this.buffer(value.aval),
      shape,
      strides: orderedStrides(shape, order),
      offset: 0,
    };
    this.#storeAt(loop, value, layout);
    return storedValue(layout, value.aval, loop.index);
  }

  /** Let a loop store a value in a window. */
  #storeAt(loop: OpenLoop, value: Value, { buffer, strides, offset }: Layout): void {
    loop.results.push({ kind: "store", buffer, strides, offset, value: this.#expr(value, loop) });
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
    const { shape } = value.aval;
    const rows = shape.map((_, axis) => axis);
    const loop = home ?? this.#loopFor(value, shape, undefined, rows);
    this.#storeAt(loop, value, denseLayout(target, shape));
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
      if (isWhole && buffer.origin.kind === "temp" && this.#own.has(buffer)) {
        buffer.origin = { kind: "same", of: target };
        return;
      }
    }
    this.copyInto(value, target);
  }

  /** The value with some axes reduced. */
  reduce(value: Value, combine: Combine, axes: readonly number[], outAval: Aval): Value {
    const { shape } = value.aval;
    const unrolled = unrolledReduction(value, combine, axes, outAval);
    if (unrolled !== undefined) return unrolled;
    const short = shortAxes(value, axes);
    if (short !== undefined) {
      const kept = shape.flatMap((_, axis) => (short.includes(axis) ? [] : [axis]));
      const partAval = { ...outAval, shape: kept.map((axis) => shape[axis] as number) };
      const part = unrolledReduction(value, combine, short, partAval);
      const rest = kept.flatMap((axis, i) => (axes.includes(axis) ? [i] : []));
      if (part !== undefined) return this.reduce(part, combine, rest, outAval);
    }
    const loop = this.#loopFor(value, shape, axes);
    const buffer = this.buffer(outAval);
    loop.reducedAxes = axes;
    const strides = orderedStrides(shape, loop.order, axes);
    loop.results.push({ kind: "reduce", buffer, strides, value: this.#expr(value, loop), combine, axes });
    const kept = strides.filter((_, axis) => !axes.includes(axis));
    return storedValue({ buffer, shape: outAval.shape, strides: kept, offset: 0 }, outAval, loop.index);
  }

  /**
   * The elements of a value put into places of their own among zeros, or `undefined` if those of one window are too many
   * to be computed side by side.
   */
  placed(value: Value, places: readonly ViewAxis[], aval: Aval): Stored | undefined {
    const { shape } = value.aval;
    const axes = shape.map((_, axis) => axis).slice(aval.shape.length);
    const parts = pieces(value, axes);
    if (parts === undefined) return undefined;
    const values = parts.map((part) => part.value);
    const all = pending((values[0] as Value).aval, values, ([first]) => first as Expr);
    const order = axisOrder(all.aval.shape, this.#requirements(all, all.aval.shape).reads);
    const buffer = this.buffer(aval);
    const layout = { buffer, shape: aval.shape, strides: orderedStrides(aval.shape, order), offset: 0 };
    const window = viewLayout(layout, shape, places);
    let from = 0;
    if (sizeOf(shape) < buffer.size) {
      const zero: Value = { kind: "generated", aval, expr: () => constant(scalarTypeOf(aval.dtype), 0) };
      const loop = this.#loopFor(zero, aval.shape, undefined, order);
      this.#storeAt(loop, zero, layout);
      from = loop.index + 1;
    }
    const loop = this.#loopFor(all, all.aval.shape, undefined, order, from);
    for (const part of parts) this.#storeAt(loop, part.value, windowAt(window, axes, part.index));
    return storedValue(layout, aval, loop.index);
  }

  /** The loop in which `value` is computed: an open one that runs behind all it needs, or a new one. */
  #loopFor(
    value: Value,
    shape: Shape,
    axes: readonly number[] | undefined,
    wanted?: readonly number[],
    from = 0,
  ): OpenLoop {
    const { earliest, size, reads } = this.#requirements(value, shape);
    const order = wanted ?? axisOrder(shape, reads);
    const first = Math.max(earliest, from);
    for (let i = this.#kernels.length; i-- > first; ) {
      const loop = this.#loops.get(i);
      if (
        loop !== undefined &&
        sameShape(loop.shape, shape) &&
        sameShape(loop.order, order) &&
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
      order,
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
   * The first kernel in which a value can be computed, how many operations it takes, and what it reads. On the way, what
   * cannot be part of a loop over `shape` is stored.
   */
  #requirements(
    value: Value,
    shape: Shape,
  ): { readonly earliest: number; readonly size: number; readonly reads: readonly Window[] } {
    let earliest = 0;
    const reads: Window[] = [];
    const seen = new Set<Value>();
    const open: Value[] = [value];
    for (let v = open.pop(); v !== undefined; v = open.pop()) {
      if (seen.has(v)) continue;
      seen.add(v);
      if (v.kind === "generated") continue;
      const stored =
        v.kind === "stored"
          ? v
          : v.home === undefined && (v.stored !== undefined || !sameShape(v.aval.shape, shape))
            ? this.stored(v)
            : undefined;
      if (stored !== undefined) {
        earliest = Math.max(earliest, stored.after + 1);
        reads.push(stored.layout);
      } else if (v.kind === "pending" && v.home !== undefined) {
        earliest = Math.max(earliest, v.home.index);
        const { shape: own, order } = v.home;
        reads.push({ shape: own, strides: orderedStrides(own, order) });
      } else if (v.kind === "pending") open.push(...v.inputs);
    }
    return { earliest, size: seen.size, reads };
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
        const expr = value.expr(value.inputs.map((v) => this.#expr(v, loop)));
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
