import { numpy as np } from "cotangent";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  byElements,
  byFormula,
  byVjp,
  example,
  influenceOfW,
  influenceOfX,
  productsOfShape,
} from "../../examples/backprop/2-matrix-gradients.ts";
import { distance } from "../../examples/backprop/report.ts";

const size = fc.integer({ min: 1, max: 5 });

describe("chapter 2, gradients of a matrix product", () => {
  test("formula, vjp and the sums of single elements agree, and have the shapes of X and W", () => {
    fc.assert(
      fc.property(size, size, size, fc.nat(99), (n, d, m, seed) => {
        const product = example(n, d, m, seed);
        const formula = byFormula(product);
        expect(formula.x.shape).toEqual([n, d]);
        expect(formula.w.shape).toEqual([d, m]);
        for (const other of [byVjp(product), byElements(product)]) {
          expect(distance(formula.x, other.x)).toBeLessThan(1e-13);
          expect(distance(formula.w, other.w)).toBeLessThan(1e-13);
        }
      }),
      { numRuns: 30 },
    );
  });

  test("one product alone has the right shape if all lengths differ", () => {
    expect(productsOfShape([2, 3], { G: [2, 4], W: [3, 4] })).toEqual(["G·Wᵀ"]);
    expect(productsOfShape([3, 4], { G: [2, 4], X: [2, 3] })).toEqual(["Xᵀ·G"]);
    expect(productsOfShape([3, 3], { G: [3, 3], W: [3, 3] })).toHaveLength(8);
  });

  test("an element of X reaches its row alone, one of W its column alone", () => {
    fc.assert(
      fc.property(size, size, size, fc.nat(99), (n, d, m, seed) => {
        const product = example(n, d, m, seed);
        const [row, feature, column] = [seed % n, seed % d, seed % m];
        const expectedOfX = np.zeros([n, m], "float64").at(row).set(product.w.at(feature).get());
        expect(influenceOfX(product, row, feature).toArray()).toEqual(expectedOfX.toArray());
        const ofW = influenceOfW(product, feature, column);
        const expectedOfW = np.zeros([m, n], "float64").at(column).set(product.x.T.at(feature).get()).T;
        expect(ofW.toArray()).toEqual(expectedOfW.toArray());
      }),
      { numRuns: 20 },
    );
  });

  test("the gradient of an element is the sum of G over what the element reaches", () => {
    const product = example(3, 4, 2, 7);
    const { x, w } = byFormula(product);
    const through = (influence: typeof x): number => Number(np.sum(product.g.mul(influence)));
    expect(through(influenceOfX(product, 2, 1))).toBeCloseTo(Number(x.at(2, 1).get()), 13);
    expect(through(influenceOfW(product, 3, 0))).toBeCloseTo(Number(w.at(3, 0).get()), 13);
  });
});
