import { type ArrayLike, NDArray } from "../array/index.ts";
import * as np from "../numpy/index.ts";
import { key as keyOf, normal, split } from "../random/index.ts";
import { flatten, unflatten } from "../tree/index.ts";
import { hyper } from "./moments.ts";
import type { GradientTransformation } from "./transformation.ts";
import { increment, mapTrees, noSteps } from "./trees.ts";

/** How many steps were done, and the key of the next one. */
export interface AddNoiseState {
  /** int32[] */
  readonly count: NDArray;
  /** uint32[2] */
  readonly rngKey: NDArray;
}

/**
 * Adds normal noise of variance eta / n^gamma to the gradients of step n.
 * (A. Neelakantan et al., "Adding gradient noise improves learning for very deep networks", 2015.)
 *
 * @param key a random key, or a seed for one.
 * @example
 * chain(addNoise(0.01, 0.55, random.key(0)), adam(1e-3));
 * @see https://optax.readthedocs.io/en/latest/api/transformations.html#optax.add_noise
 */
export const addNoise = (
  eta: ArrayLike,
  gamma: ArrayLike,
  key: NDArray | number,
): GradientTransformation<AddNoiseState> => ({
  init: () => ({ count: noSteps(), rngKey: key instanceof NDArray ? key : keyOf(key) }),
  update: (gradients, state) => {
    const count = increment(state.count);
    const [rngKey, sampleKey] = split(state.rngKey) as unknown as [NDArray, NDArray];
    const [leaves, treedef] = flatten(gradients);
    const keys = unflatten(treedef, leaves.length === 0 ? [] : [...split(sampleKey, leaves.length)]);
    const updates = mapTrees<typeof gradients>("addNoise", { gradients, keys }, (g, k) => {
      const decay = np.power(np.astype(count, g.dtype), hyper(gamma, g.dtype));
      const deviation = np.sqrt(np.divide(hyper(eta, g.dtype), decay));
      return np.add(g, np.multiply(deviation, normal(k, g.shape, { dtype: g.dtype })));
    });
    return [updates, { count, rngKey }];
  },
});
