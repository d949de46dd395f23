import type { NDArray } from "../../../src/array/index.ts";
import { checkpoint, lax, numpy as np, vmap } from "../../../src/index.ts";
import { type Sample, sample, withPullback } from "./sample.ts";

/** Loops, branches, checkpoints and batches. */
export const loops: readonly Sample[] = [
  ...withPullback(
    sample(
      "scan",
      "f32[4] f32[7,4]",
      (c, xs) =>
        lax.scan(
          (carry: NDArray, x: NDArray): readonly [NDArray, NDArray] => [np.tanh(carry.add(x)), carry.mul(x)],
          c,
          xs,
        ) as readonly NDArray[],
    ),
  ),
  ...withPullback(
    sample("recurrent", "f32[3,8] f32[6,3,5] f32[5,8] f32[8,8]", (h, xs, u, w) => [
      lax.scan(
        (carry: NDArray, x: NDArray): readonly [NDArray, null] => [
          np.tanh(np.matmul(x, u).add(np.matmul(carry, w))),
          null,
        ],
        h,
        xs,
      )[0] as NDArray,
    ]),
  ),
  sample("scan-reverse", "f64[3] f64[5,3]", (c, xs) => [
    lax.scan((carry: NDArray, x: NDArray): readonly [NDArray, null] => [carry.mul(0.5).add(x), null], c, xs, {
      reverse: true,
    })[0] as NDArray,
  ]),
  sample("loop-of-loops", "f32[3,4,2]", (x) => [
    lax.scan(
      (outer: NDArray, rows: NDArray): readonly [NDArray, NDArray] => {
        const inner = lax.scan(
          (c: NDArray, row: NDArray): readonly [NDArray, NDArray] => [c.add(row), c.mul(row)],
          outer,
          rows,
        ) as readonly [NDArray, NDArray];
        return [inner[0].mul(0.5), inner[1].sum(0)];
      },
      np.zeros([2]),
      x,
    )[1] as NDArray,
  ]),
  sample("invariant", "f32[8,8] f32[8]", (a, v) => [
    lax.foriLoop(0, 5, (_: NDArray, c: NDArray) => np.matmul(np.sin(a), c).add(1), v) as NDArray,
  ]),
  sample("in-place", "f32[40]", (x) => [
    lax.foriLoop(0, 9, (i: NDArray, c: NDArray) => c.at(i.add(1)).set(c.at(i).get().mul(0.5)), x) as NDArray,
  ]),
  // Only the first half of the sorted numbers is updated, so that this needs memory of its own.
  sample("update-of-a-part", "f32[8]", (x) => [lax.slice(np.sort(x), [0], [4]).at(1).set(0)]),
  sample("while", "f32[5]", (x) => [
    lax.whileLoop(
      (c: NDArray) => np.sum(c).less(20),
      (c: NDArray) => c.add(np.abs(x)).add(0.25),
      x,
    ) as NDArray,
  ]),
  sample("branches", "i32[] f32[6]", (i, x) => [
    lax.switch(
      i,
      [(v: NDArray) => np.sin(v), (v: NDArray) => v.mul(2), (v: NDArray) => np.flip(v)],
      x,
    ) as NDArray,
  ]),
  sample("branches-by-an-element", "i32[3] f32[6]", (i, x) => [
    lax.switch(
      lax.slice(i, [1], [2]).reshape([]),
      [(v: NDArray) => np.sin(v), (v: NDArray) => v.mul(2)],
      x,
    ) as NDArray,
  ]),
  ...withPullback(
    sample("condition", "f32[6]", (x) => [
      lax.cond(
        np.sum(x).greater(0),
        (v: NDArray) => np.exp(v),
        (v: NDArray) => np.square(v),
        x,
      ) as NDArray,
    ]),
  ),
  ...withPullback(
    sample("checkpointed", "f32[6,6]", (x) => [
      np.sum(checkpoint((v: NDArray) => np.sin(np.matmul(np.sin(v), v)))(x)),
    ]),
  ),
  sample("batched", "f32[5,4] f32[4,3]", (x, w) => [vmap((row: NDArray) => np.matmul(np.cumsum(row), w))(x)]),
  sample("scan-repeated", "f32[4] f32[4]", (c, x) => [
    lax.scan(
      (carry: NDArray, row: NDArray): readonly [NDArray, null] => [carry.mul(0.5).add(row), null],
      c,
      np.broadcastTo(x, [6, 4]),
    )[0] as NDArray,
  ]),
  // What a turn leaves is part of what it computes, or all of it in another order: it is copied to where it belongs.
  sample("scan-of-parts", "f32[5,4] f32[5,2,3]", (xs, ys) => {
    const parts = (_: null, [x, y]: readonly [NDArray, NDArray]) => {
      const [sorted, twice] = [np.sort(x), np.cumsum(x)];
      const windows = [lax.slice(sorted, [0], [2]), lax.slice(sorted, [1], [3]), np.sort(y, 1).T];
      return [null, [...windows, twice, twice]] as const;
    };
    return lax.scan(parts, null, [xs, ys] as const)[1] as readonly NDArray[];
  }),
  sample("while-counter", "f32[5]", (x) => [
    (
      lax.whileLoop(
        ([i]: readonly [NDArray, NDArray]) => i.less(7),
        ([i, v]: readonly [NDArray, NDArray]): readonly [NDArray, NDArray] => [i.add(1), np.sin(v)],
        [np.array(0, "int32"), x] as readonly [NDArray, NDArray],
      ) as readonly [NDArray, NDArray]
    )[1],
  ]),
  // Of the two sums that each branch carries, one is read by nobody.
  sample("branches-of-loops", "bool[] f32[4] f32[6,4]", (p, v, xs) => {
    const sums = (factor: number) => (start: NDArray, rows: NDArray) =>
      (
        lax.scan(
          ([a, b]: readonly [NDArray, NDArray], x: NDArray) =>
            [[a.add(x.mul(factor)), b.add(np.exp(x))], null] as const,
          [start, start] as const,
          rows,
        )[0] as readonly [NDArray, NDArray]
      )[0];
    return [lax.cond(p, sums(2), sums(3), v, xs) as NDArray];
  }),
];
