import {
  type ArrayLike,
  type Complex,
  formatShape,
  isComplex,
  type NDArray,
  type Shape,
  sameShape,
} from "../array/index.ts";
import { ArgumentError, describeAval, ShapeError } from "../core/index.ts";
import { operand, promote, toInexact } from "../numpy/operands.ts";
import { pad, scalarLike, sliceInDim, zerosLike } from "../primitives/index.ts";

/** Real numbers, or complex ones as a pair of arrays. */
export type ComplexLike = ArrayLike | Complex;

/** Real and imaginary parts, as primitives take them. */
export type Parts = readonly [real: NDArray, imag: NDArray];

/** The parts of complex numbers, floats of one dtype and shape; real numbers have zeros as imaginary part. */
export const partsOf = (name: string, x: ComplexLike): Parts => {
  if (!isComplex(x)) {
    if (typeof x === "object" && x !== null && "real" in x && "imag" in x) {
      throw new ArgumentError(
        `${name}: the parts of a pair must be arrays; got { real: ${typeof x.real}, imag: ${typeof x.imag} }. Make them ` +
          "with numpy.array.",
      );
    }
    const real = operand(x, name, toInexact);
    return [real, zerosLike(real)];
  }
  const [real, imag] = promote(name, [x.real, x.imag], toInexact) as [NDArray, NDArray];
  if (sameShape(real.shape, imag.shape)) return [real, imag];
  throw new ShapeError(
    `${name}: the real and the imaginary part must have one shape; got ${describeAval(real)} and ${describeAval(imag)}.`,
  );
};

/** Real numbers alone, for transforms that take no complex ones. */
export const realOperand = (name: string, x: ArrayLike): NDArray => {
  if (isComplex(x)) {
    throw new ArgumentError(
      `${name}: takes real numbers; got a pair { real, imag }. Give it the real part, or take the transform of complex numbers.`,
    );
  }
  return operand(x, name, toInexact);
};

/** How many numbers a transform takes or gives along an axis; refuses what is no count. */
export const checkCount = (name: string, argument: string, n: number): number => {
  if (Number.isInteger(n) && n > 0) return n;
  throw new ArgumentError(`${name}: ${argument} must be a whole number above 0; got ${n}.`);
};

/** `x` with `n` elements along `axis`: the first ones, or zeros behind. */
export const resized = (x: NDArray, axis: number, n: number): NDArray => {
  const length = x.shape[axis] as number;
  if (length === n) return x;
  if (length > n) return sliceInDim(x, 0, n, axis);
  return pad(
    x,
    scalarLike(x, 0),
    x.shape.map((_, d) => [0, d === axis ? n - length : 0, 0]),
  );
};

/** The length of `axis`, which must have elements. */
export const lengthAlong = (name: string, shape: Shape, axis: number): number => {
  const length = shape[axis] as number;
  if (length > 0) return length;
  throw new ShapeError(
    `${name}: axis ${axis} of shape ${formatShape(shape)} has no elements to transform; give the length to fill up to.`,
  );
};
