import { describe, expect, test } from "vitest";
import { arrayFrom, type NDArray } from "../../src/array/index.ts";
import { ArgumentError, DTypeError, ShapeError } from "../../src/core/index.ts";
import {
  add,
  max,
  min,
  mul,
  reduceSum,
  reduceWindow,
  reduceWindowMax,
  reduceWindowMin,
  reduceWindowProd,
  reduceWindowSum,
  sub,
  type WindowPadding,
  type WindowReduction,
} from "../../src/lax/index.ts";
import { add as primitiveAdd } from "../../src/primitives/index.ts";
import { grad, vmap } from "../../src/transforms/index.ts";
import { expectSame } from "../primitives/support/golden-indexing.ts";
import { expectConvolutions } from "./support/golden-convolution.ts";

interface Given {
  readonly initValue?: number;
  readonly computation: WindowReduction;
  readonly windowDimensions: readonly number[];
  readonly windowStrides?: readonly number[];
  readonly padding: WindowPadding;
  readonly baseDilation?: readonly number[];
  readonly windowDilation?: readonly number[];
}

const COMPUTATIONS = { add, mul, max, min };
const REDUCTIONS = {
  add: reduceWindowSum,
  mul: reduceWindowProd,
  max: reduceWindowMax,
  min: reduceWindowMin,
};
const NEUTRAL = { add: 0, mul: 1, max: Number.NEGATIVE_INFINITY, min: Number.POSITIVE_INFINITY };

describe("as JAX", () => {
  test("with a function", () => {
    expectConvolutions<Given>(
      "reduceWindow",
      24,
      ({ computation, initValue = NEUTRAL[computation], ...g }, x) =>
        reduceWindow(
          x as NDArray,
          initValue,
          COMPUTATIONS[computation],
          g.windowDimensions,
          g.windowStrides,
          g.padding,
          g.baseDilation,
          g.windowDilation,
        ),
    );
  });

  test("with a name, or a function of its own for the neutral initial value", () => {
    expectConvolutions<Given>(
      "reduceWindow",
      24,
      ({ computation, initValue = NEUTRAL[computation], ...g }, x) => {
        const { windowDimensions, windowStrides, padding, baseDilation, windowDilation } = g;
        const rest = [windowDimensions, windowStrides, padding, baseDilation, windowDilation] as const;
        return initValue === 2
          ? reduceWindow(x as NDArray, initValue, computation, ...rest)
          : REDUCTIONS[computation](x as NDArray, ...rest);
      },
    );
  });
});

const x = arrayFrom([
  [1, 5, 5, 2],
  [3, 5, 0, 1],
]);

describe("reduceWindow", () => {
  test("elements that tie share the derivative", () => {
    const f = (a: NDArray): NDArray => reduceSum(reduceWindowMax(a, [2, 2], [1, 1]), [0, 1]);
    const third = 1 / 3;
    expectSame(
      grad(f)(x) as NDArray,
      arrayFrom([
        [0, 0.5 + third, third + 1, 0],
        [0, 0.5 + third, 0, 0],
      ]),
      "the gradient",
    );
  });

  test("any function that is one of the four", () => {
    const sums = reduceWindow(x, 0, "add", [1, 2]);
    expect(reduceWindow(x, 0, (a, b) => add(b, a), [1, 2]).toArray()).toEqual(sums.toArray());
    expect(reduceWindow(x, 0, (a, b) => primitiveAdd(a, b), [1, 2]).toArray()).toEqual(sums.toArray());
    const refusal = "the computation must be lax.add, lax.mul, lax.max or lax.min";
    expect(() => reduceWindow(x, 0, sub, [1, 2])).toThrow(refusal);
    expect(() => reduceWindow(x, 0, (a) => add(a, a), [1, 2])).toThrow(refusal);
    expect(() => reduceWindow(x, 0, (a, b) => add(a, add(a, b)), [1, 2])).toThrow(refusal);
    expect(() => reduceWindow(x, 0, "sub" as "add", [1, 2])).toThrow(ArgumentError);
  });

  test("the initial value has a derivative, in the padding too", () => {
    const f = (init: NDArray): NDArray =>
      reduceSum(reduceWindow(x, init, add, [2, 3], [2, 3], "SAME"), [0, 1]);
    // Two windows start from it, and two columns of two elements are padding.
    expect((grad(f)(arrayFrom(7)) as NDArray).item()).toBe(2 + 4);
  });

  test("nothing in the windows", () => {
    expect(reduceWindowMax(x, [1, 1]).toArray()).toEqual(x.toArray());
    expect(reduceWindowSum(x, [3, 1]).shape).toEqual([0, 4]);
  });

  test("vmap is a loop", () => {
    const f = (a: NDArray): NDArray => reduceWindowSum(a, [2], [2], "SAME");
    expect((vmap(f, 1)(x) as NDArray).toArray()).toEqual([[4], [10], [5], [3]]);
    expect((vmap(f)(x) as NDArray).toArray()).toEqual([
      [6, 7],
      [8, 1],
    ]);
  });

  test("errors say what does not fit", () => {
    expect(() => reduceWindowSum(x, [2])).toThrow(
      "reduceWindowSum: windowDimensions must have a length for each axis of float32[2, 4]; got 1.",
    );
    expect(() => reduceWindowMin(x, [2, 2], [0, 1])).toThrow(ArgumentError);
    expect(() => reduceWindow(x, arrayFrom(0, "int32"), add, [2, 2])).toThrow(DTypeError);
    expect(() => reduceWindow(x, arrayFrom([0]), add, [2, 2])).toThrow(ShapeError);
  });
});
