import { lax, nn, numpy as np } from "../../../src/index.ts";
import { type Sample, sample, withPullback } from "./sample.ts";

/** Matrix products of every form. */
export const products: readonly Sample[] = [
  ...withPullback(sample("matmul", "f32[37,41] f32[41,35]", (a, b) => [np.matmul(a, b)])),
  sample("matmul-doubles", "f64[19,9] f64[9,23]", (a, b) => [np.matmul(a, b)]),
  sample("matmul-transposed", "f32[33,18] f32[29,33]", (a, b) => [np.matmul(a.T, b.T)]),
  sample("matmul-blocks", "f32[130,300] f32[300,70]", (a, b) => [np.matmul(a, b)]),
  sample("matmul-batched", "f32[3,8,5] f32[3,5,12]", (a, b) => [np.matmul(a, b)]),
  ...withPullback(sample("matrix-vector", "f32[21,34] f32[34]", (a, v) => [np.matmul(a, v)])),
  sample("vector-matrix", "f64[34] f64[34,21]", (v, a) => [np.matmul(v, a)]),
  sample("few-rows", "f32[3,64] f32[64,40]", (a, b) => [np.matmul(a, b)]),
  sample("few-columns", "f32[40,64] f32[64,2]", (a, b) => [np.matmul(a, b)]),
  sample("inner-outer", "f32[50] f32[50]", (a, b) => [np.dot(a, b), np.outer(a, b)]),
  sample("integer-product", "i32[6,7] i32[7,5]", (a, b) => [np.matmul(a, b)]),
  sample("einsum", "f32[4,5,6] f32[6,3] f32[5]", (a, b, c) => [np.einsum("ijk,kl,j->il", a, b, c)]),
  // Neither what is summed over nor what is kept can be read in runs: the left operand is copied, row by row.
  sample("product-of-strides", "f32[6,5,4,8] f32[3,4,7]", (a, b) => [
    np.einsum("ijkl,jlm->ikm", lax.slice(a, [0, 0, 0, 0], [6, 3, 4, 8], [1, 1, 1, 2]), b),
  ]),
  sample("products-of-repetitions", "f32[5] f32[6,1] f32[5,7]", (a, b, c) => [
    np.matmul(np.broadcastTo(a, [6, 5]), c),
    np.matmul(np.broadcastTo(b, [6, 5]), c),
  ]),
  sample("diagonals", "f32[7,9] f32[7] f32[9]", (a, d, e) => [
    np.matmul(np.matmul(np.diag(d), a), np.diag(e)),
    np.matmul(np.eye(7), a),
  ]),
  ...withPullback(
    sample("perceptron", "f32[16,20] f32[20,12] f32[12] f32[12,4]", (x, w, b, v) => {
      const hidden = nn.relu(np.matmul(x, w).add(b));
      return [np.mean(np.square(np.matmul(hidden, v)))];
    }),
  ),
];
