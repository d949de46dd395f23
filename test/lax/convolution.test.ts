import { describe, expect, test } from "vitest";
import { arrayFrom, type NDArray } from "../../src/array/index.ts";
import { ArgumentError, DTypeError, ShapeError } from "../../src/core/index.ts";
import {
  type ConvDimensionNumbers,
  type ConvOptions,
  type ConvTransposeOptions,
  conv,
  convertElementType,
  convGeneralDilated,
  convTranspose,
  convWithGeneralPadding,
  indexInDim,
  type WindowPadding,
} from "../../src/lax/index.ts";
import { makeJaxpr, vmap } from "../../src/transforms/index.ts";
import { arrayOf, elementsOf } from "../primitives/support/golden-indexing.ts";
import { expectConvolutions } from "./support/golden-convolution.ts";

interface Given {
  readonly windowStrides: readonly number[];
  readonly padding: WindowPadding;
}

describe("as JAX", () => {
  test("convGeneralDilated and its cotangents", () => {
    expectConvolutions<Given & ConvOptions>(
      "convGeneralDilated",
      50,
      ({ windowStrides, padding, ...options }, x, y) =>
        convGeneralDilated(x as NDArray, y as NDArray, windowStrides, padding, options),
    );
  });

  test("convTranspose and its cotangents", () => {
    expectConvolutions<{ strides: readonly number[]; padding: WindowPadding } & ConvTransposeOptions>(
      "convTranspose",
      14,
      ({ strides, padding, ...options }, x, y) =>
        convTranspose(x as NDArray, y as NDArray, strides, padding, options),
    );
  });

  test("conv and convWithGeneralPadding", () => {
    expectConvolutions<Given>("conv", 2, ({ windowStrides, padding }, x, y) =>
      conv(x as NDArray, y as NDArray, windowStrides, padding),
    );
    expectConvolutions<Given & { lhsDilation: readonly number[]; rhsDilation: readonly number[] }>(
      "convWithGeneralPadding",
      1,
      ({ windowStrides, padding, lhsDilation, rhsDilation }, x, y) =>
        convWithGeneralPadding(x as NDArray, y as NDArray, windowStrides, padding, lhsDilation, rhsDilation),
    );
  });
});

const counting = (shape: readonly number[]): NDArray =>
  arrayOf(
    Array.from({ length: shape.reduce((n, d) => n * d, 1) }, (_, i) => (i % 7) - 3),
    shape,
  );

describe("vmap", () => {
  test("over operands, kernels and both is a loop", () => {
    const x = counting([3, 2, 4, 5, 5]);
    const w = counting([3, 6, 2, 2, 2]);
    const at = (a: NDArray, i: number): NDArray => indexInDim(a, i, 0, false);
    const f = (a: NDArray, b: NDArray): NDArray =>
      convGeneralDilated(a, b, [1, 2], "SAME", { featureGroupCount: 2 });
    for (const axes of [
      [0, 0],
      [0, null],
      [null, 0],
    ] as const) {
      const got = vmap(f, [...axes])(
        axes[0] === null ? at(x, 1) : x,
        axes[1] === null ? at(w, 1) : w,
      ) as NDArray;
      for (let i = 0; i < 3; i++) {
        const expected = f(at(x, axes[0] === null ? 1 : i), at(w, axes[1] === null ? 1 : i));
        expect(elementsOf(at(got, i))).toEqual(elementsOf(expected));
      }
    }
  });
});

describe("the product that it is", () => {
  const primitives = (
    numbers: ConvDimensionNumbers,
    lhs: readonly number[],
    rhs: readonly number[],
  ): string[] => {
    const f = (x: NDArray, y: NDArray): NDArray =>
      convGeneralDilated(x, y, [1, 1], "VALID", { dimensionNumbers: numbers });
    return makeJaxpr(f)(counting(lhs), counting(rhs)).jaxpr.equations.map(({ primitive }) => primitive.name);
  };

  test("needs no pad where there is none, and no transpose of the kernel", () => {
    expect(primitives(["NCHW", "OIHW", "NCHW"], [2, 3, 5, 5], [4, 3, 2, 2])).toEqual([
      "windows",
      "dotGeneral",
      "transpose",
    ]);
    expect(primitives(["NHWC", "HWIO", "NHWC"], [2, 5, 5, 3], [2, 2, 3, 4])).toEqual([
      "transpose",
      "windows",
      "dotGeneral",
    ]);
  });
});

describe("errors say what does not fit", () => {
  const x = counting([2, 4, 5, 5]);
  const w = counting([6, 4, 3, 3]);

  test("of shapes", () => {
    expect(() => conv(x, counting([6, 3, 3, 3]), [1, 1], "VALID")).toThrow(
      "conv: the operand float32[2, 4, 5, 5] has 4 features, but the kernel float32[6, 3, 3, 3] takes 3 " +
        "in each of 1 groups (featureGroupCount).",
    );
    expect(() => conv(x, counting([6, 4, 3]), [1, 1], "VALID")).toThrow(ShapeError);
    expect(() => conv(arrayFrom([1, 2]), arrayFrom([1, 2]), [], "VALID")).toThrow(ShapeError);
    expect(() =>
      convGeneralDilated(x, counting([5, 2, 3, 3]), [1, 1], "VALID", { featureGroupCount: 2 }),
    ).toThrow("2 groups must divide the 5 output features");
    expect(() =>
      convGeneralDilated(counting([3, 4, 5, 5]), w, [1, 1], "VALID", { batchGroupCount: 2 }),
    ).toThrow("and the batch of 3");
  });

  test("of options", () => {
    expect(() => conv(x, w, [1], "VALID")).toThrow(ArgumentError);
    expect(() => conv(x, w, [1, 0], "VALID")).toThrow("windowStrides must have one whole number >= 1");
    expect(() => conv(x, w, [1, 1], "FULL" as "SAME")).toThrow('got "FULL"');
    expect(() => conv(x, w, [1, 1], [[1, 1]])).toThrow(
      "a pair [low, high] of whole numbers for each of the 2 axes",
    );
    expect(() => convWithGeneralPadding(x, w, [1, 1], "SAME", [2, 2])).toThrow("use convTranspose");
    expect(() => convGeneralDilated(x, w, [1, 1], "SAME", { featureGroupCount: 0 })).toThrow(ArgumentError);
    expect(() =>
      convGeneralDilated(x, w, [1, 1], "SAME", { featureGroupCount: 2, batchGroupCount: 2 }),
    ).toThrow("only one of");
    expect(() =>
      convGeneralDilated(x, w, [1, 1], "SAME", { dimensionNumbers: ["NCHW", "OIHW", "NCHX"] }),
    ).toThrow(
      'the dimension numbers of the result must be 4 different letters, "N", "C" and the spatial axes',
    );
    expect(() =>
      convTranspose(counting([1, 1, 1, 1, 1, 1]), counting([1, 1, 1, 1, 1, 1]), [1, 1, 1, 1], "SAME"),
    ).toThrow("give dimensionNumbers");
    expect(() => convTranspose(x, w, [1, 1], "SAME_LOWER", { useConsistentPadding: true })).toThrow(
      ArgumentError,
    );
  });

  test("of dtypes", () => {
    expect(() => conv(x, convertElementType(w, "float64"), [1, 1], "VALID")).toThrow(DTypeError);
  });
});
