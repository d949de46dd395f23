import {
  type ArrayLike,
  asArray,
  ConcreteArray,
  type DType,
  type NDArray,
  numbersOf,
  sameShape,
  scalarArray,
  type TypedArray,
} from "../array/index.ts";
import { describeAval } from "../core/index.ts";
import { checkSameStructure, flattenWithPath, formatPath } from "../tree/index.ts";

/** How near is near: `|actual - expected| <= atol + rtol * |expected|`. A NaN is near a NaN. */
export interface Tolerance {
  readonly rtol?: number;
  readonly atol?: number;
}

/** Rounding errors of a few operations, for arrays of each dtype. */
export const roundingTolerance = (dtype: DType): Required<Tolerance> => {
  if (dtype === "float64") return { rtol: 1e-9, atol: 1e-9 };
  if (dtype === "float32") return { rtol: 2e-4, atol: 2e-4 };
  if (dtype === "float16") return { rtol: 4e-3, atol: 4e-3 };
  if (dtype === "bfloat16") return { rtol: 3e-2, atol: 3e-2 };
  return { rtol: 0, atol: 0 };
};

/** Two numbers that should be near each other. */
export interface Mismatch {
  /** Which array of the trees: a path such as `params.w`, empty for a single array. */
  readonly path: string;
  /** Where in the array, one number an axis. */
  readonly index: readonly number[];
  readonly actual: number;
  readonly expected: number;
}

/** `path[index]: got a, expected b`. */
export const formatMismatch = ({ path, index, actual, expected }: Mismatch): string => {
  const place = `${path}${index.length === 0 ? "" : `[${index.join(", ")}]`}`;
  return `${place === "" ? "" : `at ${place}: `}got ${actual}, expected ${expected}`;
};

const isNear = (actual: number, expected: number, rtol: number, atol: number): boolean =>
  Object.is(actual, expected) ||
  actual === expected ||
  (Number.isFinite(expected) && Math.abs(actual - expected) <= atol + rtol * Math.abs(expected));

/** The indices of an element that stands at `flat` row by row. */
export const positionOf = (flat: number, shape: readonly number[]): number[] => {
  const index = new Array<number>(shape.length);
  let rest = flat;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    const n = shape[axis] as number;
    index[axis] = rest % n;
    rest = Math.floor(rest / n);
  }
  return index;
};

/** The elements of an array row by row; a copy, or the storage itself: only to be read. */
export const elementsOf = (x: NDArray): TypedArray =>
  x instanceof ConcreteArray ? numbersOf(x) : x.toTypedArray();

/** Where two arrays of one shape differ most beyond the tolerance, if anywhere. */
export const arrayMismatch = (
  actual: NDArray,
  expected: NDArray,
  { rtol, atol }: Required<Tolerance>,
  path = "",
): Mismatch | undefined => {
  const a = elementsOf(actual);
  const b = elementsOf(expected);
  let worst = -1;
  let excess = -1;
  for (let i = 0; i < b.length; i++) {
    const x = a[i] as number;
    const y = b[i] as number;
    if (isNear(x, y, rtol, atol)) continue;
    const ratio = Math.abs(x - y) / (atol + rtol * Math.abs(y));
    if (worst >= 0 && !(ratio > excess)) continue;
    worst = i;
    excess = ratio;
  }
  if (worst < 0) return undefined;
  return {
    path,
    index: positionOf(worst, expected.shape),
    actual: a[worst] as number,
    expected: b[worst] as number,
  };
};

/** A number is exact here, not rounded to float32 as it would be in arithmetic. */
const exactArray = (x: unknown, where: string): NDArray =>
  typeof x === "number" ? scalarArray(x, "float64") : asArray(x as ArrayLike, where);

const roundingBetween = (a: DType, b: DType): Required<Tolerance> => {
  const [x, y] = [roundingTolerance(a), roundingTolerance(b)];
  return x.rtol > y.rtol ? x : y;
};

/** How two trees of arrays compare. */
export interface Closeness {
  /** The first leaf whose shape is another, in words. */
  readonly misfit?: string;
  /** The elements that are furthest apart, of those that are too far, and what was allowed. */
  readonly worst?: Mismatch & Required<Tolerance>;
  /** How many elements are too far apart, of how many. */
  readonly different: number;
  readonly total: number;
}

/** Compare trees leaf by leaf. Throws a TypeError for other structures. */
export const closenessOf = (
  actual: unknown,
  expected: unknown,
  tolerance: Tolerance,
  where: string,
): Closeness => {
  const [left, leftTree] = flattenWithPath(actual);
  const [right, rightTree] = flattenWithPath(expected);
  checkSameStructure(rightTree, leftTree, { where, names: ["expected", "actual"] });
  let worst: (Mismatch & Required<Tolerance>) | undefined;
  let [different, total, most] = [0, 0, -1];
  for (let i = 0; i < right.length; i++) {
    const [path, leaf] = right[i] as (typeof right)[number];
    const name = formatPath(path);
    const x = exactArray(left[i]?.[1], `${where}: actual ${name}`);
    const y = exactArray(leaf, `${where}: expected ${name}`);
    if (!sameShape(x.shape, y.shape)) {
      const misfit = `${name === "" ? "" : `at ${name}: `}got ${describeAval(x)}, expected ${describeAval(y)}`;
      return { misfit, different, total };
    }
    const allowed = { ...roundingBetween(x.dtype, y.dtype), ...tolerance };
    const [a, b] = [elementsOf(x), elementsOf(y)];
    total += b.length;
    const before = different;
    for (let k = 0; k < b.length; k++) {
      if (!isNear(a[k] as number, b[k] as number, allowed.rtol, allowed.atol)) different++;
    }
    if (different === before) continue;
    const mismatch = arrayMismatch(x, y, allowed, name) as Mismatch;
    const apart = Math.abs(mismatch.actual - mismatch.expected);
    const excess = apart / (allowed.atol + allowed.rtol * Math.abs(mismatch.expected));
    if (excess <= most) continue;
    most = Number.isNaN(excess) ? Infinity : excess;
    worst = { ...mismatch, ...allowed };
  }
  return { ...(worst !== undefined && { worst }), different, total };
};

/**
 * Where two trees of arrays and numbers differ most beyond the tolerance, in words; `undefined` if nowhere. Shapes must be
 * equal; dtypes may differ. Tolerances default to rounding errors in the coarser dtype; NaN is near NaN.
 *
 * @throws TypeError if the trees have different structures.
 * @example
 * findMismatch(grads, expected, { rtol: 1e-6 }); // "at w[0, 1]: got 0.5, expected 0.25"
 */
export const findMismatch = (
  actual: unknown,
  expected: unknown,
  tolerance: Tolerance = {},
): string | undefined => {
  const { misfit, worst } = closenessOf(actual, expected, tolerance, "findMismatch");
  return misfit ?? (worst && formatMismatch(worst));
};

/**
 * Whether two trees of arrays and numbers have equal shapes and nearly equal values, as `findMismatch` has it.
 *
 * @example
 * allClose(grad(f)(x), np.cos(x)); // true
 */
export const allClose = (actual: unknown, expected: unknown, tolerance: Tolerance = {}): boolean =>
  findMismatch(actual, expected, tolerance) === undefined;
