import { DifferentiationError, grad, jit, lax, type NDArray, numpy as np, scipy, vmap } from "cotangent";
import { checkGrads } from "cotangent/testing";
import { describe, expect, test } from "vitest";

const { special, stats } = scipy;
const f64 = (xs: number | readonly number[]): NDArray => np.array(xs as number[], { dtype: "float64" });
const numbers = (x: NDArray): number[] => Array.from(x.toTypedArray());
const both = (f: (...xs: NDArray[]) => NDArray, ...xs: NDArray[]): readonly number[][] => [
  numbers(f(...xs)),
  numbers(jit(f)(...xs)),
];

describe("incomplete gamma functions", () => {
  const a = f64([0.5, 3, 20, 500, 2e6, 1e12]);
  const x = f64([0.2, 7, 18, 520, 2.001e6, 1e12]);

  test("P and Q add up to 1", () => {
    for (const sums of both((p, q) => np.add(special.gammainc(p, q), special.gammaincc(p, q)), a, x)) {
      for (const sum of sums) expect(sum).toBeCloseTo(1, 13);
    }
  });

  test("values at whole shapes are sums of exponentials", () => {
    // Q(3, x) = e^−x (1 + x + x²/2)
    for (const [value] of both(special.gammaincc, f64([3]), f64([7])))
      expect(value).toBeCloseTo(Math.exp(-7) * (1 + 7 + 24.5), 15);
  });

  test("ends of the domain", () => {
    const shapes = f64([0, 0, 1, 1, -1, 1, Number.NaN, Number.POSITIVE_INFINITY]);
    const points = f64([0, 1, 0, Number.POSITIVE_INFINITY, 1, -1, 1, 1]);
    for (const values of both(special.gammainc, shapes, points))
      expect(values).toEqual([Number.NaN, 1, 0, 1, Number.NaN, Number.NaN, Number.NaN, 0]);
    for (const values of both(special.gammaincc, shapes, points))
      expect(values).toEqual([Number.NaN, 0, 1, 0, Number.NaN, Number.NaN, Number.NaN, 1]);
  });

  test("a sample moves as its quantile does", () => {
    // P(a, x) stays along the curve, so dx/da · p + ∂P/∂a = 0.
    const density = stats.gamma.pdf(x, a);
    const moved = np.add(np.multiply(lax.randomGammaGrad(a, x), density), lax.igammaGradA(a, x));
    for (const value of numbers(moved).slice(0, 5)) expect(Math.abs(value)).toBeLessThan(1e-12);
  });

  test("come to an end whatever the size of their arguments", () => {
    const sizes = [1e-300, 7e-38, 1e-5, 0.3, 1, 40, 1e5, 9.9e5, 1e8, 1e33, 1e300];
    const pairs = sizes.flatMap((p) => sizes.map((q) => [p, q] as const));
    const [shapes, points] = [0, 1].map((k) => f64(pairs.map((pair) => pair[k] as number))) as [
      NDArray,
      NDArray,
    ];
    for (const values of both(
      (p, q) => np.add(special.gammainc(p, q), special.gammaincc(p, q)),
      shapes,
      points,
    ))
      for (const sum of values) expect(sum).toBeCloseTo(1, 9);
    for (const values of both(lax.igammaGradA, shapes, points))
      for (const v of values) expect(v).toBeLessThan(1e-9);
    for (const values of both(lax.randomGammaGrad, shapes, points))
      for (const v of values) expect(v).not.toBeNaN();
    for (const middle of [0.5, 0.1]) {
      const [near, far] = both((p, q) => special.betainc(p, q, middle), shapes, points);
      expect(near?.every((v, i) => Object.is(v, far?.[i]) || Math.abs(v - (far?.[i] as number)) < 1e-9)).toBe(
        true,
      );
    }
  });

  test("the derivative with respect to the shape agrees with finite differences", () => {
    checkGrads((p: NDArray) => special.gammainc(p, f64([0.4, 2, 11])), [f64([0.7, 3, 9])], { order: 1 });
  });
});

describe("refused derivatives say with respect to what", () => {
  test.each([
    ["betainc", () => grad((p: NDArray) => np.sum(special.betainc(p, 2, 0.5)))(f64(2)), "a"],
    ["igammaGradA", () => grad((p: NDArray) => np.sum(lax.igammaGradA(p, f64(2))))(f64(2)), "a"],
    ["zeta", () => grad((p: NDArray) => np.sum(special.zeta(p, 2)))(f64(2)), "the exponent s"],
  ])("%s", (name, call, argument) => {
    expect(call).toThrow(DifferentiationError);
    expect(call).toThrow(name);
    expect(call).toThrow(argument);
    expect(call).toThrow("stopGradient");
  });
});

describe("laws", () => {
  test("distribution functions and quantiles undo each other", () => {
    const p = f64([1e-12, 0.01, 0.3, 0.5, 0.9, 0.999]);
    for (const d of [stats.norm, stats.logistic, stats.cauchy]) {
      numbers(d.cdf(d.ppf(p, 1, 2), 1, 2)).forEach((value, i) => {
        const wanted = numbers(p)[i] as number;
        expect(Math.abs(value - wanted)).toBeLessThan(1e-4 * wanted);
      });
    }
    numbers(special.ndtr(special.ndtri(p))).forEach((value, i) => {
      expect(Math.abs(value / (numbers(p)[i] as number) - 1)).toBeLessThan(1e-13);
    });
  });

  test("derivatives of distribution functions are densities", () => {
    const x = f64([0.3, 0.6, 0.9]);
    const slope = (f: (y: NDArray) => NDArray): number[] => numbers(vmap(grad(f))(x));
    const pairs: readonly (readonly [(y: NDArray) => NDArray, (y: NDArray) => NDArray])[] = [
      [(y) => stats.norm.cdf(y, 0.1, 2), (y) => stats.norm.pdf(y, 0.1, 2)],
      [(y) => stats.gamma.cdf(y, 2.5), (y) => stats.gamma.pdf(y, 2.5)],
      [(y) => stats.beta.cdf(y, 2.5, 0.7), (y) => stats.beta.pdf(y, 2.5, 0.7)],
      [(y) => stats.cauchy.cdf(y), (y) => stats.cauchy.pdf(y)],
      [(y) => stats.laplace.cdf(y), (y) => stats.laplace.pdf(y)],
      [(y) => stats.logistic.cdf(y), (y) => stats.logistic.pdf(y)],
      [(y) => stats.expon.cdf(y), (y) => stats.expon.pdf(y)],
    ];
    for (const [cdf, pdf] of pairs) {
      const density = numbers(pdf(x));
      slope(cdf).forEach((value, i) => {
        expect(value).toBeCloseTo(density[i] as number, 11);
      });
    }
  });

  test("polygamma is right where factorials leave float64", () => {
    // 171! ζ(172, 30.5), by mpmath.
    for (const [value] of both(special.polygamma, f64([171]), f64([30.5])))
      expect((value as number) / 6.25029486456195e53).toBeCloseTo(1, 12);
  });

  test("second derivatives agree with finite differences", () => {
    const x = f64([0.3, 0.6, 2.5]);
    for (const f of [special.i0, special.i1, special.logNdtr, special.entr, special.gamma])
      checkGrads((y: NDArray) => np.sum(f(y)), [x]);
    checkGrads((y: NDArray) => np.sum(special.gammainc(f64([1, 2, 5]), y)), [x]);
    checkGrads((y: NDArray, s: NDArray) => np.sum(stats.t.logpdf(y, s)), [x, f64([1, 4, 9])]);
  });

  test("logNdtr keeps its digits far out", () => {
    // −x²/2 − log(−x) − log √(2π) + log(1 − 1/x² + 3/x⁴) at −1e4.
    const expected = -5e7 - Math.log(1e4) - 0.5 * Math.log(2 * Math.PI) - 1e-8;
    for (const [value] of both(special.logNdtr, f64([-1e4])))
      expect(Math.abs((value as number) / expected - 1)).toBeLessThan(1e-15);
    expect(numbers(vmap(grad(special.logNdtr))(np.array([-1e4, -30, 40])))).toEqual(
      [1e4, 30.033, 0].map((y) => expect.closeTo(y, 2)),
    );
  });
});

describe("multigammaln", () => {
  const a = f64([2.5, 3, 7.25]);

  test("is gammaln in one dimension, and a sum of them in more", () => {
    for (const [i, values] of both((x) => special.multigammaln(x, 1), a).entries())
      expect(values).toEqual(both(special.gammaln, a)[i]);
    const by = (j: number): NDArray => special.gammaln(np.subtract(a, j / 2));
    const expected = numbers(np.add(np.add(by(0), by(1)), by(2)).add(1.5 * Math.log(Math.PI)));
    for (const values of both((x) => special.multigammaln(x, 3), a))
      expect(values).toEqual(expected.map((y) => expect.closeTo(y, 12)));
  });

  test("has derivatives and keeps the dtype", () => {
    checkGrads((x: NDArray) => np.sum(special.multigammaln(x, 4)), [a]);
    expect(special.multigammaln(np.array([3]), 2).dtype).toBe("float32");
    expect(special.multigammaln(3, 2).dtype).toBe("float32");
  });

  test("refuses a dimension that is none", () => {
    expect(() => special.multigammaln(a, 0)).toThrow("multigammaln: d must be a whole number from 1; got 0.");
    expect(() => special.multigammaln(a, 1.5)).toThrow("got 1.5");
  });
});

describe("refusals", () => {
  test("dirichlet and multivariateNormal say which lengths do not fit", () => {
    expect(() => stats.dirichlet.logpdf(np.ones(4), np.ones(2))).toThrow(/dirichlet.logpdf.*float32\[4\]/);
    expect(() => stats.multivariateNormal.logpdf(np.ones(3), np.ones(2), np.eye(2))).toThrow(
      /multivariateNormal.logpdf.*2×2.*float32\[3\]/,
    );
    expect(() => stats.multivariateNormal.pdf(1, 0, np.eye(2))).toThrow("scalar");
  });

  test("shapes that do not broadcast", () => {
    expect(() => stats.norm.logpdf(np.ones(3), np.ones(2))).toThrow(/norm.logpdf.*\[3\].*\[2\]/);
    expect(() => special.xlogy(np.ones(3), np.ones(2))).toThrow(/xlogy/);
  });
});
