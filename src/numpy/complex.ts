import { type ArrayLike, type Complex, isComplex, type NDArray } from "../array/index.ts";
import { zerosLike } from "../primitives/index.ts";
import { add as addReal, multiply, negative, subtract } from "./arithmetic.ts";
import { equal } from "./comparison.ts";
import { logicalAnd } from "./logic.ts";
import { operand, toInexact } from "./operands.ts";
import { arctan2, hypot } from "./trigonometric.ts";
import { where } from "./where.ts";

/*
 * Arithmetic of complex numbers as pairs `{ real, imag }`, as far as transforms of signals need it. Real numbers stand
 * for pairs without imaginary part; shapes broadcast.
 */

type Operand = ArrayLike | Complex;

const asPair = (x: Operand, name: string): Complex => {
  if (isComplex(x)) return x;
  const real = operand(x, name, toInexact);
  return { real, imag: zerosLike(real) };
};

/**
 * The sum of complex numbers.
 *
 * @example
 * np.complex.add({ real: np.array(1), imag: np.array(2) }, { real: np.array(3), imag: np.array(4) });
 * // { real: 4, imag: 6 }
 */
export const add = (x: Operand, y: Operand): Complex => {
  const [a, b] = [asPair(x, "complex.add"), asPair(y, "complex.add")];
  return { real: addReal(a.real, b.real), imag: addReal(a.imag, b.imag) };
};

/**
 * The product of complex numbers: (a + bi)(c + di) = (ac − bd) + (ad + bc)i.
 *
 * @example
 * np.complex.mul({ real: np.array(1), imag: np.array(2) }, { real: np.array(3), imag: np.array(4) });
 * // { real: -5, imag: 10 }
 */
export const mul = (x: Operand, y: Operand): Complex => {
  if (!isComplex(x) && isComplex(y)) return mul(y, x);
  const a = asPair(x, "complex.mul");
  if (!isComplex(y)) return { real: multiply(a.real, y), imag: multiply(a.imag, y) };
  return {
    real: subtract(multiply(a.real, y.real), multiply(a.imag, y.imag)),
    imag: addReal(multiply(a.real, y.imag), multiply(a.imag, y.real)),
  };
};

/**
 * The complex conjugate.
 *
 * @example
 * np.complex.conj({ real: np.array(1), imag: np.array(2) }); // { real: 1, imag: -2 }
 */
export const conj = (x: Operand): Complex => {
  const { real, imag } = asPair(x, "complex.conj");
  return { real, imag: negative(imag) };
};

/**
 * The absolute value √(a² + b²), without overflow between; its derivative at 0 is 0, as in JAX.
 *
 * @example
 * np.complex.abs({ real: np.array(3), imag: np.array(4) }); // 5
 */
export const abs = (x: Operand): NDArray => {
  const { real, imag } = asPair(x, "complex.abs");
  const isZero = logicalAnd(equal(real, 0), equal(imag, 0));
  return where(isZero, 0, hypot(where(isZero, 1, real), imag));
};

/**
 * The angle with the positive real axis, from −π to π.
 *
 * @example
 * np.complex.angle({ real: np.array(0), imag: np.array(1) }); // 1.5708
 */
export const angle = (x: Operand): NDArray => {
  const { real, imag } = asPair(x, "complex.angle");
  return arctan2(imag, real);
};
