import { add, mul, type Operand } from "./expr.ts";
import type { Buffer, NestBuilder } from "./nest.ts";

/*
 * Windows of buffers in nests: loops over the elements of one or several windows of one shape, and moving elements
 * between windows. Axes are put together where all windows allow it, so that the loops are few and long.
 */

/** A window of a buffer: where its first element stands, and how far apart neighbours along each axis are. */
export interface Window {
  readonly buffer: Buffer;
  readonly start: Operand;
  readonly strides: readonly number[];
}

/** Runs at least this long are copied by `copy`, shorter ones element by element: a call costs as much as the loop. */
const SHORTEST_COPY = 16;

/** The sum of two indices. */
export const plus = (a: Operand, b: Operand): Operand => {
  if (a === 0) return b;
  if (b === 0) return a;
  return typeof a === "number" && typeof b === "number" ? a + b : add(a, b);
};

/** An index times a whole number. */
export const times = (a: Operand, factor: number): Operand => {
  if (typeof a === "number") return a * factor;
  return factor === 0 ? 0 : factor === 1 ? a : mul(a, factor);
};

/** An index that is computed here, so that loops inside do not compute it again. */
export const settled = (nest: NestBuilder, index: Operand): Operand =>
  typeof index === "number" || index.args.length === 0 ? index : nest.let(index);

/** A shape and strides for each of several windows, without axes of length 1, neighbours put together where possible. */
const coalesced = (
  shape: readonly number[],
  strides: readonly (readonly number[])[],
): { readonly shape: readonly number[]; readonly strides: readonly (readonly number[])[] } => {
  const lengths: number[] = [];
  const steps: number[][] = strides.map(() => []);
  shape.forEach((n, axis) => {
    if (n === 1) return;
    const last = lengths.length - 1;
    const joins = last >= 0 && strides.every((s, i) => steps[i]?.[last] === (s[axis] as number) * n);
    if (joins) lengths[last] = (lengths[last] as number) * n;
    else lengths.push(n);
    strides.forEach((s, i) => {
      (steps[i] as number[])[lengths.length - 1] = s[axis] as number;
    });
  });
  return { shape: lengths, strides: steps };
};

/**
 * Runs `body` for every index of `shape`, row by row, with one place for each list of strides: `starts[i]` and the sum
 * of the index times `strides[i]`.
 *
 *     forEachPlace(nest, [2, 3], [[3, 1], [1, 2]], [0, 0], (x, y) => nest.store(to, y, nest.load(from, x)));
 */
export const forEachPlace = (
  nest: NestBuilder,
  shape: readonly number[],
  strides: readonly (readonly number[])[],
  starts: readonly Operand[],
  body: (...places: readonly Operand[]) => void,
): void => {
  if (shape.includes(0)) return;
  const { shape: lengths, strides: steps } = coalesced(shape, strides);
  const visit = (axis: number, places: readonly Operand[]): void => {
    const n = lengths[axis];
    if (n === undefined) {
      body(...places);
      return;
    }
    nest.for(n, (i) => {
      const next = places.map((place, k) => settled(nest, plus(place, times(i, steps[k]?.[axis] as number))));
      visit(axis + 1, next);
    });
  };
  visit(
    0,
    starts.map((start) => settled(nest, start)),
  );
};

/** Writes `value` to `count` places next to each other. */
export const fillRun = (
  nest: NestBuilder,
  to: Buffer,
  start: Operand,
  count: number,
  value: Operand,
): void => {
  if (count === 1) nest.store(to, start, value);
  else if (count !== 0) {
    const first = settled(nest, start);
    nest.for(count, (i) => nest.store(to, plus(first, i), value));
  }
};

/** Copies `count` elements that stand next to each other in both buffers. */
export const copyRun = (
  nest: NestBuilder,
  from: Buffer,
  fromStart: Operand,
  to: Buffer,
  toStart: Operand,
  count: number,
): void => {
  copyWindow(
    nest,
    { buffer: from, start: fromStart, strides: [1] },
    { buffer: to, start: toStart, strides: [1] },
    [count],
  );
};

/** Copies a window of `shape` onto another, row by row. */
export const copyWindow = (nest: NestBuilder, from: Window, to: Window, shape: readonly number[]): void => {
  if (shape.includes(0)) return;
  const { shape: lengths, strides } = coalesced(shape, [from.strides, to.strides]);
  const [fromStrides, toStrides] = strides as [readonly number[], readonly number[]];
  const run = lengths.at(-1) ?? 1;
  const isRun = run >= SHORTEST_COPY && fromStrides.at(-1) === 1 && toStrides.at(-1) === 1;
  const visited = isRun ? lengths.slice(0, -1) : lengths;
  forEachPlace(nest, visited, strides, [from.start, to.start], (at, place) => {
    if (isRun) nest.copy(from.buffer, at, to.buffer, place, run);
    else nest.store(to.buffer, place, nest.load(from.buffer, at));
  });
};

/** Writes `value` to every element of a window of `shape`. */
export const fillWindow = (nest: NestBuilder, to: Window, shape: readonly number[], value: Operand): void => {
  forEachPlace(nest, shape, [to.strides], [to.start], (place) => nest.store(to.buffer, place, value));
};
