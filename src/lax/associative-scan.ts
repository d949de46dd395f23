import { type NDArray, normalizeAxis } from "../array/index.ts";
import { describeAval, ShapeError } from "../core/index.ts";
import { concatenate } from "../primitives/concatenate.ts";
import { sliceInDim } from "../primitives/padding.ts";
import { inserted } from "../primitives/rules.ts";
import { reshape, rev } from "../primitives/shape.ts";
import { flattenArrays } from "../transforms/flatten-function.ts";
import { type Arrays, unflatten } from "../tree/index.ts";
import { type Returned, requireFunction } from "./carry.ts";
import { requireAlike } from "./compare-results.ts";

/** Options of `associativeScan`. */
export interface AssociativeScanOptions {
  /** Combine from the end to the beginning. */
  readonly reverse?: boolean;
  /** The axis to go along; default 0. */
  readonly axis?: number;
}

/**
 * All prefixes of a sequence, combined by an associative function: element `i` of the result is
 * `fn(…fn(fn(e₀, e₁), e₂)…, eᵢ)`. The sequence lies along an axis of the arrays in `elems`; `fn` gets two trees of
 * many elements at a time, and combines them element by element along that axis. It is called about 2 log₂ n times on
 * ever shorter arrays, so its order of evaluation is not that of a loop.
 *
 * The recursion over pairs of neighbours is that of G. E. Blelloch, "Prefix Sums and Their Applications", 1990.
 *
 * @throws ShapeError if arrays differ in length along the axis; TreeError, ShapeError or DTypeError that shows both
 *   trees if `fn` returns something else than it takes.
 * @example
 * lax.associativeScan(np.multiply, np.array([1, 2, 3, 4])); // [1, 2, 6, 24]
 * @see https://docs.jax.dev/en/latest/_autosummary/jax.lax.associative_scan.html
 */
export const associativeScan = <const E>(
  fn: (a: Arrays<E>, b: Arrays<E>) => Returned<E>,
  elems: E,
  { reverse = false, axis = 0 }: AssociativeScanOptions = {},
): Arrays<E> => {
  requireFunction("associativeScan", "fn", fn);
  const [leaves, tree] = flattenArrays<unknown>(elems, "associativeScan, elems");
  const [first] = leaves;
  if (first === undefined) return unflatten(tree, leaves) as Arrays<E>;
  const axes = leaves.map((x) => normalizeAxis(axis, x.ndim, "associativeScan"));
  const length = first.shape[axes[0] as number] as number;
  leaves.forEach((x, i) => {
    if (x.shape[axes[i] as number] === length) return;
    throw new ShapeError(
      `associativeScan: all arrays must have one length along axis ${axis}; got ${describeAval(first)} and ` +
        `${describeAval(x)}.`,
    );
  });

  type Elements = readonly NDArray[];
  const combine = (a: Elements, b: Elements): Elements => {
    const result = fn(unflatten(tree, a) as Arrays<E>, unflatten(tree, b) as Arrays<E>);
    const [combined, resultTree] = flattenArrays<unknown>(result, "associativeScan, result of fn");
    requireAlike(
      { name: "taken", tree, avals: a },
      { name: "returned", tree: resultTree, avals: combined },
      {
        rule: "associativeScan: fn must return a tree like those it takes.",
        root: "elems",
        advice: "Keep shapes; convert with astype where dtypes differ.",
      },
    );
    return combined;
  };
  const part = (xs: Elements, from: number, to: number, step = 1): Elements =>
    xs.map((x, i) => sliceInDim(x, from, to, axes[i] as number, step));

  const scanned = (xs: Elements, n: number): Elements => {
    if (n < 2) return xs;
    const isEven = n % 2 === 0;
    // Neighbours combined, then all prefixes of these: the results at odd places.
    const pairs = combine(part(xs, 0, n - 1, 2), part(xs, 1, n, 2));
    const odd = scanned(pairs, Math.floor(n / 2));
    const others = part(xs, 2, n, 2);
    const before = isEven ? part(odd, 0, n / 2 - 1) : odd;
    const even = n === 2 ? [] : combine(before, others);
    return xs.map((x, i) => {
      const start = sliceInDim(x, 0, 1, axes[i] as number);
      const rest = even[i];
      const evenPlaces = rest === undefined ? start : concatenate([start, rest], axes[i] as number);
      return interleave(evenPlaces, odd[i] as NDArray, axes[i] as number);
    });
  };
  const backwards = (xs: Elements): Elements =>
    reverse ? xs.map((x, i) => rev(x, [axes[i] as number])) : xs;
  return unflatten(tree, backwards(scanned(backwards(leaves), length))) as Arrays<E>;
};

/** `a` at even and `b` at odd places of an axis; `a` may be longer by one. */
const interleave = (a: NDArray, b: NDArray, axis: number): NDArray => {
  const n = b.shape[axis] as number;
  const column = (x: NDArray): NDArray => reshape(x, inserted(x.shape, axis + 1, 1));
  const pairs = concatenate([column(sliceInDim(a, 0, n, axis)), column(b)], axis + 1);
  const merged = reshape(
    pairs,
    b.shape.map((length, k) => (k === axis ? 2 * length : length)),
  );
  return a.shape[axis] === n ? merged : concatenate([merged, sliceInDim(a, n, n + 1, axis)], axis);
};
