import type { NDArray } from "../array/index.ts";
import { divide } from "../numpy/arithmetic.ts";
import { arange } from "../numpy/ranges.ts";
import type { DTypeOption } from "../numpy/types.ts";
import { dtypeOption } from "../numpy/types.ts";
import { concatenate, convertElementType } from "../primitives/index.ts";
import { checkCount } from "./operands.ts";

/** `counts` divided by n·d, in the dtype asked for. */
const frequencies = (name: string, counts: NDArray, n: number, d: number, dtype: DTypeOption): NDArray => {
  const wanted = dtypeOption(dtype, name) ?? "float32";
  return divide(convertElementType(counts, wanted), n * d);
};

/**
 * The frequencies of the elements of `fft` of `n` samples, `d` apart: 0, 1, …, then the negative ones, divided by n·d.
 *
 * @throws ArgumentError for `n` below 1.
 * @see https://docs.jax.dev/en/latest/_autosummary/jax.numpy.fft.fftfreq.html
 * @example
 * fftfreq(4); // [0, 0.25, -0.5, -0.25]
 */
export const fftfreq = (n: number, d = 1, dtype?: DTypeOption): NDArray => {
  const half = Math.floor((checkCount("fftfreq", "n", n) + 1) / 2);
  const counts = concatenate([arange(0, half), arange(half - n, 0)], 0);
  return frequencies("fftfreq", counts, n, d, dtype);
};

/**
 * The frequencies of the elements of `rfft` of `n` samples, `d` apart: 0, 1, …, ⌊n/2⌋, divided by n·d.
 *
 * @example
 * np.fft.rfftfreq(4); // [0, 0.25, 0.5]
 * @see https://docs.jax.dev/en/latest/_autosummary/jax.numpy.fft.rfftfreq.html
 */
export const rfftfreq = (n: number, d = 1, dtype?: DTypeOption): NDArray =>
  frequencies("rfftfreq", arange(0, Math.floor(checkCount("rfftfreq", "n", n) / 2) + 1), n, d, dtype);
