import { type ArrayLike, type DType, formatShape, type NDArray, type Shape } from "../array/index.ts";
import { ArgumentError, inNameOf, ShapeError } from "../core/index.ts";
import { cholesky } from "../linalg/cholesky.ts";
import { eigh, svd } from "../linalg/decompositions.ts";
import { einsum } from "../numpy/einsum.ts";
import { promote, toInexact } from "../numpy/operands.ts";
import { broadcastTo } from "../numpy/shaping.ts";
import { add, asRows, convertElementType, mul, sqrt } from "../primitives/index.ts";
import { normal } from "./normal.ts";
import { floatDType, sampleShape, shapeOfParameters, zeros } from "./operands.ts";

/** Options of `multivariateNormal`. */
export interface MultivariateNormalOptions {
  /** Default: that of the parameters. */
  readonly dtype?: DType;
  /**
   * How the covariance is factored. "cholesky" (default) is fastest, and gives NaN unless it is positive definite; "svd" takes
   * semidefinite ones, too; "eigh" also, but gives NaN where rounding makes an eigenvalue negative.
   */
  readonly method?: "cholesky" | "eigh" | "svd";
}

/** A matrix F with F·Fᵀ = `covariance`. */
const factorOf = (covariance: NDArray, method: "cholesky" | "eigh" | "svd", where: string): NDArray => {
  const scaledColumns = (vectors: NDArray, squares: NDArray): NDArray =>
    mul(vectors, asRows(sqrt(squares), vectors.shape));
  switch (method) {
    case "cholesky":
      return cholesky(covariance);
    case "eigh": {
      const [w, v] = eigh(covariance);
      return scaledColumns(v, w);
    }
    case "svd": {
      const [u, s] = svd(covariance);
      return scaledColumns(u, s);
    }
    default:
      throw new ArgumentError(
        `${where}: method must be "cholesky", "eigh" or "svd"; got ${JSON.stringify(method)}.`,
      );
  }
};

/**
 * Vectors of the normal distribution with a mean and a covariance: mean + F·z, where F·Fᵀ is the covariance and z holds
 * numbers of the standard normal distribution.
 *
 * @param mean `[..., n]`.
 * @param cov `[..., n, n]`; the axes before the last two broadcast with those of `mean`.
 * @param shape of the batch; default: that to which the batches of the parameters broadcast.
 * @returns `[...shape, n]`.
 * @throws ShapeError if the shapes do not fit, ArgumentError for another method.
 * @example
 * random.multivariateNormal(key, np.array([1, 2]), np.array([[2, 0.5], [0.5, 1]]), [100]); // float32[100, 2]
 * @see https://docs.jax.dev/en/latest/_autosummary/jax.random.multivariate_normal.html
 */
export const multivariateNormal = (
  key: NDArray,
  mean: ArrayLike,
  cov: ArrayLike,
  shape?: Shape | null,
  options: MultivariateNormalOptions = {},
): NDArray => {
  const where = "multivariateNormal";
  const [center, covariance] = promote(where, [mean, cov], toInexact) as [NDArray, NDArray];
  const dtype = floatDType(options.dtype ?? center.dtype, where);
  const n = center.shape.at(-1);
  const matrix = covariance.shape.slice(-2);
  if (n === undefined || matrix.length !== 2 || matrix[0] !== n || matrix[1] !== n) {
    throw new ShapeError(
      `${where}: mean must be [..., n] and cov [..., n, n]; got ${formatShape(center.shape)} and ` +
        `${formatShape(covariance.shape)}.`,
    );
  }
  const batches = [center.shape.slice(0, -1), covariance.shape.slice(0, -2)];
  const own = shapeOfParameters(
    batches.map((batch) => zeros(batch, "bool")),
    where,
  );
  const full = sampleShape(shape ?? own, where);
  const fits = own.length <= full.length;
  const aligned = full.slice(full.length - own.length);
  if (!fits || !own.every((length, i) => length === 1 || length === aligned[i])) {
    throw new ShapeError(
      `${where}: the batches of mean and cov, ${batches.map(formatShape).join(" and ")}, do not broadcast to the ` +
        `shape of the sample, ${formatShape(full)}.`,
    );
  }
  const z = inNameOf(where, () => normal(key, [...full, n], { dtype }));
  const factor = convertElementType(factorOf(covariance, options.method ?? "cholesky", where), dtype);
  const spread = einsum("...ij,...j->...i", factor, z);
  return add(broadcastTo(convertElementType(center, dtype), spread.shape), spread);
};
