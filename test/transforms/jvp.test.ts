import { describe, expect, test } from "vitest";
import type { NDArray } from "../../src/array/index.ts";
import { DifferentiationError, ShapeError, TreeError } from "../../src/core/index.ts";
import { reduceSum } from "../../src/primitives/broadcast.ts";
import { add } from "../../src/primitives/elementwise/add.ts";
import { mul } from "../../src/primitives/elementwise/arithmetic.ts";
import { convertElementType } from "../../src/primitives/elementwise/conversion.ts";
import { cos, sin } from "../../src/primitives/elementwise/trigonometric.ts";
import { jvp, linearize } from "../../src/transforms/index.ts";
import { counted, expectClose, f32, f64, i32, operations, traced, untyped } from "./support.ts";

const { sin: Sin, cos: Cos } = Math;

describe("jvp", () => {
  test("gives the output and its tangent", () => {
    expectClose(jvp(sin, [f64(0.5)], [f64(2)]), [Sin(0.5), 2 * Cos(0.5)]);
    expectClose(jvp(mul, [f64([2, 3]), f64([5, 7])], [f64([1, 0]), f64([0, 1])]), [
      [10, 21],
      [5, 3],
    ]);
  });

  test("takes and gives trees", () => {
    const f = ({ a, b }: { a: NDArray; b: NDArray[] }) => ({ sum: b.reduce(add, a), parts: [a, null] });
    const primals = { a: f64(1), b: [f64(2), f64(3)] };
    const tangents = { a: f64(10), b: [f64(20), f64(30)] };
    expectClose(jvp(f, [primals], [tangents]), [
      { sum: 6, parts: [1, null] },
      { sum: 60, parts: [10, null] },
    ]);
  });

  test("takes numbers, whose tangents are not weakly typed", () => {
    const [y, dy] = jvp(sin, [0.5], [1]);
    expectClose([y, dy], [Sin(0.5), Cos(0.5)], 1e-6);
    expect([y.dtype, y.weakType, dy.dtype, dy.weakType]).toEqual(["float32", true, "float32", false]);
    expect(jvp((x: NDArray) => x, [f64(1)], [2])[1]).toMatchObject({ dtype: "float64", weakType: false });
  });

  test("passes integers through without tangents", () => {
    const f = (x: NDArray, n: NDArray) => [mul(x, convertElementType(n, "float64")), n];
    const [out, tangent] = jvp(f, [f64(2), i32(3)], [f64(1), i32(100)]);
    expectClose(
      [out, tangent],
      [
        [6, 3],
        [3, 0],
      ],
    );
    expect(tangent.map((t) => t.dtype)).toEqual(["float64", "int32"]);
  });

  test("gives zeros where the output does not depend on the input", () => {
    expectClose(jvp((_: NDArray) => f64([1, 2]), [f64(1)], [f64(1)])[1], [0, 0]);
  });

  test("evaluates the function once and passes aux through", () => {
    const f = counted((x: NDArray) => [sin(x), { seen: x, n: i32(7) }] as const);
    expectClose(jvp(f, [f64(0.5)], [f64(1)], { hasAux: true }), [Sin(0.5), Cos(0.5), { seen: 0.5, n: 7 }]);
    expect(f.calls()).toBe(1);
  });

  test("computes with primals and tangents side by side", () => {
    const closed = traced((x: NDArray) => jvp((y: NDArray) => mul(y, sin(y)), [x], [f64(1)]))(f64(1));
    expect(operations(closed)).toEqual(["sin", "cos", "mul", "mul", "mul", "mul", "add"]);
  });

  test("can be nested: four derivatives of sin", () => {
    type Unary = (x: NDArray) => NDArray;
    const derivative =
      (f: Unary): Unary =>
      (x) =>
        jvp(f, [x], [f64(1)])[1];
    expectClose(derivative(derivative(derivative(derivative(sin))))(f64(0.3)), Sin(0.3));
  });

  test("refuses tangents that do not match", () => {
    const x = f64([1, 2]);
    expect(() => jvp(sin, [x], [f64([1, 2, 3])])).toThrow(ShapeError);
    expect(() => jvp(sin, [x], [f64([1, 2, 3])])).toThrow(
      "jvp: the tangent of a primal must have its shape and dtype: expected float64[2], got float64[3].",
    );
    expect(() => jvp(sin, [x], [f32([1, 2])])).toThrow(
      /expected float64\[2\], got float32\[2\]\. Convert it with astype/,
    );
    expect(() => jvp(mul, [x, x], [x] as never)).toThrow(TreeError);
    expect(() => jvp(mul, [x, x], [x] as never)).toThrow(
      /^jvp: primals and tangents must have the same structure\. They differ at the root: primals has an array of length 2/,
    );
    expect(() => jvp(({ a }: { a: NDArray }) => a, [{ a: x }], [{ b: x }] as never)).toThrow(/the key "a"/);
  });

  test("refuses a function that returns no pair where aux was asked for", () => {
    expect(() => jvp(sin as never, [f64(1)], [f64(1)], { hasAux: true })).toThrow(DifferentiationError);
    expect(() => jvp(sin as never, [f64(1)], [f64(1)], { hasAux: true })).toThrow(
      "jvp: with hasAux the function must return [output, aux]; it returned the tree *.",
    );
  });
});

describe("linearize", () => {
  const f = counted((x: NDArray, y: { w: NDArray }) => ({ z: mul(sin(x), y.w), c: f64(5) }));

  test("evaluates once and gives a linear function that may be called often", () => {
    const before = f.calls();
    const [out, df] = linearize(f, [f64(0.5), { w: f64(3) }]);
    expectClose(out, { z: 3 * Sin(0.5), c: 5 });
    expectClose(df(f64(1), { w: f64(0) }), { z: 3 * Cos(0.5), c: 0 });
    expectClose(df(f64(0), { w: f64(2) }), { z: 2 * Sin(0.5), c: 0 });
    expectClose(df(f64(1), { w: f64(2) }), { z: 3 * Cos(0.5) + 2 * Sin(0.5), c: 0 });
    expect(f.calls()).toBe(before + 1);
  });

  test("computes what depends on the primals at once, and only the rest again", () => {
    const closed = traced((x: NDArray, t: NDArray) => {
      const [, df] = linearize((y: NDArray) => sin(sin(y)), [x]);
      return [df(t), df(t)];
    })(f64(1), f64(1));
    expect(operations(closed)).toEqual(["sin", "cos", "cos", "mul", "mul", "mul", "mul"]);
  });

  test("agrees with jvp", () => {
    const g = (x: NDArray) => reduceSum(mul(x, cos(x)), [0]);
    const [x, t] = [f64([0.1, 0.7, 2]), f64([1, -2, 0.5])];
    expectClose(linearize(g, [x])[1](t), jvp(g, [x], [t])[1].toArray());
  });

  test("refuses tangents that do not match", () => {
    const [, df] = linearize(sin, [f64(1)]);
    expect(() => df(f64([1]))).toThrow("linearFn: the tangent of a primal must have its shape and dtype");
    expect(() => untyped(df)(f64(1), f64(1))).toThrow(TreeError);
  });

  test("passes integers through", () => {
    const [out, df] = linearize((x: NDArray, n: NDArray) => [mul(x, x), n], [f64(3), i32(2)]);
    expectClose(out, [9, 2]);
    expectClose(df(f64(1), i32(9)), [6, 0]);
  });
});
