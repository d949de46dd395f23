import { grad } from "cotangent";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  asArrays,
  atKinks,
  byHand,
  circuit,
  discrepancy,
  gates,
  type Inputs,
  inputs,
} from "../../examples/backprop/4-flat-circuit.ts";

const names = ["w0", "x0", "w1", "x1", "w2"] as const;
const coordinate = fc.double({ min: -3, max: 3, noNaN: true });

describe("chapter 4, a flat circuit", () => {
  test("has the value and the gradient that its formula gives", () => {
    // s3 = 2·(−1) + (−3)·(−2) − 3 = 1, and σ(1)·(1 − σ(1)) = 0.19661193324148185.
    const { loss, grads } = byHand(inputs);
    expect(loss).toBeCloseTo(0.7310585786300049, 15);
    const slope = 0.19661193324148185;
    const expected = { w0: -slope, x0: 2 * slope, w1: -2 * slope, x1: -3 * slope, w2: slope };
    for (const name of names) expect(grads[name]).toBeCloseTo(expected[name], 15);
  });

  test("the code by hand and grad agree for any inputs", () => {
    fc.assert(
      fc.property(
        fc.record({ w0: coordinate, x0: coordinate, w1: coordinate, x1: coordinate, w2: coordinate }),
        (at: Inputs<number>) => {
          const { loss, grads } = byHand(at);
          const arrays = asArrays(at);
          const derived = grad(circuit)(arrays);
          expect(Number(circuit(arrays))).toBeCloseTo(loss, 14);
          for (const name of names) expect(Number(derived[name])).toBeCloseTo(grads[name], 14);
        },
      ),
      { numRuns: 50 },
    );
  });

  test.each(gates.map((gate) => [gate.name, gate] as const))(
    "the rule of %s is what vjp does",
    (_name, gate) => {
      for (const seed of [0, 1, 2]) expect(discrepancy(gate, seed)).toBeLessThan(1e-14);
    },
  );

  test("at kinks, max shares the gradient and ReLU lets none through", () => {
    expect(atKinks()).toEqual({ max: [0.5, 0.5], relu: 0 });
  });
});
