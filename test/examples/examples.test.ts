import { numpy as np } from "cotangent";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { bounds, census } from "../../examples/custom-transform.ts";
import * as curve from "../../examples/gauss-newton.ts";
import { logisticLoss, minimize, noisyLabels, noisyNumbers, squaredLoss } from "../../examples/grad-loss.ts";
import * as implicit from "../../examples/implicit-differentiation.ts";
import { broken, hasRightDerivatives, properties } from "../../examples/property-test.ts";
import { grad, jit, makeJaxpr, type NDArray } from "../../src/index.ts";

const distance = (a: NDArray, b: NDArray): number => Number(np.max(np.abs(a.sub(b))));

describe("grad-loss", () => {
  const truth = np.array([2, -1, 0.5]);

  test("finds the line that noisy numbers lie on", () => {
    const { weights, bias } = minimize(squaredLoss, noisyNumbers(3, 500), { steps: 100 });
    expect(distance(weights, truth)).toBeLessThan(0.02);
    expect(Number(bias)).toBeCloseTo(0.25, 1);
  });

  test("finds the probabilities that noisy labels come from", () => {
    const { weights, bias } = minimize(logisticLoss, noisyLabels(3, 3000), { learningRate: 1, steps: 100 });
    expect(distance(weights, truth)).toBeLessThan(0.2);
    expect(Number(bias)).toBeCloseTo(0.25, 0);
  });
});

describe("gauss-newton", () => {
  const fitted = curve.fitCurve(np.array([1, 0.5, 0], "float64"), curve.everything, 25);

  test("finds a minimum near the truth", () => {
    expect(distance(fitted, curve.truth)).toBeLessThan(0.1);
    const { gaussNewton, hessian } = curve.curvatures(fitted);
    expect(distance(gaussNewton, hessian)).toBeLessThan(0.05);
    for (const step of [
      [1e-3, 0, 0],
      [0, -1e-3, 0],
      [0, 0, 1e-3],
    ]) {
      const aside = fitted.add(np.array(step, "float64"));
      expect(Number(curve.loss(aside, curve.everything))).toBeGreaterThan(
        Number(curve.loss(fitted, curve.everything)),
      );
    }
  });

  test("foretells what the fit would be without one example", () => {
    for (const example of [3, 20]) {
      const foretold = curve.influence(fitted, example);
      const without = curve.fitCurve(fitted, curve.everything.at(example).set(0), 15).sub(fitted);
      expect(distance(foretold, without) / distance(without, np.zerosLike(without))).toBeLessThan(0.2);
    }
  });

  test("solves symmetric systems by products alone", () => {
    const a = np.array(
      [
        [4, 1],
        [1, 3],
      ],
      "float64",
    );
    const x = curve.conjugateGradient((v) => a.matmul(v), np.array([1, 2], "float64"));
    expect(distance(a.matmul(x), np.array([1, 2]))).toBeLessThan(1e-12);
  });
});

describe("custom-transform", () => {
  const coordinate = fc.double({ min: -4, max: 4, noNaN: true });
  const boxes = fc.array(fc.tuple(coordinate, coordinate, fc.double({ min: 0, max: 1, noNaN: true })), {
    minLength: 1,
    maxLength: 4,
  });
  const functions: readonly (readonly [string, (x: NDArray) => NDArray])[] = [
    ["sin(x) x + exp(-x)", (x) => np.sin(x).mul(x).add(np.exp(x.neg()))],
    ["x² - 3 x, compiled", jit((x: NDArray) => x.square().sub(x.mul(3)))],
    ["tanh of a sum", (x) => np.tanh(x.sum().mul(0.3)).add(x)],
  ];

  test.each(functions)("%s of any point of a box lies between its bounds", (_name, f) => {
    fc.assert(
      fc.property(boxes, (edges) => {
        const column = (pick: (edge: [number, number, number]) => number): NDArray =>
          np.array(edges.map(pick), "float64");
        const low = column(([a, b]) => Math.min(a, b));
        const high = column(([a, b]) => Math.max(a, b));
        const point = low.add(high.sub(low).mul(column(([, , share]) => share)));
        const [y, range] = [f(point), bounds(f)({ low, high })];
        const isInside = y.greaterEqual(range.low.sub(1e-9)).logicalAnd(y.lessEqual(range.high.add(1e-9)));
        expect(isInside.all().item()).toBe(true);
      }),
    );
  });

  test("bounds shrink to the value on points, and say which primitive has no rule", () => {
    const x = np.array([0.5, 2]);
    const range = bounds((y) => np.sin(y).mul(y))({ low: x, high: x });
    expect(distance(range.high, range.low)).toBe(0);
    expect(() => bounds(np.cos)({ low: x, high: x })).toThrow(/no rule for .* = cos b/);
  });

  test("a census counts primitives", () => {
    const closed = makeJaxpr((x: NDArray) => np.sin(np.sin(x)).mul(x))(1);
    expect(census(closed)).toEqual(
      new Map([
        ["sin", 2],
        ["mul", 1],
      ]),
    );
  });
});

describe("property-test", () => {
  test.each(Object.entries(properties))("%s", (_name, property) => {
    fc.assert(property as fc.IProperty<unknown>, { numRuns: 30 });
  });

  test("a wrong derivative is found", () => {
    expect(hasRightDerivatives(broken)(np.array([0.5, 2], "float64"))).toBe(false);
  });
});

describe("implicit-differentiation", () => {
  const [training, heldOut] = [implicit.draw(0, 20), implicit.draw(1, 200)] as const;
  const error = implicit.heldOutError(training, heldOut);

  test("has the derivative that differences show", () => {
    const at = np.array(-1.5, { dtype: "float64" });
    const h = 1e-4;
    const difference = (Number(error(at.add(h))) - Number(error(at.sub(h)))) / (2 * h);
    expect(Number(grad(error)(at))).toBeCloseTo(difference, 6);
  });

  test("finds the penalty with the least error", () => {
    const tuned = implicit.tune(error, 10);
    const least = Number(error(tuned));
    for (const aside of [-0.3, 0.3]) expect(Number(error(tuned.add(aside)))).toBeGreaterThan(least);
  });
});
