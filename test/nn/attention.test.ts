import { isRight } from "fp-ts/lib/Either.js";
import { describe, expect, test } from "vitest";
import { arrayFrom, type NDArray } from "../../src/array/index.ts";
import { DTypeError, ShapeError } from "../../src/core/index.ts";
import { dotProductAttention } from "../../src/nn/index.ts";
import "../../src/numpy/methods.ts";
import * as np from "../../src/numpy/index.ts";
import * as random from "../../src/random/index.ts";
import { checkGrads } from "../../src/testing/index.ts";
import { jit } from "../../src/transforms/jit.ts";
import { vmap } from "../../src/transforms/vmap.ts";

const draw = (seed: number, shape: readonly number[]): NDArray =>
  random.normal(random.key(seed), shape, { dtype: "float64" });

/** Attention written out as loops over numbers; `allowed` says which keys count, `bias` is added. */
const byHand = (
  [q, k, v]: readonly [number[][][][], number[][][][], number[][][][]],
  allowed: (b: number, n: number, t: number, s: number) => boolean,
  bias: (b: number, n: number, t: number, s: number) => number,
  scale?: number,
): number[][][][] =>
  q.map((queries, b) =>
    queries.map((heads, t) =>
      heads.map((query, n) => {
        const keys = k[b] as number[][][];
        const head = Math.floor(n / (heads.length / (keys[0] as number[][]).length));
        const factor = scale ?? 1 / Math.sqrt(query.length);
        const weights = keys.map((rows, s) => {
          const logit = query.reduce((sum, x, h) => sum + x * (rows[head]?.[h] as number), 0) * factor;
          return allowed(b, n, t, s) ? Math.exp(logit + bias(b, n, t, s)) : 0;
        });
        const total = weights.reduce((sum, w) => sum + w, 0);
        return query.map((_, h) =>
          weights.reduce((sum, w, s) => sum + (w / total) * (v[b]?.[s]?.[head]?.[h] as number), 0),
        );
      }),
    ),
  );

const [B, T, S, N, H] = [2, 3, 4, 4, 5];
const query = draw(0, [B, T, N, H]);
const key = draw(1, [B, S, N, H]);
const value = draw(2, [B, S, N, H]);
const few = [draw(3, [B, S, 2, H]), draw(4, [B, S, 2, H])] as const;
const always = (): boolean => true;
const none = (): number => 0;

const expectNear = (actual: NDArray, expected: number[][][][]): void => {
  expect(actual.shape).toEqual([B, T, N, H]);
  const wanted = expected.flat(3);
  actual.toTypedArray().forEach((x: number, i: number) => {
    expect(x).toBeCloseTo(wanted[i] as number, 11);
  });
};

const lists = (...arrays: readonly NDArray[]) =>
  arrays.map((x) => x.toArray()) as unknown as [number[][][][], number[][][][], number[][][][]];

describe("dotProductAttention", () => {
  const all = lists(query, key, value);
  const bias = draw(5, [1, N, T, S]);
  const biasAt = (_b: number, n: number, t: number, s: number): number =>
    bias.at(0, n, t, s).get().item() as number;
  const mask = np.array([[[[true, false, true, true]]], [[[false, true, false, false]]]]);
  const maskAt = (b: number, _n: number, _t: number, s: number): boolean =>
    mask.at(b, 0, 0, s).get().item() as boolean;

  test.each([
    ["alone", {}, always, none, undefined],
    ["with a scale", { scale: 0.3 }, always, none, 0.3],
    ["with a bias", { bias }, always, biasAt, undefined],
    ["with a mask", { mask }, maskAt, none, undefined],
    ["causal", { isCausal: true }, (_b: number, _n: number, t: number, s: number) => s <= t, none, undefined],
    [
      "in a window",
      { localWindowSize: [1, 0] as const },
      (_b: number, _n: number, t: number, s: number) => s >= t - 1 && s <= t,
      none,
      undefined,
    ],
    [
      "with keys of some length",
      { keyValueSeqLengths: arrayFrom([4, 2], "int32") },
      (b: number, _n: number, _t: number, s: number) => s < (b === 0 ? 4 : 2),
      none,
      undefined,
    ],
  ] as const)("%s is what the formula says", (_name, options, allowed, added, scale) => {
    const expected = byHand(all, allowed, added, scale);
    expectNear(dotProductAttention(query, key, value, options), expected);
    expectNear(jit((q: NDArray) => dotProductAttention(q, key, value, options))(query), expected);
    const grouped = byHand(lists(query, ...few), allowed, added, scale);
    expectNear(dotProductAttention(query, ...few, options), grouped);
  });

  test("leaves out the axis of the batch, and serves vmap", () => {
    const one = (q: NDArray, k: NDArray, v: NDArray): NDArray => dotProductAttention(q, k, v);
    const mapped = vmap(one)(query, key, value);
    expectNear(mapped, byHand(all, always, none));
  });

  test("gives 0 for queries beyond their number, and the mean of values where no key counts", () => {
    const lengths = arrayFrom([3, 1], "int32");
    const out = dotProductAttention(query, key, value, { querySeqLengths: lengths });
    expect(np.all(np.equal(out.at(1, np.slice(1, null)).get(), 0)).item()).toBe(true);
    const open = dotProductAttention(query, key, value);
    expect(np.allclose(out.at(0).get(), open.at(0).get(), { rtol: 1e-12 })).toBe(true);
    const blind = dotProductAttention(query, key, value, { mask: np.zeros([T, S], "bool") });
    const mean = np.broadcastTo(np.mean(value, 1, { keepdims: true }), [B, T, N, H]);
    expect(np.allclose(blind, mean, { rtol: 1e-12 })).toBe(true);
  });

  test("has the derivatives of the formula", () => {
    const causal = (q: NDArray, k: NDArray, v: NDArray): NDArray =>
      dotProductAttention(q, k, v, { isCausal: true });
    expect(isRight(checkGrads(causal, [query, ...few]))).toBe(true);
  });

  test("keeps float32", () => {
    const halves = [query, key, value].map((x) => x.astype("float32")) as [NDArray, NDArray, NDArray];
    expect(dotProductAttention(...halves, { scale: 0.3, bias }).dtype).toBe("float32");
  });

  test.each([
    [
      "depths",
      () => dotProductAttention(draw(0, [B, T, N, 3]), key, value),
      ShapeError,
      /the B and H of key/,
    ],
    [
      "values",
      () => dotProductAttention(query, key, few[1]),
      ShapeError,
      /key and value must have one shape/,
    ],
    [
      "heads",
      () => dotProductAttention(query, draw(0, [B, S, 3, H]), draw(0, [B, S, 3, H])),
      ShapeError,
      /multiple of K heads/,
    ],
    [
      "a mask of numbers",
      () => dotProductAttention(query, key, value, { mask: bias }),
      DTypeError,
      /of booleans/,
    ],
    [
      "a bias that does not fit",
      () => dotProductAttention(query, key, value, { bias: draw(0, [2, 2]) }),
      ShapeError,
      /bias, float64\[2, 2\], does not broadcast to \[B, N, T, S\], \[2, 4, 3, 4\]/,
    ],
    [
      "lengths",
      () => dotProductAttention(query, key, value, { querySeqLengths: arrayFrom([1], "int32") }),
      ShapeError,
      /querySeqLengths must be int32\[2\]; got int32\[1\]/,
    ],
  ] as const)("refuses %s", (_what, f, error, message) => {
    expect(f).toThrow(error);
    expect(f).toThrow(message);
  });
});
