/**
 * The network: two convolutions and two layers of weights, put together from the layers of `nn`.
 */
import { type NDArray, nn, numpy as np } from "cotangent";

/** One image, as layers are asked for the shapes of their parameters. */
export const imageShape = [1, 28, 28, 1] as const;

/** Pooling stands before the rectifier: the greatest of a window is the same then, with a quarter as much to rectify. */
export const model = nn.sequential(
  nn.conv(16, [3, 3], { padding: "VALID" }),
  nn.maxPool([2, 2]),
  nn.pointwise(nn.relu),
  nn.conv(32, [3, 3], { padding: "VALID" }),
  nn.maxPool([2, 2]),
  nn.pointwise(nn.relu),
  nn.flatten(),
  nn.dense(128),
  nn.pointwise(nn.relu),
  nn.dropout(0.3),
  nn.dense(10),
);

export type Params = nn.ParamsOf<typeof model>;

/** Images and what they show. */
export interface Examples {
  /** float32[n, 28, 28, 1], from 0 for paper to 1 for ink */
  readonly images: NDArray;
  /** int32[n] */
  readonly labels: NDArray;
}

/** The mean cross-entropy of a batch in training; `key` says what is dropped. */
export const loss = (params: Params, { images, labels }: Examples, key: NDArray): NDArray => {
  const logits = model.apply(params, images, { training: true, key });
  return nn.losses.softmaxCrossEntropyWithIntegerLabels(logits, labels).mean();
};

/** How many images of a batch get their own label. */
export const countCorrect = (params: Params, { images, labels }: Examples): NDArray =>
  np.argmax(model.apply(params, images), -1).equal(labels).sum();
