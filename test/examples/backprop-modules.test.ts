import { grad, random, valueAndGrad } from "cotangent";
import { describe, expect, test } from "vitest";
import {
  accumulated,
  byModules,
  inFloat64,
  initialize,
  loss,
  train,
  treeDistance,
} from "../../examples/backprop/5-modular-layers.ts";
import { spirals } from "../../examples/backprop/spirals.ts";

describe("chapter 5, modular layers", () => {
  const params = inFloat64(initialize(random.key(0)));
  const points = inFloat64(spirals(random.key(1), 80));

  test("modules that go forward and back by hand give the loss and gradient of layers of nn", () => {
    const [byHand, [value, grads]] = [byModules(params, points), valueAndGrad(loss)(params, points)];
    expect(Number(byHand.loss)).toBeCloseTo(Number(value), 14);
    expect(treeDistance(byHand.grads, grads)).toBeLessThan(1e-14);
    expect(treeDistance(byHand.grads, params)).toBeGreaterThan(0.1);
  });

  test("gradients of parts add up to that of the whole batch", () => {
    const whole = grad(loss)(params, points);
    for (const parts of [2, 16]) {
      expect(treeDistance(accumulated(params, points, parts), whole)).toBeLessThan(1e-14);
    }
    const [params32, points32] = [initialize(random.key(0)), spirals(random.key(1), 80)];
    const whole32 = grad(loss)(params32, points32);
    expect(treeDistance(accumulated(params32, points32, 16), whole32)).toBeLessThan(1e-6);
  });

  test("the whole cycle learns to tell spirals apart, on points it has not seen", async () => {
    const history = await train(10);
    expect(history).toHaveLength(10);
    expect(history.at(-1)?.loss).toBeLessThan((history[0]?.loss as number) / 4);
    expect(history.at(-1)?.metrics["accuracy"]).toBeGreaterThan(0.95);
  });
});
