/**
 * What samples of several chains are worth: how many independent ones they stand for, and whether chains agree.
 * (A. Vehtari, A. Gelman, D. Simpson, B. Carpenter and P.-C. Bürkner, "Rank-normalization, folding, and localization: an
 * improved R̂", 2021, sections 2 and 3, without the ranks.)
 *
 * Samples are float64[chains, draws, d]; each of the d numbers is looked at by itself.
 */
import { lax, type NDArray, numpy as np } from "cotangent";

/** The variance within chains, and that of the target as all chains together show it: float64[d] each. */
const variances = (samples: NDArray): { readonly within: NDArray; readonly pooled: NDArray } => {
  const draws = samples.shape[1] as number;
  const within = np.var(samples, 1, { ddof: 1 }).mean(0);
  const between = np.var(samples.mean(1), 0, { ddof: 1 });
  return { within, pooled: within.mul((draws - 1) / draws).add(between) };
};

/** The autocovariance along the draws at all lags, through the spectrum: [chains, lags, d]. */
const autocovariance = (samples: NDArray): NDArray => {
  const draws = samples.shape[1] as number;
  const centered = samples.sub(samples.mean(1, { keepdims: true }));
  // As many zeros behind: the end of a chain must not meet its beginning.
  const { real, imag } = np.fft.rfft(centered, 2 * draws, 1);
  const power = real.square().add(imag.square());
  const sums = np.fft.irfft({ real: power, imag: np.zerosLike(power) }, 2 * draws, 1);
  return lax.sliceInDim(sums, 0, draws, 1, 1).div(draws);
};

/**
 * How many independent samples would tell the mean as well: float64[d]. Autocorrelations are added up in pairs of lags as
 * long as pairs are positive, and none counts more than the one before. (C. J. Geyer, "Practical Markov chain Monte
 * Carlo", 1992.)
 */
export const effectiveSampleSize = (samples: NDArray): NDArray => {
  const [chains, draws, d] = samples.shape as [number, number, number];
  const { within, pooled } = variances(samples);
  const unbiased = draws / (draws - 1);
  const shared = autocovariance(samples).mean(0).mul(unbiased);
  const correlation = np.subtract(1, within.sub(shared).div(pooled));
  const lags = 2 * Math.floor(draws / 2);
  const pairs = lax
    .sliceInDim(correlation, 0, lags)
    .reshape(lags / 2, 2, d)
    .sum(1);
  const stillPositive = lax.cumprod(np.greater(pairs, 0).astype("float64"), 0);
  const falling = lax.cummin(pairs, 0).mul(stillPositive);
  const time = falling.sum(0).mul(2).sub(1);
  return np.divide(chains * draws, time);
};

/** How much wider all chains together are than each half of a chain; 1 if they agree: float64[d]. */
export const splitRHat = (samples: NDArray): NDArray => {
  const [chains, draws, d] = samples.shape as [number, number, number];
  const half = Math.floor(draws / 2);
  const halves = lax.sliceInDim(samples, 0, 2 * half, 1, 1).reshape(2 * chains, half, d);
  const { within, pooled } = variances(halves);
  return np.sqrt(pooled.div(within));
};

/** All samples as one table, float64[chains · draws, d]. */
export const allDraws = (samples: NDArray): NDArray => samples.reshape(-1, samples.shape[2] as number);
