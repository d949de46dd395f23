import { numpy as np, random } from "cotangent";
import { describe, expect, test } from "vitest";
import { jacobians, jacobiansByHand, measure, point, pullBack } from "../../examples/backprop/3-jacobians.ts";
import { distance } from "../../examples/backprop/report.ts";

describe("chapter 3, Jacobians", () => {
  const { x, y } = point;

  test("both Jacobians are those by hand", () => {
    const [derived, byHand] = [jacobians(x, y), jacobiansByHand(x, y)];
    expect(derived.map((j) => j.shape)).toEqual([
      [2, 4],
      [2, 3],
    ]);
    expect(distance(derived[0], byHand[0])).toBeLessThan(1e-14);
    expect(distance(derived[1], byHand[1])).toBeLessThan(1e-14);
  });

  test("vjp gives Jᵀv for any v without J", () => {
    const [ofX, ofY] = jacobians(x, y);
    for (const seed of [0, 1, 2]) {
      const v = random.normal(random.key(seed), [2], { dtype: "float64" });
      const pulled = pullBack(x, y, v);
      expect(distance(pulled[0], np.matmul(ofX.T, v))).toBeLessThan(1e-14);
      expect(distance(pulled[1], np.matmul(ofY.T, v))).toBeLessThan(1e-14);
    }
  });

  test("the Jacobian of n numbers takes n times the memory of Jᵀv, and more time", () => {
    for (const n of [64, 512]) {
      const cost = measure(n, 3);
      expect(cost.difference).toBeLessThan(1e-13);
      expect(cost.vjp.bytes).toBe(8 * n);
      expect(cost.jacobian.bytes).toBe(8 * n * n);
    }
    // 262,144 numbers against 512: far enough apart on any machine.
    const { vjp, jacobian } = measure(512, 5);
    expect(jacobian.milliseconds).toBeGreaterThan(vjp.milliseconds);
  });
});
