import { type ComplexNumbers, rootsOfUnity } from "./roots-of-unity.ts";

/** The least prime that divides `n`; `n` itself if there is none below. */
export const leastFactor = (n: number): number => {
  for (let p = 2; p * p <= n; p++) if (n % p === 0) return p;
  return n;
};

/**
 * X[k] = Σ x[j] exp(−2πi·jk/n), computed in float64 by Cooley and Tukey's splitting: with n = p·m, the transforms of
 * the p sequences x[r], x[r + p], x[r + 2p], … of length m are put together. A prime length is its definition.
 *
 * @see Cooley and Tukey, An algorithm for the machine calculation of complex Fourier series, 1965.
 */
export const transformNumbers = (x: ComplexNumbers): ComplexNumbers => {
  const length = x.re.length;
  const roots = rootsOfUnity(length);
  /** The transform of x[start], x[start + step], …. */
  const transform = (start: number, step: number): ComplexNumbers => {
    const n = length / step;
    if (n === 1) return { re: x.re.slice(start, start + 1), im: x.im.slice(start, start + 1) };
    const p = leastFactor(n);
    const m = n / p;
    const parts = Array.from({ length: p }, (_, r) => transform(start + r * step, step * p));
    const result = { re: new Float64Array(n), im: new Float64Array(n) };
    for (let k = 0; k < n; k++) {
      let [re, im] = [0, 0];
      for (let r = 0; r < p; r++) {
        const part = parts[r] as ComplexNumbers;
        const [a, b] = [part.re[k % m] as number, part.im[k % m] as number];
        const turn = ((r * k) % n) * step;
        const [c, s] = [roots.re[turn] as number, roots.im[turn] as number];
        re += a * c - b * s;
        im += a * s + b * c;
      }
      result.re[k] = re;
      result.im[k] = im;
    }
    return result;
  };
  return transform(0, 1);
};
