/**
 * The network: two layers of weights, put together from layers of `nn`, and what is asked of it.
 */
import { type NDArray, nn } from "cotangent";
import { pixelCount } from "./examples.ts";
import { classCount } from "./load.ts";

const hiddenCount = 256;

/** A score for each digit: float32[n, 784] → float32[n, 10]. */
export const model = nn.sequential(
  nn.dense(hiddenCount, { kernelInit: nn.initializers.heNormal() }),
  nn.pointwise(nn.relu),
  nn.dropout(0.2),
  nn.dense(classCount),
);

/** What is learned. */
export type Params = nn.ParamsOf<typeof model>;

/** The shape of one image, from which layers know the shapes of their parameters. */
export const imageShape = [1, pixelCount] as const;

/** Random parameters to begin with; the same key gives the same ones. */
export const initialize = (key: NDArray): Params => model.init(key, imageShape);

/**
 * The mean cross-entropy between what is predicted and the labels, int32[n].
 *
 * @param key in training, what dropout draws from.
 */
export const loss = (params: Params, images: NDArray, labels: NDArray, key?: NDArray): NDArray => {
  const logits = model.apply(params, images, { training: key !== undefined, key });
  return nn.losses.softmaxCrossEntropyWithIntegerLabels(logits, labels).mean();
};

/** The share of images whose highest score is that of their label. */
export const accuracy = (params: Params, images: NDArray, labels: NDArray): NDArray =>
  nn.metrics.accuracy(model.apply(params, images), labels);
