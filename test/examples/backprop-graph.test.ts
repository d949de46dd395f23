import { grad, numpy as np, random } from "cotangent";
import { arrays } from "cotangent/testing";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  dataLoss,
  descend,
  gradientByHand,
  penalty,
  scores,
  small,
  totalLoss,
} from "../../examples/backprop/1-computational-graph.ts";
import { distance } from "../../examples/backprop/report.ts";

describe("chapter 1, the computational graph", () => {
  test("forward, each node has the value that paper and pencil give", () => {
    expect(scores(small.w, small.x).toArray()).toEqual([
      [0.125, 3, 1.75],
      [-1, -0.75, 2.5],
    ]);
    expect(Number(dataLoss(small.w, small))).toBe(3.25);
    expect(Number(penalty(small.w, small))).toBe(1.140625);
    expect(Number(totalLoss(small.w, small))).toBe(4.390625);
  });

  test("backward, the derived gradient is that by hand, to the last bit", () => {
    const expected = [
      [-0.75, -2.125, -0.4375],
      [0.625, 1.375, 0],
      [0.4375, 1.125, 0.75],
    ];
    expect(gradientByHand(small.w, small).toArray()).toEqual(expected);
    expect(grad(totalLoss)(small.w, small).toArray()).toEqual(expected);
  });

  test("both agree to rounding for other weights, data and labels", () => {
    const numbers = (shape: readonly number[]) =>
      arrays({ shape, dtype: "float64", elements: { min: -3, max: 3 } });
    fc.assert(
      fc.property(
        numbers([4, 5]),
        fc.nat(1000),
        fc.double({ min: 0, max: 2, noNaN: true }),
        (w, seed, lambda) => {
          // Normal numbers break no margin by exactly 0, where the loss has a kink.
          const x = random.normal(random.key(seed), [6, 5], { dtype: "float64" });
          const y = random.randint(random.key(seed + 1), [6], 0, 4);
          const bent = np.add(w, random.normal(random.key(seed + 2), [4, 5], { dtype: "float64" }));
          const problem = { x, y, lambda };
          expect(distance(gradientByHand(bent, problem), grad(totalLoss)(bent, problem))).toBeLessThan(1e-13);
        },
      ),
      { numRuns: 30 },
    );
  });

  test("against the gradient, the loss falls", () => {
    const losses = descend(small.w, small, 0.1, 5);
    expect(losses[0]).toBe(4.390625);
    losses.slice(1).forEach((loss, i) => {
      expect(loss).toBeLessThan(losses[i] as number);
    });
    expect(losses.at(-1)).toBeCloseTo(0.8719, 3);
  });
});
