/**
 * Training: a compiled step that `fit` folds over shuffled batches, and the share of test images that are told right.
 */
import { data, jit, type NDArray, numpy as np, random, valueAndGrad } from "cotangent";
import { adam, applyUpdates, cosineDecaySchedule } from "cotangent/optim";
import { type EpochRecord, type FitResult, fit } from "cotangent/train";
import type { MnistSplit } from "../mnist/load.ts";
import { countCorrect, type Examples, imageShape, loss, model, type Params } from "./model.ts";

/** The pixels as arrays. */
export const toExamples = ({ count, images, labels }: MnistSplit): Examples => {
  const pixels = new Float32Array(images.length);
  for (let i = 0; i < pixels.length; i++) pixels[i] = (images[i] as number) / 255;
  return {
    images: np.array(pixels).reshape(count, ...imageShape.slice(1)),
    labels: np.array(Int32Array.from(labels)),
  };
};

/** What one step hands to the next. */
export interface TrainingState<O> {
  readonly params: Params;
  readonly optimizer: O;
  /** What dropout draws from. */
  readonly key: NDArray;
}

export interface TrainingOptions {
  readonly epochs: number;
  readonly batchSize: number;
  readonly seed: number;
  /** The learning rate of the first step; it falls to 0 along half a wave of the cosine. */
  readonly learningRate: number;
  /** Told of each epoch that is over. */
  readonly onEpoch?: (record: EpochRecord) => void;
}

const evaluationBatch = 500;
const countCompiled = jit(countCorrect);

/** The share of examples that get their own label, counted in compiled batches. */
export const accuracy = (params: Params, examples: Examples): number => {
  let correct = 0;
  for (const batch of data.batches(examples, evaluationBatch, { last: "keep" })) {
    correct += Number(countCompiled(params, batch));
  }
  return correct / examples.labels.size;
};

/** Train on `train`, and tell after each epoch how much of `test` is told right. */
export const trainModel = (
  train: Examples,
  test: Examples,
  { epochs, batchSize, seed, learningRate, onEpoch = () => {} }: TrainingOptions,
): Promise<FitResult<TrainingState<unknown>>> => {
  const key = random.key(seed);
  const steps = epochs * Math.floor(train.labels.size / batchSize);
  const optimizer = adam(cosineDecaySchedule(learningRate, steps));
  type State = TrainingState<ReturnType<typeof optimizer.init>>;

  const step = jit((state: State, batch: Examples): readonly [State, NDArray] => {
    const [value, grads] = valueAndGrad(loss)(state.params, batch, random.foldIn(state.key, 0));
    const [updates, optimizerState] = optimizer.update(grads, state.optimizer, state.params);
    const next = {
      params: applyUpdates(state.params, updates),
      optimizer: optimizerState,
      key: random.foldIn(state.key, 1),
    };
    return [next, value];
  });

  const params = model.init(random.foldIn(key, 0), imageShape);
  const start: State = { params, optimizer: optimizer.init(params), key: random.foldIn(key, 1) };
  return fit(start, {
    epochs,
    step,
    batches: (epoch) => data.batches(train, batchSize, { key: random.foldIn(random.foldIn(key, 2), epoch) }),
    evaluate: (state) => ({ accuracy: accuracy(state.params, test) }),
    onEpoch,
  });
};
