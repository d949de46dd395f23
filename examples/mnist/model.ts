/**
 * The network: two layers of weights, and pure functions of them.
 */
import { type NDArray, nn, numpy as np, random } from "cotangent";
import { classCount, imageSize } from "./load.ts";

export interface Layer {
  /** float32[inputs, outputs] */
  readonly weights: NDArray;
  /** float32[outputs] */
  readonly biases: NDArray;
}

/** What is learned. */
export interface Params {
  readonly hidden: Layer;
  readonly output: Layer;
}

const pixelCount = imageSize * imageSize;
const hiddenCount = 128;

const initializeLayer = (key: NDArray, inputs: number, outputs: number): Layer => ({
  weights: nn.initializers.heNormal()(key, [inputs, outputs]),
  biases: np.zeros([outputs]),
});

/** Random parameters to begin with; the same key gives the same ones. */
export const initialize = (key: NDArray): Params => ({
  hidden: initializeLayer(random.foldIn(key, 0), pixelCount, hiddenCount),
  output: initializeLayer(random.foldIn(key, 1), hiddenCount, classCount),
});

const apply = ({ weights, biases }: Layer, x: NDArray): NDArray => x.matmul(weights).add(biases);

/** A score for each digit: images, float32[n, 784], to float32[n, 10]. */
export const predict = (params: Params, images: NDArray): NDArray =>
  apply(params.output, nn.relu(apply(params.hidden, images)));

/** The mean cross-entropy between what is predicted and the labels, int32[n]. */
export const loss = (params: Params, images: NDArray, labels: NDArray): NDArray => {
  const logProbabilities = nn.logSoftmax(predict(params, images));
  return nn.oneHot(labels, classCount).mul(logProbabilities).sum(-1).mean().neg();
};

/** The share of images whose highest score is that of their label. */
export const accuracy = (params: Params, images: NDArray, labels: NDArray): NDArray =>
  predict(params, images).argmax(-1).equal(labels).mean();
