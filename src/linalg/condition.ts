import type { ArrayLike, NDArray } from "../array/index.ts";
import { describeAval, ShapeError } from "../core/index.ts";
import { reshape } from "../numpy/shaping.ts";
import * as prim from "../primitives/index.ts";
import { type NormOrder, norm } from "./norm.ts";
import { matrices, squareMatrices } from "./operands.ts";
import { inv } from "./solve.ts";

/** The first and the last of vectors. */
const ends = (s: NDArray): readonly [first: NDArray, last: NDArray] => {
  const axis = s.ndim - 1;
  const n = s.shape[axis] as number;
  const at = (i: number): NDArray => reshape(prim.sliceInDim(s, i, i + 1, axis), s.shape.slice(0, -1));
  return [at(0), at(n - 1)];
};

/**
 * The condition numbers [...] of matrices [..., m, n]: by default and for `p` 2 the greatest singular value over the least, for
 * −2 the inverse of that, for other norms the norm times that of the inverse. A singular matrix gives Infinity.
 *
 * @throws ShapeError unless `x` is matrices, square ones for norms other than 2 and −2.
 * @see https://docs.jax.dev/en/latest/_autosummary/jax.numpy.linalg.cond.html
 * @example
 * np.linalg.cond(np.array([[2, 0], [0, 4]])); // 2
 */
export const cond = (x: ArrayLike, p: NormOrder = null): NDArray => {
  if (p === null || p === 2 || p === -2) {
    const a = matrices("cond", x);
    if (prim.matrixShape(a).includes(0)) {
      throw new ShapeError(`cond: a matrix without elements has no condition; got ${describeAval(a)}.`);
    }
    const [most, least] = ends(prim.svd(a)[1]);
    return p === -2 ? prim.div(least, most) : prim.div(most, least);
  }
  const a = squareMatrices("cond", x);
  const axes = [-2, -1] as const;
  const product = prim.mul(norm(a, p, axes), norm(inv(a), p, axes));
  // What comes of a singular matrix may be a NaN; what comes of a NaN stays one.
  const isNew = prim.and(prim.ne(product, product), prim.eq(norm(a, p, axes), norm(a, p, axes)));
  const infinity = prim.broadcastTo(prim.scalarLike(product, Number.POSITIVE_INFINITY), product.shape);
  return prim.select(isNew, infinity, product);
};
