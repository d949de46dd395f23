import { type ArrayLike, type Complex, ConcreteArray, firstElement, type NDArray } from "../array/index.ts";
import { ConcretizationError, describeAval, ShapeError } from "../core/index.ts";
import * as prim from "../primitives/index.ts";
import { operand, toInexact } from "./operands.ts";

/** Options of `roots`. */
export interface RootsOptions {
  /**
   * Whether leading zeros are taken off, so that the number of roots is that of the degree; under `jit` and `vmap` it must be
   * false, and roots that do not exist are NaN. Default true.
   */
  readonly stripZeros?: boolean | undefined;
}

/** The eigenvalues of the companion matrix, whose characteristic polynomial is `p` divided by its first coefficient. */
const eigenvaluesOfCompanion = (p: NDArray): Complex => {
  const n = p.size - 1;
  if (n < 1) {
    const none = prim.zerosLike({ shape: [0], dtype: p.dtype });
    return { real: none, imag: none };
  }
  const leading = prim.broadcastTo(prim.sliceInDim(p, 0, 1, 0), [n]);
  const first = prim.neg(prim.div(prim.sliceInDim(p, 1, n + 1, 0), leading));
  const rest = prim.identities([n - 1, n], p.dtype);
  const companion = prim.concatenate([prim.reshape(first, [1, n]), rest], 0);
  const [real, imag] = prim.eig(companion, { left: false, right: false, vectorDerivatives: false });
  return { real: real as NDArray, imag: imag as NDArray };
};

/** How many coefficients in front are 0. */
const leadingZeros = (p: NDArray): NDArray => {
  const isZero = prim.convertElementType(prim.eq(p, prim.zerosLike(p)), "int32");
  const first = prim.argmin(isZero, 0);
  const all = prim.reduceSum(isZero, [0]);
  const n = prim.scalarLike(all, p.size);
  return prim.select(prim.eq(all, n), n, first);
};

/**
 * The roots of the polynomial p[0] xⁿ + … + p[n], a pair of real and imaginary parts even where all are real, real
 * parts increasing: the eigenvalues of its companion matrix. They have derivatives where they differ.
 *
 * @throws ShapeError unless `p` is a vector, ConcretizationError if leading zeros cannot be counted.
 * @see https://docs.jax.dev/en/latest/_autosummary/jax.numpy.roots.html
 * @example
 * np.roots(np.array([1, 0, 1])); // { real: [0, 0], imag: [1, −1] }
 */
export const roots = (p: ArrayLike, { stripZeros = true }: RootsOptions = {}): Complex => {
  const given = operand(p, "roots", toInexact);
  if (given.ndim > 1) {
    throw new ShapeError(`roots: takes the coefficients of one polynomial, [n]; got ${describeAval(given)}.`);
  }
  const x = prim.reshape(given, [given.size]);
  if (x.size < 2) return eigenvaluesOfCompanion(x);
  const zeros = leadingZeros(x);
  if (stripZeros) {
    if (!(zeros instanceof ConcreteArray)) {
      throw new ConcretizationError(
        `roots: leading zeros of ${describeAval(x)} cannot be counted while it is being traced, and the number of roots ` +
          "depends on them. Pass { stripZeros: false }: roots that do not exist are NaN then.",
      );
    }
    return eigenvaluesOfCompanion(prim.sliceInDim(x, Number(firstElement(zeros)), x.size, 0));
  }
  // Zeros go to the back, where they make roots that are 0.
  const none = prim.eq(zeros, prim.scalarLike(zeros, x.size));
  const one = prim.broadcastTo(prim.scalarLike(x, 1), x.shape);
  const some = prim.select(prim.broadcastTo(none, x.shape), one, x);
  const rolled = prim.dynamicSlice(prim.concatenate([some, some], 0), [zeros], x.shape);
  const { real, imag } = eigenvaluesOfCompanion(rolled);
  const zero = prim.zerosLike(real);
  const isZero = prim.and(prim.eq(real, zero), prim.eq(imag, zero));
  const [, re, im] = prim.sort([isZero, real, imag], 0, 1) as readonly [NDArray, NDArray, NDArray];
  const count = prim.sub(prim.scalarLike(zeros, real.size), zeros);
  const exists = prim.lt(prim.iota(real.shape, "int32", 0), prim.broadcastTo(count, real.shape));
  const nan = prim.broadcastTo(prim.scalarLike(real, Number.NaN), real.shape);
  return { real: prim.select(exists, re, nan), imag: prim.select(exists, im, nan) };
};
