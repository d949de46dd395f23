/*
 * How far results may be from those of JAX (test/golden), by function. Integers, booleans and random bits are equal.
 * XLA's own functions of float32 err in the last digits, and sums go in another order there.
 */

/** What may differ in a dtype: a part of the wanted number, and in all cases this much. */
interface Tolerance {
  readonly relative: number;
  readonly absolute: number;
}

type ByDType<T> = { readonly [dtype: string]: T };

/** Values of numpy and lax. */
export const VALUES: ByDType<Tolerance> = {
  float32: { relative: 2e-5, absolute: 2e-6 },
  float64: { relative: 1e-11, absolute: 1e-13 },
};

/** Gradients of numpy and lax, relative to the greatest of an array or 1: sums of products, in another order. */
export const GRADIENTS: ByDType<number> = { float32: 1e-4, float64: 1e-9 };

/** Values and gradients of fft, relative to the greatest of all: a transform spreads its errors over all results. */
export const FFT: ByDType<number> = { float32: 1e-6, float64: 1e-14 };

/** Values and gradients of scipy.special and scipy.stats. */
export const SCIPY: ByDType<Tolerance> = {
  float32: { relative: 2e-4, absolute: 2e-6 },
  float64: { relative: 1e-11, absolute: 1e-13 },
};

/** Where JAX itself is right to fewer digits: B(7, 9) is 1 / 45045, of which it gives six; its logNdtr sums few terms. */
export const COARSE_IN_SCIPY: { readonly relative: number; readonly startsOf: readonly string[] } = {
  relative: 1e-5,
  startsOf: ["special.beta", "special.betaln", "special.logNdtr", "stats.beta", "stats.t", "stats.norm.log"],
};

/** Values and derivatives of nn's functions, relative. */
export const NN: ByDType<number> = { float32: 3e-6, float64: 1e-13 };

/** Outputs and gradients of layers and losses in float64, which Flax and Optax give. */
export const LAYERS = { rtol: 1e-9, atol: 1e-10 } as const;

/**
 * Samples of random's distributions without parameters, relative to themselves or 1: XLA approximates logarithms and
 * erfInv, and contracts multiply-adds; in float64 its log1p is the coarsest. `uniform` and integers are equal.
 */
export const SAMPLES: ByDType<number> = { float32: 8 * 2 ** -23, float64: 64 * 2 ** -52 };

/**
 * Samples of distributions with parameters, relative to themselves or 1. Both decide alike which draws to accept; JAX
 * works the accepted ones out in float32, and XLA's normal numbers err by a few units in the last place. The tails of
 * `wald` and of powers with small exponents multiply that.
 */
export const DISTRIBUTIONS: ByDType<number> = { float32: 3e-5, float64: 1e-11, int32: 0 };
