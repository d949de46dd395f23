import { type ArrayLike, type NDArray, scalarArray } from "../array/index.ts";
import { ArgumentError, describeAval, inNameOf, ShapeError } from "../core/index.ts";
import * as prim from "../primitives/index.ts";
import { add, divide, multiply, subtract } from "./arithmetic.ts";
import { convolve } from "./convolution.ts";
import { concatenate } from "./joining.ts";
import { operand, promote, toInexact } from "./operands.ts";
import { atleast1d } from "./shaping.ts";

/*
 * Polynomials as vectors of coefficients, that of the highest power first.
 */

const coefficients = (name: string, p: ArrayLike): NDArray => {
  const array = atleast1d(operand(p, name));
  if (array.ndim !== 1)
    throw new ShapeError(`${name}: coefficients are a vector; got ${describeAval(array)}.`);
  return array;
};

/** A vector with zeros put in front. */
const lengthened = (p: NDArray, size: number): NDArray =>
  prim.pad(p, prim.scalarLike(p, 0), [[size - p.size, 0, 0]]);

const aligned = (name: string, p: ArrayLike, q: ArrayLike): readonly [NDArray, NDArray] => {
  const [a, b] = promote(name, [coefficients(name, p), coefficients(name, q)]) as [NDArray, NDArray];
  const size = Math.max(a.size, b.size);
  return [lengthened(a, size), lengthened(b, size)];
};

/**
 * The sum of two polynomials.
 *
 * @example
 * np.polyadd(np.array([1, 2]), np.array([1, 0, 0])); // [1, 1, 2]
 */
export const polyadd = (p: ArrayLike, q: ArrayLike): NDArray => add(...aligned("polyadd", p, q));

/**
 * The difference of two polynomials.
 *
 * @example
 * np.polysub(np.array([1, 2]), np.array([1, 0, 0])); // [-1, 1, 2]
 */
export const polysub = (p: ArrayLike, q: ArrayLike): NDArray => subtract(...aligned("polysub", p, q));

/**
 * The product of two polynomials.
 *
 * @example
 * np.polymul(np.array([1, 2]), np.array([1, -2])); // [1, 0, -4]
 */
export const polymul = (p: ArrayLike, q: ArrayLike): NDArray =>
  inNameOf("polymul", () => convolve(coefficients("polymul", p), coefficients("polymul", q)));

/**
 * The quotient and the remainder of two polynomials; the remainder is as long as `p`, with zeros in front.
 *
 * @example
 * np.polydiv(np.array([1, 0, -4]), np.array([1, 2])); // [[1, -2], [0, 0, 0]]
 */
export const polydiv = (p: ArrayLike, q: ArrayLike): readonly [quotient: NDArray, remainder: NDArray] => {
  const [dividend, divisor] = promote(
    "polydiv",
    [coefficients("polydiv", p), coefficients("polydiv", q)],
    toInexact,
  ) as [NDArray, NDArray];
  if (divisor.size === 0) throw new ShapeError("polydiv: the divisor has no coefficients.");
  const [m, n] = [dividend.size - 1, divisor.size - 1];
  if (n > m) return [prim.zerosLike({ shape: [1], dtype: dividend.dtype }), dividend];
  const leading = prim.sliceInDim(divisor, 0, 1, 0);
  const quotient: NDArray[] = [];
  let rest = dividend;
  for (let k = 0; k <= m - n; k++) {
    const factor = divide(prim.sliceInDim(rest, 0, 1, 0), leading);
    quotient.push(factor);
    const part = prim.pad(multiply(factor, divisor), prim.scalarLike(rest, 0), [[0, rest.size - n - 1, 0]]);
    // The leading term is gone by construction.
    rest = prim.sliceInDim(subtract(rest, part), 1, rest.size, 0);
  }
  return [prim.concatenate(quotient, 0), lengthened(rest, dividend.size)];
};

/**
 * The value of a polynomial at each element of `x`, by Horner's scheme.
 *
 * @example
 * np.polyval(np.array([1, 0, -4]), 3); // 5
 */
export const polyval = (p: ArrayLike, x: ArrayLike): NDArray => {
  const [given, at] = promote("polyval", [coefficients("polyval", p), x]) as [NDArray, NDArray];
  const coefficient = (i: number): NDArray => prim.reshape(prim.sliceInDim(given, i, i + 1, 0), []);
  let value = prim.zerosLike({ shape: at.shape, dtype: at.dtype });
  for (let i = 0; i < given.size; i++) value = add(multiply(value, at), coefficient(i));
  return value;
};

const checkOrder = (name: string, m: number): void => {
  if (!Number.isInteger(m) || m < 0) {
    throw new ArgumentError(`${name}: m must be a whole number of at least 0; got ${m}.`);
  }
};

/**
 * The `m`-th derivative of a polynomial.
 *
 * @example
 * np.polyder(np.array([1, 2, 3])); // [2, 2]
 */
export const polyder = (p: ArrayLike, m = 1): NDArray => {
  checkOrder("polyder", m);
  let result = prim.convertElementType(coefficients("polyder", p), operand(p, "polyder", toInexact).dtype);
  for (let k = 0; k < m; k++) {
    const n = result.size;
    if (n <= 1) return prim.zerosLike({ shape: [n === 0 ? 0 : 1], dtype: result.dtype });
    const powers = prim.rev(prim.iota([n - 1], result.dtype, 0), [0]);
    result = multiply(prim.sliceInDim(result, 0, n - 1, 0), add(powers, 1));
  }
  return result;
};

/**
 * The `m`-fold integral of a polynomial, with constants `k` of integration (one for all, or one each).
 *
 * @example
 * np.polyint(np.array([2, 2])); // [1, 2, 0]
 */
export const polyint = (p: ArrayLike, m = 1, k: number | readonly number[] = 0): NDArray => {
  checkOrder("polyint", m);
  const constants = typeof k === "number" ? new Array<number>(m).fill(k) : k;
  if (constants.length !== m) {
    throw new ArgumentError(
      `polyint: needs one constant, or one for each of ${m} integrations; got ${constants.length}.`,
    );
  }
  let result = atleast1d(operand(p, "polyint", toInexact));
  for (const constant of constants) {
    const powers = prim.rev(prim.iota([result.size], result.dtype, 0), [0]);
    const term = prim.broadcastInDim(scalarArray(constant, result.dtype), [1], []);
    result = concatenate([divide(result, add(powers, 1)), term]);
  }
  return result;
};

/**
 * The polynomial with the given roots and leading coefficient 1.
 *
 * @example
 * np.poly(np.array([2, -2])); // [1, 0, -4]
 */
export const poly = (roots: ArrayLike): NDArray => {
  const given = atleast1d(operand(roots, "poly", toInexact));
  if (given.ndim !== 1) throw new ShapeError(`poly: takes a vector of roots; got ${describeAval(given)}.`);
  let result = prim.broadcastInDim(scalarArray(1, given.dtype), [1], []);
  for (let i = 0; i < given.size; i++) {
    const shifted = multiply(result, prim.sliceInDim(given, i, i + 1, 0));
    const zero = prim.zerosLike({ shape: [1], dtype: given.dtype });
    result = subtract(concatenate([result, zero]), concatenate([zero, shifted]));
  }
  return result;
};
