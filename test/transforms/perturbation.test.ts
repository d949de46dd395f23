import { describe, expect, test } from "vitest";
import type { NDArray } from "../../src/array/index.ts";
import { reduceSum } from "../../src/primitives/broadcast.ts";
import { add } from "../../src/primitives/elementwise/add.ts";
import { mul } from "../../src/primitives/elementwise/arithmetic.ts";
import { exp } from "../../src/primitives/elementwise/exponential.ts";
import { sin } from "../../src/primitives/elementwise/trigonometric.ts";
import { checkpoint, grad, jit, jvp, linearize, vjp, vmap } from "../../src/transforms/index.ts";
import { expectClose, f64 } from "./support.ts";

type Unary = (x: NDArray) => NDArray;

/** Every way to differentiate a function of one scalar. */
const derivatives: Record<string, (f: Unary) => Unary> = {
  grad: (f) => grad(f) as Unary,
  jvp: (f) => (x) => jvp(f, [x], [f64(1)])[1],
  vjp: (f) => (x) => vjp(f, [x])[1](f64(1))[0],
  linearize: (f) => (x) => linearize(f, [x])[1](f64(1)),
  "grad of jit": (f) => grad(jit(f)) as Unary,
  "grad of checkpoint": (f) => grad(checkpoint(f)) as Unary,
};
const pairs = Object.entries(derivatives).flatMap(([outer, d]) =>
  Object.entries(derivatives).map(([inner, e]) => [outer, inner, d, e] as const),
);

describe("the perturbations of nested derivatives are kept apart", () => {
  test.each(pairs)("%s over %s", (_outer, _inner, d, e) => {
    // d/dx x · (d/dy (x + y) at y = 1) = 1, and not 2.
    expectClose(d((x) => mul(x, e((y) => add(x, y))(f64(1))))(f64(1)), 1);
    // d/dx x · (d/dy (x · y) at y = 2) = 2x.
    expectClose(d((x) => mul(x, e((y) => mul(x, y))(f64(2))))(f64(3)), 6);
    // d/dx (d/dy x² y³ at y = x) = d/dx 3 x⁴.
    expectClose(d((x) => e((y) => mul(mul(x, x), mul(y, mul(y, y))))(x))(f64(2)), 12 * 8);
    // The inner derivative does not depend on x at all.
    expectClose(d((x) => mul(x, e(sin)(f64(0))))(f64(5)), 1);
  });

  test("the counterexample of Manzyuk et al.: a derivative of a derivative of a shift", () => {
    const shift =
      (u: NDArray) =>
      (f: Unary): Unary =>
      (x) =>
        f(add(x, u));
    const d = derivatives["jvp"] as (f: Unary) => Unary;
    // D (u ↦ (shift u (shift u h))(y)) at 0 is 2 h′(y), for h = exp.
    expectClose(d((u) => shift(u)(shift(u)(exp))(f64(1)))(f64(0)), 2 * Math.E);
    // With a derivative taken of what the outer one returns as a function: h″(2y) · 2.
    expectClose(d((u) => d(shift(u)(exp))(f64(1)))(f64(0)), Math.E);
  });

  test("under vmap, and of values that other transforms trace", () => {
    const f = (x: NDArray) => grad((y: NDArray) => mul(x, mul(y, y)))(x);
    expectClose(vmap(grad(f))(f64([1, 2, 3])), [4, 8, 12]);
    expectClose(
      grad((x: NDArray) => reduceSum(vmap((y: NDArray) => mul(x, mul(y, x)))(f64([3, 4])), [0]))(f64(2)),
      28,
    );
    expectClose(grad((x: NDArray) => mul(x, vjp((y: NDArray) => add(x, y), [f64(1)])[1](x)[0]))(f64(3)), 6);
  });

  test("three deep", () => {
    // d³/dxdydz of x y² z³ at (x, x, x).
    const f = (x: NDArray) =>
      grad((y: NDArray) => grad((z: NDArray) => mul(x, mul(mul(y, y), mul(z, mul(z, z)))))(y))(x);
    // Inner: 3 x y² z² at z = y: 3 x y⁴; then 12 x y³ at y = x: 12 x⁴; then 48 x³.
    expectClose(grad(f)(f64(2)), 48 * 8);
    expect(f(f64(1)).item()).toBe(12);
  });
});
