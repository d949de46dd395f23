import { type ArrayLike, formatShape, isInteger, type NDArray, sameShape } from "../../array/index.ts";
import { ArgumentError, DTypeError, describeAval, ShapeError } from "../../core/index.ts";
import { sliceInDim, topK } from "../../lax/index.ts";
import * as np from "../../numpy/index.ts";
import { operand } from "../../numpy/operands.ts";
import { scoresAndLabels } from "../losses/operands.ts";

/**
 * The share of examples whose highest score is that of their label, a scalar from 0 to 1.
 *
 * @param scores [..., classes]; of several highest the first counts.
 * @param labels int32 or uint32 [...].
 * @throws ShapeError or DTypeError unless the two fit together.
 * @example
 * nn.metrics.accuracy(np.array([[0.9, 0.1], [0.8, 0.2]]), np.array([0, 1], "int32")); // 0.5
 */
export const accuracy = (scores: ArrayLike, labels: ArrayLike): NDArray => {
  const [x, y] = scoresAndLabels("accuracy", scores, labels);
  return np.mean(np.equal(np.argmax(x, -1), y));
};

/**
 * The share of examples whose label is among the `k` highest scores.
 *
 * @throws ArgumentError unless 1 <= k <= classes.
 * @example
 * nn.metrics.topKAccuracy(np.array([[0.5, 0.3, 0.2]]), np.array([1], "int32"), 2); // 1
 */
export const topKAccuracy = (scores: ArrayLike, labels: ArrayLike, k: number): NDArray => {
  const [x, y, classes] = scoresAndLabels("topKAccuracy", scores, labels);
  if (!(Number.isInteger(k) && k >= 1 && k <= classes)) {
    throw new ArgumentError(`topKAccuracy: k must be from 1 to ${classes}, the number of classes; got ${k}.`);
  }
  const [, indices] = topK(x, k);
  return np.mean(np.any(np.equal(indices, np.expandDims(y, -1)), -1));
};

/**
 * How often each label was predicted as each class: int32[classes, classes], a row a true label, a column a prediction.
 *
 * @param predictions numbers of classes, int32 or uint32 [...].
 * @param labels of the same shape. Numbers that are no class are not counted.
 * @example
 * nn.metrics.confusionMatrix(np.argmax(scores, -1), labels, 10);
 */
export const confusionMatrix = (predictions: ArrayLike, labels: ArrayLike, numClasses: number): NDArray => {
  const where = "confusionMatrix";
  const [x, y] = [operand(predictions, where), operand(labels, where)];
  for (const each of [x, y]) {
    if (!isInteger(each.dtype)) {
      throw new DTypeError(
        `${where}: takes numbers of classes (int32 or uint32); got ${describeAval(each)}.`,
      );
    }
  }
  if (!sameShape(x.shape, y.shape)) {
    throw new ShapeError(
      `${where}: predictions and labels must have one shape; got ${formatShape(x.shape)} and ${formatShape(y.shape)}.`,
    );
  }
  if (!(Number.isInteger(numClasses) && numClasses >= 1)) {
    throw new ArgumentError(`${where}: numClasses must be a whole number >= 1; got ${numClasses}.`);
  }
  const [column, row] = [np.ravel(x).astype("int32"), np.ravel(y).astype("int32")];
  const isClass = (n: NDArray): NDArray => np.logicalAnd(np.greaterEqual(n, 0), np.less(n, numClasses));
  const isCounted = np.logicalAnd(isClass(row), isClass(column));
  // What is not counted goes to a place behind the table.
  const place = np.where(isCounted, np.add(np.multiply(row, numClasses), column), numClasses * numClasses);
  const counts = np.bincount(place, { length: numClasses * numClasses + 1 });
  return np.reshape(sliceInDim(counts, 0, numClasses * numClasses), [numClasses, numClasses]);
};

/** Precision, recall and their harmonic mean, float32[classes] or scalars. */
export interface PrecisionRecall {
  /** Of all predictions of a class, the share that was right; 0 if it was never predicted. */
  readonly precision: NDArray;
  /** Of all examples of a class, the share that was found; 0 if there is none. */
  readonly recall: NDArray;
  readonly f1: NDArray;
}

/** Whether there is a number for each class, their mean, or one of all classes counted together. */
export type Averaging = "none" | "macro" | "micro";

/** Options of `precisionRecallF1`. */
export interface PrecisionRecallOptions {
  /** Default "macro". */
  readonly average?: Averaging;
}

/** a / b, and 0 where b is 0. */
const ratio = (a: NDArray, b: NDArray): NDArray => {
  const isNone = np.equal(b, 0);
  return np.where(isNone, 0, np.divide(a, np.where(isNone, 1, b)));
};

/**
 * Precision, recall and F1 from a confusion matrix.
 *
 * @param confusion [classes, classes], rows true labels, as `confusionMatrix` makes it; matrices may be added up before.
 * @example
 * nn.metrics.precisionRecallF1(np.array([[3, 1], [1, 3]])); // { precision: 0.75, recall: 0.75, f1: 0.75 }
 */
export const precisionRecallF1 = (
  confusion: ArrayLike,
  { average = "macro" }: PrecisionRecallOptions = {},
): PrecisionRecall => {
  const where = "precisionRecallF1";
  const table = operand(confusion, where);
  if (table.ndim !== 2 || table.shape[0] !== table.shape[1]) {
    throw new ShapeError(`${where}: the confusion matrix must be square; got ${formatShape(table.shape)}.`);
  }
  if (average !== "none" && average !== "macro" && average !== "micro") {
    throw new ArgumentError(
      `${where}: average must be "none", "macro" or "micro"; got "${String(average)}".`,
    );
  }
  const right = np.diagonal(table);
  const sum = (x: NDArray): NDArray => (average === "micro" ? np.sum(x) : x);
  const precision = ratio(sum(right), sum(np.sum(table, 0)));
  const recall = ratio(sum(right), sum(np.sum(table, 1)));
  const f1 = ratio(np.multiply(2, np.multiply(precision, recall)), np.add(precision, recall));
  if (average !== "macro") return { precision, recall, f1 };
  return { precision: np.mean(precision), recall: np.mean(recall), f1: np.mean(f1) };
};

/**
 * The perplexity of a language model: exp of its mean cross-entropy in nats, as if it chose among so many words evenly.
 *
 * @param crossEntropy the cross-entropy of each token, of any shape.
 * @example
 * nn.metrics.perplexity(np.array([Math.log(4), Math.log(4)])); // 4
 */
export const perplexity = (crossEntropy: ArrayLike): NDArray => np.exp(np.mean(crossEntropy));
