import { grad, jacfwd, jit, type NDArray, numpy as np, vmap } from "cotangent";
import { describe, expect, test } from "vitest";
import { loopFor, maximize, minimize } from "../../../examples/gradbench/descent.ts";
import { det, determinant } from "../../../examples/gradbench/evals/det.ts";
import { lstm } from "../../../examples/gradbench/evals/lstm.ts";
import { missed, particle } from "../../../examples/gradbench/evals/particle.ts";
import { saddle } from "../../../examples/gradbench/evals/saddle.ts";
import { differences, draw, expectClose, f64, output } from "./support.ts";

describe("det", () => {
  test.each([1, 2, 3, 5, 8])(
    "is the determinant, and its gradient that times the inverse, of %i rows",
    (n) => {
      const a = draw(n, n, n);
      const input = { A: [...a.toTypedArray()], ell: n };
      const expected = np.linalg.det(a);
      expectClose(output(det, "primal", input), expected.item());
      expectClose(output(det, "gradient", input), np.linalg.inv(a).T.mul(expected).ravel().toArray(), 1e-9);
    },
  );

  test("is polynomial: a matrix that can't be inverted has a gradient, too", () => {
    const a = f64([
      [1, 2, 3],
      [4, 5, 6],
      [7, 8, 9],
    ]);
    expect(grad(determinant)(a).toArray()).toEqual([
      [-3, 6, -3],
      [6, -12, 6],
      [-3, 6, -3],
    ]);
  });
});

test("determinants of a batch", () => {
  const batch = np.stack([np.identity(3, "float64"), np.ones([3, 3], "float64")]);
  expect(vmap(determinant)(batch).toArray()).toEqual([1, 0]);
});

describe("loops of descent", () => {
  const halvings = (mode: "forward" | "reverse", most: number) => (x: NDArray) =>
    loopFor(mode, most)(
      (y: NDArray) => y.greater(1),
      (y: NDArray) => y.mul(y).div(20),
      x,
    );

  test("have derivatives in both modes", () => {
    // 10 → 5 → 1.25 → 0.078125: x⁸/20⁷
    const slope = (8 * 10 ** 7) / 20 ** 7;
    expectClose(jacfwd(halvings("forward", 10))(f64(10)).item(), slope);
    expectClose(jit(grad(halvings("reverse", 10)))(f64(10)).item(), slope);
  });

  test("don't pass off as a result what isn't finished", () => {
    expect(halvings("reverse", 3)(f64(10)).item()).toBe(0.078125);
    expect(halvings("reverse", 2)(f64(10)).item()).toBeNaN();
  });

  test("find least and greatest values", () => {
    const bowl = (x: NDArray): NDArray => np.square(x.sub(f64([1, -2]))).sum();
    for (const mode of ["forward", "reverse"] as const) {
      expectClose(minimize(bowl, f64([0, 0]), mode).toArray(), [1, -2], 1e-4);
      expectClose(maximize((x) => bowl(x).neg(), f64([0, 0]), mode).toArray(), [1, -2], 1e-4);
    }
  });
});

const modes = ["ff", "fr", "rf", "rr"] as const;

describe("saddle", () => {
  test.each(modes)("is at the origin, %s", (mode) => {
    expectClose(output(saddle, mode, { start: [1, 1] }), [0, 0, 0, 0], 1e-4);
    expectClose(output(saddle, mode, { start: [0.5, -0.25] }), [0, 0, 0, 0], 1e-4);
  });
});

describe("particle", () => {
  /** The path in numbers, with the force of two charges written out. */
  const path = (w: number): number => {
    let [x, y, vx, vy] = [0, 8, 0.75, 0];
    while (y + vy * 0.1 > 0) {
      const [ax, ay, bx, by] = [x - 10, y - (10 - w), x - 10, y];
      const [a, b] = [Math.hypot(ax, ay) ** 3, Math.hypot(bx, by) ** 3];
      [x, y] = [x + vx * 0.1, y + vy * 0.1];
      [vx, vy] = [vx + 0.1 * (ax / a + bx / b), vy + 0.1 * (ay / a + by / b)];
    }
    return (x - (vx * y) / vy) ** 2;
  };

  test.each(modes)("crosses the axis where the force in closed form has it, %s", (mode) => {
    const [outer, inner] = [...mode].map((m) => (m === "f" ? "forward" : "reverse")) as [
      "forward",
      "forward",
    ];
    const f = jit(missed(outer, inner));
    expectClose(f(f64(0.1)).item(), path(0.1));
    const slope = outer === "forward" ? jacfwd(f) : grad(f);
    expectClose(slope(f64(0.1)).item(), differences(([w]) => path(w!), [0.1])[0], 1e-6);
  });

  test.each(modes)("is led to the origin, %s", (mode) => {
    const w = output(particle, mode, { w: 0 }) as number;
    expect(path(w)).toBeLessThan(1e-8);
    expect(path(0)).toBeGreaterThan(1e-3);
  });
});

describe("lstm", () => {
  const [layers, bits, length] = [2, 3, 5];
  const flat = { main: draw(1, 2 * layers, 4 * bits), extra: draw(2, 3, bits) };
  const state = draw(3, 2 * layers, bits).toArray() as number[][];
  const sequence = draw(4, length, bits).greater(0).astype("float64").toArray() as number[][];
  const input = { main_params: flat.main.toArray(), extra_params: flat.extra.toArray(), state, sequence };
  const weights = [...flat.main.toTypedArray(), ...flat.extra.toTypedArray()];

  /** Number by number. */
  const loss = (w: readonly number[]): number => {
    const main = (layer: number, kind: 0 | 1, gate: number, bit: number): number =>
      w[(2 * layer + kind) * 4 * bits + gate * bits + bit]!;
    const extra = (kind: number, bit: number): number => w[2 * layers * 4 * bits + kind * bits + bit]!;
    const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));
    const now = state.map((row) => [...row]);
    let total = 0;
    for (let t = 0; t + 1 < length; t++) {
      const outputs: number[] = [];
      for (let bit = 0; bit < bits; bit++) {
        let signal = sequence[t]![bit]! * extra(0, bit);
        for (let i = 0; i < layers; i++) {
          const [hidden, cell] = [now[2 * i]!, now[2 * i + 1]!];
          const gate = (g: number, x: number): number => x * main(i, 0, g, bit) + main(i, 1, g, bit);
          const forget = sigmoid(gate(0, signal));
          const ingate = sigmoid(gate(1, hidden[bit]!));
          const outgate = sigmoid(gate(2, signal));
          cell[bit] = cell[bit]! * forget + ingate * Math.tanh(gate(3, hidden[bit]!));
          hidden[bit] = outgate * Math.tanh(cell[bit]!);
          signal = hidden[bit]!;
        }
        outputs.push(signal * extra(1, bit) + extra(2, bit));
      }
      const normalizer = Math.log(outputs.reduce((sum, y) => sum + Math.exp(y), 2));
      for (let bit = 0; bit < bits; bit++) total += sequence[t + 1]![bit]! * (outputs[bit]! - normalizer);
    }
    return -total / ((length - 1) * bits);
  };

  test("is the loss, number by number, and has its gradient", () => {
    expectClose(output(lstm, "objective", input), loss(weights));
    expectClose(output(lstm, "jacobian", input), differences(loss, weights), 1e-8);
  });
});
