import type { ArrayLike, NDArray } from "../../array/index.ts";
import { ArgumentError, inNameOf } from "../../core/index.ts";
import * as np from "../../numpy/index.ts";
import { logsumexp } from "../../special/logsumexp.ts";
import { logSoftmax } from "../../special/softmax.ts";
import { oneHot } from "../one-hot.ts";
import { logSigmoid } from "../smooth.ts";
import { pair, pick, scoresAndLabels } from "./operands.ts";

/** Options of cross-entropies. */
export interface LabelSmoothingOptions {
  /** The share of the probability that is spread evenly over all classes, from 0 to 1; default 0. */
  readonly labelSmoothing?: number;
}

const checkSmoothing = (where: string, alpha: number): void => {
  if (!(alpha >= 0 && alpha <= 1)) {
    throw new ArgumentError(`${where}: labelSmoothing must be from 0 to 1; got ${alpha}.`);
  }
};

/**
 * Labels that are less sure of themselves: (1 − alpha) · labels + alpha / classes. (C. Szegedy et al., "Rethinking the
 * Inception architecture for computer vision", 2015.)
 *
 * @param labels probabilities, [..., classes].
 * @example
 * nn.losses.smoothLabels(np.array([[1, 0]]), 0.1); // [[0.95, 0.05]]
 */
export const smoothLabels = (labels: ArrayLike, alpha: number): NDArray => {
  checkSmoothing("smoothLabels", alpha);
  const classes = np.asarray(labels).shape.at(-1) ?? 1;
  return np.add(np.multiply(labels, 1 - alpha), alpha / classes);
};

/**
 * The cross-entropy between softmax(logits) and probabilities, one number an example: −Σ labels · log softmax(logits).
 *
 * @param logits [..., classes].
 * @param labels probabilities of the same shape, one-hot for instance.
 * @throws ShapeError unless the shapes agree.
 * @example
 * nn.losses.softmaxCrossEntropy(logits, nn.oneHot(digits, 10), { labelSmoothing: 0.1 }).mean();
 * @see https://optax.readthedocs.io/en/latest/api/losses.html#optax.losses.softmax_cross_entropy
 */
export const softmaxCrossEntropy = (
  logits: ArrayLike,
  labels: ArrayLike,
  { labelSmoothing = 0 }: LabelSmoothingOptions = {},
): NDArray => {
  const [x, y] = pair("softmaxCrossEntropy", logits, labels);
  checkSmoothing("softmaxCrossEntropy", labelSmoothing);
  const targets = labelSmoothing === 0 ? y : smoothLabels(y, labelSmoothing);
  const logs = inNameOf("softmaxCrossEntropy", () => logSoftmax(x));
  return np.negative(np.sum(np.multiply(targets, logs), -1));
};

/**
 * The cross-entropy between softmax(logits) and the numbers of the right classes, one number an example.
 *
 * @param logits [..., classes].
 * @param labels int32 or uint32 [...]; a number that is no class gives NaN.
 * @throws ShapeError or DTypeError unless the two fit together.
 * @example
 * nn.losses.softmaxCrossEntropyWithIntegerLabels(np.array([[2, 0, 0]]), np.array([0], "int32")); // [0.239545]
 * @see https://optax.readthedocs.io/en/latest/api/losses.html#optax.losses.softmax_cross_entropy_with_integer_labels
 */
export const softmaxCrossEntropyWithIntegerLabels = (
  logits: ArrayLike,
  labels: ArrayLike,
  { labelSmoothing = 0 }: LabelSmoothingOptions = {},
): NDArray => {
  const where = "softmaxCrossEntropyWithIntegerLabels";
  const [x, y, classes] = scoresAndLabels(where, logits, labels);
  checkSmoothing(where, labelSmoothing);
  const normalizer = logsumexp(x, -1);
  const right = pick(x, y);
  if (labelSmoothing === 0) return np.subtract(normalizer, right);
  const even = np.divide(np.sum(x, -1), classes);
  const expected = np.add(np.multiply(right, 1 - labelSmoothing), np.multiply(even, labelSmoothing));
  return np.subtract(normalizer, expected);
};

/**
 * The cross-entropy of independent yes-or-no answers, element by element: −y · log σ(x) − (1 − y) · log(1 − σ(x)).
 *
 * @param logits of any shape.
 * @param labels probabilities of the same shape.
 * @example
 * nn.losses.sigmoidBinaryCrossEntropy(np.array([0, 2]), np.array([1, 1])); // [0.693147, 0.126928]
 * @see https://optax.readthedocs.io/en/latest/api/losses.html#optax.losses.sigmoid_binary_cross_entropy
 */
export const sigmoidBinaryCrossEntropy = (
  logits: ArrayLike,
  labels: ArrayLike,
  { labelSmoothing = 0 }: LabelSmoothingOptions = {},
): NDArray => {
  const where = "sigmoidBinaryCrossEntropy";
  const [x, given] = pair(where, logits, labels);
  checkSmoothing(where, labelSmoothing);
  const y = labelSmoothing === 0 ? given : np.add(np.multiply(given, 1 - labelSmoothing), labelSmoothing / 2);
  const yes = np.multiply(y, logSigmoid(x));
  const no = np.multiply(np.subtract(1, y), logSigmoid(np.negative(x)));
  return np.negative(np.add(yes, no));
};

/** Options of `multiclassSvm`. */
export interface MarginOptions {
  /** By how much the right score must lead; default 1. */
  readonly margin?: ArrayLike;
}

/**
 * The multiclass SVM loss, one number an example: Σ over wrong classes j of max(0, s_j − s_y + margin), where y is the
 * right one. (J. Weston and C. Watkins, "Multi-class support vector machines", 1998.)
 *
 * @param scores [..., classes].
 * @param labels int32 or uint32 [...].
 * @throws ShapeError or DTypeError unless the two fit together.
 * @example
 * nn.losses.multiclassSvm(np.array([[3.2, 5.1, -1.7]]), np.array([0], "int32")); // [2.9]
 */
export const multiclassSvm = (
  scores: ArrayLike,
  labels: ArrayLike,
  { margin = 1 }: MarginOptions = {},
): NDArray => {
  const [x, y, classes] = scoresAndLabels("multiclassSvm", scores, labels);
  const lead = np.add(np.subtract(x, np.expandDims(pick(x, y), -1)), margin);
  const isWrong = np.logicalNot(oneHot(y, classes, { dtype: "bool" }));
  return np.sum(np.where(isWrong, np.maximum(lead, 0), 0), -1);
};

/**
 * The hinge loss of yes-or-no answers, element by element: max(0, 1 − target · score).
 *
 * @param targets −1 or 1, of the same shape.
 * @example
 * nn.losses.hinge(np.array([0.5, -2]), np.array([1, -1])); // [0.5, 0]
 * @see https://optax.readthedocs.io/en/latest/api/losses.html#optax.losses.hinge_loss
 */
export const hinge = (scores: ArrayLike, targets: ArrayLike): NDArray => {
  const [x, y] = pair("hinge", scores, targets);
  return np.maximum(np.subtract(1, np.multiply(x, y)), 0);
};
