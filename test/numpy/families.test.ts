import { describe, expect, test } from "vitest";
import type { NDArray } from "../../src/array/index.ts";
import { ArgumentError, DTypeError, ShapeError } from "../../src/core/index.ts";
import * as lax from "../../src/lax/index.ts";
import * as nn from "../../src/nn/index.ts";
import * as np from "../../src/numpy/index.ts";
import * as random from "../../src/random/index.ts";
import * as scipy from "../../src/scipy/index.ts";

/*
 * Bad input for each family of functions: the error names the function, the argument and what it got.
 */

const x = np.zeros([2, 3]);
const v = np.zeros([4]);
const empty = np.zeros([0, 3]);
const deep = np.zeros([1, 1, 1, 1, 2]);
const ints = np.arange(3);
const key = random.key(0);

type ErrorClass = abstract new (...args: never[]) => Error;
type Refusal = readonly [call: () => unknown, type: ErrorClass, ...words: string[]];

const FAMILIES: { readonly [what: string]: readonly Refusal[] } = {
  "a rank that does not fit": [
    [() => np.matvec(v, v), Error, "matvec", "[4]"],
    [
      () =>
        lax.dotGeneral(x, v, [
          [[1], [1]],
          [[], []],
        ]),
      Error,
      "dot",
      "[4]",
    ],
    [() => lax.concatenate([x, v], 0), Error, "concatenate", "[4]"],
    [() => lax.pad(x, 0, [[0, 0, 0]]), Error, "pad", "[2, 3]"],
    [() => lax.dynamicSlice(x, [0], [1]), Error, "dynamicSlice"],
    [() => np.linalg.det(v), Error, "det", "float32[4]"],
    [() => np.linalg.svd(v), Error, "svd", "float32[4]"],
    [() => np.linalg.trace(v), ShapeError, "trace", "float32[4]"],
    [() => np.meshgrid(v as unknown as NDArray[]), ArgumentError, "meshgrid", "meshgrid([x, y])"],
    [() => np.meshgrid([v, x]), ShapeError, "meshgrid", "float32[2, 3]"],
    [() => np.vander(x), ShapeError, "vander", "float32[2, 3]"],
    [() => np.linalg.cond(empty), ShapeError, "cond", "float32[0, 3]"],
    [() => lax.conv(v, x, [], "SAME"), ShapeError, "conv:", "float32[4]", "float32[2, 3]"],
    [() => np.fft.fft2(v), RangeError, "fft2", "axis -2"],
    [() => scipy.stats.dirichlet.logpdf(v, np.ones(2)), Error, "dirichlet.logpdf", "[4]"],
    [() => nn.dotProductAttention(deep, deep, deep), ShapeError, "dotProductAttention", "[1, 1, 1, 1, 2]"],
    [() => random.dirichlet(key, 1), ShapeError, "dirichlet", "alpha"],
  ],
  "an axis out of range": [
    [() => np.cumsum(x, 2), RangeError, "cumsum", "axis 2"],
    [() => np.sort(x, -3), RangeError, "sort", "axis -3"],
    [() => np.flip(x, 4), RangeError, "flip", "axis 4"],
    [() => np.median(x, 2), RangeError, "median", "axis 2"],
    [() => np.diff(x, 1, 5), RangeError, "diff", "axis 5"],
    [() => np.linalg.norm(x, null, 3), RangeError, "norm", "axis 3"],
    [() => np.countNonzero(x, 7), RangeError, "countNonzero", "axis 7"],
    [() => np.compress(v, x, 5), RangeError, "compress", "axis 5"],
    [() => nn.logmeanexp(x, 4), RangeError, "logmeanexp", "axis 4"],
    [() => lax.cumsum(x, 2), Error, "cumsum", "axis 2"],
    [() => lax.sort(x, 2), Error, "sort", "2"],
    [() => lax.rev(x, [2]), Error, "rev", "2"],
    [() => lax.transpose(x, [0, 2]), Error, "transpose", "[0, 2]"],
    [() => lax.expandDims(x, [9]), Error, "expandDims", "9"],
    [() => nn.softmax(x, 2), RangeError, "softmax", "axis 2"],
    [() => nn.logSoftmax(x, -3), RangeError, "logSoftmax", "axis -3"],
    [() => nn.logsumexp(x, 5), RangeError, "logsumexp", "axis 5"],
    [() => nn.glu(x, 2), RangeError, "glu", "axis 2"],
    [() => nn.standardize(x, 2), RangeError, "standardize", "axis 2"],
    [() => np.fft.fft(x, null, 2), RangeError, "fft", "axis 2"],
    [() => random.permutation(key, x, 2), RangeError, "permutation", "axis 2"],
    [() => random.categorical(key, x, { axis: 2 }), RangeError, "categorical", "axis 2"],
  ],
  "shapes that do not fit": [
    [() => np.vdot(x, v), ShapeError, "vdot", "[6]", "[4]"],
    [() => np.hypot(x, v), ShapeError, "hypot", "[2, 3]", "[4]"],
    [() => np.where(np.greater(x, 0), x, v), ShapeError, "where", "[4]"],
    [() => np.inner(x, v), ShapeError, "inner", "float32[2, 3]", "float32[4]"],
    [() => np.linalg.solve(np.zeros([2, 2]), v), Error, "solve", "[4]"],
    [() => np.linalg.lstsq(x, v), Error, "lstsq", "[4]"],
    [() => lax.atan2(x, v), ShapeError, "atan2", "[4]"],
    [() => lax.select(np.greater(v, 0), x, x), ShapeError, "select", "[4]"],
    [() => lax.dynamicUpdateSlice(x, np.zeros([3, 3]), [0, 0]), Error, "dynamicUpdateSlice", "[3, 3]"],
    [() => lax.dot(x, v), ShapeError, "dot", "[4]"],
    [() => scipy.special.xlogy(x, v), ShapeError, "xlogy", "[4]"],
    [() => scipy.stats.norm.logpdf(x, v), ShapeError, "norm.logpdf", "[4]"],
    [() => nn.losses.mse(x, v), ShapeError, "mse", "[2, 3]", "[4]"],
    [() => random.gamma(key, v, [3]), ShapeError, "gamma", "[4]", "[3]"],
  ],
  "a dtype that does not fit": [
    [() => np.bitwiseCount(x), DTypeError, "bitwiseCount", "float32[2, 3]"],
    [() => lax.bitwiseAnd(x, x), DTypeError, "bitwiseAnd", "float32[2, 3]"],
    [() => lax.dynamicSliceInDim(x, np.ones([]), 1), DTypeError, "dynamicSliceInDim", "float32[]"],
    [() => np.lcm(x, x), DTypeError, "lcm", "float32[2, 3]"],
    [() => np.bincount(x), Error, "bincount", "float32[2, 3]"],
    [() => lax.sqrt(ints), DTypeError, "sqrt", "int32[3]"],
    [() => lax.shiftLeft(x, x), DTypeError, "shiftLeft", "float32[2, 3]"],
    [() => lax.populationCount(x), DTypeError, "populationCount", "float32[2, 3]"],
    [() => lax.linalg.cholesky(np.zeros([2, 2], "int32")), DTypeError, "cholesky", "int32[2, 2]"],
    [
      () => nn.losses.softmaxCrossEntropyWithIntegerLabels(x, np.zeros([2])),
      DTypeError,
      "softmaxCrossEntropy",
      "labels",
    ],
    [() => random.normal(key, [2], { dtype: "int32" as "float32" }), DTypeError, "normal", "int32"],
  ],
  "loops and branches": [
    [
      () => lax.scan((c: NDArray) => [np.stack([c, c]), null], v, null, { length: 2 }),
      Error,
      "scan",
      "[4]",
      "[2, 4]",
    ],
    [() => lax.scan((c: NDArray) => [c, null], v, [x, v]), ShapeError, "scan", "xs"],
    [
      () =>
        lax.whileLoop(
          (c: NDArray) => np.greater(c, 0),
          (c: NDArray) => c,
          v,
        ),
      Error,
      "whileLoop",
      "bool[4]",
    ],
    [() => lax.foriLoop(0, 3, (_: NDArray, c: NDArray) => np.greater(c, 0), v), Error, "foriLoop", "bool[4]"],
    [
      () =>
        lax.cond(
          v,
          () => x,
          () => x,
        ),
      Error,
      "cond",
      "float32[4]",
    ],
    [
      () =>
        lax.cond(
          true,
          () => x,
          () => v,
        ),
      Error,
      "cond",
      "float32[2, 3]",
      "float32[4]",
    ],
    [() => lax.switch(0, []), ArgumentError, "switch"],
    [() => lax.switch(1.5, [() => x]), Error, "switch", "1.5"],
    [
      () => lax.map((rows: readonly NDArray[]) => rows[0], [x, v]),
      ShapeError,
      "map",
      "float32[2, 3]",
      "float32[4]",
    ],
    [() => lax.map((row: NDArray) => row, x, { batchSize: 0 }), ArgumentError, "map", "batchSize"],
    [() => lax.associativeScan(np.add, v, { axis: 3 }), RangeError, "associativeScan", "axis 3"],
  ],
  indexing: [
    [() => np.take(x, 5, 0), RangeError, "take", "5"],
    [() => np.take(x, np.ones([2])), DTypeError, "take", "float32[2]"],
    [() => np.takeAlongAxis(x, ints, 0), ShapeError, "takeAlongAxis", "int32[3]"],
    [() => np.putAlongAxis(x, ints, 0), ShapeError, "putAlongAxis", "int32[3]"],
    [() => np.choose(np.array([5], "int32"), [v, v]), RangeError, "choose", "5"],
    [() => np.delete(v, 9), RangeError, "delete", "9"],
    [() => np.insert(v, 9, 1), RangeError, "insert", "9"],
    [() => np.fillDiagonal(v, 0), ShapeError, "fillDiagonal", "float32[4]"],
    [() => lax.dynamicSlice(x, [0, 0], [5, 1]), ShapeError, "dynamicSlice", "[5, 1]"],
    [() => lax.indexInDim(x, 7), RangeError, "indexInDim", "7"],
    [() => lax.sliceInDim(x, 0, 9), ShapeError, "sliceInDim", "float32[2, 3]"],
  ],
  "nothing to reduce": [
    [() => np.max(empty, 0), ShapeError, "max", "float32[0, 3]"],
    [() => np.min(empty), ShapeError, "min", "float32[0, 3]"],
    [() => np.argmax(empty, 0), ShapeError, "argmax", "float32[0, 3]"],
    [() => np.nanmax(empty, 0), ShapeError, "nanmax", "float32[0, 3]"],
    [() => np.nanargmin(empty, 0), ShapeError, "nanargmin", "float32[0, 3]"],
    [() => np.ptp(empty, 0), ShapeError, "ptp", "float32[0, 3]"],
    [() => lax.argmax(empty, 0), Error, "argmax", "[0, 3]"],
    [() => np.fft.fft(np.zeros([0])), ShapeError, "fft", "[0]"],
    [() => random.choice(key, 0), ArgumentError, "choice"],
  ],
};

describe.each(Object.entries(FAMILIES))("%s", (_what, refusals) => {
  test.each(refusals.map((refusal) => [refusal[0].toString().slice(6, 80), refusal] as const))(
    "%s",
    (_call, [call, type, ...words]) => {
      expect(call).toThrow(type);
      for (const word of words) expect(call).toThrow(word);
    },
  );
});
