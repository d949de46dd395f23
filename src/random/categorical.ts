import { formatShape, type NDArray, normalizeAxis, type Shape, sameShape, sizeOf } from "../array/index.ts";
import { ArgumentError, ShapeError } from "../core/index.ts";
import {
  add,
  argmax,
  broadcastTo,
  inserted,
  moveAxis,
  reshape,
  topK,
  transpose,
  without,
} from "../primitives/index.ts";
import { gumbelOf, type Precision } from "./gumbel.ts";
import { floatDType, sampleShape, spread, zeros } from "./operands.ts";

/** Options of `categorical`. */
export interface CategoricalOptions {
  /** The axis of `logits` along which the categories lie; default -1, the last. */
  readonly axis?: number;
  /** The shape of the sample, to which that of `logits` without the axis broadcasts; default: that itself. */
  readonly shape?: Shape | null;
  /** Whether a category can be drawn again. Default true. */
  readonly replace?: boolean;
  /** How many random bits to draw, which decides how improbable a category can be; default "low". */
  readonly mode?: Precision;
}

const where = "categorical";

/**
 * Categories drawn with probabilities that are proportional to exp(logits), by the Gumbel trick: the place of the
 * greatest logit after adding Gumbel noise.
 *
 * @returns int32, each from 0 to one less than there are categories.
 * @throws ShapeError if `shape` does not fit; ArgumentError if more are drawn without replacement than there are.
 * @example
 * random.categorical(key, logits); // float32[128, 10] → int32[128]
 * @see https://docs.jax.dev/en/latest/_autosummary/jax.random.categorical.html
 */
export const categorical = (
  key: NDArray,
  logits: NDArray,
  { axis = -1, shape = null, replace = true, mode = "low" }: CategoricalOptions = {},
): NDArray => {
  const dtype = floatDType(logits.dtype, `${where}, logits`);
  const along = normalizeAxis(axis, logits.ndim, where);
  const batch = without(logits.shape, along);
  const full = sampleShape(shape ?? batch, where);
  // Refuses a shape to which the logits do not broadcast.
  spread(zeros(batch, "bool"), full, where, "logits without its axis of categories");
  const count = logits.shape[along] as number;
  const prefix = full.slice(0, full.length - batch.length);
  if (replace) {
    const drawn = inserted(full, prefix.length + along, count);
    return argmax(
      add(gumbelOf(key, drawn, dtype, mode, where), broadcastTo(logits, drawn)),
      prefix.length + along,
    );
  }
  const draws = sizeOf(prefix);
  if (draws > count) {
    throw new ArgumentError(
      `categorical: shape ${formatShape(full)} asks for ${draws} different categories, but there are ${count}.`,
    );
  }
  if (!sameShape(full.slice(prefix.length), batch)) {
    throw new ShapeError(
      `categorical: without replacement, shape must end with that of the logits without their axis of categories, ` +
        `${formatShape(batch)}; got ${formatShape(full)}.`,
    );
  }
  const noisy = add(logits, gumbelOf(key, logits.shape, dtype, mode, where));
  const places = topK(moveAxis(noisy, along, logits.ndim - 1), draws)[1];
  const drawsFirst = transpose(places, [batch.length, ...batch.keys()]);
  return reshape(drawsFirst, full);
};
