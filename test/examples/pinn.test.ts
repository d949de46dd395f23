import { type NDArray, numpy as np, random, tree, vmap } from "cotangent";
import { checkGrads } from "cotangent/testing";
import { isRight } from "fp-ts/lib/Either.js";
import { describe, expect, test } from "vitest";
import * as heat from "../../examples/pinn/heat.ts";

const key = random.key(0);
const params = heat.initialize(key);
const uniform = (seed: number, n: number): NDArray => random.uniform(random.key(seed), [n]);

describe("the physics-informed network", () => {
  test("is right at the beginning and at both ends, whatever it has learned", () => {
    const x = uniform(1, 20);
    const at = (places: NDArray, times: NDArray): NDArray =>
      vmap(heat.temperature, [null, 0, 0])(params, places, times);
    const atStart = at(x, np.zerosLike(x)).sub(heat.initialTemperature(x));
    expect(Number(np.abs(atStart).max())).toBe(0);
    for (const end of [0, 1]) expect(Number(np.abs(at(np.fullLike(x, end), x)).max())).toBeLessThan(1e-6);
  });

  test("has a residual made of the derivatives that differences show", () => {
    const wide = tree.map((p) => p.astype("float64"), params);
    const [x, t] = [np.array(0.3, "float64"), np.array(0.6, "float64")];
    const [h, u] = [1e-4, (dx: number, dt: number) => heat.temperature(wide, x.add(dx), t.add(dt))];
    const perTime = u(0, h)
      .sub(u(0, -h))
      .div(2 * h);
    const curvature = u(h, 0)
      .sub(u(0, 0).mul(2))
      .add(u(-h, 0))
      .div(h ** 2);
    expect(Number(heat.residual(wide, x, t))).toBeCloseTo(Number(perTime.sub(curvature.mul(0.1))), 5);
  });

  test("has the gradient of a loss made of second derivatives", () => {
    const wide = tree.map((p) => p.astype("float64"), params);
    const points = [uniform(2, 4).astype("float64"), uniform(3, 4).astype("float64")] as const;
    const report = checkGrads((p: heat.Params) => heat.loss(p, ...points), [wide], { order: 1, eps: 1e-4 });
    expect(isRight(report)).toBe(true);
  });

  test("comes close to the solution in a few steps", () => {
    expect(heat.relativeError(params, 20)).toBeGreaterThan(0.3);
    const solved = heat.solve(key, { steps: 600, points: 64, learningRate: 1e-2 });
    expect(heat.relativeError(solved, 20)).toBeLessThan(0.03);
  });
});
