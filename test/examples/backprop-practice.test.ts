import { describe, expect, test } from "vitest";
import {
  clipped,
  type Design,
  designs,
  firstToLast,
  gradients,
  norms,
} from "../../examples/backprop/deep-gradients.ts";
import { findBug, rightByHand, wrongByHand } from "../../examples/backprop/gradient-check.ts";
import { digits, learn, remedies } from "../../examples/backprop/overfitting.ts";
import { differenceError, gradientError, sumErrors } from "../../examples/backprop/precision.ts";

describe("chapter 7, practice", () => {
  test("the gradient check finds the planted bug, and nothing where there is none", () => {
    expect(findBug(rightByHand)).toBeUndefined();
    expect(findBug(wrongByHand)).toMatch(
      /reverse mode is wrong at argument \[0\], element \[1\]: analytic 0\.330.* numeric 0\.0902/,
    );
  });

  describe("30 layers", () => {
    const sizes = (name: string): readonly number[] => norms(gradients(designs[name] as Design));
    const largest = (name: string): number => Math.max(...sizes(name));

    test("sigmoids let the gradient vanish on its way to the first layer; batch norm keeps it", () => {
      expect(firstToLast(sizes("sigmoid"))).toBeLessThan(1e-15);
      expect(firstToLast(sizes("sigmoid, batch norm"))).toBeGreaterThan(0.1);
      expect(firstToLast(sizes("sigmoid, batch norm"))).toBeLessThan(10);
    });

    test("small weights leave little in any layer; residual connections and larger weights cure it", () => {
      expect(largest("tanh, small weights")).toBeLessThan(1e-8);
      expect(Math.min(...sizes("tanh, small weights, residual"))).toBeGreaterThan(0.1);
      expect(Math.min(...sizes("tanh, LeCun's weights"))).toBeGreaterThan(1e-3);
    });

    test("ReLU keeps gradients with He's weights, loses them with LeCun's, and they explode with large ones", () => {
      expect(Math.min(...sizes("ReLU, He's weights"))).toBeGreaterThan(0.01);
      expect(largest("ReLU, He's weights")).toBeLessThan(1);
      expect(largest("ReLU, LeCun's weights")).toBeLessThan(1e-4);
      expect(largest("ReLU, large weights")).toBeGreaterThan(1e6);
      expect(largest("ReLU, large weights, batch norm")).toBeLessThan(100);
    });

    test("clipping brings an exploded gradient down to length 1", () => {
      const [before, after] = clipped(gradients(designs["ReLU, large weights"] as Design));
      expect(before).toBeGreaterThan(1e8);
      expect(after).toBeCloseTo(1, 12);
    });
  });

  test("300 digits are learnt by heart; augmentation helps with others", () => {
    const examples = digits(300);
    const [none, augmented] = ["none", "augmentation"].map((name) =>
      learn(examples, remedies[name] ?? {}, 40),
    );
    expect(none?.train).toBe(1);
    expect(none?.test).toBeGreaterThan(0.7);
    expect(none?.test).toBeLessThan(0.82);
    expect(augmented?.test).toBeGreaterThan((none?.test as number) + 0.03);
  });

  test("differences need float64; gradients by grad are good in float32", () => {
    const steps = Array.from({ length: 8 }, (_, i) => 10 ** -(i + 1));
    const best = (dtype: "float32" | "float64"): number =>
      Math.min(...steps.map((h) => differenceError(dtype, h)));
    expect(best("float32")).toBeGreaterThan(1e-7);
    expect(best("float32")).toBeLessThan(1e-4);
    expect(best("float64")).toBeLessThan(1e-9);
    expect(differenceError("float32", 1e-8)).toBe(Number.POSITIVE_INFINITY);
    expect(differenceError("float64", 1e-12)).toBeGreaterThan(1e-6);
    expect(gradientError()).toBeLessThan(2e-7);
  });

  test("a long sum in float32 drifts one after another, less by np.sum, hardly in float64", () => {
    const { naive, float32, float64 } = sumErrors(1_000_000);
    expect(naive).toBeGreaterThan(1e-3);
    expect(float32).toBeLessThan(1e-4);
    expect(float64).toBeLessThan(1e-12);
  });
});
