import { formatShape, type NDArray, type Shape } from "../array/index.ts";
import { ArgumentError } from "../core/index.ts";
import { concatenate, fft, mul, neg, rev, scalarLike, sliceInDim, zerosLike } from "../primitives/index.ts";
import type { SizedAxis } from "./axes.ts";
import { type Direction, type Normalization, scaleOf } from "./normalization.ts";
import { lengthAlong, type Parts, resized } from "./operands.ts";

/*
 * Transforms along axes that are known to be there, of parts that are floats. Each is linear in its parts.
 */

const scaled = (x: NDArray, scale: number): NDArray => (scale === 1 ? x : mul(x, scalarLike(x, scale)));

/** How each function asks for its transform. */
export interface Manner {
  readonly name: string;
  readonly direction: Direction;
  readonly norm: Normalization | null;
}

/** The inverse is the transform with real and imaginary parts changing places, before and behind. */
const unscaled = ([real, imag]: Parts, axis: number, direction: Direction): Parts => {
  if (direction === "forward") return fft(real, imag, axis);
  const [outImag, outReal] = fft(imag, real, axis);
  return [outReal, outImag];
};

/** Complex numbers along each of `axes` in turn. */
export const transformComplex = (parts: Parts, axes: readonly SizedAxis[], manner: Manner): Parts => {
  const { name, direction, norm } = manner;
  let result = parts;
  let count = 1;
  for (const { axis, n } of axes) {
    const length = n ?? lengthAlong(name, result[0].shape, axis);
    const [real, imag] = result;
    result = unscaled([resized(real, axis, length), resized(imag, axis, length)], axis, direction);
    count *= length;
  }
  const scale = scaleOf(name, norm, direction, count);
  return [scaled(result[0], scale), scaled(result[1], scale)];
};

/** Real numbers to the first half (and the middle) of their transform, whose other half is its conjugate reversed. */
export const transformReal = (x: NDArray, { axis, n }: SizedAxis, manner: Manner): Parts => {
  const length = n ?? lengthAlong(manner.name, x.shape, axis);
  const real = resized(x, axis, length);
  const [outReal, outImag] = transformComplex([real, zerosLike(real)], [{ axis, n: length }], manner);
  const kept = Math.floor(length / 2) + 1;
  return [sliceInDim(outReal, 0, kept, axis), sliceInDim(outImag, 0, kept, axis)];
};

/** How many real numbers a half stands for, as long as nothing else is said: an even number. */
const usualLength = (name: string, shape: Shape, axis: number): number => {
  const half = lengthAlong(name, shape, axis);
  if (half > 1) return 2 * (half - 1);
  throw new ArgumentError(
    `${name}: axis ${axis} of shape ${formatShape(shape)} has one element, so that the result would have none; give the ` +
      "length of the result (n, or s).",
  );
};

/** The inverse: the half is completed, and only the real part asked for; without `n` the result has even length. */
export const transformHalf = (parts: Parts, { axis, n }: SizedAxis, manner: Manner): NDArray => {
  const length = n ?? usualLength(manner.name, parts[0].shape, axis);
  const kept = Math.floor(length / 2) + 1;
  const [real, imag] = parts.map((part) => resized(part, axis, kept)) as [NDArray, NDArray];
  // Without the first, and of an even length without the middle, which stand opposite themselves.
  const mirrored = (part: NDArray): NDArray => rev(sliceInDim(part, 1, length - kept + 1, axis), [axis]);
  const whole: Parts = [
    concatenate([real, mirrored(real)], axis),
    concatenate([imag, neg(mirrored(imag))], axis),
  ];
  return transformComplex(whole, [{ axis, n: length }], manner)[0];
};
