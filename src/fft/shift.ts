import {
  type ArrayLike,
  type AxisArgument,
  type Complex,
  isComplex,
  type NDArray,
  normalizeAxes,
} from "../array/index.ts";
import { operand } from "../numpy/operands.ts";
import { roll } from "../numpy/rearranging.ts";
import type { ComplexLike } from "./operands.ts";

/** Each axis moved on by what `by` makes of its length. */
const moved = (name: string, x: ArrayLike, axes: AxisArgument, by: (n: number) => number): NDArray => {
  const array = operand(x, name);
  const all = normalizeAxes(axes, array.ndim, name);
  return roll(
    array,
    all.map((axis) => by(array.shape[axis] as number)),
    all,
  );
};

interface Shift {
  (x: ArrayLike, axes?: AxisArgument): NDArray;
  (x: Complex, axes?: AxisArgument): Complex;
}

const shift = (name: string, by: (n: number) => number): Shift =>
  ((x: ComplexLike, axes: AxisArgument = null): NDArray | Complex =>
    isComplex(x)
      ? { real: moved(name, x.real, axes, by), imag: moved(name, x.imag, axes, by) }
      : moved(name, x, axes, by)) as Shift;

/**
 * Puts frequency 0 in the middle: the halves of each of `axes` (by default all) change places.
 *
 * @see https://docs.jax.dev/en/latest/_autosummary/jax.numpy.fft.fftshift.html
 * @example
 * fftshift(fftfreq(4)); // [-0.5, -0.25, 0, 0.25]
 */
export const fftshift: Shift = shift("fftshift", (n) => Math.floor(n / 2));

/**
 * The inverse of `fftshift`, which differs from it where a length is odd.
 *
 * @example
 * np.fft.ifftshift(np.array([-0.5, -0.25, 0, 0.25])); // [0, 0.25, -0.5, -0.25]
 * @see https://docs.jax.dev/en/latest/_autosummary/jax.numpy.fft.ifftshift.html
 */
export const ifftshift: Shift = shift("ifftshift", (n) => -Math.floor(n / 2));
