import { describe, expect, test } from "vitest";
import type { NDArray } from "../../src/array/index.ts";
import { ArgumentError, DTypeError, ShapeError } from "../../src/core/index.ts";
import * as nn from "../../src/nn/index.ts";
import * as np from "../../src/numpy/index.ts";
import * as random from "../../src/random/index.ts";
import { checkGrads } from "../../src/testing/gradients/check-grads.ts";
import { grad, jit, vmap } from "../../src/transforms/index.ts";
import { leaves, map } from "../../src/tree/index.ts";

const key = random.key(3);
const bits = (tree: unknown): number[][] => leaves(tree).map((x) => [...(x as NDArray).toTypedArray()]);
const doubles = <T>(tree: T): T => map((x: NDArray) => x.astype("float64"), tree as never) as T;

describe("combinations", () => {
  const block = nn.residual(
    nn.sequential(nn.conv(4, [3, 3]), nn.batchNorm(), nn.pointwise(nn.relu)),
    nn.conv(4, [1, 1]),
  );
  const model = nn.sequential(block, nn.maxPool([2, 2]), nn.flatten(), nn.dropout(0.5), nn.dense(3));
  const shape = [2, 6, 6, 2];
  const params = model.init(key, shape);
  const state = model.initState(shape);
  const x = random.normal(random.foldIn(key, 9), shape);

  test("thread parameters, states and keys of their own", () => {
    expect(model.outputShape(shape)).toEqual([2, 3]);
    const [y, next] = model.apply(params, state, x, { training: true, key });
    expect(y.shape).toEqual([2, 3]);
    const norm = next[0][0][1];
    expect(norm?.mean.shape).toEqual([4]);
    expect(bits(norm)).not.toEqual(bits(state[0][0][1]));
    const [calm, same] = model.apply(params, state, x);
    expect(calm.shape).toEqual([2, 3]);
    expect(bits(same)).toEqual(bits(state));
  });

  test("the same key gives the same bits, under jit or not to rounding", () => {
    expect(bits(model.init(key, shape))).toEqual(bits(params));
    const run = (p: typeof params, s: typeof state, k: NDArray) =>
      model.apply(p, s, x, { training: true, key: k });
    expect(bits(run(params, state, key))).toEqual(bits(run(params, state, key)));
    const [y] = run(params, state, key);
    const [compiled] = jit(run)(params, state, key);
    expect(Number(np.max(np.abs(y.sub(compiled))))).toBeLessThan(1e-5);
  });

  test("layers in a row are functions in a row", () => {
    const [first, second] = [nn.dense(5), nn.dense(2)];
    const both = nn.sequential(first, nn.pointwise(nn.tanh), second);
    const p = both.init(key, [3, 4]);
    const input = random.normal(key, [3, 4]);
    const expected = second.apply(p[2], nn.tanh(first.apply(p[0], input)));
    expect(bits(both.apply(p, input))).toEqual(bits(expected));
  });

  test("a residual adds, parallel layers join or add", () => {
    const body = nn.dense(4);
    const p = nn.residual(body).init(key, [3, 4]);
    const input = random.normal(key, [3, 4]);
    expect(bits(nn.residual(body).apply(p, input))).toEqual(bits(body.apply(p[0], input).add(input)));
    const side = nn.parallel([nn.dense(2), nn.dense(3)]);
    const q = side.init(key, [3, 4]);
    expect(side.apply(q, input).shape).toEqual([3, 5]);
    expect(side.outputShape([3, 4])).toEqual([3, 5]);
    expect(() => nn.residual(nn.dense(3)).outputShape([3, 4])).toThrow(ShapeError);
    expect(() => nn.parallel([nn.dense(2), nn.flatten()]).outputShape([3, 4, 5])).toThrow(/last axis only/);
  });

  test("the table of a model", () => {
    expect(nn.summary(model, shape)).toBe(
      [
        "layer            output        parameters",
        "─────────────────────────────────────────",
        "sequential       [2, 3]               207",
        "  residual       [2, 6, 6, 4]          96",
        "    sequential   [2, 6, 6, 4]          84",
        "      conv       [2, 6, 6, 4]          76",
        "      batchNorm  [2, 6, 6, 4]           8",
        "      relu       [2, 6, 6, 4]           0",
        "    conv         [2, 6, 6, 4]          12",
        "  maxPool        [2, 3, 3, 4]           0",
        "  flatten        [2, 36]                0",
        "  dropout        [2, 36]                0",
        "  dense          [2, 3]               111",
      ].join("\n"),
    );
  });
});

describe("dropout", () => {
  const x = np.ones([200, 50]);
  test("drops in training only, and keeps the mean", () => {
    const layer = nn.dropout(0.25);
    expect(layer.apply(null, x)).toBe(x);
    const y = layer.apply(null, x, { training: true, key });
    expect(Number(y.mean())).toBeCloseTo(1, 1);
    expect(Number(np.mean(np.equal(y, 0)))).toBeCloseTo(0.25, 1);
    expect(new Set(y.toTypedArray())).toEqual(new Set([0, Math.fround(1 / 0.75)]));
    expect(() => layer.apply(null, x, { training: true })).toThrow(/needs a random key/);
    expect(() => nn.dropout(1.5)).toThrow(ArgumentError);
  });
  test("drops whole axes together", () => {
    const y = nn.dropout(0.5, { broadcastDims: [0] }).apply(null, x, { training: true, key });
    expect(Number(np.max(np.abs(y.sub(y.at(0).get()))))).toBe(0);
  });
});

describe("recurrent layers", () => {
  const x = random.normal(key, [2, 5, 3]);
  test.each([
    ["rnn", nn.rnn],
    ["lstm", nn.lstm],
    ["gru", nn.gru],
  ] as const)("%s: the scan is a loop of steps; pieces go on where the last one ended", (_, make) => {
    const layer = make(4) as nn.RecurrentLayer<unknown, unknown>;
    const params = layer.init(key, x.shape);
    const whole = layer.apply(params, x);
    let carry = layer.initCarry(x);
    for (let t = 0; t < 5; t++) {
      const [next, y] = layer.step(params, carry, np.take(x, t, 1));
      carry = next;
      expect(Number(np.max(np.abs(y.sub(np.take(whole, t, 1)))))).toBeLessThan(1e-6);
    }
    const [half] = layer.run(params, layer.initCarry(x), np.take(x, np.arange(2), 1));
    const [, rest] = layer.run(params, half, np.take(x, np.arange(2, 5), 1));
    expect(Number(np.max(np.abs(rest.sub(np.take(whole, np.arange(2, 5), 1)))))).toBeLessThan(1e-6);
    const last = (make(4, { returnSequences: false }) as nn.Layer).apply(params, x);
    expect(bits(last)).toEqual(bits(np.take(whole, 4, 1)));
  });
});

describe("attention", () => {
  const x = random.normal(key, [2, 4, 6]);
  const layer = nn.multiHeadAttention(2);
  const params = layer.init(key, x.shape);
  test("a causal layer is one with a lower triangular mask, and does not see what comes after", () => {
    const causal = nn.multiHeadAttention(2, { isCausal: true });
    const y = causal.apply(params, x);
    const masked = layer.apply(params, x, { mask: np.tril(np.ones([4, 4], "bool")) });
    expect(Number(np.max(np.abs(y.sub(masked))))).toBeLessThan(1e-6);
    const early = (z: NDArray): NDArray => np.take(z, np.arange(3), 1);
    const touched = causal.apply(params, np.concatenate([early(x), np.full([2, 1, 6], 9)], 1));
    expect(Number(np.max(np.abs(early(touched).sub(early(y)))))).toBeLessThan(1e-6);
  });
  test("a context gives keys and values", () => {
    const context = random.normal(random.foldIn(key, 1), [2, 7, 6]);
    expect(layer.apply(params, x, { context }).shape).toEqual([2, 4, 6]);
    expect(Number(np.max(np.abs(layer.apply(params, x, { context: x }).sub(layer.apply(params, x)))))).toBe(
      0,
    );
  });
  test("positions", () => {
    const table = nn.sinusoidalEncoding(4, 6);
    expect(table.shape).toEqual([4, 6]);
    expect(table.at(0).get().toArray()).toEqual([0, 1, 0, 1, 0, 1]);
    expect(Number(table.at(3, 2).get())).toBeCloseTo(Math.sin(3 * 10000 ** (-2 / 6)), 6);
    expect(() => nn.learnedPositions(3).apply({ table: np.zeros([3, 6]) }, x)).toThrow(/at most 3 steps/);
  });
});

describe("adaptive pooling", () => {
  test("cuts axes as evenly as can be", () => {
    const x = np.reshape(np.arange(10).astype("float32"), [1, 5, 2, 1]);
    const mean = nn.adaptiveAvgPool([2, 1]).apply(null, x);
    expect(np.ravel(mean).toArray()).toEqual([2.5, 6.5]);
    expect(np.ravel(nn.adaptiveMaxPool([5, 1]).apply(null, x)).toArray()).toEqual([1, 3, 5, 7, 9]);
    expect(() => nn.adaptiveAvgPool([6, 1]).apply(null, x)).toThrow(ShapeError);
  });
});

describe("derivatives", () => {
  const shape = [2, 4, 4, 2];
  const cases: readonly (readonly [string, nn.Layer, readonly number[]])[] = [
    ["dense", nn.dense(3), [2, 4]],
    ["conv", nn.conv(3, [3, 3], { strides: [2, 1] }), shape],
    ["convTranspose", nn.convTranspose(2, [3, 3], { strides: [2, 2] }), shape],
    ["layerNorm", nn.layerNorm(), [2, 5]],
    ["rmsNorm", nn.rmsNorm(), [2, 5]],
    ["groupNorm", nn.groupNorm(2), [2, 3, 4]],
    ["instanceNorm", nn.instanceNorm(), [2, 3, 2]],
    ["avgPool", nn.avgPool([2, 2]), shape],
    ["rnn", nn.rnn(2), [2, 3, 2]],
    ["lstm", nn.lstm(2), [1, 3, 2]],
    ["gru", nn.gru(2), [1, 3, 2]],
    ["multiHeadAttention", nn.multiHeadAttention(2, { isCausal: true }), [1, 3, 4]],
    ["learnedPositions", nn.learnedPositions(4), [2, 3, 2]],
  ];
  test.each(cases)("%s, to second order", (_, layer, inputShape) => {
    const params = doubles(layer.init(key, inputShape));
    const x = random.normal(random.foldIn(key, 2), inputShape, { dtype: "float64" });
    const result = checkGrads((p: unknown, input: NDArray) => layer.apply(p, input), [params, x] as never, {
      order: 2,
    });
    expect(result).toMatchObject({ _tag: "Right" });
  });
  test("batchNorm in training", () => {
    const layer = nn.batchNorm();
    const x = random.normal(key, [5, 3], { dtype: "float64" });
    const params = doubles(layer.init(key, x.shape));
    const state = doubles(layer.initState(x.shape));
    const f = (p: typeof params, input: NDArray): NDArray =>
      layer.apply(p, state, input, { training: true })[0];
    expect(checkGrads(f, [params, x], { order: 2 })).toMatchObject({ _tag: "Right" });
  });
});

test("batchNorm shares statistics over a named axis", () => {
  const layer = nn.batchNorm({ axisName: "devices" });
  const x = random.normal(key, [2, 3, 4]);
  const params = layer.init(key, [3, 4]);
  const state = layer.initState([3, 4]);
  const apply = (part: NDArray) => layer.apply(params, state, part, { training: true })[0];
  const shared = vmap(apply, 0, 0, { axisName: "devices" })(x);
  const together = nn.batchNorm().apply(params, state, np.reshape(x, [6, 4]), { training: true })[0];
  expect(Number(np.max(np.abs(np.reshape(shared, [6, 4]).sub(together))))).toBeLessThan(1e-5);
});

describe("refusals name the layer, the input and what to do", () => {
  const x = np.zeros([2, 3]);
  test.each<readonly [string, () => unknown, RegExp, new (...args: never[]) => Error]>([
    ["features", () => nn.dense(0), /dense: features must be a whole number >= 1/, ArgumentError],
    [
      "other features",
      () => nn.dense(2).apply({ kernel: np.zeros([4, 2]) }, x),
      /made for 4 features.*\[2, 3\]/,
      ShapeError,
    ],
    [
      "rank of conv",
      () => nn.conv(2, [3, 3]).apply({ kernel: np.zeros([3, 3, 3, 2]) }, x),
      /\[batch, height, width, features\]/,
      ShapeError,
    ],
    ["kernel size", () => nn.conv(2, [1, 1, 1, 1]), /one, two or three lengths/, ArgumentError],
    [
      "groups of conv",
      () => nn.conv(4, [3], { featureGroupCount: 2 }).init(key, [1, 8, 3]),
      /featureGroupCount \(2\)/,
      ShapeError,
    ],
    ["groups", () => nn.groupNorm(2).apply({}, x), /2 groups must divide the 3 features/, ShapeError],
    [
      "embedded floats",
      () => nn.embedding(3, 2).apply({ table: np.zeros([3, 2]) }, x),
      /whole numbers/,
      DTypeError,
    ],
    [
      "no layer",
      () => nn.sequential(nn.relu as never),
      /argument 0 must be a layer.*nn.pointwise/,
      ArgumentError,
    ],
    ["heads", () => nn.multiHeadAttention(2).init(key, [1, 2, 3]), /multiple of numHeads/, ArgumentError],
    ["time", () => nn.lstm(2).init(key, [3]), /\[...batch, time, features\]/, ShapeError],
    ["pool", () => nn.maxPool([2]).apply(null, x), /\[batch, ...spatial, features\]/, ShapeError],
  ])("%s", (_, call, message, kind) => {
    expect(call).toThrow(message);
    expect(call).toThrow(kind);
  });
});

test("the gradient of a model has the type of its parameters", () => {
  const model = nn.sequential(nn.dense(3), nn.pointwise(nn.relu), nn.dense(1));
  const params = model.init(key, [2, 2]);
  const loss = (p: typeof params): NDArray => model.apply(p, np.ones([2, 2])).sum();
  const gradient = grad(loss)(params);
  expect(gradient[0].kernel.shape).toEqual([2, 3]);
  expect(gradient[1]).toBe(null);
});
