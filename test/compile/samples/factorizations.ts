import type { NDArray } from "../../../src/array/index.ts";
import { numpy as np, random } from "../../../src/index.ts";
import { type Sample, sample, withPullback } from "./sample.ts";

/** A symmetric matrix whose eigenvalues are far from 0. */
const definite = (x: NDArray): NDArray =>
  np.matmul(x, x.T).add(np.eye(x.shape[0] as number, undefined, undefined, x.dtype).mul(400));

/** Factorizations of matrices, Fourier transforms and random bits: nests of loops. */
export const factorizations: readonly Sample[] = [
  ...withPullback(sample("cholesky", "f64[11,11]", (x) => [np.linalg.cholesky(definite(x))])),
  sample("cholesky-blocks", "f32[70,70]", (x) => [np.linalg.cholesky(definite(x))]),
  sample("solve", "f64[13,13] f64[13,4]", (a, b) => [np.linalg.solve(definite(a), b)]),
  sample("solve-blocks", "f32[66,66] f32[66,5]", (a, b) => [np.linalg.solve(definite(a), b)]),
  sample("qr", "f64[7,4]", (a) => [np.linalg.qr(a)[1]]),
  sample("eigenvalues", "f64[5,5]", (a) => [np.linalg.eigvalsh(definite(a))]),
  sample("fourier", "f32[3,12] f64[7]", (x, y) => {
    const [a, b] = [np.fft.fft(x), np.fft.fft(y)];
    return [a.real, a.imag, b.real, b.imag];
  }),
  sample("random", "u32[2]", (key) => [random.uniform(key, [9]), random.bits(random.foldIn(key, 3), [5])]),
];
