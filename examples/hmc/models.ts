/**
 * Densities to sample from: two whose moments are known in closed form, and a Bayesian model for which there is none.
 */
import { type NDArray, nn, numpy as np, random } from "cotangent";
import type { LogDensity } from "./sampler.ts";

/** The first two moments of a density. */
export interface Moments {
  /** float64[d] */
  readonly mean: NDArray;
  /** float64[d, d] */
  readonly covariance: NDArray;
}

const float64 = (x: readonly number[] | readonly (readonly number[])[]): NDArray => np.array(x, "float64");

/** A normal density. */
export const gaussian = ({ mean, covariance }: Moments): LogDensity => {
  const precision = np.linalg.inv(covariance);
  return (x) => {
    const away = x.sub(mean);
    return away.dot(precision.matmul(away)).div(-2);
  };
};

/** Three numbers of which two are closely correlated, on scales from 0.5 to 2. */
export const tilted: Moments = {
  mean: float64([1, -2, 0.5]),
  covariance: float64([
    [1, 1.6, 0],
    [1.6, 4, 0.3],
    [0, 0.3, 0.25],
  ]),
};

/** A table of numbers and what was measured for each row. */
export interface Data {
  /** float64[rows, d] */
  readonly x: NDArray;
  /** float64[rows] */
  readonly y: NDArray;
}

/** Rows that begin with 1, for the intercept, and go on with normal numbers. */
const table = (key: NDArray, rows: number, columns: number): NDArray =>
  np.concatenate(
    [np.ones([rows, 1], "float64"), random.normal(key, [rows, columns], { dtype: "float64" })],
    1,
  );

/** The standard deviations of the noise and of the prior of each weight. */
export interface Scales {
  readonly noise: number;
  readonly prior: number;
}

/** Numbers that lie on a plane but for noise. */
export const noisyPlane = (key: NDArray, rows: number, { noise }: Scales): Data => {
  const x = table(random.foldIn(key, 0), rows, 2);
  const measured = x.matmul(float64([0.5, -1, 2]));
  return {
    x,
    y: measured.add(random.normal(random.foldIn(key, 1), [rows], { dtype: "float64" }).mul(noise)),
  };
};

/** Bayesian linear regression: normal noise and normal priors, so that the posterior is normal too. */
export const linearRegression =
  ({ x, y }: Data, { noise, prior }: Scales): LogDensity =>
  (weights) => {
    const misfit = y.sub(x.matmul(weights)).div(noise);
    const size = weights.div(prior);
    return misfit.dot(misfit).add(size.dot(size)).div(-2);
  };

/** The posterior of `linearRegression` in closed form: precision XᵀX / noise² + I / prior². */
export const linearRegressionPosterior = ({ x, y }: Data, { noise, prior }: Scales): Moments => {
  const d = x.shape[1] as number;
  const precision = x.T.matmul(x)
    .div(noise ** 2)
    .add(np.eye(d, null, 0, "float64").div(prior ** 2));
  const covariance = np.linalg.inv(precision);
  return { mean: covariance.matmul(x.T.matmul(y)).div(noise ** 2), covariance };
};

/** Labels 0 and 1, with log odds that lie on a line. */
export const noisyLabels = (key: NDArray, rows: number): Data => {
  const x = table(random.foldIn(key, 0), rows, 1);
  const odds = nn.sigmoid(x.matmul(float64([-0.5, 1.5])));
  return { x, y: random.bernoulli(random.foldIn(key, 1), odds).astype("float64") };
};

/** Bayesian logistic regression, whose posterior has no closed form. */
export const logisticRegression =
  ({ x, y }: Data, { prior }: Pick<Scales, "prior">): LogDensity =>
  (weights) => {
    const logits = x.matmul(weights);
    const size = weights.div(prior);
    return logits.mul(y).sub(nn.softplus(logits)).sum().sub(size.dot(size).div(2));
  };
