import type { ArrayLike, NDArray } from "../array/index.ts";
import { ArgumentError } from "../core/index.ts";
import * as np from "../numpy/index.ts";
import { hyper } from "./moments.ts";
import { requireParams } from "./requirements.ts";
import { type EmptyState, type GradientTransformation, stateless } from "./transformation.ts";
import { mapTrees } from "./trees.ts";

/** Options of `adaptiveGradClip`. */
export interface AdaptiveGradClipOptions {
  /** The least length that parameters count with; default 1e-3. */
  readonly eps?: ArrayLike;
  /** The axes along which one unit lies; default: by how many axes the array has. */
  readonly axis?: number | readonly number[] | null;
}

/** The axes along which the weights of one unit lie; null: the whole array is one unit. */
const unitAxes = (x: NDArray): readonly number[] | null => {
  if (x.shape.filter((n) => n !== 1).length <= 1) return null;
  if (x.ndim === 2 || x.ndim === 3) return [0];
  if (x.ndim === 4 || x.ndim === 5) return Array.from({ length: x.ndim - 1 }, (_, axis) => axis);
  throw new ArgumentError(
    `adaptiveGradClip: units are known of arrays with 1 to 5 axes; got the shape [${x.shape.join(", ")}]. Say which axes belong to one by axis.`,
  );
};

/**
 * Shortens the gradient of each unit (the weights that lead to one output) to `clipping` times the length of its
 * weights. In arrays of 2 or 3 axes a unit lies along the first, in arrays of 4 or 5 along all but the last. `update`
 * needs the parameters.
 * (A. Brock et al., "High-performance large-scale image recognition without normalization", 2021.)
 *
 * @throws ArgumentError for arrays of more than 5 axes without `axis`, or without parameters.
 * @example
 * chain(adaptiveGradClip(0.01), sgd(0.1));
 * @see https://optax.readthedocs.io/en/latest/api/transformations.html#optax.adaptive_grad_clip
 */
export const adaptiveGradClip = (
  clipping: ArrayLike,
  { eps = 1e-3, axis = null }: AdaptiveGradClipOptions = {},
): GradientTransformation<EmptyState> => {
  const unitNorm = (x: NDArray): NDArray =>
    np.sqrt(np.sum(np.square(x), axis ?? unitAxes(x), { keepdims: true }));
  return stateless((gradients, optionalParams) => {
    const params = requireParams("adaptiveGradClip", optionalParams);
    return mapTrees("adaptiveGradClip", { gradients, params }, (g, p) => {
      const most = np.multiply(hyper(clipping, p.dtype), np.maximum(unitNorm(p), hyper(eps, p.dtype)));
      const norm = unitNorm(g);
      const shorter = np.multiply(g, np.divide(most, np.maximum(norm, 1e-6)));
      return np.where(np.less(norm, most), g, shorter);
    });
  });
};
