import { arrayFrom, type NDArray } from "../array/index.ts";
import { ArgumentError } from "../core/index.ts";
import { besselI0eOf } from "../primitives/elementwise/numeric/index.ts";

/*
 * Windows of signal processing: vectors of fixed numbers.
 */

/** A window of `m` numbers, computed from the place in [0, 1]; of one number it is 1. */
const window =
  (name: string, at: (t: number) => number) =>
  (m: number): NDArray => {
    if (!Number.isInteger(m) || m < 0) {
      throw new ArgumentError(`${name}: the length must be a whole number of at least 0; got ${m}.`);
    }
    return arrayFrom(Float32Array.from({ length: m }, (_, i) => (m === 1 ? 1 : at(i / (m - 1)))));
  };

const turn = 2 * Math.PI;

/**
 * Bartlett's triangle, which is 0 at both ends.
 *
 * @example
 * np.bartlett(5); // [0, 0.5, 1, 0.5, 0]
 */
export const bartlett = window("bartlett", (t) => 1 - Math.abs(2 * t - 1));

/**
 * Blackman's window: three terms of a cosine series.
 *
 * @example
 * np.blackman(4).at(1).get(); // 0.63
 */
export const blackman = window(
  "blackman",
  (t) => 0.42 - 0.5 * Math.cos(turn * t) + 0.08 * Math.cos(2 * turn * t),
);

/**
 * Hamming's window: a raised cosine that does not reach 0.
 *
 * @example
 * np.hamming(3); // [0.08, 1, 0.08]
 */
export const hamming = window("hamming", (t) => 0.54 - 0.46 * Math.cos(turn * t));

/**
 * Von Hann's window: a raised cosine.
 *
 * @example
 * np.hanning(5); // [0, 0.5, 1, 0.5, 0]
 */
export const hanning = window("hanning", (t) => 0.5 - 0.5 * Math.cos(turn * t));

/**
 * Kaiser's window with shape parameter `beta`: I₀(beta √(1 − (2t − 1)²)) / I₀(beta), from the scaled function, which is
 * finite for every `beta`.
 *
 * @example
 * np.kaiser(3, 0); // [1, 1, 1]
 */
export const kaiser = (m: number, beta: number): NDArray =>
  window("kaiser", (t) => {
    const at = Math.abs(beta) * Math.sqrt(Math.max(0, 1 - (2 * t - 1) ** 2));
    return Math.exp(at - Math.abs(beta)) * (besselI0eOf(at) / besselI0eOf(beta));
  })(m);
