import type { Complex } from "../array/index.ts";
import { transformComplex } from "./along-axes.ts";
import { sizedAxes, sizedAxis } from "./axes.ts";
import type { Direction, Normalization } from "./normalization.ts";
import { type ComplexLike, partsOf } from "./operands.ts";

type LineTransform = (
  a: ComplexLike,
  n?: number | null,
  axis?: number,
  norm?: Normalization | null,
) => Complex;

type AxesTransform = (
  a: ComplexLike,
  s?: readonly number[] | null,
  axes?: readonly number[] | null,
  norm?: Normalization | null,
) => Complex;

const alongLine =
  (name: string, direction: Direction): LineTransform =>
  (a, n = null, axis = -1, norm = null) => {
    const parts = partsOf(name, a);
    const along = sizedAxis(name, parts[0].ndim, n, axis);
    const [real, imag] = transformComplex(parts, [along], { name, direction, norm });
    return { real, imag };
  };

const alongAxes =
  (name: string, direction: Direction, usual: readonly number[] | null): AxesTransform =>
  (a, s = null, axes = usual, norm = null) => {
    const parts = partsOf(name, a);
    const along = sizedAxes(name, parts[0].ndim, s, axes);
    const [real, imag] = transformComplex(parts, along, { name, direction, norm });
    return { real, imag };
  };

/**
 * The discrete Fourier transform along one axis: X[k] = Σ x[j] exp(−2πi·jk/n). Any n is fast: lengths made of primes up
 * to 13 go in stages, the others through a convolution. Errors are of the order of ε log n.
 *
 * `a` is an array of real numbers or a pair `{ real, imag }`; integers become float32. `n` cuts the axis or fills it up
 * with zeros; `norm` says which direction is divided by n.
 *
 * @throws ArgumentError for `n` below 1 or an unknown norm; ShapeError if the axis is empty or the parts differ in shape.
 * @see https://docs.jax.dev/en/latest/_autosummary/jax.numpy.fft.fft.html
 * @example
 * fft(np.array([1, 2])); // { real: [3, -1], imag: [0, 0] }
 * ifft(fft(x)).real;     // x
 */
export const fft: LineTransform = alongLine("fft", "forward");

/**
 * The inverse of `fft`: x[j] = 1/n Σ X[k] exp(+2πi·jk/n).
 *
 * @example
 * np.fft.ifft({ real: np.array([3, -1]), imag: np.zeros([2]) }); // { real: [1, 2], imag: [0, 0] }
 * @see https://docs.jax.dev/en/latest/_autosummary/jax.numpy.fft.ifft.html
 */
export const ifft: LineTransform = alongLine("ifft", "inverse");

/**
 * `fft` along several axes, by default all (with `s`, lengths for the last ones).
 *
 * @example
 * np.fft.fftn(np.array([[1, 2], [3, 4]])).real; // [[10, -2], [-4, 0]]
 * @see https://docs.jax.dev/en/latest/_autosummary/jax.numpy.fft.fftn.html
 */
export const fftn: AxesTransform = alongAxes("fftn", "forward", null);

/**
 * The inverse of `fftn`.
 *
 * @example
 * np.fft.ifftn(np.fft.fftn(np.array([[1, 2], [3, 4]]))).real; // [[1, 2], [3, 4]]
 * @see https://docs.jax.dev/en/latest/_autosummary/jax.numpy.fft.ifftn.html
 */
export const ifftn: AxesTransform = alongAxes("ifftn", "inverse", null);

/**
 * `fftn` along two axes, by default the last.
 *
 * @example
 * np.fft.fft2(np.array([[1, 2], [3, 4]])).real; // [[10, -2], [-4, 0]]
 */
export const fft2: AxesTransform = alongAxes("fft2", "forward", [-2, -1]);

/**
 * The inverse of `fft2`.
 *
 * @example
 * np.fft.ifft2(np.fft.fft2(np.array([[1, 2], [3, 4]]))).real; // [[1, 2], [3, 4]]
 */
export const ifft2: AxesTransform = alongAxes("ifft2", "inverse", [-2, -1]);
