import { fc, test as property } from "@fast-check/vitest";
import { describe, expect, test } from "vitest";
import { type ArrayLike, arrayFrom, type NDArray } from "../../src/array/index.ts";
import { ArgumentError, DTypeError, ShapeError } from "../../src/core/index.ts";
import * as nn from "../../src/nn/index.ts";
import * as np from "../../src/numpy/index.ts";
import * as random from "../../src/random/index.ts";
import { checkGrads } from "../../src/testing/gradients/check-grads.ts";
import { grad, jit } from "../../src/transforms/index.ts";

const { losses, metrics, regularizers } = nn;
const key = random.key(5);
const draw = (n: number, ...shape: number[]): NDArray =>
  random.normal(random.foldIn(key, n), shape, { dtype: "float64" });
const ints = (values: readonly number[]): NDArray => arrayFrom([...values], "int32");

describe("multiclassSvm", () => {
  test("of the notes' kind of example", () => {
    // max(0, 5.1 − 3.2 + 1) + max(0, −1.7 − 3.2 + 1) = 2.9; max(0, 1.3 − 4.9 + 1) + max(0, 2 − 4.9 + 1) = 0; 6.2 + 6.3 + … as counted by hand
    const scores = np.array(
      [
        [3.2, 5.1, -1.7],
        [1.3, 4.9, 2.0],
        [2.2, 2.5, -3.1],
      ],
      "float64",
    );
    const loss = losses.multiclassSvm(scores, ints([0, 1, 2]));
    expect(loss.toArray()).toEqual([2.9, 0, 12.9].map((n) => expect.closeTo(n, 10)));
  });

  property.prop([
    fc.array(fc.array(fc.integer({ min: -20, max: 20 }), { minLength: 4, maxLength: 4 }), {
      minLength: 1,
      maxLength: 5,
    }),
  ])("is the sum that defines it", (rows) => {
    const labels = rows.map((_, i) => i % 4);
    const expected = rows.map((row, i) =>
      row.reduce(
        (sum, s, j) =>
          sum + (j === labels[i] ? 0 : Math.max(0, s - (row[labels[i] as number] as number) + 2)),
        0,
      ),
    );
    const got = losses.multiclassSvm(np.array(rows), ints(labels), { margin: 2 });
    expect(got.toArray()).toEqual(expected);
  });
});

/** Every path of classes through time that, repetitions and blanks taken out, gives the labels. */
const likelihood = (
  probabilities: readonly (readonly number[])[],
  labels: readonly number[],
  blank: number,
): number => {
  const [time, classes] = [probabilities.length, (probabilities[0] as readonly number[]).length];
  let total = 0;
  for (let code = 0; code < classes ** time; code++) {
    const path = Array.from({ length: time }, (_, t) => Math.floor(code / classes ** t) % classes);
    const collapsed = path.filter((c, t) => c !== path[t - 1]).filter((c) => c !== blank);
    if (collapsed.join() !== labels.join()) continue;
    total += path.reduce((p, c, t) => p * ((probabilities[t] as readonly number[])[c] as number), 1);
  }
  return total;
};

describe("ctc", () => {
  test.each([
    [[1, 2], 0],
    [[1, 1], 0],
    [[2, 0], 1],
    [[1], 0],
    [[], 0],
  ] as const)("labels %j with blank %i: the sum over all alignments", (labels, blank) => {
    const logits = draw(labels.length, 1, 4, 3);
    const padded = [[...labels, ...new Array<number>(3 - labels.length).fill(0)]];
    const paddings = [padded[0]?.map((_, i) => (i < labels.length ? 0 : 1)) as number[]];
    const loss = losses.ctc(logits, np.zeros([1, 4]), np.array(padded, "int32"), np.array(paddings), {
      blankId: blank,
    });
    const probabilities = nn.softmax(logits).toArray() as number[][][];
    expect(loss.toArray()).toEqual([
      expect.closeTo(-Math.log(likelihood(probabilities[0] as number[][], labels, blank)), 8),
    ]);
  });
  test("refuses what does not fit together", () => {
    const logits = np.zeros([2, 3, 4]);
    const call =
      (...args: readonly ArrayLike[]) =>
      () =>
        losses.ctc(...(args as [NDArray, NDArray, NDArray, NDArray]));
    expect(call(logits, np.zeros([3]), np.zeros([2, 1], "int32"), np.zeros([2, 1]))).toThrow(ShapeError);
    expect(call(logits, np.zeros([2, 3]), np.zeros([2, 1]), np.zeros([2, 1]))).toThrow(DTypeError);
    expect(() =>
      losses.ctc(logits, np.zeros([2, 3]), np.zeros([2, 1], "int32"), np.zeros([2, 1]), { blankId: 4 }),
    ).toThrow(ArgumentError);
  });
});

describe("derivatives to second order, in float64", () => {
  const labels = ints([1, 0, 3]);
  const cases: readonly (readonly [string, (x: NDArray) => NDArray])[] = [
    [
      "softmaxCrossEntropy",
      (x) =>
        losses.softmaxCrossEntropy(x, nn.oneHot(labels, 4, { dtype: "float64" }), { labelSmoothing: 0.1 }),
    ],
    ["softmaxCrossEntropyWithIntegerLabels", (x) => losses.softmaxCrossEntropyWithIntegerLabels(x, labels)],
    ["sigmoidBinaryCrossEntropy", (x) => losses.sigmoidBinaryCrossEntropy(x, np.full([3, 4], 0.3))],
    ["logCosh", (x) => losses.logCosh(x, np.zeros([3, 4]))],
    ["cosineSimilarity", (x) => losses.cosineSimilarity(x, draw(2, 3, 4))],
    ["tripletMargin", (x) => losses.tripletMargin(x, draw(2, 3, 4), draw(3, 3, 4), { margin: 9 })],
    ["poissonNll", (x) => losses.poissonNll(x, np.full([3, 4], 2), { full: true })],
    [
      "ctc",
      (x) =>
        losses.ctc(np.reshape(x, [1, 3, 4]), np.zeros([1, 3]), np.array([[2]], "int32"), np.zeros([1, 1])),
    ],
    ["elasticNet", (x) => regularizers.elasticNet({ x }, 0.3, 0.25)],
  ];
  test.each(cases)("%s", (_, f) => {
    expect(checkGrads(f, [draw(1, 3, 4)], { order: 2 })).toMatchObject({ _tag: "Right" });
  });
});

test("losses stay finite and right where probabilities vanish", () => {
  const logits = np.array([[1e4, -1e4]], "float64");
  expect(losses.softmaxCrossEntropyWithIntegerLabels(logits, ints([1])).toArray()).toEqual([2e4]);
  expect(losses.sigmoidBinaryCrossEntropy(np.array([1e4, -1e4]), np.array([0, 1])).toArray()).toEqual([
    1e4, 1e4,
  ]);
  const zero = np.zeros([1, 3], "float64");
  const gradient = grad((x: NDArray) => losses.cosineSimilarity(x, np.ones([1, 3])).sum())(zero);
  expect([...gradient.toTypedArray()].every(Number.isFinite)).toBe(true);
});

test("regularizers: λ/2 · ‖w‖² has the gradient λ · w, at every leaf", () => {
  const params = { a: draw(1, 2, 3), b: [draw(2, 4)] };
  const gradient = grad((p: typeof params) => regularizers.l2(p, 0.3))(params);
  expect(Number(np.max(np.abs(gradient.a.sub(params.a.mul(0.3)))))).toBeLessThan(1e-12);
  expect(
    Number(np.max(np.abs((gradient.b[0] as NDArray).sub((params.b[0] as NDArray).mul(0.3))))),
  ).toBeLessThan(1e-12);
  expect(Number(regularizers.l1({ w: np.array([1, -2]) }, 2))).toBe(6);
  expect(() => regularizers.l2({ count: ints([1]) }, 1)).toThrow(/count is int32/);
});

describe("metrics", () => {
  const scores = np.array([
    [0.1, 0.7, 0.2],
    [0.5, 0.2, 0.3],
    [0.2, 0.5, 0.3],
    [0.1, 0.1, 0.8],
  ]);
  const labels = ints([1, 0, 2, 2]);
  test("accuracy and top-k", () => {
    expect(metrics.accuracy(scores, labels).item()).toBe(0.75);
    expect(metrics.topKAccuracy(scores, labels, 1).item()).toBe(0.75);
    expect(metrics.topKAccuracy(scores, labels, 2).item()).toBe(1);
    expect(() => metrics.topKAccuracy(scores, labels, 4)).toThrow(ArgumentError);
  });
  test("confusion matrix, precision, recall, F1", () => {
    const table = jit((p: NDArray, y: NDArray) => metrics.confusionMatrix(p, y, 3))(
      np.argmax(scores, -1),
      labels,
    );
    expect(table.toArray()).toEqual([
      [1, 0, 0],
      [0, 1, 0],
      [0, 1, 1],
    ]);
    expect(metrics.confusionMatrix(ints([-1, 5, 0]), ints([0, 0, 0]), 3).toArray()).toEqual([
      [1, 0, 0],
      [0, 0, 0],
      [0, 0, 0],
    ]);
    const each = metrics.precisionRecallF1(table, { average: "none" });
    expect(each.precision.toArray()).toEqual([1, 0.5, 1]);
    expect(each.recall.toArray()).toEqual([1, 1, 0.5]);
    expect(metrics.precisionRecallF1(table, { average: "micro" }).f1.item()).toBe(0.75);
    expect(metrics.precisionRecallF1(table).precision.item()).toBeCloseTo(2.5 / 3, 6);
    expect(metrics.precisionRecallF1(np.zeros([2, 2])).f1.item()).toBe(0);
  });
  test("perplexity of even odds", () => {
    const loss = losses.softmaxCrossEntropyWithIntegerLabels(np.zeros([5, 8]), ints([0, 1, 2, 3, 4]));
    expect(metrics.perplexity(loss).item()).toBeCloseTo(8, 4);
  });
});

describe("refusals", () => {
  test.each<readonly [string, () => unknown, RegExp]>([
    [
      "a column beside a row",
      () => losses.mse(np.zeros([3]), np.zeros([3, 1])),
      /mse: predictions and targets must have one shape; got \[3\] and \[3, 1\]/,
    ],
    [
      "float labels",
      () => losses.softmaxCrossEntropyWithIntegerLabels(np.zeros([2, 3]), np.zeros([2])),
      /labels must be the numbers of classes/,
    ],
    [
      "labels of another batch",
      () => losses.multiclassSvm(np.zeros([2, 3]), ints([1])),
      /scores must be \[\.\.\., classes\] and labels \[\.\.\.\]/,
    ],
    [
      "smoothing",
      () => losses.softmaxCrossEntropy(np.zeros([2]), np.zeros([2]), { labelSmoothing: 2 }),
      /from 0 to 1/,
    ],
    ["delta", () => losses.huber(0, 0, 0), /delta must be positive/],
    [
      "confusion of floats",
      () => metrics.confusionMatrix(np.zeros([2]), ints([0, 1]), 2),
      /numbers of classes/,
    ],
  ])("%s", (_, call, message) => {
    expect(call).toThrow(message);
  });
});
