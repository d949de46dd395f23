import { type ArrayLike, formatShape, type NDArray, sameShape } from "../../array/index.ts";
import { inNameOf, ShapeError } from "../../core/index.ts";
import * as np from "../../numpy/index.ts";
import { operand, toInexact } from "../../numpy/operands.ts";
import { pair } from "./operands.ts";

/**
 * The Kullback–Leibler divergence of predicted from target probabilities, one number an example:
 * Σ target · (log target − log prediction). Targets of 0 count as 0.
 *
 * @param logPredictions logarithms of probabilities, [..., classes].
 * @param targets probabilities of the same shape.
 * @example
 * nn.losses.klDivergence(np.log(np.array([[0.5, 0.5]])), np.array([[0.25, 0.75]])); // [0.130812]
 * @see https://optax.readthedocs.io/en/latest/api/losses.html#optax.losses.kl_divergence
 */
export const klDivergence = (logPredictions: ArrayLike, targets: ArrayLike): NDArray => {
  const [x, y] = pair("klDivergence", logPredictions, targets);
  const isThere = np.greater(y, 0);
  // The logarithm is taken of safe values only, so that its derivative is finite where it is not used.
  const logTarget = np.log(np.where(isThere, y, 1));
  return np.sum(np.where(isThere, np.multiply(y, np.subtract(logTarget, x)), 0), -1);
};

/** Options of cosine losses. */
export interface CosineOptions {
  /** The least length that a vector is taken to have; default 1e-8. */
  readonly epsilon?: number;
}

const norm = (x: NDArray, epsilon: number): NDArray => {
  const square = np.sum(np.square(x), -1, { keepdims: true });
  // Below epsilon the length is epsilon, and no derivative of a root at 0 is taken.
  const isLong = np.greater(square, epsilon * epsilon);
  return np.where(isLong, np.sqrt(np.where(isLong, square, 1)), epsilon);
};

/**
 * The cosine of the angle between predictions and targets, one number an example: 1 if they point the same way.
 *
 * @param predictions [..., features].
 * @param targets of the same shape.
 * @example
 * nn.losses.cosineSimilarity(np.array([[1, 0]]), np.array([[3, 0]])); // [1]
 * @see https://optax.readthedocs.io/en/latest/api/losses.html#optax.losses.cosine_similarity
 */
export const cosineSimilarity = (
  predictions: ArrayLike,
  targets: ArrayLike,
  { epsilon = 1e-8 }: CosineOptions = {},
): NDArray => {
  const [x, y] = pair("cosineSimilarity", predictions, targets);
  return inNameOf("cosineSimilarity", () =>
    np.sum(np.multiply(np.divide(x, norm(x, epsilon)), np.divide(y, norm(y, epsilon))), -1),
  );
};

/**
 * 1 − `cosineSimilarity`.
 *
 * @example
 * nn.losses.cosineDistance(np.array([[1, 0]]), np.array([[0, 2]])); // [1]
 */
export const cosineDistance = (
  predictions: ArrayLike,
  targets: ArrayLike,
  options: CosineOptions = {},
): NDArray =>
  inNameOf("cosineDistance", () => np.subtract(1, cosineSimilarity(predictions, targets, options)));

/** Options of `tripletMargin`. */
export interface TripletOptions {
  /** By how much further the negative must be; default 1. */
  readonly margin?: number;
  /** What is added to the sum of powers under the root; default 1e-6. */
  readonly epsilon?: number;
  /** The order of the norm that distances are measured in; default 2. */
  readonly normDegree?: number;
}

/**
 * max(0, d(anchor, positive) − d(anchor, negative) + margin), one number an example. (V. Balntas et al., "Learning local
 * feature descriptors with triplets and shallow convolutional neural networks", 2016.)
 *
 * @param anchors [..., features], as `positives` and `negatives`.
 * @throws ShapeError unless the three have one shape.
 * @example
 * nn.losses.tripletMargin(np.array([[0, 0]]), np.array([[0, 1]]), np.array([[3, 0]])); // [0]
 * @see https://optax.readthedocs.io/en/latest/api/losses.html#optax.losses.triplet_margin_loss
 */
export const tripletMargin = (
  anchors: ArrayLike,
  positives: ArrayLike,
  negatives: ArrayLike,
  { margin = 1, epsilon = 1e-6, normDegree = 2 }: TripletOptions = {},
): NDArray => {
  const [a, p, n] = [anchors, positives, negatives].map((x) => operand(x, "tripletMargin", toInexact)) as [
    NDArray,
    NDArray,
    NDArray,
  ];
  if (!sameShape(a.shape, p.shape) || !sameShape(a.shape, n.shape) || a.ndim === 0) {
    throw new ShapeError(
      `tripletMargin: anchors, positives and negatives must have one shape, [..., features]; got ` +
        `${[a, p, n].map((x) => formatShape(x.shape)).join(", ")}.`,
    );
  }
  const distance = (x: NDArray): NDArray =>
    np.power(np.add(np.sum(np.power(np.abs(np.subtract(a, x)), normDegree), -1), epsilon), 1 / normDegree);
  return np.maximum(np.add(np.subtract(distance(p), distance(n)), margin), 0);
};
