import { describe, expect, test } from "vitest";
import { arrayFrom, type NDArray } from "../../src/array/index.ts";
import "../../src/numpy/methods.ts";
import * as random from "../../src/random/index.ts";
import {
  betaShare,
  chiSquare,
  gammaShare,
  kolmogorovSmirnov,
  logGamma,
  normalShare,
  studentShare,
} from "./support/fit.ts";

/*
 * Every distribution against its own distribution function, with fixed keys. A sampler that is right fails one such
 * test in a thousand, one that is wrong by a twentieth nearly always.
 */

/** So many numbers: operations on arrays of this length run compiled. */
const N = 20_000;
/** What a p-value must not fall below. */
const LEAST_P = 1e-3;

const numbers = (x: NDArray): number[] => Array.from(x.toTypedArray());
const { exp, log, sqrt, abs, PI } = Math;

type Sampler = (key: NDArray) => NDArray;
type Continuous = readonly [name: string, sample: Sampler, share: (x: number) => number];

const single = (x: number): number => arrayFrom(x).item() as number;
const truncated = (x: number): number =>
  (normalShare(x) - normalShare(-1)) / (normalShare(2.5) - normalShare(-1));
const maxwellShare = (x: number): number => gammaShare(1.5, (x * x) / 2);
const symmetric = (share: (x: number) => number) => (x: number) => 0.5 + (Math.sign(x) / 2) * share(abs(x));
const waldShare = (mean: number) => (x: number) =>
  normalShare((x / mean - 1) / sqrt(x)) + exp(2 / mean) * normalShare(-(x / mean + 1) / sqrt(x));
const triangularShare = (x: number): number => (x < 0.5 ? (x + 1) ** 2 / 4.5 : 1 - (2 - x) ** 2 / 4.5);

const mean = arrayFrom([1, 3]);
const covariance = arrayFrom([
  [2, 0.5],
  [0.5, 1],
]);

const continuous: readonly Continuous[] = [
  ["uniform", (k) => random.uniform(k, [N], { minval: -1, maxval: 3 }), (x) => (x + 1) / 4],
  ["normal", (k) => random.normal(k, [N]), normalShare],
  ["normal of float64", (k) => random.normal(k, [N], { dtype: "float64" }), normalShare],
  ["truncatedNormal", (k) => random.truncatedNormal(k, -1, 2.5, [N]), truncated],
  ["exponential", (k) => random.exponential(k, [N]), (x) => 1 - exp(-x)],
  ["cauchy", (k) => random.cauchy(k, [N]), (x) => 0.5 + Math.atan(x) / PI],
  ["laplace", (k) => random.laplace(k, [N]), symmetric((x) => 1 - exp(-x))],
  ["logistic", (k) => random.logistic(k, [N]), (x) => 1 / (1 + exp(-x))],
  ["gumbel", (k) => random.gumbel(k, [N]), (x) => exp(-exp(-x))],
  ["gumbel, high", (k) => random.gumbel(k, [N], { mode: "high" }), (x) => exp(-exp(-x))],
  // By Archimedes, each coordinate of a point of the sphere is uniform.
  ["orthogonal", (k) => random.orthogonal(k, 3, [2000]).at("...", 0, 0).get(), (x) => (x + 1) / 2],
  [
    "gamma of 2.5 in float16",
    (k) => random.gamma(k, 2.5, [N], { dtype: "float16" }),
    (x) => gammaShare(2.5, x),
  ],
  ["gamma of 0.3", (k) => random.gamma(k, 0.3, [N]), (x) => gammaShare(0.3, x)],
  ["gamma of 1", (k) => random.gamma(k, 1, [N]), (x) => gammaShare(1, x)],
  ["gamma of 2.5", (k) => random.gamma(k, 2.5, [N], { dtype: "float64" }), (x) => gammaShare(2.5, x)],
  ["gamma of 100", (k) => random.gamma(k, 100, [N]), (x) => gammaShare(100, x)],
  ["loggamma of 0.05", (k) => random.loggamma(k, 0.05, [N]), (x) => gammaShare(single(0.05), exp(x))],
  ["loggamma of 4", (k) => random.loggamma(k, 4, [N]), (x) => gammaShare(4, exp(x))],
  ["beta of 2 and 5", (k) => random.beta(k, 2, 5, [N]), (x) => betaShare(2, 5, x)],
  [
    "beta of 0.3 and 0.7",
    (k) => random.beta(k, 0.3, 0.7, [N], { dtype: "float64" }),
    (x) => betaShare(0.3, 0.7, x),
  ],
  [
    "dirichlet, second category",
    (k) =>
      random
        .dirichlet(k, arrayFrom([1, 2.5, 0.5]), [N])
        .at("...", 1)
        .get(),
    (x) => betaShare(2.5, 1.5, x),
  ],
  ["chisquare", (k) => random.chisquare(k, 3, [N]), (x) => gammaShare(1.5, x / 2)],
  ["t", (k) => random.t(k, 4, [N]), (x) => studentShare(4, x)],
  ["f", (k) => random.f(k, 3, 8, [N]), (x) => betaShare(1.5, 4, (3 * x) / (3 * x + 8))],
  ["rayleigh", (k) => random.rayleigh(k, 2, [N]), (x) => 1 - exp((-x * x) / 8)],
  ["weibullMin", (k) => random.weibullMin(k, 2, 1.5, [N]), (x) => 1 - exp(-((x / 2) ** 1.5))],
  ["pareto", (k) => random.pareto(k, 3, [N]), (x) => 1 - x ** -3],
  ["maxwell", (k) => random.maxwell(k, [N]), maxwellShare],
  [
    "doubleSidedMaxwell",
    (k) => random.doubleSidedMaxwell(k, 1, 2, [N]),
    (x) => symmetric(maxwellShare)((x - 1) / 2),
  ],
  ["lognormal", (k) => random.lognormal(k, 0.5, [N]), (x) => normalShare(log(x) / 0.5)],
  ["triangular", (k) => random.triangular(k, -1, 0.5, 2, [N]), triangularShare],
  [
    "generalizedNormal",
    (k) => random.generalizedNormal(k, 1.5, [N]),
    symmetric((x) => gammaShare(1 / 1.5, x ** 1.5)),
  ],
  ["wald", (k) => random.wald(k, 2, [N]), waldShare(2)],
  ...(["cholesky", "eigh", "svd"] as const).map(
    (method): Continuous => [
      `multivariateNormal by ${method}, one direction`,
      (k) => {
        const x = random.multivariateNormal(k, mean, covariance, [N], { method });
        return x.at("...", 0).get().sub(x.at("...", 1).get());
      },
      // The difference has mean 1 − 3 and variance 2 − 2 · 0.5 + 1.
      (x) => normalShare((x + 2) / sqrt(2)),
    ],
  ),
  [
    "ball, distance from the middle",
    (k) =>
      random
        .ball(k, 3, 2, [N])
        .mul(random.ball(k, 3, 2, [N]))
        .sum(1),
    (x) => x ** 1.5,
  ],
  [
    "ball of the 1-norm, distance from the middle",
    (k) => random.ball(k, 2, 1, [N], { dtype: "float64" }).abs().sum(1),
    (x) => x ** 2,
  ],
];

describe("continuous distributions", () => {
  test.each(continuous)("%s", (_name, sample, share) => {
    expect(kolmogorovSmirnov(numbers(sample(random.key(2024))), share)).toBeGreaterThan(LEAST_P);
  });

  test("a shift by a twentieth of the spread is found out", () => {
    const xs = numbers(random.normal(random.key(2024), [N])).map((x) => x + 0.05);
    expect(kolmogorovSmirnov(xs, normalShare)).toBeLessThan(LEAST_P);
  });
});

type Discrete = readonly [name: string, sample: Sampler, first: number, probabilities: readonly number[]];

const upTo = (n: number, f: (k: number) => number): number[] => Array.from({ length: n + 1 }, (_, k) => f(k));
const logChoose = (n: number, k: number): number => logGamma(n + 1) - logGamma(k + 1) - logGamma(n - k + 1);
const binomial = (n: number, p: number): number[] =>
  upTo(n, (k) => exp(logChoose(n, k) + k * log(p) + (n - k) * Math.log1p(-p)));
const poisson = (mean: number, most: number): number[] =>
  upTo(most, (k) => exp(k * log(mean) - mean - logGamma(k + 1)));
const weights = [0.1, 0.2, 0.3, 0.4];
const permutationRank = (k: NDArray): NDArray => {
  // The place of 0 in a permutation of 4, and the order of the two in the middle.
  const keys = random.split(k, 2000).toArray() as number[][];
  const rank = (words: number[]): number => {
    const order = numbers(random.permutation(random.key(words[1] as number), 4));
    return 2 * order.indexOf(0) + Number((order[1] as number) > (order[2] as number));
  };
  return arrayFrom(keys.map(rank), "int32");
};

const discrete: readonly Discrete[] = [
  ["bits", (k) => random.bits(k, [N], { dtype: "uint8" }), 0, Array(256).fill(1 / 256) as number[]],
  ["randint", (k) => random.randint(k, [N], -3, 14), -3, Array(17).fill(1 / 17) as number[]],
  ["bernoulli", (k) => random.bernoulli(k, 0.3, [N]), 0, [0.7, 0.3]],
  ["bernoulli, high", (k) => random.bernoulli(k, 0.3, [N], { mode: "high" }), 0, [0.7, 0.3]],
  ["categorical", (k) => random.categorical(k, arrayFrom(weights.map(log)), { shape: [N] }), 0, weights],
  ["choice", (k) => random.choice(k, 4, { shape: [N], p: weights }), 0, weights],
  ["permutation", permutationRank, 0, [3, 3, 6, 0, 0, 6, 3, 3].map((cases) => cases / 24)],
  ["rademacher", (k) => random.rademacher(k, [N]), -1, [0.5, 0, 0.5]],
  [
    "geometric",
    (k) => random.geometric(k, 0.2, [N]),
    0,
    upTo(80, (k) => (k === 0 ? 0 : 0.2 * 0.8 ** (k - 1))),
  ],
  ["poisson of 0.4", (k) => random.poisson(k, 0.4, [N]), 0, poisson(0.4, 20)],
  ["poisson of 7", (k) => random.poisson(k, 7, [N]), 0, poisson(7, 60)],
  ["poisson of 10", (k) => random.poisson(k, 10, [N]), 0, poisson(10, 80)],
  ["poisson of 80", (k) => random.poisson(k, 80, [N], { dtype: "uint32" }), 0, poisson(80, 300)],
  ["binomial of 12 and 0.3", (k) => random.binomial(k, 12, 0.3, [N]), 0, binomial(12, 0.3)],
  ["binomial of 40 and 0.8", (k) => random.binomial(k, 40, 0.8, [N]), 0, binomial(40, 0.8)],
  [
    "binomial of 100 and 0.35",
    (k) => random.binomial(k, 100, 0.35, [N], { dtype: "float64" }),
    0,
    binomial(100, 0.35),
  ],
  ["binomial of 1000 and 0.5", (k) => random.binomial(k, 1000, 0.5, [N]), 0, binomial(1000, 0.5)],
  [
    "multinomial, third outcome",
    (k) =>
      random
        .multinomial(k, 30, arrayFrom([1, 2, 3, 4]), { shape: [N, 4] })
        .at("...", 2)
        .get(),
    0,
    binomial(30, 0.3),
  ],
];

describe("discrete distributions", () => {
  test.each(discrete)("%s", (_name, sample, first, probabilities) => {
    const drawn = numbers(sample(random.key(7)));
    const counts = new Array<number>(probabilities.length).fill(0);
    for (const x of drawn) {
      expect(Number.isInteger(x) && x >= first).toBe(true);
      const cell = Math.min(x - first, counts.length - 1);
      counts[cell] = (counts[cell] as number) + 1;
    }
    const expected = probabilities.map((p) => p * drawn.length);
    expect(chiSquare(counts, expected)).toBeGreaterThan(LEAST_P);
  });

  test("counts of another distribution are found out", () => {
    const expected = binomial(12, 0.31).map((p) => p * N);
    expect(
      chiSquare(
        binomial(12, 0.3).map((p) => p * N),
        expected,
      ),
    ).toBeLessThan(LEAST_P);
  });
});

describe("moments", () => {
  test.each([
    ["gamma", random.gamma(random.key(1), 2.5, [N]), 2.5, 2.5],
    ["poisson", random.poisson(random.key(1), 33, [N]), 33, 33],
    ["binomial", random.binomial(random.key(1), 1e6, 0.25, [N]), 250_000, 187_500],
    ["binomial, rare", random.binomial(random.key(1), 1e6, 2e-6, [N]), 2, 2],
    ["poisson of a million", random.poisson(random.key(1), 1e6, [N]), 1e6, 1e6],
    ["gamma of a million", random.gamma(random.key(1), 1e6, [N], { dtype: "float64" }), 1e6, 1e6],
    ["wald", random.wald(random.key(1), 2, [N]), 2, 8],
  ] as const)("of %s", (_name, sample, mean, variance) => {
    const xs = numbers(sample);
    const average = xs.reduce((sum, x) => sum + x / N, 0);
    expect(abs(average - mean)).toBeLessThan(4 * sqrt(variance / N));
    const spread = xs.reduce((sum, x) => sum + (x - average) ** 2 / N, 0);
    expect(abs(spread / variance - 1)).toBeLessThan(0.1);
  });

  test("outcomes of multinomial add up to the number of trials", () => {
    const counts = random.multinomial(random.key(5), 17, arrayFrom([0.2, 0.5, 0, 0.3]), { shape: [500, 4] });
    expect(new Set(numbers(counts.sum(1)))).toEqual(new Set([17]));
    expect(new Set(numbers(counts.at("...", 2).get()))).toEqual(new Set([0]));
  });
});
