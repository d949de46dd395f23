import type { ArrayLike, Complex, NDArray } from "../array/index.ts";
import { ShapeError } from "../core/index.ts";
import { neg } from "../primitives/index.ts";
import { transformComplex, transformHalf, transformReal } from "./along-axes.ts";
import { type SizedAxis, sizedAxes, sizedAxis } from "./axes.ts";
import { type Normalization, swapped } from "./normalization.ts";
import { type ComplexLike, partsOf, realOperand } from "./operands.ts";

/*
 * Transforms of real numbers, whose second half is the conjugate of the first, reversed, and is left out.
 */

type Axes = readonly number[] | null;

/**
 * The transform of real numbers along one axis: the first ⌊n/2⌋ + 1 elements of `fft`, which determine the others.
 *
 * @throws ArgumentError for a pair, for `n` below 1 or an unknown norm; ShapeError if the axis is empty.
 * @see https://docs.jax.dev/en/latest/_autosummary/jax.numpy.fft.rfft.html
 * @example
 * rfft(np.array([1, 0, 0, 0])).real; // [1, 1, 1]
 */
export const rfft = (
  a: ArrayLike,
  n: number | null = null,
  axis = -1,
  norm: Normalization | null = null,
): Complex => {
  const x = realOperand("rfft", a);
  const [real, imag] = transformReal(x, sizedAxis("rfft", x.ndim, n, axis), {
    name: "rfft",
    direction: "forward",
    norm,
  });
  return { real, imag };
};

/**
 * The inverse of `rfft`: real numbers, `n` of them, by default 2(m − 1) for m elements along the axis. Imaginary parts of
 * the first element, and of the middle one of an even length, do not count.
 *
 * @see https://docs.jax.dev/en/latest/_autosummary/jax.numpy.fft.irfft.html
 * @example
 * irfft(rfft(x), x.size); // x
 */
export const irfft = (
  a: ComplexLike,
  n: number | null = null,
  axis = -1,
  norm: Normalization | null = null,
): NDArray => {
  const parts = partsOf("irfft", a);
  const along = sizedAxis("irfft", parts[0].ndim, n, axis);
  return transformHalf(parts, along, { name: "irfft", direction: "inverse", norm });
};

/** All axes but the last, and the last, which is the one that is halved. */
const splitAxes = (name: string, axes: readonly SizedAxis[]): readonly [readonly SizedAxis[], SizedAxis] => {
  const last = axes.at(-1);
  if (last === undefined) throw new ShapeError(`${name}: needs at least one axis to transform; got none.`);
  return [axes.slice(0, -1), last];
};

const forwardAlong = (
  name: string,
  a: ArrayLike,
  s: Axes,
  axes: Axes,
  norm: Normalization | null,
): Complex => {
  const x = realOperand(name, a);
  const [others, last] = splitAxes(name, sizedAxes(name, x.ndim, s, axes));
  const manner = { name, direction: "forward", norm } as const;
  const [real, imag] = transformComplex(transformReal(x, last, manner), others, manner);
  return { real, imag };
};

const inverseAlong = (
  name: string,
  a: ComplexLike,
  s: Axes,
  axes: Axes,
  norm: Normalization | null,
): NDArray => {
  const parts = partsOf(name, a);
  const [others, last] = splitAxes(name, sizedAxes(name, parts[0].ndim, s, axes));
  const manner = { name, direction: "inverse", norm } as const;
  return transformHalf(transformComplex(parts, others, manner), last, manner);
};

/**
 * `rfft` along the last of `axes` and `fft` along the others; by default all axes (with `s`, lengths for the last ones).
 *
 * @example
 * np.fft.rfftn(np.zeros([4, 6])).real; // float32[4, 4]
 * @see https://docs.jax.dev/en/latest/_autosummary/jax.numpy.fft.rfftn.html
 */
export const rfftn = (
  a: ArrayLike,
  s: Axes = null,
  axes: Axes = null,
  norm: Normalization | null = null,
): Complex => forwardAlong("rfftn", a, s, axes, norm);

/**
 * The inverse of `rfftn`; without `s` the last axis becomes 2(m − 1) long.
 *
 * @example
 * np.fft.irfftn(np.fft.rfftn(np.zeros([4, 6]))); // float32[4, 6]
 * @see https://docs.jax.dev/en/latest/_autosummary/jax.numpy.fft.irfftn.html
 */
export const irfftn = (
  a: ComplexLike,
  s: Axes = null,
  axes: Axes = null,
  norm: Normalization | null = null,
): NDArray => inverseAlong("irfftn", a, s, axes, norm);

/**
 * `rfftn` along two axes, by default the last.
 *
 * @example
 * np.fft.rfft2(np.zeros([4, 6])).real; // float32[4, 4]
 */
export const rfft2 = (
  a: ArrayLike,
  s: Axes = null,
  axes: Axes = [-2, -1],
  norm: Normalization | null = null,
): Complex => forwardAlong("rfft2", a, s, axes, norm);

/**
 * The inverse of `rfft2`.
 *
 * @example
 * np.fft.irfft2(np.fft.rfft2(np.zeros([4, 6]))); // float32[4, 6]
 */
export const irfft2 = (
  a: ComplexLike,
  s: Axes = null,
  axes: Axes = [-2, -1],
  norm: Normalization | null = null,
): NDArray => inverseAlong("irfft2", a, s, axes, norm);

/**
 * The transform of a signal whose second half is the conjugate of the first, reversed, and left out: real numbers, `n` of
 * them, by default 2(m − 1).
 *
 * @example
 * np.fft.hfft({ real: np.array([1, 0, 0]), imag: np.zeros([3]) }); // [1, 1, 1, 1]
 * @see https://docs.jax.dev/en/latest/_autosummary/jax.numpy.fft.hfft.html
 */
export const hfft = (
  a: ComplexLike,
  n: number | null = null,
  axis = -1,
  norm: Normalization | null = null,
): NDArray => {
  const [real, imag] = partsOf("hfft", a);
  const along = sizedAxis("hfft", real.ndim, n, axis);
  return transformHalf([real, neg(imag)], along, { name: "hfft", direction: "inverse", norm: swapped(norm) });
};

/**
 * The inverse of `hfft`.
 *
 * @example
 * np.fft.ihfft(np.array([1, 1, 1, 1])).real; // [1, 0, 0]
 * @see https://docs.jax.dev/en/latest/_autosummary/jax.numpy.fft.ihfft.html
 */
export const ihfft = (
  a: ArrayLike,
  n: number | null = null,
  axis = -1,
  norm: Normalization | null = null,
): Complex => {
  const x = realOperand("ihfft", a);
  const [real, imag] = transformReal(x, sizedAxis("ihfft", x.ndim, n, axis), {
    name: "ihfft",
    direction: "forward",
    norm: swapped(norm),
  });
  return { real, imag: neg(imag) };
};
