import { type ArrayLike, isFloat, NDArray, normalizeAxis } from "../array/index.ts";
import { ArgumentError, describeAval, inNameOf, ShapeError } from "../core/index.ts";
import * as prim from "../primitives/index.ts";
import { add, divide, floorDivide, multiply, remainder, subtract } from "./arithmetic.ts";
import { equal, greater, less, notEqual } from "./comparison.ts";
import { cumsum } from "./cumulative.ts";
import { concatenate } from "./joining.ts";
import { logicalAnd } from "./logic.ts";
import { operand, promote, toInexact } from "./operands.ts";
import { sum } from "./reductions.ts";
import { broadcastTo, moveaxis, ravel } from "./shaping.ts";
import { where } from "./where.ts";

/** What `diff` puts around the array before it takes differences. */
export interface DiffOptions {
  readonly prepend?: ArrayLike;
  readonly append?: ArrayLike;
}

const part = (x: NDArray, start: number, end: number, axis: number): NDArray => {
  const n = x.shape[axis] as number;
  return prim.sliceInDim(x, start < 0 ? start + n : start, end <= 0 ? end + n : end, axis);
};

/**
 * Differences of neighbours along `axis`, taken `n` times; of booleans, whether they differ.
 *
 * @example
 * np.diff(np.array([1, 4, 9])); // [3, 5]
 */
export const diff = (x: ArrayLike, n = 1, axis = -1, { prepend, append }: DiffOptions = {}): NDArray => {
  const array = operand(x, "diff");
  if (array.ndim === 0) throw new ShapeError("diff: a scalar has no axis along which to take differences.");
  if (!Number.isInteger(n) || n < 0)
    throw new ArgumentError(`diff: n must be a whole number of at least 0; got ${n}.`);
  const along = normalizeAxis(axis, array.ndim, "diff");
  const shaped = (y: ArrayLike): NDArray => {
    const z = operand(y, "diff");
    return z.ndim > 0
      ? z
      : broadcastTo(
          z,
          array.shape.map((m, a) => (a === along ? 1 : m)),
        );
  };
  const pieces = [
    ...(prepend === undefined ? [] : [shaped(prepend)]),
    array,
    ...(append === undefined ? [] : [shaped(append)]),
  ];
  let result = pieces.length === 1 ? array : concatenate(pieces, along);
  for (let i = 0; i < n; i++) {
    const length = result.shape[along] as number;
    const upper = prim.sliceInDim(result, Math.min(1, length), length, along);
    const lower = prim.sliceInDim(result, 0, Math.max(0, length - 1), along);
    result = result.dtype === "bool" ? notEqual(upper, lower) : subtract(upper, lower);
  }
  return result;
};

/**
 * Differences of neighbours in the flattened array, with elements put before and behind them.
 *
 * @example
 * np.ediff1d(np.array([1, 4, 9])); // [3, 5]
 */
export const ediff1d = (
  x: ArrayLike,
  { toBegin, toEnd }: { readonly toBegin?: ArrayLike; readonly toEnd?: ArrayLike } = {},
): NDArray =>
  inNameOf("ediff1d", () => {
    const differences = diff(ravel(x));
    const row = (y: ArrayLike): NDArray => prim.convertElementType(ravel(y), differences.dtype);
    return concatenate([
      ...(toBegin === undefined ? [] : [row(toBegin)]),
      differences,
      ...(toEnd === undefined ? [] : [row(toEnd)]),
    ]);
  });

/** The derivative along one axis by central differences, by one-sided ones at the ends. */
const gradientAlong = (x: NDArray, spacing: NDArray, axis: number): NDArray => {
  const n = x.shape[axis] as number;
  if (n < 2) {
    throw new ShapeError(`gradient: needs at least 2 elements along axis ${axis}; got ${describeAval(x)}.`);
  }
  if (spacing.ndim > 1 || (spacing.ndim === 1 && spacing.size !== n)) {
    throw new ShapeError(
      `gradient: spacing must be a number, or a vector of the ${n} positions along axis ${axis}; got ` +
        `${describeAval(spacing)}.`,
    );
  }
  const step = (start: number, end: number): NDArray =>
    subtract(part(x, start, end + 1, axis), part(x, start - 1, end, axis));
  const first = step(1, 1);
  const final = subtract(part(x, -1, 0, axis), part(x, -2, -1, axis));
  if (spacing.ndim === 0) {
    const inner = subtract(part(x, 2, 0, axis), part(x, 0, -2, axis));
    return concatenate(
      [divide(first, spacing), divide(multiply(inner, 0.5), spacing), divide(final, spacing)],
      axis,
    );
  }
  const places = prim.reshape(
    spacing,
    x.shape.map((_, a) => (a === axis ? n : 1)),
  );
  const gaps = diff(places, 1, axis);
  const [before, after] = [part(gaps, 0, -1, axis), part(gaps, 1, 0, axis)];
  const both = add(before, after);
  // The derivative of the parabola through three points.
  const inner = add(
    add(
      multiply(divide(multiply(after, -1), multiply(before, both)), part(x, 0, -2, axis)),
      multiply(divide(subtract(after, before), multiply(before, after)), part(x, 1, -1, axis)),
    ),
    multiply(divide(before, multiply(after, both)), part(x, 2, 0, axis)),
  );
  return concatenate(
    [divide(first, part(gaps, 0, 1, axis)), inner, divide(final, part(gaps, -1, 0, axis))],
    axis,
  );
};

/** Options of `gradient`. */
export interface GradientOptions {
  readonly axis?: number | readonly number[] | null;
}

/**
 * The derivative of sampled values by central differences: one array for each axis, the array itself for one.
 * Spacings (one for all axes, or one each) are distances, or vectors of positions; default: 1.
 *
 * @example
 * np.gradient(np.array([1, 4, 9, 16])); // [3, 4, 6, 7]
 */
export const gradient = (
  x: ArrayLike,
  ...args: readonly (ArrayLike | GradientOptions)[]
): NDArray | readonly NDArray[] => {
  const isOptions = (y: ArrayLike | GradientOptions): y is GradientOptions =>
    typeof y === "object" && !(y instanceof NDArray);
  const { axis = null } = args.find(isOptions) ?? {};
  const spacings = args.filter((y): y is ArrayLike => !isOptions(y));
  const [array, ...given] = promote("gradient", [x, ...spacings], toInexact) as [NDArray, ...NDArray[]];
  const named = axis === null ? prim.range(array.ndim) : typeof axis === "number" ? [axis] : axis;
  const axes = named.map((a) => normalizeAxis(a, array.ndim, "gradient"));
  if (given.length > 1 && given.length !== axes.length) {
    throw new ArgumentError(
      `gradient: needs one spacing, or one for each of ${axes.length} axes; got ${given.length}.`,
    );
  }
  const one = prim.scalarLike(array, 1);
  const results = axes.map((a, i) => gradientAlong(array, given[i] ?? given[0] ?? one, a));
  return results.length === 1 ? (results[0] as NDArray) : results;
};

/** Options of `trapezoid`. */
export interface TrapezoidOptions {
  readonly dx?: ArrayLike;
  readonly axis?: number;
}

/**
 * The integral along `axis` by the trapezoidal rule, of values at positions `x`, or `dx` apart.
 *
 * @example
 * np.trapezoid(np.array([0, 1, 4])); // 3
 */
export const trapezoid = (
  y: ArrayLike,
  x: ArrayLike | null = null,
  dx: ArrayLike | TrapezoidOptions = 1,
  axis = -1,
): NDArray =>
  typeof dx === "object" && !(dx instanceof NDArray)
    ? integral(y, x, dx.dx ?? 1, dx.axis ?? -1)
    : integral(y, x, dx, axis);

const integral = (y: ArrayLike, x: ArrayLike | null, dx: ArrayLike, axis: number): NDArray => {
  const [array, other] = promote("trapezoid", [y, x ?? dx], toInexact) as [NDArray, NDArray];
  const along = normalizeAxis(axis, array.ndim, "trapezoid");
  const last = array.ndim - 1;
  if (array.shape[along] === 0) return sum(array, along);
  const values = moveaxis(array, along, -1);
  const means = multiply(add(part(values, 1, 0, last), part(values, 0, -1, last)), 0.5);
  if (x === null && other.ndim === 0) return multiply(other, sum(means, -1));
  return inNameOf("trapezoid", () => {
    const gaps = x === null ? other : diff(other.ndim === 1 ? other : moveaxis(other, axis, -1));
    return sum(multiply(means, gaps), -1);
  });
};

/** Options of `unwrap`. */
export interface UnwrapOptions {
  /** Jumps that are smaller are left; default: half a period. */
  readonly discont?: number | null;
  readonly axis?: number;
  readonly period?: number;
}

/**
 * Angles along an axis with jumps of more than half a period taken out by adding periods.
 *
 * @example
 * np.unwrap(np.array([0, 1, 7])); // [0, 1, 0.716815]
 */
export const unwrap = (
  x: ArrayLike,
  discont: number | null | UnwrapOptions = null,
  axis = -1,
  period = 2 * Math.PI,
): NDArray => {
  if (typeof discont === "object" && discont !== null) {
    return unwrap(x, discont.discont ?? null, discont.axis ?? -1, discont.period ?? 2 * Math.PI);
  }
  const [array] = promote("unwrap", [x, period]) as [NDArray, NDArray];
  const along = normalizeAxis(axis, array.ndim, "unwrap");
  if (array.shape[along] === 0) return array;
  const half = isFloat(array.dtype) ? divide(period, 2) : floorDivide(Math.trunc(period), 2);
  const steps = diff(array, 1, along);
  const folded = subtract(remainder(add(steps, half), period), half);
  const isBoundary = logicalAnd(equal(folded, multiply(half, -1)), greater(steps, 0));
  const wanted = where(isBoundary, half, folded);
  const isSmall = less(prim.abs(steps), discont ?? period / 2);
  const correction = where(isSmall, 0, subtract(wanted, steps));
  const first = prim.sliceInDim(array, 0, 1, along);
  return concatenate([first, add(part(array, 1, 0, along), cumsum(correction, along))], along);
};
