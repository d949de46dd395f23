import { fc, test as property } from "@fast-check/vitest";
import { describe, expect, test } from "vitest";
import { arrayFrom, isFloat, type NDArray } from "../../src/array/index.ts";
import { ArgumentError, DTypeError, ShapeError } from "../../src/core/index.ts";
import "../../src/numpy/methods.ts";
import * as random from "../../src/random/index.ts";
import { allClose } from "../../src/testing/index.ts";
import { grad } from "../../src/transforms/grad.ts";
import { jit } from "../../src/transforms/jit.ts";
import { vmap } from "../../src/transforms/vmap.ts";
import { gammaShare, logGamma } from "./support/fit.ts";

const matrix = arrayFrom([
  [1, 2, 3],
  [4, 5, 6],
]);
const p = arrayFrom([0.5, 0.2, 0.3]);

/** A sample of everything there is. */
const samplers: { readonly [name: string]: (key: NDArray) => NDArray } = {
  split: (key) => random.split(key, [2, 2]),
  foldIn: (key) => random.foldIn(key, 7),
  bits: (key) => random.bits(key, [3]),
  uniform: (key) => random.uniform(key, [2, 3], { minval: -1, maxval: arrayFrom([1, 2, 3]) }),
  "uniform of float64": (key) => random.uniform(key, [4], { dtype: "float64" }),
  normal: (key) => random.normal(key, [4]),
  truncatedNormal: (key) => random.truncatedNormal(key, -1, arrayFrom([1, 2])),
  randint: (key) => random.randint(key, [5], -3, 12),
  bernoulli: (key) => random.bernoulli(key, p),
  "bernoulli, high": (key) => random.bernoulli(key, 0.5, [4], { mode: "high" }),
  exponential: (key) => random.exponential(key, [3]),
  laplace: (key) => random.laplace(key, [3]),
  logistic: (key) => random.logistic(key, [3]),
  cauchy: (key) => random.cauchy(key, [3]),
  gumbel: (key) => random.gumbel(key, [3]),
  "gumbel, high": (key) => random.gumbel(key, [3], { mode: "high" }),
  categorical: (key) => random.categorical(key, matrix, { shape: [4, 2] }),
  "categorical without replacement": (key) =>
    random.categorical(key, matrix, { shape: [2, 2], replace: false }),
  permutation: (key) => random.permutation(key, 7),
  "permutation of rows": (key) => random.permutation(key, matrix),
  "permutation within rows": (key) => random.permutation(key, matrix, 1, { independent: true }),
  choice: (key) => random.choice(key, matrix, { shape: [2, 2], axis: 1 }),
  "choice without replacement": (key) => random.choice(key, 9, { shape: [4], replace: false }),
  "choice with probabilities": (key) => random.choice(key, matrix, { shape: [6], axis: 1, p }),
  "choice with probabilities, without replacement": (key) =>
    random.choice(key, 3, { shape: [2], p, replace: false }),
  gamma: (key) => random.gamma(key, matrix),
  "gamma of float64": (key) => random.gamma(key, 0.5, [3], { dtype: "float64" }),
  loggamma: (key) => random.loggamma(key, p),
  beta: (key) => random.beta(key, matrix, p),
  dirichlet: (key) => random.dirichlet(key, matrix, [2, 2]),
  chisquare: (key) => random.chisquare(key, p),
  t: (key) => random.t(key, 3, [4]),
  f: (key) => random.f(key, p, 4, [2, 3]),
  rayleigh: (key) => random.rayleigh(key, p),
  weibullMin: (key) => random.weibullMin(key, p, 2, [2, 3]),
  pareto: (key) => random.pareto(key, p),
  maxwell: (key) => random.maxwell(key, [3]),
  doubleSidedMaxwell: (key) => random.doubleSidedMaxwell(key, p, 2),
  lognormal: (key) => random.lognormal(key, p),
  triangular: (key) => random.triangular(key, 0, p, 1, [2, 3]),
  wald: (key) => random.wald(key, p),
  rademacher: (key) => random.rademacher(key, [8]),
  generalizedNormal: (key) => random.generalizedNormal(key, 3, [4]),
  ball: (key) => random.ball(key, 3, 1.5, [2]),
  geometric: (key) => random.geometric(key, p),
  poisson: (key) => random.poisson(key, arrayFrom([0.5, 4, 40])),
  binomial: (key) => random.binomial(key, arrayFrom([5, 100, 1000]), p),
  multinomial: (key) => random.multinomial(key, 50, p),
  multivariateNormal: (key) =>
    random.multivariateNormal(
      key,
      matrix,
      arrayFrom([
        [2, 1, 0],
        [1, 2, 1],
        [0, 1, 2],
      ]),
    ),
};

describe.each(Object.entries(samplers))("%s", (_name, sample) => {
  test("is the same under jit", () => {
    const key = random.key(3);
    const compiled = jit(sample);
    for (const k of [key, random.key(4)]) {
      const [got, expected] = [compiled(k), sample(k)];
      // Compiled logarithms differ in the last digits.
      if (isFloat(got.dtype)) expect(allClose(got, expected, { rtol: 2e-6, atol: 2e-6 })).toBe(true);
      else expect(got.toArray()).toEqual(expected.toArray());
    }
  });

  test("of a batch of keys is a loop over them", () => {
    const keys = random.split(random.key(5), 8);
    const rows = (keys.toArray() as number[][]).map((words) => sample(arrayFrom(words, "uint32")).toArray());
    expect(vmap(sample)(keys).toArray()).toEqual(rows);
    expect(new Set(rows.map((row) => JSON.stringify(row))).size).toBeGreaterThan(1);
  });

  test("takes keys only", () => {
    for (const notKey of [arrayFrom([0, 1], "int32"), arrayFrom([[0, 1]], "uint32")]) {
      expect(() => sample(notKey)).toThrow(ArgumentError);
    }
    expect(() => sample(0 as unknown as NDArray)).toThrow(/expected a random key, uint32\[2\]/);
  });
});

const seeds = fc.maxSafeInteger();
const numbers = (x: NDArray): number[] => [...x.toTypedArray()];
const sum = (xs: readonly number[]): number => xs.reduce((total, x) => total + x, 0);

describe("keys", () => {
  property.prop([seeds])("hold a seed as two words", (seed) => {
    const [upper, lower] = numbers(random.key(seed)) as [number, number];
    expect(BigInt.asIntN(64, (BigInt(upper) << 32n) + BigInt(lower))).toBe(BigInt(seed));
  });

  test("can be made of an array, traced or not", () => {
    const seed = arrayFrom(12, "int32");
    expect(random.key(seed).toArray()).toEqual([0, 12]);
    expect(jit(random.key)(seed).toArray()).toEqual([0, 12]);
    expect(random.key(arrayFrom(-1, "int32")).toArray()).toEqual([0, 2 ** 32 - 1]);
  });

  test("of foldIn wrap signed numbers and take traced ones", () => {
    const key = random.key(0);
    const minusOne = random.foldIn(key, arrayFrom(-1, "int32")).toArray();
    expect(minusOne).toEqual(random.foldIn(key, 2 ** 32 - 1).toArray());
    expect(jit(random.foldIn)(key, arrayFrom(5, "int32")).toArray()).toEqual(random.foldIn(key, 5).toArray());
  });

  property.prop([seeds, fc.integer({ min: 1, max: 20 })])(
    "of split are the first of a longer split",
    (seed, n) => {
      const key = random.key(seed);
      const longer = random.split(key, n + 3).toArray() as number[][];
      expect(random.split(key, n).toArray()).toEqual(longer.slice(0, n));
      expect(new Set(longer.map(String)).size).toBe(n + 3);
    },
  );
});

describe("numbers", () => {
  property.prop([
    seeds,
    fc.float({ min: -100, max: 100, noNaN: true }),
    fc.float({ min: Math.fround(0.01), max: 100, noNaN: true }),
  ])("of uniform lie in their range", (seed, minval, width) => {
    const maxval = minval + width;
    for (const x of numbers(random.uniform(random.key(seed), [50], { minval, maxval }))) {
      expect(x).toBeGreaterThanOrEqual(Math.fround(minval));
      expect(x).toBeLessThanOrEqual(Math.fround(maxval));
    }
  });

  const int32 = fc.integer();
  property.prop([seeds, int32, int32])("of randint lie in their range", (seed, a, b) => {
    const [low, high] = [Math.min(a, b), Math.max(a, b)];
    for (const x of numbers(random.randint(random.key(seed), [20], low, high + 1))) {
      expect(x).toBeGreaterThanOrEqual(low);
      expect(x).toBeLessThanOrEqual(high);
    }
  });

  property.prop([seeds, fc.integer({ min: 0, max: 40 })])("of permutation come once each", (seed, n) => {
    const order = numbers(random.permutation(random.key(seed), n));
    expect(order.sort((a, b) => a - b)).toEqual([...Array(n).keys()]);
  });

  property.prop([seeds, fc.integer({ min: 1, max: 12 })])(
    "of choice without replacement differ",
    (seed, draws) => {
      const shape = [draws];
      for (const weights of [null, arrayFrom(Array.from({ length: 12 }, (_, i) => i + 1))]) {
        const drawn = numbers(random.choice(random.key(seed), 12, { shape, replace: false, p: weights }));
        expect(new Set(drawn).size).toBe(draws);
      }
    },
  );

  property.prop([seeds])("of choice with probability 0 never come", (seed) => {
    const drawn = numbers(random.choice(random.key(seed), 4, { shape: [50], p: [0, 0.5, 0, 0.5] }));
    expect(drawn.every((x) => x === 1 || x === 3)).toBe(true);
  });

  property.prop([seeds])("of truncatedNormal lie strictly between their bounds", (seed) => {
    for (const x of numbers(random.truncatedNormal(random.key(seed), -0.5, 0.25, [100]))) {
      expect(x).toBeGreaterThan(-0.5);
      expect(x).toBeLessThan(0.25);
    }
  });

  test.each([
    ["uniform", random.uniform, 1 / 2, 1 / 12],
    ["normal", random.normal, 0, 1],
    ["exponential", random.exponential, 1, 1],
    ["laplace", random.laplace, 0, 2],
    ["logistic", random.logistic, 0, Math.PI ** 2 / 3],
    ["gumbel", random.gumbel, 0.5772156649, Math.PI ** 2 / 6],
  ] as const)("of %s have its mean and variance", (_name, sample, mean, variance) => {
    const n = 20000;
    const xs = numbers(sample(random.key(99), [n], { dtype: "float64" }));
    const average = sum(xs) / n;
    expect(Math.abs(average - mean)).toBeLessThan(4 * Math.sqrt(variance / n));
    expect(sum(xs.map((x) => (x - average) ** 2)) / n / variance).toBeCloseTo(1, 1);
  });

  test("of categorical come as often as they should", () => {
    const logits = arrayFrom([Math.log(1), Math.log(2), Math.log(5)]);
    const drawn = numbers(random.categorical(random.key(1), logits, { shape: [8000] }));
    const counts = [0, 1, 2].map((category) => drawn.filter((x) => x === category).length);
    [1000, 2000, 5000].forEach((expected, i) => {
      expect(Math.abs((counts[i] as number) - expected)).toBeLessThan(5 * Math.sqrt(expected));
    });
  });
});

describe("derivatives", () => {
  test.each([0.3, 0.9, 1, 2.5, 40])(
    "of gamma numbers keep the share below them, for a parameter of %d",
    (a) => {
      const key = random.key(6);
      const h = a * 1e-4;
      const at = arrayFrom(a, "float64");
      const x = random.gamma(key, at).item() as number;
      const shift = (gammaShare(a + h, x) - gammaShare(a - h, x)) / (2 * h);
      const slope = -shift / Math.exp((a - 1) * Math.log(x) - x - logGamma(a));
      expect(grad((y: NDArray) => random.gamma(key, y))(at).item() as number).toBeCloseTo(slope, 5);
      expect(grad((y: NDArray) => random.loggamma(key, y))(at).item() as number).toBeCloseTo(slope / x, 4);
      expect(jit(grad((y: NDArray) => random.gamma(key, y)))(at).item() as number).toBeCloseTo(slope, 5);
    },
  );

  test("of a loss over gamma numbers estimate that of its mean", () => {
    // The mean of x² is a (a + 1), whose derivative is 2 a + 1.
    const meanSquare = (a: NDArray): NDArray => {
      const x = random.gamma(random.key(3), a, [20000]);
      return x.mul(x).mean();
    };
    expect(grad(meanSquare)(1.5).item() as number).toBeCloseTo(4, 0);
  });

  test("of counts are zero, or refused where samples are floats", () => {
    const key = random.key(4);
    const scaled = (lam: NDArray): NDArray => random.poisson(key, lam).astype("float32").mul(lam);
    expect(grad(scaled)(5).item()).toBe(random.poisson(key, 5).item());
    expect(() => grad((p: NDArray) => random.binomial(key, 10, p))(0.3)).toThrow(
      /randomBinomial has no JVP rule/,
    );
  });

  test("go through the bounds of uniform and through what is shuffled", () => {
    const key = random.key(2);
    const u = random.uniform(key, []).item() as number;
    const spread = (width: NDArray): NDArray => random.uniform(key, [], { minval: 0, maxval: width });
    expect(grad(spread)(3).item()).toBeCloseTo(u, 6);
    const first = (x: NDArray): NDArray => random.choice(key, x);
    const gradient = numbers(grad(first)(arrayFrom([1, 2, 3])));
    expect(gradient.filter((g) => g === 1)).toHaveLength(1);
    expect(sum(gradient)).toBe(1);
  });
});

describe("parameters of samplers", () => {
  const key = random.key(0);
  const at = (x: NDArray): unknown => x.toArray();

  test("that mean nothing give NaN, or -1 where there are whole numbers only", () => {
    const bad = arrayFrom([-1, -0.5, Number.NaN]);
    expect(at(random.gamma(key, bad))).toEqual([Number.NaN, Number.NaN, Number.NaN]);
    expect(at(random.loggamma(key, bad))).toEqual([Number.NaN, Number.NaN, Number.NaN]);
    expect(at(random.poisson(key, bad))).toEqual([-1, -1, -1]);
    expect(at(random.poisson(key, bad, null, { dtype: "uint32" }))).toEqual(Array(3).fill(2 ** 32 - 1));
    expect(at(random.binomial(key, bad, 0.5))).toEqual([Number.NaN, Number.NaN, Number.NaN]);
    expect(at(random.binomial(key, 5, arrayFrom([-0.1, 1.1, Number.NaN])))).toEqual(
      Array(3).fill(Number.NaN),
    );
  });

  test("that are at the ends of their range give what stands there", () => {
    const infinite = Number.POSITIVE_INFINITY;
    expect(at(random.gamma(key, arrayFrom([0, infinite])))).toEqual([0, infinite]);
    expect(at(random.loggamma(key, arrayFrom([0, infinite])))).toEqual([-infinite, infinite]);
    expect(at(random.poisson(key, arrayFrom([0, 1e30])))).toEqual([0, 2 ** 31 - 1]);
    expect(at(random.binomial(key, arrayFrom([0, 7, 7, infinite]), arrayFrom([0.5, 0, 1, 0.5])))).toEqual([
      0,
      0,
      7,
      infinite,
    ]);
    expect(at(random.geometric(key, arrayFrom([1, 0])))).toEqual([1, 2 ** 31 - 1]);
  });

  test("decide the dtype unless it is given", () => {
    const double = arrayFrom([0.5, 2], "float64");
    expect(random.gamma(key, double).dtype).toBe("float64");
    expect(random.gamma(key, arrayFrom([1, 2], "int32")).dtype).toBe("float32");
    expect(random.beta(key, 1, double).dtype).toBe("float64");
    expect(random.gamma(key, double, null, { dtype: "float32" }).dtype).toBe("float32");
    expect(random.binomial(key, 3, 0.5).dtype).toBe("float32");
  });

  test("the logarithms of gamma numbers are those of loggamma", () => {
    const a = arrayFrom([0.2, 0.9, 1, 3, 50], "float64");
    const [x, y] = [random.gamma(key, a, [20, 5]), random.loggamma(key, a, [20, 5])];
    x.toTypedArray().forEach((value: number, i: number) => {
      expect(Math.exp(y.toTypedArray()[i] as number) / value).toBeCloseTo(1, 11);
    });
  });
});

describe("refusals", () => {
  const key = random.key(0);
  test.each([
    ["a seed that is no integer", () => random.key(0.5), ArgumentError, /safe integer; got number 0.5/],
    ["a seed of floats", () => random.key(arrayFrom(1)), DTypeError, /int32 or uint32; got float32/],
    ["data beyond 32 bits", () => random.foldIn(key, 2 ** 32), ArgumentError, /2\^32 - 1; got 4294967296/],
    ["a number as a shape", () => random.normal(key, 3 as never), ArgumentError, /shape must be an array/],
    ["a negative length", () => random.normal(key, [-1]), RangeError, /at least 0; got \[-1\]/],
    [
      "a dtype of integers",
      () => random.normal(key, [], { dtype: "int32" }),
      DTypeError,
      /normal: dtype must be/,
    ],
    [
      "bounds of another shape",
      () => random.uniform(key, [2], { minval: p }),
      ShapeError,
      /minval, float32\[3\]/,
    ],
    [
      "a fraction as a bound",
      () => random.randint(key, [2], 0, 2.5),
      ArgumentError,
      /maxval must be a whole/,
    ],
    [
      "bits of a signed type",
      () => random.bits(key, [], { dtype: "int8" }),
      DTypeError,
      /"uint8", "uint16" or "uint32"; got "int8"/,
    ],
    [
      "an unknown mode",
      () => random.gumbel(key, [], { mode: "x" as "low" }),
      ArgumentError,
      /"low" or "high"/,
    ],
    [
      "a scalar to permute",
      () => random.permutation(key, arrayFrom(3, "int32")),
      ArgumentError,
      /array with axes/,
    ],
    ["a choice of nothing", () => random.choice(key, 0), ArgumentError, /no elements to draw from/],
    [
      "more choices than elements",
      () => random.choice(key, 3, { shape: [2, 2], replace: false }),
      ArgumentError,
      /asks for 4 of 3 elements/,
    ],
    ["too few probabilities", () => random.choice(key, 4, { p }), ShapeError, /each of the 4 elements/],
    [
      "more categories than there are",
      () => random.categorical(key, p, { shape: [4], replace: false }),
      ArgumentError,
      /4 different categories, but there are 3/,
    ],
    [
      "a shape that logits do not fit",
      () => random.categorical(key, matrix, { shape: [3] }),
      ShapeError,
      /logits/,
    ],
  ] as const)("%s", (_what, f, error, message) => {
    expect(f).toThrow(error);
    expect(f).toThrow(message);
  });

  test.each([
    [
      "a parameter of another shape",
      () => random.gamma(key, p, [2]),
      ShapeError,
      /gamma: a, float32\[3\], does not broadcast to the shape of the sample, \[2\]/,
    ],
    [
      "parameters that do not fit each other",
      () => random.beta(key, p, arrayFrom([1, 2])),
      ShapeError,
      /beta: float32\[3\] and float32\[2\] do not broadcast together/,
    ],
    [
      "integers of gamma",
      () => random.gamma(key, 1, [], { dtype: "int32" }),
      DTypeError,
      /gamma: dtype must/,
    ],
    [
      "floats of poisson",
      () => random.poisson(key, 1, [], { dtype: "float32" as "int32" }),
      DTypeError,
      /poisson: dtype must be "int32" or "uint32"; got "float32"/,
    ],
    [
      "a scalar for dirichlet",
      () => random.dirichlet(key, 1),
      ShapeError,
      /dirichlet: alpha must have an axis/,
    ],
    [
      "a scalar for multinomial",
      () => random.multinomial(key, 5, 1),
      ShapeError,
      /multinomial: p must have an/,
    ],
    [
      "trials that do not fit",
      () => random.multinomial(key, arrayFrom([1, 2]), p),
      ShapeError,
      /multinomial: n, float32\[2\]/,
    ],
    [
      "an unknown way to factor a covariance",
      () =>
        random.multivariateNormal(
          key,
          p,
          arrayFrom([
            [1, 0, 0],
            [0, 1, 0],
            [0, 0, 1],
          ]),
          null,
          { method: "qr" as "svd" },
        ),
      ArgumentError,
      /method must be "cholesky", "eigh" or "svd"; got "qr"/,
    ],
    [
      "a covariance of another size",
      () => random.multivariateNormal(key, p, arrayFrom([[1]])),
      ShapeError,
      /mean must be \[\.\.\., n\] and cov \[\.\.\., n, n\]; got \[3\] and \[1, 1\]/,
    ],
    [
      "a batch that does not fit",
      () =>
        random.multivariateNormal(
          key,
          matrix,
          arrayFrom([
            [
              [1, 0, 0],
              [0, 1, 0],
              [0, 0, 1],
            ],
          ]),
          [3],
        ),
      ShapeError,
      /the batches of mean and cov, \[2\] and \[1\], do not broadcast to the shape of the sample, \[3\]/,
    ],
    ["half a coordinate", () => random.ball(key, 2.5), ArgumentError, /ball: d must be a whole number/],
    ["many norms", () => random.ball(key, 3, p), ShapeError, /ball: p must be a scalar; got float32\[3\]/],
    [
      "signs without a sign",
      () => random.rademacher(key, [], { dtype: "uint32" }),
      DTypeError,
      /rademacher: dtype must be a signed integer type or a float; got "uint32"/,
    ],
  ] as const)("%s", (_what, f, error, message) => {
    expect(f).toThrow(error);
    expect(f).toThrow(message);
  });

  test("draws nothing from nothing without complaint", () => {
    expect(random.gamma(key, 1, [0, 2]).shape).toEqual([0, 2]);
    expect(random.poisson(key, arrayFrom([]), [3, 0]).shape).toEqual([3, 0]);
    expect(random.binomial(key, 3, 0.5, [0]).shape).toEqual([0]);
    expect(random.multinomial(key, 3, arrayFrom([])).shape).toEqual([0]);
    expect(random.dirichlet(key, p, [0]).shape).toEqual([0, 3]);
    expect(random.ball(key, 0, 2, [4]).shape).toEqual([4, 0]);
    expect(random.choice(key, 0, { shape: [0] }).shape).toEqual([0]);
    expect(random.choice(key, matrix, { shape: [0, 2], axis: 1 }).shape).toEqual([2, 0, 2]);
    expect(random.permutation(key, 0).shape).toEqual([0]);
  });
});
