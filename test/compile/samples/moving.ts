import { lax, numpy as np } from "../../../src/index.ts";
import { type Sample, sample, withPullback } from "./sample.ts";

/** What moves elements: slices, joining, gather, scatter, sorting, cumulative sums. */
export const moving: readonly Sample[] = [
  sample("slices", "f32[9,10]", (x) => [
    lax.slice(x, [1, 2], [7, 9]).mul(2),
    np.flip(x, 1).add(x),
    lax.slice(x, [0, 1], [9, 10], [2, 3]),
  ]),
  sample("joining", "f32[3,4] f32[3,5]", (x, y) => [
    np.concatenate([np.exp(x), y], 1),
    np.stack([x, x.mul(2)]),
    np.pad(x, 1),
    lax.pad(y, 0, [
      [1, -1, 1],
      [-1, 2, 0],
    ]),
  ]),
  ...withPullback(
    sample("joining-rows", "f32[3,4] f32[2,4]", (x, y) => [np.sin(np.concatenate([np.exp(x), y], 0))]),
  ),
  // Counts of so many elements are made when they are needed.
  sample("windows-of-counts", "f32[700] f32[30,60]", (x, y) => [
    x.mul(lax.slice(np.arange(2100), [1], [2099], [3])),
    y.add(np.flip(lax.broadcastedIota("float32", [30, 60], 1), 1)),
  ]),
  sample("broadcasts", "f32[4] f32[3,1]", (x, y) => [
    np.broadcastTo(x, [3, 4]).add(y),
    np.tile(x, [2]),
    np.repeat(x, 3),
  ]),
  ...withPullback(sample("gather", "f32[8,3] i32[5]", (x, i) => [np.take(x, np.clip(i, 0, 7), 0).mul(2)])),
  sample("scatter", "f32[8,3] i32[5] f32[5,3]", (x, i, y) => [
    x.at(np.clip(i, 0, 7)).add(y),
    x.at(np.clip(i, 0, 7)).set(y),
    x.at(2).set(0),
  ]),
  sample("dynamic", "f32[9,4] i32[] f32[2,4]", (x, i, y) => [
    lax.dynamicSlice(x, [i, 0], [3, 4]),
    lax.dynamicUpdateSlice(x, y, [i, 0]),
  ]),
  sample("cumulative", "f32[6,11] i32[9]", (x, n) => [
    np.cumsum(x, 1),
    np.cumprod(x, 0),
    lax.cummax(x, 1, true),
    np.cumsum(n),
  ]),
  sample("bytes", "bool[9] i8[21] i32[]", (p, x, i) => [
    lax.dynamicUpdateSlice(p, np.array([true, false]), [i]),
    np.sort(x),
    np.cumsum(x),
  ]),
  ...withPullback(sample("sorting", "f32[5,12]", (x) => [np.sort(x, 1), lax.topK(x, 3)[0]])),
  sample("orders", "f64[17] i32[9]", (x, n) => [np.argsort(x), np.sort(n)]),
];
