import {
  type ArrayLike,
  formatShape,
  isInteger,
  type NDArray,
  type Shape,
  sameShape,
} from "../../array/index.ts";
import { DTypeError, describeAval, ShapeError } from "../../core/index.ts";
import * as np from "../../numpy/index.ts";
import { commonShape, operand, promote, toInexact } from "../../numpy/operands.ts";

/*
 * What losses refuse before they compute: predictions and targets that broadcast to one another by accident are the
 * commonest mistake, a [n] beside a [n, 1] giving an [n, n] of errors, so shapes must agree.
 */

/** Predictions and targets as floats of one dtype and one shape; a scalar stands for a full array. */
export const pair = (
  where: string,
  predictions: ArrayLike,
  targets: ArrayLike,
): readonly [NDArray, NDArray] => {
  const [x, y] = promote(where, [predictions, targets], toInexact) as [NDArray, NDArray];
  if (x.ndim > 0 && y.ndim > 0 && !sameShape(x.shape, y.shape)) {
    throw new ShapeError(
      `${where}: predictions and targets must have one shape; got ${formatShape(x.shape)} and ${formatShape(y.shape)}. ` +
        "Reshape one of them.",
    );
  }
  commonShape(where, [x, y]);
  return [x, y];
};

/** Scores [..., classes] and the number of the right class of each example, [...]. */
export const scoresAndLabels = (
  where: string,
  scores: ArrayLike,
  labels: ArrayLike,
): readonly [scores: NDArray, labels: NDArray, classes: number] => {
  const x = operand(scores, where, toInexact);
  const y = operand(labels, where);
  const classes = x.shape.at(-1);
  if (!isInteger(y.dtype)) {
    throw new DTypeError(
      `${where}: labels must be the numbers of classes (int32 or uint32); got ${describeAval(y)}.`,
    );
  }
  if (classes === undefined || !sameShape(x.shape.slice(0, -1), y.shape))
    throw labelShapeError(where, x, y.shape);
  return [x, y, classes];
};

const labelShapeError = (where: string, x: NDArray, shape: Shape): ShapeError =>
  new ShapeError(
    `${where}: scores must be [..., classes] and labels [...]; got ${formatShape(x.shape)} and ${formatShape(shape)}.`,
  );

/** The element of the last axis that each label names, without that axis; NaN for a label that is no class. */
export const pick = (x: NDArray, labels: NDArray): NDArray =>
  np.squeeze(np.takeAlongAxis(x, np.expandDims(labels, -1), -1), -1);
