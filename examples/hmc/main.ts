/**
 * Samples three densities by Hamiltonian Monte Carlo and compares what the samples say with what is known:
 *
 *     npm run hmc
 */
import { numpy as np, random } from "cotangent";
import { allDraws, effectiveSampleSize, splitRHat } from "./diagnostics.ts";
import * as models from "./models.ts";
import { type LogDensity, type SampleOptions, sample } from "./sampler.ts";

const options: SampleOptions = { chains: 4, draws: 5000, warmup: 1000, leapfrogSteps: 10 };
const key = random.key(0);

const show = (title: string, logDensity: LogDensity, dimension: number, known?: models.Moments): void => {
  const start = performance.now();
  const { positions, acceptance, stepSizes } = sample(key, logDensity, dimension, options);
  const seconds = ((performance.now() - start) / 1000).toFixed(2);
  const draws = allDraws(positions);
  console.log(`\n${title}: ${draws.shape[0]} samples in ${seconds} s`);
  console.log("  acceptance", String(acceptance), "with steps of", String(stepSizes));
  console.log(
    "  effective samples",
    String(effectiveSampleSize(positions)),
    "split R̂",
    String(splitRHat(positions)),
  );
  console.log("  mean", String(draws.mean(0)), known === undefined ? "" : `known ${known.mean}`);
  console.log(`  covariance\n${np.cov(draws.T)}`);
  if (known !== undefined) console.log(`  known\n${known.covariance}`);
};

show("A tilted Gaussian", models.gaussian(models.tilted), 3, models.tilted);

const scales: models.Scales = { noise: 0.5, prior: 3 };
const plane = models.noisyPlane(random.key(1), 50, scales);
show(
  "Linear regression",
  models.linearRegression(plane, scales),
  3,
  models.linearRegressionPosterior(plane, scales),
);

const labels = models.noisyLabels(random.key(2), 200);
show("Logistic regression", models.logisticRegression(labels, scales), 2);
