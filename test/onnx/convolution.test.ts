import { grad, lax, type NDArray, nn, numpy as np, random, vmap } from "cotangent";
import { toOnnx } from "cotangent/onnx";
import { describe, expect, test } from "vitest";
import { decodeModel } from "../../src/onnx/decode-model.ts";
import { requireSameResult } from "./run.ts";

/*
 * Convolutions, pooling and their gradients, which are products of windows here and operators there.
 */

const key = random.key(0);
const normal = (shape: readonly number[], n = 0): NDArray => random.normal(random.foldIn(key, n), shape);

const operatorsOf = (bytes: Uint8Array): readonly string[] =>
  decodeModel(bytes).graph.nodes.map(({ opType }) => opType);

interface Case {
  readonly x: readonly number[];
  readonly w: readonly number[];
  readonly strides: readonly number[];
  readonly padding: lax.WindowPadding;
  readonly options?: lax.ConvOptions;
}

const CASES: { readonly [name: string]: Case } = {
  plain: { x: [2, 3, 7, 6], w: [4, 3, 3, 2], strides: [1, 1], padding: "VALID" },
  "strides that leave a rest": { x: [2, 3, 8, 9], w: [4, 3, 3, 2], strides: [2, 3], padding: "VALID" },
  "the same size": { x: [2, 3, 7, 6], w: [4, 3, 3, 3], strides: [1, 1], padding: "SAME" },
  "negative pads": {
    x: [1, 2, 8, 8],
    w: [3, 2, 2, 2],
    strides: [1, 2],
    padding: [
      [-1, 2],
      [1, -2],
    ],
  },
  "a dilated kernel": {
    x: [2, 2, 9, 9],
    w: [3, 2, 3, 2],
    strides: [2, 1],
    padding: "VALID",
    options: { rhsDilation: [2, 3] },
  },
  "a dilated operand": {
    x: [2, 2, 4, 4],
    w: [3, 2, 3, 3],
    strides: [1, 1],
    padding: [
      [2, 2],
      [1, 2],
    ],
    options: { lhsDilation: [2, 3] },
  },
  groups: {
    x: [2, 4, 6, 6],
    w: [6, 2, 3, 3],
    strides: [1, 2],
    padding: "SAME",
    options: { featureGroupCount: 2 },
  },
  "a group for each feature": {
    x: [2, 4, 6, 6],
    w: [4, 1, 3, 3],
    strides: [1, 1],
    padding: "SAME",
    options: { featureGroupCount: 4 },
  },
  "groups of the batch": {
    x: [4, 3, 5, 5],
    w: [4, 3, 2, 2],
    strides: [1, 1],
    padding: "VALID",
    options: { batchGroupCount: 2 },
  },
  "features last": {
    x: [2, 7, 6, 3],
    w: [3, 2, 3, 4],
    strides: [2, 1],
    padding: "SAME",
    options: { dimensionNumbers: ["NHWC", "HWIO", "NHWC"] },
  },
  "one axis": { x: [2, 3, 9], w: [4, 3, 4], strides: [2], padding: "VALID" },
  "three axes": { x: [1, 2, 4, 5, 4], w: [3, 2, 2, 2, 3], strides: [1, 2, 1], padding: "SAME" },
  "four axes, for which there is no operator": {
    x: [1, 2, 3, 3, 3, 3],
    w: [2, 2, 2, 2, 2, 2],
    strides: [1, 1, 1, 1],
    padding: "VALID",
  },
};

describe("a convolution and both gradients", () => {
  for (const [name, { x, w, strides, padding, options }] of Object.entries(CASES)) {
    const [operand, kernel] = [normal(x), normal(w, 1)];
    const f = (a: NDArray, b: NDArray): NDArray => lax.convGeneralDilated(a, b, strides, padding, options);
    test(name, async () => {
      await requireSameResult(f, [operand, kernel], 10);
      const weights = normal(f(operand, kernel).shape, 2);
      const loss = (a: NDArray, b: NDArray): NDArray => np.sum(f(a, b).mul(weights));
      await requireSameResult(grad(loss, { argnums: [0, 1] }), [operand, kernel], 10);
    });
    test(`${name}, in double precision, which has no operator`, async () => {
      await requireSameResult(f, [operand.astype("float64"), kernel.astype("float64")], 10);
    });
  }

  test("they are written as operators", () => {
    const { x, w, strides, padding } = CASES["strides that leave a rest"] as Case;
    const loss = (a: NDArray, b: NDArray): NDArray =>
      np.sum(np.square(lax.convGeneralDilated(a, b, strides, padding)));
    const operators = operatorsOf(toOnnx(grad(loss, { argnums: [0, 1] }))(normal(x), normal(w, 1)));
    expect(operators.filter((name) => name.startsWith("Conv")).sort()).toEqual([
      "Conv",
      "Conv",
      "ConvTranspose",
    ]);
    expect(operators).not.toContain("ScatterElements");
    expect(operators).not.toContain("Gather");
  });

  test("for each example of a batch, of operands or of kernels", async () => {
    const f = (a: NDArray, b: NDArray): NDArray => lax.convGeneralDilated(a, b, [1, 1], "VALID");
    await requireSameResult(vmap(f, [0, null]), [normal([3, 2, 2, 5, 5]), normal([4, 2, 3, 3], 1)], 10);
    await requireSameResult(vmap(f, [null, 0]), [normal([2, 2, 5, 5]), normal([3, 4, 2, 3, 3], 1)], 10);
    await requireSameResult(vmap(f), [normal([3, 2, 2, 5, 5]), normal([3, 4, 2, 3, 3], 1)], 10);
  });

  test("a gradient of a gradient", async () => {
    const f = (a: NDArray, b: NDArray): NDArray => np.sum(np.sin(lax.conv(a, b, [2, 1], "SAME")));
    const inner = grad(f);
    const twice = grad((a: NDArray, b: NDArray) => np.sum(np.square(inner(a, b))), { argnums: [0, 1] });
    await requireSameResult(twice, [normal([1, 2, 5, 5]), normal([2, 2, 3, 2], 1)], 100);
  });
});

describe("pooling and its gradient", () => {
  for (const [name, layer] of Object.entries({
    "greatest, side by side": nn.maxPool([2, 2]),
    "greatest, overlapping": nn.maxPool([3, 3], { strides: [2, 2], padding: "SAME" }),
    "mean, side by side": nn.avgPool([2, 2]),
    "mean, overlapping": nn.avgPool([3, 2], { strides: [1, 2], padding: "SAME" }),
  })) {
    test(name, async () => {
      for (const shape of [
        [2, 6, 6, 3],
        [1, 7, 5, 2],
      ]) {
        const f = (x: NDArray): NDArray => layer.apply(null as never, x);
        await requireSameResult(f, [normal(shape)], 10);
        await requireSameResult(
          grad((x: NDArray) => np.sum(np.square(f(x)))),
          [normal(shape)],
          10,
        );
      }
    });
  }

  test("NaN and infinities in windows", async () => {
    const x = np.array([
      1,
      Number.NaN,
      3,
      4,
      Number.NEGATIVE_INFINITY,
      Number.NEGATIVE_INFINITY,
      Number.POSITIVE_INFINITY,
      2,
    ]);
    for (const dtype of ["float32", "float64"] as const)
      await requireSameResult((y: NDArray) => lax.reduceWindowMax(y, [2], [2]), [x.astype(dtype)]);
    expect(operatorsOf(toOnnx((y: NDArray) => lax.reduceWindowMax(y, [2], [2]))(x))).toContain("MaxPool");
  });
});
