import { lax, type NDArray, numpy as np } from "cotangent";
import { describe, test } from "vitest";
import type { DType } from "../../src/array/index.ts";
import { requireSameResult } from "./run.ts";

/*
 * NaN, infinities, numbers at the ends of ranges. Zeros are equal here whatever their sign: ONNX Runtime's choice between
 * two arrays and its sign function lose it.
 */
const VALUES = [
  Number.NaN,
  Number.POSITIVE_INFINITY,
  Number.NEGATIVE_INFINITY,
  0,
  1.5,
  -1.5,
  2.5,
  0.5,
  -0.5,
  3e38,
  1e-40,
  2147483648,
  -2147483649,
  4294967296,
  -1,
  88.8,
  -104,
  300,
];
const n = VALUES.length;

const UNARY: { readonly [name: string]: (x: NDArray) => unknown } = {
  elementary: (x) => [np.exp(x), np.log(x), np.tanh(x), lax.logistic(x), lax.erf(x), np.sqrt(x), np.cbrt(x)],
  "near zero": (x) => [np.expm1(x), np.log1p(x), np.sinh(x), np.arcsinh(x), np.arctan(x)],
  rounding: (x) => [np.floor(x), np.ceil(x), np.trunc(x), np.round(x), np.sign(x), np.isfinite(x)],
  "to integers": (x) =>
    (["int32", "uint32", "int8", "uint8", "int16", "uint16"] as const).map((d) => x.astype(d)),
  "to float16 and bool": (x) => [x.astype("float16"), x.astype("bool")],
  extremes: (x) => [np.max(x), np.min(x), np.argmax(x), np.argmin(x), np.clip(x, -1, 1), lax.cummax(x, 0)],
  order: (x) => [np.sort(x), np.argsort(x), lax.topK(x, 5)],
  "scattered extremes": (x) => {
    const places = np.remainder(np.arange(n, null, 1, "int32"), 4);
    const ones = np.ones([5], x.dtype);
    return [ones.at(places).min(x), ones.at(places).max(x), ones.at(places).add(x)];
  },
};

const BINARY: { readonly [name: string]: (x: NDArray, y: NDArray) => unknown } = {
  extremes: (x, y) => [np.maximum(x, y), np.minimum(x, y)],
  comparisons: (x, y) => [np.equal(x, y), np.notEqual(x, y), np.less(x, y), np.greaterEqual(x, y)],
  remainders: (x, y) => [lax.rem(x, y), np.remainder(x, y)],
  powers: (x, y) => [np.power(x, y), np.arctan2(x, y), np.nextafter(x, y), np.logaddexp(x, y)],
};

for (const dtype of ["float32", "float64"] as const satisfies readonly DType[]) {
  const x = np.array(VALUES, dtype);
  describe(dtype, () => {
    for (const [name, f] of Object.entries(UNARY))
      test(name, async () => {
        await requireSameResult(f, [x]);
      });
    for (const [name, f] of Object.entries(BINARY))
      test(`${name} of all pairs`, async () => {
        await requireSameResult(f, [np.repeat(x, n), np.tile(x, [n])]);
      });
  });
}

test("integers at the ends of their ranges", async () => {
  const a = np.array([-2147483648, 2147483647, -1, 0, 1, 7, -7], "int32");
  const pairs = [np.repeat(a, 7), np.tile(a, [7])] as [NDArray, NDArray];
  const f = (x: NDArray, y: NDArray): unknown => [
    [x.add(y), x.sub(y), x.mul(y), lax.div(x, y), lax.rem(x, y), np.floorDivide(x, y)],
    [np.maximum(x, y), np.less(x, y), np.negative(x), np.abs(x), np.sign(x), lax.populationCount(x)],
    [lax.shiftLeft(x, y), lax.shiftRightLogical(x, y), lax.shiftRightArithmetic(x, y), lax.clz(x)],
    [np.sum(x), np.prod(x), np.max(x), np.cumsum(x), np.sort(x), x.astype("float32"), x.astype("int8")],
  ];
  await requireSameResult(f, pairs);
  await requireSameResult(f, [pairs[0].astype("uint32"), pairs[1].astype("uint32")]);
});

test("storage types: moved, converted and computed with", async () => {
  for (const dtype of ["int8", "uint8", "int16", "uint16", "float16"] as const) {
    const x = np.array(
      [
        [1, 2, 3, 0],
        [5, 100, 7, 120],
      ],
      dtype,
    );
    await requireSameResult(
      (a: NDArray) => [
        [a.add(a), a.mul(a), np.sum(a), np.max(a, 1), np.sort(a), np.where(a.greater(2), a, a.mul(2))],
        [
          a.T,
          np.flip(a),
          np.pad(a, 1),
          np.concatenate([a, a]),
          a.reshape([8]),
          np.take(a, np.array([1, 0], "int32"), 0),
        ],
        [a.astype("float32"), a.astype("int32"), a.astype("bool"), a.at(0).set(1)],
      ],
      [x],
      dtype === "float16" ? 100 : 1,
    );
  }
});

test("the bits of float16 as integers, and integers as the bits of float16", async () => {
  const numbers = [1, -2.5, 0, -0, 65504, 6e-8, -6.1e-5, 0.333, Number.POSITIVE_INFINITY, Number.NaN];
  const halves = np.array(numbers, "float16");
  const words = np.array(
    [0, 1, 0x3ff, 0x400, 0x3c00, 0x7bff, 0x7c00, 0x8000, 0x8001, 0xbc01, 0xfc00],
    "uint16",
  );
  for (const dtype of ["int16", "uint16"] as const) {
    await requireSameResult((x: NDArray) => lax.bitcastConvertType(x, dtype), [halves]);
    await requireSameResult((x: NDArray) => lax.bitcastConvertType(x, "float16"), [words.astype(dtype)]);
    // Integers are compared exactly, where floats of 16 bits may differ by what they are rounded by.
    const there = (x: NDArray): NDArray =>
      lax.bitcastConvertType(lax.bitcastConvertType(x, "float16"), dtype);
    await requireSameResult(there, [words.astype(dtype)]);
  }
});
