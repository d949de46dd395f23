import { normalizeAxes } from "../../array/index.ts";
import { ArgumentError } from "../../core/index.ts";
import * as np from "../../numpy/index.ts";
import * as random from "../../random/index.ts";
import type { Layer } from "./layer.ts";

/** Options of `dropout`. */
export interface DropoutOptions {
  /** Axes along which all elements are dropped or kept together: `[1, 2]` drops whole channels of images. */
  readonly broadcastDims?: readonly number[];
}

/**
 * In training, each element becomes 0 with probability `rate`, and the others are divided by 1 − rate, so that means
 * stay. Otherwise nothing happens. (N. Srivastava et al., "Dropout: a simple way to prevent neural networks from
 * overfitting", 2014.)
 *
 * @throws ArgumentError for a rate outside [0, 1], or if it is applied in training without a key.
 * @example
 * const layer = nn.dropout(0.5);
 * layer.apply(null, x, { training: true, key });
 */
export const dropout = (rate: number, { broadcastDims = [] }: DropoutOptions = {}): Layer<null> => {
  if (!(rate >= 0 && rate <= 1)) {
    throw new ArgumentError(`dropout: rate must be a probability, from 0 to 1; got ${rate}.`);
  }
  return {
    kind: "dropout",
    init: () => null,
    outputShape: (inputShape) => inputShape,
    apply: (_params, x, { training = false, key } = {}) => {
      if (!training || rate === 0) return x;
      if (rate === 1) return np.zerosLike(x);
      if (key === undefined) {
        throw new ArgumentError(
          "dropout: in training it needs a random key: apply(params, x, { training: true, key }), with a new key for each step.",
        );
      }
      const together = new Set(normalizeAxes(broadcastDims, x.ndim, "dropout, broadcastDims"));
      const keep = random.bernoulli(
        key,
        1 - rate,
        x.shape.map((n, axis) => (together.has(axis) ? 1 : n)),
      );
      return np.where(keep, np.divide(x, 1 - rate), 0);
    },
  };
};
