import { lax, nn, numpy as np } from "../../../src/index.ts";
import { reduceSum } from "../../../src/primitives/broadcast.ts";
import { windows } from "../../../src/primitives/windows.ts";
import { type Sample, sample, withPullback } from "./sample.ts";

/** Sums and other reductions over any axes. */
export const reductions: readonly Sample[] = [
  sample("sum-all", "f32[1003]", (x) => [np.sum(x)]),
  sample("sum-axes", "f64[5,3,17]", (x) => [np.sum(x, 0), np.sum(x, 1), np.sum(x, [0, 2])]),
  sample("sum-columns", "f32[70,19]", (x) => [np.sum(x, 0)]),
  sample("extrema", "f32[7,21]", (x) => [
    np.max(x, 1),
    np.min(x, 0),
    np.argmax(x, 1),
    np.any(x.greater(0), 0),
  ]),
  sample("products", "f32[4,5] i32[9]", (x, y) => [np.prod(x, 1), np.sum(y)]),
  ...withPullback(sample("softmax", "f32[6,13]", (x) => [nn.softmax(x)])),
  ...withPullback(sample("log-sum-exp", "f64[6,5]", (x) => [nn.logsumexp(x, 0)])),
  // Along the axis that is kept there is one place only, however near the next one lies.
  sample("sum-around-one", "f32[3,2,100]", (x) => [np.sum(lax.slice(x, [0, 0, 0], [3, 1, 100]), [0, 2])]),
  // Neighbouring results read the same elements of y, and elements of x that are too far apart to be written out.
  sample("rows-by-one-row", "f32[40,8] f32[8]", (x, y) => [np.max(x.mul(y), 1)]),
  sample("rows-by-counts", "f32[400,4]", (x) => [
    np.max(x.mul(lax.broadcastedIota("float32", [400, 4], 1)), 1),
  ]),
  // A step along the windows reads as far on as a step inside of one.
  sample("sums-of-sliding-rows", "f32[22,40]", (x) => [reduceSum(windows(x, [3, 40]), [2, 3])]),
  sample("variance", "f32[9,30]", (x) => [np.var(x, 0), np.std(x)]),
];
