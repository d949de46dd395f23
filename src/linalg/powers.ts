import { type ArrayLike, ConcreteArray, denseData, type NDArray } from "../array/index.ts";
import { ArgumentError } from "../core/index.ts";
import { cond } from "../lax/cond.ts";
import { scan } from "../lax/scan.ts";
import * as prim from "../primitives/index.ts";
import { squareMatrices } from "./operands.ts";
import { solveSystems } from "./solve.ts";

/**
 * The `n`-th power of square matrices [..., m, m], by repeated squaring; of their inverses for negative `n`.
 *
 * @throws ArgumentError unless `n` is a whole number, ShapeError unless the matrices are square.
 * @see https://docs.jax.dev/en/latest/_autosummary/jax.numpy.linalg.matrix_power.html
 * @example
 * np.linalg.matrixPower(np.array([[1, 1], [0, 1]]), 3); // [[1, 3], [0, 1]]
 */
export const matrixPower = (a: ArrayLike, n: number): NDArray => {
  if (!Number.isInteger(n)) {
    throw new ArgumentError(`matrixPower: n must be a whole number; got ${String(n)}.`);
  }
  const x = squareMatrices("matrixPower", a);
  if (n === 0) return prim.identities(x.shape, x.dtype);
  let square = n < 0 ? solveSystems(x, prim.identities(x.shape, x.dtype)) : x;
  let power: NDArray | undefined;
  for (let rest = Math.abs(n); ; square = prim.multiplied(square, square)) {
    if (rest % 2 === 1) power = power === undefined ? square : prim.multiplied(power, square);
    rest = Math.floor(rest / 2);
    if (rest === 0) return power as NDArray;
  }
};

/** Options of `expm`. */
export interface ExpmOptions {
  /** Whether matrices are upper triangular, so that no rows need to be exchanged. Default false. */
  readonly upperTriangular?: boolean | undefined;
  /** How often the result may be squared; larger matrices give NaN. Default 16. */
  readonly maxSquarings?: number | undefined;
}

/** The coefficients of Padé's approximant of order 13 to the exponential: 26!·… reduced to whole numbers. */
const PADE = [
  64764752532480000, 32382376266240000, 7771770303897600, 1187353796428800, 129060195264000, 10559470521600,
  670442572800, 33522128640, 1323241920, 40840800, 960960, 16380, 182, 1,
] as const;

/** Up to this norm the approximant is exact to rounding, of each dtype. */
const RADIUS = { float64: 5.371920351148152, float32: 5.371920351148152 };

/** The greatest sum of absolute values of a column, of each matrix. */
const norms = (x: NDArray): NDArray => {
  const axis = x.ndim - 2;
  const sums = prim.reduceSum(prim.abs(x), [axis]);
  return x.shape[axis] === 0 ? prim.reduceSum(sums, [axis]) : prim.reduceMax(sums, [axis]);
};

/**
 * The exponentials of square matrices [..., n, n]: Padé's approximant of order 13 of the matrix divided by a power of 2,
 * squared as often (Higham 2005, "The scaling and squaring method for the matrix exponential revisited").
 *
 * @throws ShapeError unless the matrices are square.
 * @see https://docs.jax.dev/en/latest/_autosummary/jax.scipy.linalg.expm.html
 * @example
 * np.linalg.expm(np.array([[0, 1], [-1, 0]])); // a rotation by one radian
 */
export const expm = (
  A: ArrayLike,
  { upperTriangular = false, maxSquarings = 16 }: ExpmOptions = {},
): NDArray => {
  if (!Number.isInteger(maxSquarings) || maxSquarings < 0) {
    throw new ArgumentError(
      `expm: maxSquarings must be a whole number of at least 0; got ${String(maxSquarings)}.`,
    );
  }
  const a = squareMatrices("expm", A);
  const radius = RADIUS[a.dtype as keyof typeof RADIUS];
  // How often each matrix is halved is counted, not computed: comparisons have no derivative, and log2 need not be exact.
  const norm = norms(a);
  const isBeyond = (k: number): NDArray => prim.gt(norm, prim.scalarLike(norm, radius * 2 ** k));
  const spread = (mask: NDArray): NDArray => prim.broadcastInDim(mask, a.shape, prim.range(norm.ndim));
  const levels = levelsOf(isBeyond, maxSquarings);
  let x = a;
  for (const level of levels) x = prim.select(spread(level), prim.scaled(x, 0.5), x);
  const squared = (y: NDArray, level: NDArray): NDArray =>
    prim.select(spread(level), prim.multiplied(y, y), y);
  const result = squaredAtLevels(approximant(x, upperTriangular), levels, squared);
  const nan = prim.broadcastTo(prim.scalarLike(a, Number.NaN), a.shape);
  return prim.select(spread(isBeyond(maxSquarings)), nan, result);
};

/** Of which matrices the norm is beyond each level; levels beyond which none is are left out, where that is known. */
const levelsOf = (isBeyond: (k: number) => NDArray, most: number): NDArray[] => {
  const levels: NDArray[] = [];
  for (let k = 0; k < most; k++) {
    const level = isBeyond(k);
    if (level instanceof ConcreteArray && !denseData(level).some((x) => x !== 0)) break;
    levels.push(level);
  }
  return levels;
};

/** `x` squared at each level, one after another: in a loop that skips levels beyond which no matrix is, if they are traced. */
const squaredAtLevels = (
  x: NDArray,
  levels: readonly NDArray[],
  squared: (y: NDArray, level: NDArray) => NDArray,
): NDArray => {
  const [first] = levels;
  if (first === undefined || levels.every((level) => level instanceof ConcreteArray)) {
    return levels.reduce(squared, x);
  }
  const stack = prim.concatenate(
    levels.map((level) => prim.reshape(level, [1, ...level.shape])),
    0,
  );
  const axes = prim.range(first.ndim);
  const [result] = scan(
    (y: NDArray, level: NDArray): [NDArray, null] => {
      const isAny = prim.reduceOr(level, axes);
      return [
        cond(
          isAny,
          (z: NDArray) => squared(z, level),
          (z: NDArray) => z,
          y,
        ),
        null,
      ];
    },
    x,
    stack,
  );
  return result;
};

const approximant = (x: NDArray, isUpper: boolean): NDArray => {
  const one = prim.identities(x.shape, x.dtype);
  const x2 = prim.multiplied(x, x);
  const x4 = prim.multiplied(x2, x2);
  const x6 = prim.multiplied(x4, x2);
  /** `Σ PADE[first + 2k] X^2k`, from the given powers. */
  const sum = (first: number, powers: readonly NDArray[]): NDArray =>
    powers.map((power, k) => prim.scaled(power, PADE[first + 2 * k] as number)).reduce(prim.add);
  const even = prim.add(prim.multiplied(x6, sum(8, [x2, x4, x6])), sum(0, [one, x2, x4, x6]));
  const odd = prim.multiplied(
    x,
    prim.add(prim.multiplied(x6, sum(9, [x2, x4, x6])), sum(1, [one, x2, x4, x6])),
  );
  const [numerator, denominator] = [prim.add(even, odd), prim.sub(even, odd)];
  return isUpper
    ? prim.triangularSolve(denominator, numerator, { lower: false })
    : solveSystems(denominator, numerator);
};
