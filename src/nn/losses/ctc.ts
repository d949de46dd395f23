import {
  type ArrayLike,
  formatShape,
  isInteger,
  type NDArray,
  sameShape,
  scalarArray,
} from "../../array/index.ts";
import { ArgumentError, DTypeError, describeAval, ShapeError } from "../../core/index.ts";
import { scan, sliceInDim } from "../../lax/index.ts";
import * as np from "../../numpy/index.ts";
import { operand, toInexact } from "../../numpy/operands.ts";
import { logsumexp } from "../../special/logsumexp.ts";
import { logSoftmax } from "../../special/softmax.ts";
import { oneHot } from "../one-hot.ts";

/** Options of `ctc`. */
export interface CtcOptions {
  /** The class that stands for no label; default 0. */
  readonly blankId?: number;
  /** The logarithm that stands for a probability of 0; default -1e5. */
  readonly logEpsilon?: number;
}

const NAME = "ctc";

const checkShapes = (
  logits: NDArray,
  logitPaddings: NDArray,
  labels: NDArray,
  labelPaddings: NDArray,
): readonly [batch: number, time: number, classes: number] => {
  const [batch, time, classes] = logits.shape;
  const fits =
    logits.ndim === 3 &&
    sameShape(logitPaddings.shape, logits.shape.slice(0, 2)) &&
    labels.ndim === 2 &&
    labels.shape[0] === batch &&
    sameShape(labels.shape, labelPaddings.shape);
  if (!fits) {
    throw new ShapeError(
      `${NAME}: logits must be [batch, time, classes], logitPaddings [batch, time], labels and labelPaddings ` +
        `[batch, labels]; got ${[logits, logitPaddings, labels, labelPaddings].map((x) => formatShape(x.shape)).join(", ")}.`,
    );
  }
  if (!isInteger(labels.dtype)) {
    throw new DTypeError(
      `${NAME}: labels must be numbers of classes (int32 or uint32); got ${describeAval(labels)}.`,
    );
  }
  return [batch as number, time as number, classes as number];
};

/**
 * Connectionist temporal classification: the negative log-likelihood of a sequence of labels under all alignments of it
 * with the time steps, one number an example. (A. Graves et al., "Connectionist temporal classification: labelling
 * unsegmented sequence data with recurrent neural networks", 2006.)
 *
 * The states are the labels with blanks before, between and behind them. The logarithm of the probability of being in
 * each state goes through time in one scan: a step stays, goes on by one, or leaps over a blank between two labels that
 * differ.
 *
 * @param logits [batch, time, classes].
 * @param logitPaddings [batch, time]: 1 where there is no step, at the end of shorter sequences; 0 elsewhere.
 * @param labels int32 or uint32 [batch, labels], without blanks.
 * @param labelPaddings [batch, labels]: 1 where there is no label, at the end.
 * @throws ShapeError, DTypeError or ArgumentError unless all fit together.
 * @example
 * nn.losses.ctc(np.zeros([1, 4, 3]), np.zeros([1, 4]), np.array([[1, 2]], "int32"), np.zeros([1, 2]));
 * // [1.6864]
 * @see https://optax.readthedocs.io/en/latest/api/losses.html#optax.losses.ctc_loss
 */
export const ctc = (
  logits: ArrayLike,
  logitPaddings: ArrayLike,
  labels: ArrayLike,
  labelPaddings: ArrayLike,
  { blankId = 0, logEpsilon = -1e5 }: CtcOptions = {},
): NDArray => {
  const x = operand(logits, NAME, toInexact);
  const { dtype } = x;
  const absent = operand(logitPaddings, NAME);
  const names = operand(labels, NAME).astype("int32");
  const unnamed = operand(labelPaddings, NAME);
  const [batch, time, classes] = checkShapes(x, absent, operand(labels, NAME), unnamed);
  if (!(Number.isInteger(blankId) && blankId >= 0 && blankId < classes)) {
    throw new ArgumentError(`${NAME}: blankId must be a class, from 0 to ${classes - 1}; got ${blankId}.`);
  }
  const count = names.shape[1] as number;
  const states = 2 * count + 1;
  const blanks = np.full([batch, count], blankId, "int32");
  const interleaved = np.reshape(np.stack([blanks, names], -1), [batch, 2 * count]);
  const classOf = np.pad(
    interleaved,
    [
      [0, 0],
      [0, 1],
    ],
    "constant",
    { constantValues: blankId },
  );
  // [time, batch, states]
  const scores = np.einsum("btk,bsk->tbs", logSoftmax(x), oneHot(classOf, classes, { dtype }));

  /** What stood `steps` states before each state. */
  const before = (x: NDArray, steps: number, none: number): NDArray => {
    const missing = np.full([batch, Math.min(steps, states)], none, x.dtype);
    return np.concatenate([missing, sliceInDim(x, 0, Math.max(0, states - steps), 1, 1)], 1);
  };
  const isLabel = np.notEqual(classOf, blankId);
  const canLeap = np.logicalAnd(isLabel, np.notEqual(classOf, before(classOf, 2, blankId)));
  // As if the state before the first step were the blank in front of a first step that stays or goes on by one.
  const isFirst = np.less(np.arange(states), 1);
  const start = np.broadcastTo(np.where(isFirst, scalarArray(0, dtype), logEpsilon), [batch, states]);
  const turn = (alpha: NDArray, [score, pad]: readonly [NDArray, NDArray]): readonly [NDArray, null] => {
    const near = np.logaddexp(alpha, before(alpha, 1, logEpsilon));
    const all = np.where(canLeap, np.logaddexp(near, before(alpha, 2, logEpsilon)), near);
    return [np.where(np.expandDims(np.greater(pad, 0), -1), alpha, np.add(all, score)), null];
  };
  const [alpha] = scan(turn, start, [scores, np.moveaxis(absent, 1, 0)] as const, { length: time });
  // The end is the last label, or the blank behind it.
  const last = np.multiply(2, np.subtract(count, np.sum(unnamed, -1))).astype("int32");
  const at = (state: NDArray): NDArray => oneHot(state, states, { dtype: "bool" });
  const isEnd = np.logicalOr(at(last), at(np.subtract(last, 1)));
  return np.negative(logsumexp(np.where(isEnd, alpha, logEpsilon), -1));
};
