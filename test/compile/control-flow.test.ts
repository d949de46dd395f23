import { grad, jit, lax, type NDArray, numpy as np, vmap } from "cotangent";
import { expect, test } from "vitest";
import { filled, requireNear } from "./support.ts";

const SAME = { ulps: 16, ofLargest: 1e-6 };
const x = filled([5], "float32", (i) => 0.1 + i / 5);
const whole = (value: number): NDArray => np.array(value, { dtype: "int32" });

const grown = (start: NDArray): NDArray =>
  lax.whileLoop(
    (c: NDArray) => np.less(np.sum(c), 20),
    (c: NDArray) => np.multiply(c, 1.3),
    start,
  );
const chosen = (index: NDArray, operand: NDArray): NDArray =>
  lax.switch(
    index,
    [(a: NDArray) => np.sin(a), (a: NDArray) => np.cumsum(a), (a: NDArray) => np.multiply(a, 2)],
    operand,
  );
const either = (operand: NDArray): NDArray =>
  np.sum(
    lax.cond(
      np.greater(np.sum(operand), 1),
      (a: NDArray) => np.multiply(np.sin(a), a),
      (a: NDArray) => np.cumsum(a),
      operand,
    ),
  );

test("whileLoop, cond and switch are loops and branches inside the module", () => {
  expect(jit(grown).lower(x).text()).toContain("\nwhile\n");
  expect(jit(chosen).lower(whole(0), x).text()).toContain("branch in0");
  expect(jit(either).lower(x).text()).toContain("\nbranch ");
});

test("compiled, they give what they give evaluated", () => {
  for (const scale of [0.01, 1, 30]) {
    const start = np.multiply(x, scale);
    requireNear([jit(grown)(start)], [grown(start)], SAME);
    requireNear([jit(either)(start)], [either(start)], SAME);
    requireNear([jit(grad(either))(start)], [grad(either)(start)], SAME);
  }
  for (const index of [-1, 0, 1, 2, 7])
    requireNear([jit(chosen)(whole(index), x)], [chosen(whole(index), x)], SAME);
  const batch = np.stack([x, np.multiply(x, 5), np.multiply(x, 40)]);
  const mapped = (xs: NDArray): NDArray => vmap(grown)(xs);
  requireNear([jit(mapped)(batch)], [mapped(batch)], SAME);
});
