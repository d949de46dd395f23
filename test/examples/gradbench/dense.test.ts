import { grad, type NDArray, numpy as np } from "cotangent";
import { checkGrads } from "cotangent/testing";
import { describe, expect, test } from "vitest";
import { gmm, logPosterior, type Mixture } from "../../../examples/gradbench/evals/gmm.ts";
import { cost, kmeans } from "../../../examples/gradbench/evals/kmeans.ts";
import { llsq } from "../../../examples/gradbench/evals/llsq.ts";
import { lse } from "../../../examples/gradbench/evals/lse.ts";
import { ode } from "../../../examples/gradbench/evals/ode.ts";
import { differences, draw, expectClose, f64, output } from "./support.ts";

const range = (n: number): number[] => Array.from({ length: n }, (_, i) => i);
const sum = (xs: readonly number[]): number => xs.reduce((a, b) => a + b, 0);

describe("llsq", () => {
  const n = 7;
  const x = [0.5, -1, 2, 0.25];
  const loss = (c: readonly number[]): number =>
    sum(
      range(n).map((i) => {
        const t = -1 + (2 * i) / (n - 1);
        return (Math.sign(t) - sum(c.map((cj, j) => cj * t ** j))) ** 2 / 2;
      }),
    );

  test("is the sum of squares, by powers", () => {
    expectClose(output(llsq, "primal", { x, n }), loss(x));
  });

  test("has the gradient of differences", () => {
    expectClose(output(llsq, "gradient", { x, n }), differences(loss, x), 1e-8);
  });
});

describe("lse", () => {
  const x = [0.5, -3, 2, 1];

  test("is the logarithm of the sum, and its gradient the shares in it", () => {
    const exponentials = x.map(Math.exp);
    expectClose(output(lse, "primal", { x }), Math.log(sum(exponentials)));
    expectClose(
      output(lse, "gradient", { x }),
      exponentials.map((e) => e / sum(exponentials)),
    );
  });

  test("doesn't overflow", () => {
    expectClose(output(lse, "primal", { x: [1000, 1000] }), 1000 + Math.log(2));
    expectClose(output(lse, "gradient", { x: [1000, 1000] }), [0.5, 0.5]);
  });
});

describe("ode", () => {
  // y₀ = x₀t, y₁ = x₀x₁t²/2, …: polynomials, which Runge and Kutta's method gets right to degree 4.
  const x = [0.5, 2, -1.5, 0.75];
  const exact = (c: readonly number[]): number[] => {
    let y = 1;
    return c.map((ci, i) => {
      y *= (ci * 2) / (i + 1);
      return y;
    });
  };

  test.each([1, 3])("has the solution in closed form, in %i steps", (s) => {
    expectClose(output(ode, "primal", { x, s }), exact(x));
    const last = exact(x)[3]!;
    expectClose(
      output(ode, "gradient", { x, s }),
      x.map((xi) => last / xi),
    );
  });
});

describe("kmeans", () => {
  const points = draw(1, 20, 3);
  const centers = points
    .at(np.slice(4))
    .get()
    .add(draw(2, 4, 3).mul(0.1));
  const input = { points: points.toArray(), centroids: centers.toArray() };
  const all = input.points as number[][];

  const nearest = (c: readonly (readonly number[])[]): readonly [cost: number, which: number][] =>
    all.map((p) => {
      const squares = c.map((cj) => sum(cj.map((cji, i) => (cji - p[i]!) ** 2)));
      const least = Math.min(...squares);
      return [least, squares.indexOf(least)];
    });

  test("is the sum of the least distances, and has its gradient", () => {
    const list = input.centroids as number[][];
    expectClose(output(kmeans, "cost", input), sum(nearest(list).map(([least]) => least)));
    checkGrads((c: NDArray) => cost(points, c), [centers]);
  });

  test("Newton's step leads to the means of clusters", () => {
    const list = input.centroids as number[][];
    const clusters = nearest(list).map(([, which]) => which);
    const means = list.map((_, j) => {
      const members = all.filter((_, i) => clusters[i] === j);
      return range(3).map((axis) => sum(members.map((p) => p[axis]!)) / members.length);
    });
    expectClose(centers.sub(f64(output(kmeans, "dir", input))).toArray(), means);
  });
});

describe("gmm", () => {
  const [d, k, n, m, gamma] = [3, 2, 5, 2, 1.5];
  const x = draw(1, n, d);
  const mixture: Mixture = {
    alpha: draw(2, k),
    mu: draw(3, k, d),
    q: draw(4, k, d).mul(0.3),
    l: draw(5, k, (d * (d - 1)) / 2),
  };
  const plain = Object.fromEntries(Object.entries(mixture).map(([name, value]) => [name, value.toArray()]));
  const input = { d, k, n, m, gamma, x: x.toArray(), ...plain };

  /** From the densities themselves, with matrices inverted and determinants taken. */
  const direct = ({ alpha, mu, q, l }: Mixture): number => {
    const weights = np.exp(alpha).div(np.exp(alpha).sum());
    const precisions = range(k).map((i) => {
      const [a, b, c] = [...l.at(i).get()] as [NDArray, NDArray, NDArray];
      const [e, f, g] = [...np.exp(q.at(i).get())] as [NDArray, NDArray, NDArray];
      const Q = f64([
        [Number(e), 0, 0],
        [Number(a), Number(f), 0],
        [Number(b), Number(c), Number(g)],
      ]);
      return Q.T.matmul(Q);
    });
    const density = (p: NDArray, i: number): number => {
      const [P, away] = [precisions[i]!, p.sub(mu.at(i).get())];
      const square = Number(away.matmul(P).dot(away));
      return Math.exp(-square / 2) / Math.sqrt((2 * Math.PI) ** d / Number(np.linalg.det(P)));
    };
    const likelihood = sum(
      [...x].map((p) => Math.log(sum(range(k).map((i) => Number(weights.at(i).get()) * density(p, i))))),
    );
    // Γ₃(a) = π^(3/2) Γ(a) Γ(a − 1/2) Γ(a − 1), at a = freedom/2 = 3: Γ(3) = 2, Γ(5/2) = 3√π/4, Γ(2) = 1.
    const freedom = d + m + 1;
    const multigamma = Math.PI ** 1.5 * 2 * ((3 * Math.sqrt(Math.PI)) / 4);
    const prior = sum(
      precisions.map((P) => {
        const [det, trace] = [Number(np.linalg.det(P)), gamma ** 2 * Number(np.trace(P))];
        const scale = 2 ** ((freedom * d) / 2) * gamma ** (-freedom * d) * multigamma;
        return Math.log((det ** ((freedom - d - 1) / 2) * Math.exp(-trace / 2)) / scale);
      }),
    );
    return likelihood + prior;
  };

  test("is the logarithm of the densities themselves", () => {
    expectClose(output(gmm, "objective", input), direct(mixture));
  });

  test("has the gradient of differences of those", () => {
    const names = ["alpha", "mu", "q", "l"] as const;
    const jacobian = output(gmm, "jacobian", input) as Record<(typeof names)[number], unknown>;
    for (const name of names) {
      const value = mixture[name];
      const f = (xs: readonly number[]): number =>
        direct({ ...mixture, [name]: np.array(xs, "float64").reshape(value.shape) });
      const expected = differences(f, [...value.toTypedArray()]);
      expectClose(jacobian[name], np.array(expected, "float64").reshape(value.shape).toArray(), 1e-7);
    }
  });

  test("differentiates twice", () => {
    checkGrads(
      (alpha: NDArray) => grad(logPosterior(x, { m, gamma }))({ ...mixture, alpha }).alpha.sum(),
      [mixture.alpha],
    );
    expect(Object.keys(plain)).toHaveLength(4);
  });
});
