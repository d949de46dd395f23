import { allocate, ConcreteArray, denseData, isFloat, type NDArray, sizeOf } from "../../src/array/index.ts";
import type { Chooser, FlatFunction } from "../../src/core/index.ts";
import { broadcastInDim } from "../../src/primitives/broadcast.ts";
import { slice } from "../../src/primitives/padding.ts";
import { rev, transpose } from "../../src/primitives/shape.ts";
import { storedApart } from "../../src/testing/elements.ts";

/** An operand in another guise: what is passed to the program, and the view in the program that is the operand. */
export interface Disguise {
  readonly passed: ConcreteArray;
  readonly operand: ConcreteArray;
  readonly reveal: (x: NDArray) => NDArray;
}

const range = (n: number): number[] => Array.from({ length: n }, (_, i) => i);

/** The array whose element at `index` is `value(index)`. */
const build = (
  shape: readonly number[],
  like: ConcreteArray,
  value: (index: readonly number[]) => number,
): ConcreteArray => {
  const size = sizeOf(shape);
  const out = allocate(like.dtype, size);
  const index = new Array<number>(shape.length).fill(0);
  for (let i = 0; i < size; i++) {
    out[i] = value(index);
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      index[axis] = (index[axis] as number) + 1;
      if ((index[axis] as number) < (shape[axis] as number)) break;
      index[axis] = 0;
    }
  }
  return new ConcreteArray(out, shape, like.dtype, like.weakType);
};

/** Reads an element of a dense array. */
const reader = (x: ConcreteArray): ((index: readonly number[]) => number) => {
  const data = denseData(x);
  return (index) => {
    let at = 0;
    x.shape.forEach((n, axis) => {
      at = at * n + (index[axis] as number);
    });
    return data[at] as number;
  };
};

/** Axes in another order, some backwards, with gaps between elements and a margin around them, some repeated. */
export const disguise = (choose: Chooser, x: ConcreteArray): Disguise => {
  const { shape } = x;
  const rank = shape.length;
  const isEmpty = sizeOf(shape) === 0;
  const repeated =
    isEmpty || !isFloat(x.dtype) ? [] : choose.subset(range(rank)).filter(() => choose.int(0, 2) === 0);
  const read = reader(x);
  const operand =
    repeated.length === 0
      ? x
      : build(shape, x, (index) => read(index.map((i, axis) => (repeated.includes(axis) ? 0 : i))));
  const kept = range(rank).filter((axis) => !repeated.includes(axis));
  const order = choose.permutation(kept);
  const lengths = order.map((axis) => shape[axis] as number);
  const reversed = choose.subset(range(order.length));
  const steps = order.map(() => choose.pick([1, 1, 2, 3]));
  const starts = order.map(() => choose.int(0, 2));
  const ends = lengths.map(
    (n, i) => (starts[i] as number) + (n === 0 ? 0 : (n - 1) * (steps[i] as number) + 1),
  );
  const outer = ends.map((end) => end + choose.int(0, 2));
  const readOperand = reader(operand);
  const passed = build(outer, x, (index) => {
    const at = new Array<number>(rank).fill(0);
    for (let i = 0; i < order.length; i++) {
      const from = (index[i] as number) - (starts[i] as number);
      const n = lengths[i] as number;
      if (from < 0 || from % (steps[i] as number) !== 0 || from / (steps[i] as number) >= n) return 1;
      const k = from / (steps[i] as number);
      at[order[i] as number] = reversed.includes(i) ? n - 1 - k : k;
    }
    return readOperand(at);
  });
  const sorted = [...order].sort((a, b) => a - b);
  return {
    operand,
    passed: choose.bool() ? storedApart(passed) : passed,
    reveal: (y) => {
      const cut = slice(y, starts, ends, steps);
      const turned = transpose(
        rev(cut, reversed),
        sorted.map((axis) => order.indexOf(axis)),
      );
      return repeated.length === 0 ? turned : broadcastInDim(turned, shape, kept);
    },
  };
};

/** A function of operands as one of what is passed for them. */
export const disguised =
  (fun: FlatFunction, disguises: readonly Disguise[]): FlatFunction =>
  (...xs) =>
    fun(...xs.map((x, i) => (disguises[i] as Disguise).reveal(x)));
