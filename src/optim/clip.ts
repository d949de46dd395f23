import { type ArrayLike, type NDArray, scalarArray } from "../array/index.ts";
import * as np from "../numpy/index.ts";
import { leaves } from "../tree/index.ts";
import { blockRms } from "./block-norms.ts";
import { hyper } from "./moments.ts";
import { type EmptyState, type GradientTransformation, stateless } from "./transformation.ts";
import { mapTrees } from "./trees.ts";

/**
 * Holds each element of the gradients within −maxDelta and maxDelta.
 *
 * @example
 * clip(1).update({ w: np.array([-3, 0.5]) }, clip(1).init({ w: np.zeros([2]) }))[0]; // { w: [-1, 0.5] }
 */
export const clip = (maxDelta: number): GradientTransformation<EmptyState> =>
  stateless((gradients) => mapTrees("clip", { gradients }, (g) => np.clip(g, -maxDelta, maxDelta)));

/**
 * The root of the sum of the squares of all elements of a tree of arrays: its length as one vector.
 *
 * @example
 * globalNorm({ w: np.array([3, 0]), b: np.array([4]) }); // 5
 */
export const globalNorm = (tree: unknown): NDArray => {
  const squares = leaves(tree).map((x) => np.sum(np.square(x as ArrayLike)));
  return np.sqrt(squares.reduce(np.add, scalarArray(0, "float32", true)));
};

/**
 * Shortens gradients to `maxNorm` if they are longer, all of them together as one vector.
 * (R. Pascanu et al., "On the difficulty of training recurrent neural networks", 2012.)
 *
 * @example
 * const transform = clipByGlobalNorm(1);
 * transform.update({ w: np.array([3, 4]) }, transform.init({ w: np.zeros([2]) }))[0]; // { w: [0.6, 0.8] }
 * @see https://optax.readthedocs.io/en/latest/api/transformations.html#optax.clip_by_global_norm
 */
export const clipByGlobalNorm = (maxNorm: number): GradientTransformation<EmptyState> =>
  stateless((gradients) => {
    const norm = globalNorm(gradients);
    const isShort = np.less(norm, maxNorm);
    const divisor = np.where(isShort, 1, norm);
    return mapTrees("clipByGlobalNorm", { gradients }, (g) =>
      np.where(isShort, g, np.multiply(np.divide(g, np.astype(divisor, g.dtype)), maxNorm)),
    );
  });

/**
 * Holds the root of the mean square of the gradient of each parameter within `threshold`.
 * (N. Shazeer and M. Stern, "Adafactor: adaptive learning rates with sublinear memory cost", 2018, section 6.)
 *
 * @example
 * chain(clipByBlockRms(1), sgd(0.1));
 * @see https://optax.readthedocs.io/en/latest/api/transformations.html#optax.clip_by_block_rms
 */
export const clipByBlockRms = (threshold: ArrayLike): GradientTransformation<EmptyState> =>
  stateless((gradients) =>
    mapTrees("clipByBlockRms", { gradients }, (g) =>
      np.divide(g, np.maximum(1, np.divide(blockRms(g, 0), hyper(threshold, g.dtype)))),
    ),
  );
