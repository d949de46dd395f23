import type { ArrayLike, NDArray } from "../array/index.ts";
import { ArgumentError } from "../core/index.ts";
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
  const isHalved = prim.range(maxSquarings).map((k) => spread(isBeyond(k)));
  let x = a;
  for (const mask of isHalved) x = prim.select(mask, prim.scaled(x, 0.5), x);
  let result = approximant(x, upperTriangular);
  for (const mask of isHalved) result = prim.select(mask, prim.multiplied(result, result), result);
  const nan = prim.broadcastTo(prim.scalarLike(a, Number.NaN), a.shape);
  return prim.select(spread(isBeyond(maxSquarings)), nan, result);
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
