import { describe, expect, test } from "vitest";
import type { NDArray } from "../../src/array/index.ts";
import { LeakedTracerError, ShapeError, TreeError } from "../../src/core/index.ts";
import { broadcastTo, reduceSum } from "../../src/primitives/broadcast.ts";
import { add } from "../../src/primitives/elementwise/add.ts";
import { mul } from "../../src/primitives/elementwise/arithmetic.ts";
import { convertElementType } from "../../src/primitives/elementwise/conversion.ts";
import { cos, sin } from "../../src/primitives/elementwise/trigonometric.ts";
import { grad, jvp, vjp, vmap } from "../../src/transforms/index.ts";
import { counted, expectClose, f32, f64, i32, operations, traced } from "./support.ts";

const { sin: Sin, cos: Cos } = Math;

describe("vjp", () => {
  test("gives the output and one cotangent a primal", () => {
    const [y, pull] = vjp(mul, [f64([2, 3]), f64([5, 7])]);
    expectClose(y, [10, 21]);
    expectClose(pull(f64([1, 10])), [
      [5, 70],
      [2, 30],
    ]);
  });

  test("takes and gives trees", () => {
    const f = ({ w }: { w: NDArray[] }, x: NDArray) => ({ y: mul(w[0] as NDArray, x), z: [w[1] as NDArray] });
    const [out, pull] = vjp(f, [{ w: [f64(2), f64(3)] }, f64(5)]);
    expectClose(out, { y: 10, z: [3] });
    expectClose(pull({ y: f64(1), z: [f64(7)] }), [{ w: [5, 7] }, 2]);
  });

  test("evaluates the function once, however often it is pulled back", () => {
    const f = counted(sin);
    const [, pull] = vjp(f, [f64(0.5)]);
    expectClose(pull(f64(1)), [Cos(0.5)]);
    expectClose(pull(f64(2)), [2 * Cos(0.5)]);
    expect(f.calls()).toBe(1);
    const closed = traced((x: NDArray) => vjp((y: NDArray) => sin(sin(y)), [x])[1](f64(1)))(f64(1));
    expect(operations(closed)).toEqual(["sin", "cos", "cos", "mul", "mul"]);
  });

  test("adds up what reaches an input by several ways", () => {
    const [, pull] = vjp((x: NDArray) => [x, mul(x, x), reduceSum(x, [0]), x], [f64([2, 3])]);
    expectClose(pull([f64([1, 1]), f64([10, 10]), f64(1000), f64([0.5, 0])]), [
      [1 + 40 + 1000 + 0.5, 1 + 60 + 1000],
    ]);
  });

  test("differentiates duplicated and unused arguments", () => {
    const x = f64(3);
    expectClose(vjp((a: NDArray, b: NDArray) => mul(a, b), [x, x])[1](f64(1)), [3, 3]);
    expectClose(vjp((a: NDArray, _: NDArray) => a, [x, f64([1, 2])])[1](f64(1)), [1, [0, 0]]);
  });

  test("gives zeros of their dtype for integers and booleans", () => {
    const f = (x: NDArray, n: NDArray, b: NDArray) => [mul(x, convertElementType(n, "float64")), n, b];
    const [, pull] = vjp(f, [f64(2), i32(3), true]);
    const cts = pull([f64(1), i32(0), false]);
    expectClose(cts, [3, 0, false]);
    expect((cts as NDArray[]).map((ct) => ct.dtype)).toEqual(["float64", "int32", "bool"]);
  });

  test("passes aux through and does not differentiate it", () => {
    const f = (x: NDArray) => [sin(x), { cos: cos(x), n: i32(1) }] as const;
    const [y, pull, aux] = vjp(f, [f64(0.5)], { hasAux: true });
    expectClose([y, aux], [Sin(0.5), { cos: Cos(0.5), n: 1 }]);
    expectClose(pull(f64(1)), [Cos(0.5)]);
  });

  test("takes weakly typed cotangents in the dtype of the output", () => {
    const [, pull] = vjp((x: NDArray) => x, [f64(2)]);
    expect(pull(3)[0]).toMatchObject({ dtype: "float64", weakType: false });
    expectClose(pull(3), [3]);
  });

  test("satisfies ⟨ct, J v⟩ = ⟨Jᵀ ct, v⟩", () => {
    const f = (x: NDArray) => mul(sin(x), broadcastTo(reduceSum(mul(x, x), [0]), [3]));
    const [x, v, ct] = [f64([0.3, -1, 2]), f64([1, 2, -1]), f64([-2, 0.5, 1])];
    const dot = (a: NDArray, b: NDArray) => reduceSum(mul(a, b), [0]).item() as number;
    expect(dot(ct, jvp(f, [x], [v])[1])).toBeCloseTo(dot(vjp(f, [x])[1](ct)[0], v), 10);
  });

  test("can be pulled back inside other transforms", () => {
    const [, pull] = vjp((x: NDArray) => mul(x, x), [f64(3)]);
    expectClose(vmap((ct: NDArray) => pull(ct)[0])(f64([1, 2])), [6, 12]);
    expectClose(grad((ct: NDArray) => pull(mul(ct, ct))[0])(f64(2)), 24);
  });

  test("refuses to be pulled back once the transform around it is done", () => {
    let pull: ((ct: NDArray) => unknown) | undefined;
    grad((x: NDArray) => {
      const [y, inner] = vjp((z: NDArray) => mul(z, x), [x]);
      pull = inner;
      return y;
    })(f64(3));
    expect(() => pull?.(f64(1))).toThrow(LeakedTracerError);
  });

  test("refuses cotangents that do not match", () => {
    const [, pull] = vjp((x: NDArray) => ({ y: x }), [f64([1, 2])]);
    expect(() => pull({ y: f64(1) })).toThrow(ShapeError);
    expect(() => pull({ y: f64(1) })).toThrow(
      "vjpFn: the cotangent of an output must have its shape and dtype: expected float64[2], got float64[].",
    );
    expect(() => pull({ y: f32([1, 2]) })).toThrow(/got float32\[2\]\. Convert it with astype/);
    expect(() => pull({ z: f64([1, 2]) } as never)).toThrow(TreeError);
    expect(() => pull({ z: f64([1, 2]) } as never)).toThrow(
      /^vjpFn: output and cotangent must have the same structure/,
    );
  });

  test("the sum of an output used twice", () => {
    const [, pull] = vjp((x: NDArray) => add(x, x), [f64(1)]);
    expectClose(pull(f64(1)), [2]);
  });
});
