import { describe, expect, test } from "vitest";
import type { NDArray } from "../../src/array/index.ts";
import { mul } from "../../src/primitives/elementwise/arithmetic.ts";
import { stopGradient } from "../../src/primitives/elementwise/conversion.ts";
import { sin } from "../../src/primitives/elementwise/trigonometric.ts";
import { checkpoint, grad, hessian, jacfwd, jit, jvp, vjp, vmap } from "../../src/transforms/index.ts";
import { expectClose, f64, i32, operations, traced } from "./support.ts";

describe("stopGradient", () => {
  const f = (x: NDArray) => mul(stopGradient(sin(x)), x);

  test("is the identity", () => {
    expectClose(stopGradient(f64([1, 2])), [1, 2]);
    expectClose(stopGradient(i32(3)), 3);
    expectClose(jit(stopGradient)(f64(1)), 1);
    expectClose(vmap(stopGradient)(f64([1, 2])), [1, 2]);
  });

  test("has the derivative zero in both modes and at every order", () => {
    const sine = Math.sin(0.5);
    expectClose(grad(f)(f64(0.5)), sine);
    expectClose(jvp(f, [f64(0.5)], [f64(1)])[1], sine);
    expectClose(vjp(stopGradient, [f64([1, 2])])[1](f64([1, 1])), [[0, 0]]);
    expectClose(grad(jit(f))(f64(0.5)), sine);
    expectClose(grad(checkpoint(f))(f64(0.5)), sine);
    expectClose(vmap(grad(f))(f64([0.5])), [sine]);
    expectClose(jacfwd(f)(f64(0.5)), sine);
    expectClose(hessian(f)(f64(0.5)), 0);
  });

  test("keeps the derivative from being computed at all", () => {
    expect(operations(traced((x: NDArray) => jvp(f, [x], [f64(1)])[1])(f64(1)))).not.toContain("cos");
  });
});
