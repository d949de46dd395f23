import { lax, type NDArray, nn, numpy as np, random } from "cotangent";
import { describe, expect, test } from "vitest";
import { allDraws, effectiveSampleSize, splitRHat } from "../../examples/hmc/diagnostics.ts";
import * as models from "../../examples/hmc/models.ts";
import { type LogDensity, type Samples, sample } from "../../examples/hmc/sampler.ts";

const options = { chains: 4, draws: 2000, warmup: 500, leapfrogSteps: 8 };

/** How many standard errors the means of samples are away from the true ones, at most. */
const standardErrors = (positions: NDArray, { mean, covariance }: models.Moments): number => {
  const errors = np.sqrt(np.diagonal(covariance).div(effectiveSampleSize(positions)));
  return Number(np.max(np.abs(allDraws(positions).mean(0).sub(mean)).div(errors)));
};

/** The largest error of an estimated covariance, in units of the standard deviations of its two numbers. */
const covarianceError = (positions: NDArray, { covariance }: models.Moments): number => {
  const deviations = np.sqrt(np.diagonal(covariance));
  const error = np.cov(allDraws(positions).T).sub(covariance);
  return Number(np.max(np.abs(error.div(np.outer(deviations, deviations)))));
};

const expectGoodChains = ({ positions, acceptance }: Samples): void => {
  const count = options.chains * options.draws;
  expect(Number(acceptance.min())).toBeGreaterThan(0.7);
  expect(Number(acceptance.max())).toBeLessThan(0.95);
  expect(Number(np.max(splitRHat(positions)))).toBeLessThan(1.01);
  expect(Number(np.min(effectiveSampleSize(positions)))).toBeGreaterThan(count / 8);
};

/** The moments of a density of two numbers, added up on a grid around a place. */
const momentsOnGrid = (logDensity: (points: NDArray) => NDArray, around: models.Moments): models.Moments => {
  const along = (i: number): NDArray => {
    const deviation = Math.sqrt(Number(around.covariance.at(i, i).get()));
    const middle = Number(around.mean.at(i).get());
    return np.linspace(middle - 6 * deviation, middle + 6 * deviation, 121).astype("float64");
  };
  const [a, b] = np.meshgrid([along(0), along(1)]) as [NDArray, NDArray];
  const points = np.stack([a.ravel(), b.ravel()], 1);
  const weights = nn.softmax(logDensity(points));
  const mean = weights.matmul(points);
  const away = points.sub(mean);
  return { mean, covariance: away.T.matmul(away.mul(weights.reshape(-1, 1))) };
};

describe("Hamiltonian Monte Carlo", () => {
  test("has the moments of a Gaussian", () => {
    const samples = sample(random.key(3), models.gaussian(models.tilted), 3, options);
    expect(samples.positions.shape).toEqual([4, 2000, 3]);
    expectGoodChains(samples);
    expect(standardErrors(samples.positions, models.tilted)).toBeLessThan(4);
    expect(covarianceError(samples.positions, models.tilted)).toBeLessThan(0.06);
  });

  test("has the moments of the posterior of linear regression in closed form", () => {
    const scales = { noise: 0.5, prior: 3 };
    const data = models.noisyPlane(random.key(1), 50, scales);
    const known = models.linearRegressionPosterior(data, scales);
    const samples = sample(random.key(4), models.linearRegression(data, scales), 3, options);
    expectGoodChains(samples);
    expect(standardErrors(samples.positions, known)).toBeLessThan(4);
    expect(covarianceError(samples.positions, known)).toBeLessThan(0.06);
  });

  test("has the moments of the posterior of logistic regression, as a grid gives them", () => {
    const data = models.noisyLabels(random.key(2), 100);
    const logDensity = models.logisticRegression(data, { prior: 3 });
    const samples = sample(random.key(5), logDensity, 2, options);
    const draws = allDraws(samples.positions);
    const estimated = { mean: draws.mean(0), covariance: np.cov(draws.T) };
    const logits = (points: NDArray): NDArray => points.matmul(data.x.T);
    const onGrid = (points: NDArray): NDArray =>
      logits(points)
        .mul(data.y)
        .sub(nn.softplus(logits(points)))
        .sum(1)
        .sub(points.div(3).square().sum(1).div(2));
    const place = np.array([0.3, -0.7], "float64");
    expect(Number(onGrid(place.reshape(1, 2)))).toBeCloseTo(Number(logDensity(place)), 9);
    const known = momentsOnGrid(onGrid, estimated);
    expectGoodChains(samples);
    expect(standardErrors(samples.positions, known)).toBeLessThan(4);
    expect(covarianceError(samples.positions, known)).toBeLessThan(0.06);
  });

  test("the same key gives the same samples; chains differ", () => {
    const normal: LogDensity = (x) => x.dot(x).div(-2);
    const few = { chains: 2, draws: 20, warmup: 20, leapfrogSteps: 3 };
    const run = (seed: number): unknown => sample(random.key(seed), normal, 1, few).positions.toArray();
    const samples = run(0);
    expect(run(0)).toEqual(samples);
    expect(run(1)).not.toEqual(samples);
    const [first, second] = samples as [unknown, unknown];
    expect(first).not.toEqual(second);
  });

  test("refuses paths that leave the region of finite densities", () => {
    // 25 - x² between -5 and 5, of variance 5; outside its logarithm is NaN.
    const { positions } = sample(random.key(6), (x) => np.log(x.square().neg().add(25)).sum(), 1, options);
    const draws = allDraws(positions);
    expect(Number(np.abs(draws).max())).toBeLessThan(5);
    expect(Math.abs(Number(draws.mean()))).toBeLessThan(0.2);
    expect(Math.abs(Number(draws.var()) - 5)).toBeLessThan(0.3);
    const stuck = sample(random.key(7), () => np.array(Number.NaN, "float64"), 1, { ...options, draws: 10 });
    expect(Number(stuck.acceptance.max())).toBe(0);
  });
});

describe("diagnostics of chains", () => {
  const shape = [4, 1000, 2];
  const independent = random.normal(random.key(0), shape, { dtype: "float64" });

  test("count independent samples as what they are", () => {
    const sizes = effectiveSampleSize(independent).div(4000);
    expect(Number(sizes.min())).toBeGreaterThan(0.85);
    expect(Number(sizes.max())).toBeLessThan(1.15);
    expect(Number(splitRHat(independent).max())).toBeLessThan(1.01);
  });

  test("count an autoregressive process by its known autocorrelation", () => {
    // x' = 0.8 x + noise: a sample is worth (1 - 0.8) / (1 + 0.8) of an independent one.
    const [, rows] = lax.scan(
      (x, noise) => {
        const next = x.mul(0.8).add(noise);
        return [next, next];
      },
      np.zeros([4, 2], "float64"),
      random.normal(random.key(1), [8000, 4, 2], { dtype: "float64" }),
    );
    const share = effectiveSampleSize(np.swapaxes(rows, 0, 1)).div(32_000 / 9);
    expect(Number(share.min())).toBeGreaterThan(0.85);
    expect(Number(share.max())).toBeLessThan(1.15);
  });

  test("see chains that do not agree", () => {
    const apart = independent.add(np.array([0, 0, 0, 3]).reshape(4, 1, 1));
    expect(Number(splitRHat(apart).min())).toBeGreaterThan(1.5);
    expect(Number(effectiveSampleSize(apart).max())).toBeLessThan(40);
  });
});
