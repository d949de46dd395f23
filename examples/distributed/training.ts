/**
 * What is trained: a perceptron that tells which of three arms of a spiral a point lies on, with Adam, batch by batch.
 */
import { lax, type NDArray, nn, numpy as np, random, valueAndGrad } from "cotangent";
import { adam, applyUpdates } from "cotangent/optim";

export const batchSize = 256;
const arms = 3;

const model = nn.sequential(
  nn.dense(64),
  nn.pointwise(nn.relu),
  nn.dense(64),
  nn.pointwise(nn.relu),
  nn.dense(arms),
);

type Params = nn.ParamsOf<typeof model>;
const optimizer = adam(3e-3);

/** What goes from step to step. */
export interface State {
  readonly params: Params;
  readonly optimizer: ReturnType<typeof optimizer.init>;
}

/** Points of the plane and the arms that they lie on. */
export interface Batch {
  /** float32[batchSize, 2] */
  readonly points: NDArray;
  /** int32[batchSize] */
  readonly labels: NDArray;
}

/** Parameters before the first step. */
export const initialState = (key: NDArray): State => {
  const params = model.init(key, [batchSize, 2]);
  return { params, optimizer: optimizer.init(params) };
};

/** Points along the arms, with some noise; `steps` batches of them, one after another along the first axis. */
export const drawBatches = (key: NDArray, steps: number): Batch => {
  const shape = [steps, batchSize];
  const labels = random.randint(random.foldIn(key, 0), shape, 0, arms);
  const radii = random.uniform(random.foldIn(key, 1), shape);
  const angles = radii
    .mul(4)
    .add(labels.mul((2 * Math.PI) / arms))
    .add(random.normal(random.foldIn(key, 2), shape).mul(0.1));
  return { points: np.stack([np.cos(angles).mul(radii), np.sin(angles).mul(radii)], -1), labels };
};

/** One step: from the state and a batch to the next state and the loss. */
export const trainingStep = (state: State, batch: Batch): readonly [State, NDArray] => {
  const loss = (params: Params): NDArray =>
    nn.losses.softmaxCrossEntropyWithIntegerLabels(model.apply(params, batch.points), batch.labels).mean();
  const [value, gradient] = valueAndGrad(loss)(state.params);
  const [updates, next] = optimizer.update(gradient, state.optimizer, state.params);
  return [{ params: applyUpdates(state.params, updates), optimizer: next }, value];
};

/** Batch `i` of several. */
export const batchAt = ({ points, labels }: Batch, i: number): Batch => ({
  points: lax.indexInDim(points, i, 0, false),
  labels: lax.indexInDim(labels, i, 0, false),
});
