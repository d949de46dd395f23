import {
  type ArrayLike,
  asArray,
  ConcreteArray,
  type DType,
  denseData,
  type NDArray,
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
  x instanceof ConcreteArray ? denseData(x) : x.toTypedArray();

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

/**
 * Where two trees of arrays and numbers differ beyond the tolerance, in words; `undefined` if nowhere. Shapes must be
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
  const [left, leftTree] = flattenWithPath(actual);
  const [right, rightTree] = flattenWithPath(expected);
  checkSameStructure(rightTree, leftTree, { where: "findMismatch", names: ["expected", "actual"] });
  for (let i = 0; i < right.length; i++) {
    const [path, leaf] = right[i] as (typeof right)[number];
    const name = formatPath(path);
    const x = exactArray(left[i]?.[1], `findMismatch: actual ${name}`);
    const y = exactArray(leaf, `findMismatch: expected ${name}`);
    if (!sameShape(x.shape, y.shape)) {
      return `${name === "" ? "" : `at ${name}: `}got ${describeAval(x)}, expected ${describeAval(y)}`;
    }
    const mismatch = arrayMismatch(x, y, { ...roundingBetween(x.dtype, y.dtype), ...tolerance }, name);
    if (mismatch !== undefined) return formatMismatch(mismatch);
  }
  return undefined;
};

/**
 * Whether two trees of arrays and numbers have equal shapes and nearly equal values, as `findMismatch` has it.
 *
 * @example
 * allClose(grad(f)(x), np.cos(x)); // true
 */
export const allClose = (actual: unknown, expected: unknown, tolerance: Tolerance = {}): boolean =>
  findMismatch(actual, expected, tolerance) === undefined;
