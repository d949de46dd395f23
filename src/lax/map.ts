import type { NDArray } from "../array/index.ts";
import { ArgumentError, describeAval, ShapeError } from "../core/index.ts";
import { concatenate } from "../primitives/concatenate.ts";
import { sliceInDim } from "../primitives/padding.ts";
import { reshape } from "../primitives/shape.ts";
import { flattenArrays } from "../transforms/flatten-function.ts";
import { vmap } from "../transforms/vmap.ts";
import { type Arrays, map as mapTree } from "../tree/index.ts";
import { requireFunction } from "./carry.ts";
import { scan } from "./scan.ts";

/** Options of `map`. */
export interface MapOptions {
  /** How many elements are computed at a time, by `vmap`: more memory, less time. */
  readonly batchSize?: number;
}

/** How long the arrays are along their leading axes. */
const lengthOf = (leaves: readonly NDArray[]): number => {
  const lengths = new Set(leaves.map((x) => x.shape[0]));
  const [length] = lengths;
  if (length !== undefined && lengths.size === 1) return length;
  throw new ShapeError(
    `map: the arrays of xs need leading axes of one length to go along; got ${leaves.map(describeAval).join(", ") || "none"}.`,
  );
};

/**
 * `f` of each element along the leading axis of the arrays in `xs`, one after the other, the results stacked: `vmap`
 * with the memory of one element. It is a `scan` that carries nothing.
 *
 * @throws ShapeError if leading axes differ; ArgumentError for a batch size that is none.
 * @example
 * lax.map((row) => row.mul(row).sum(), np.ones([3, 4])); // [4, 4, 4]
 * @see https://docs.jax.dev/en/latest/_autosummary/jax.lax.map.html
 */
export const map = <X, const Y>(f: (x: Arrays<X>) => Y, xs: X, { batchSize }: MapOptions = {}): Arrays<Y> => {
  requireFunction("map", "f", f);
  const all = (inputs: unknown, g: (x: never) => unknown): unknown =>
    scan((_: unknown, x: unknown) => [null, (g as (x: unknown) => unknown)(x)] as const, null, inputs)[1];
  const [leaves] = flattenArrays<unknown>(xs, "map, xs");
  const length = lengthOf(leaves);
  if (batchSize === undefined) return all(xs, f as (x: never) => unknown) as Arrays<Y>;
  if (!(Number.isInteger(batchSize) && batchSize >= 1))
    throw new ArgumentError(`map: batchSize must be a whole number from 1; got ${batchSize}.`);
  if (length === 0) return all(xs, f as (x: never) => unknown) as Arrays<Y>;
  const batched = vmap(f as (...args: never[]) => unknown) as (...args: readonly unknown[]) => unknown;
  const whole = Math.floor(length / batchSize);
  const part = (from: number, to: number, shape?: (x: NDArray) => readonly number[]): unknown =>
    mapTree((x) => {
      const taken = sliceInDim(x as NDArray, from, to, 0);
      return shape === undefined ? taken : reshape(taken, shape(x as NDArray));
    }, xs);
  const done = whole * batchSize;
  const parts: unknown[] = [];
  if (whole > 0) {
    const blocks = part(0, done, (x) => [whole, batchSize, ...x.shape.slice(1)]);
    const results = all(blocks, batched as (x: never) => unknown);
    parts.push(mapTree((y) => reshape(y as NDArray, [done, ...(y as NDArray).shape.slice(2)]), results));
  }
  if (done < length) parts.push(batched(part(done, length)));
  const [first, ...others] = parts;
  return mapTree(
    (...ys: readonly unknown[]) => concatenate(ys as NDArray[], 0),
    first,
    ...others,
  ) as Arrays<Y>;
};
