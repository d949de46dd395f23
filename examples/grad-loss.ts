/**
 * Gradients in library code: two kinds of regression that share one line of calculus, `grad(loss)(params)`.
 *
 *     npx tsx examples/grad-loss.ts
 */
import { fileURLToPath } from "node:url";
import { grad, jit, type NDArray, nn, numpy as np, random, tree } from "cotangent";

/** A linear function of the columns of a table. */
export interface Linear {
  /** float32[columns] */
  readonly weights: NDArray;
  /** float32[] */
  readonly bias: NDArray;
}

export interface Data {
  /** float32[rows, columns] */
  readonly x: NDArray;
  /** float32[rows] */
  readonly y: NDArray;
}

export const evaluate = ({ weights, bias }: Linear, x: NDArray): NDArray => x.matmul(weights).add(bias);

/** A loss of parameters on data. */
export type Loss = (params: Linear, data: Data) => NDArray;

/** Linear regression: the mean squared error. */
export const squaredLoss: Loss = (params, { x, y }) => evaluate(params, x).sub(y).square().mean();

/** Logistic regression: the mean cross-entropy with labels 0 and 1. */
export const logisticLoss: Loss = (params, { x, y }) => {
  const logits = evaluate(params, x);
  return nn.softplus(logits).sub(logits.mul(y)).mean();
};

/** The parameters of least loss, by gradient descent from 0. */
export function minimize(lossOf: Loss, data: Data, { learningRate = 0.3, steps = 300 } = {}): Linear {
  const loss = (params: Linear): NDArray => lossOf(params, data);
  const step = jit((params: Linear) =>
    tree.map((p, g) => p.sub(g.mul(learningRate)), params, grad(loss)(params)),
  );
  let params: Linear = { weights: np.zeros([data.x.shape[1] ?? 0]), bias: np.array(0) };
  for (let i = 0; i < steps; i++) params = step(params);
  return params;
}

const truth: Linear = { weights: np.array([2, -1, 0.5]), bias: np.array(0.25) };

/** Rows of random numbers, and the true function of them. */
const sample = (seed: number, rows: number): { readonly x: NDArray; readonly values: NDArray } => {
  const x = random.normal(random.key(seed), [rows, 3]);
  return { x, values: evaluate(truth, x) };
};

/** Numbers that the true function gives, with noise. */
export const noisyNumbers = (seed: number, rows: number): Data => {
  const { x, values } = sample(seed, rows);
  return { x, y: values.add(random.normal(random.foldIn(random.key(seed), 1), [rows]).mul(0.1)) };
};

/** Labels that are 1 with the probability that the true function gives. */
export const noisyLabels = (seed: number, rows: number): Data => {
  const { x, values } = sample(seed, rows);
  const labels = random.bernoulli(random.foldIn(random.key(seed), 1), nn.sigmoid(values));
  return { x, y: labels.astype("float32") };
};

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  console.log("truth:", String(truth.weights), String(truth.bias));
  const line = minimize(squaredLoss, noisyNumbers(0, 500));
  console.log("linear regression:", String(line.weights), String(line.bias));
  const classifier = minimize(logisticLoss, noisyLabels(0, 5000));
  console.log("logistic regression:", String(classifier.weights), String(classifier.bias));
}
