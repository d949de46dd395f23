import { type ArrayLike, asArray, isFloat, type NDArray } from "../array/index.ts";
import { TreeError } from "../core/index.ts";
import * as np from "../numpy/index.ts";
import { flattenWithPath, formatPath } from "../tree/index.ts";

/** The sum of `term` over all floating-point arrays of a tree. */
const total = (where: string, params: unknown, term: (x: NDArray) => NDArray): NDArray => {
  const [leaves] = flattenWithPath(params);
  return leaves.reduce((sum: NDArray, [path, leaf]) => {
    const x = asArray(leaf as ArrayLike, `${where}, params${formatPath(path)}`);
    if (!isFloat(x.dtype)) {
      throw new TreeError(
        `${where}: the parameters must be float arrays; ${formatPath(path)} is ${x.dtype}. Pass only what is to be kept small.`,
      );
    }
    return np.add(sum, np.sum(term(x)));
  }, np.array(0));
};

/**
 * The L2 penalty of all arrays of a tree: λ/2 · Σ w², whose gradient is λ · w.
 *
 * @example
 * const regularized = (params: Params) => loss(params).add(nn.regularizers.l2(params.kernel, 1e-4));
 */
export const l2 = (params: unknown, lambda: ArrayLike): NDArray =>
  np.multiply(np.multiply(total("l2", params, np.square), lambda), 0.5);

/**
 * The L1 penalty of all arrays of a tree: λ · Σ |w|, which drives small weights to 0.
 *
 * @example
 * nn.regularizers.l1({ w: np.array([1, -2]) }, 0.1); // 0.3
 */
export const l1 = (params: unknown, lambda: ArrayLike): NDArray =>
  np.multiply(total("l1", params, np.abs), lambda);

/**
 * The elastic net: λ · (ratio · Σ |w| + (1 − ratio)/2 · Σ w²). (H. Zou and T. Hastie, "Regularization and variable
 * selection via the elastic net", 2005.)
 *
 * @param ratio how much of the penalty is L1, from 0 to 1; default 0.5.
 * @example
 * nn.regularizers.elasticNet({ w: np.array([1, -2]) }, 0.1, 0.5); // 0.275
 */
export const elasticNet = (params: unknown, lambda: ArrayLike, ratio: ArrayLike = 0.5): NDArray => {
  const rest = typeof ratio === "number" ? 1 - ratio : np.subtract(1, ratio);
  return np.add(np.multiply(l1(params, lambda), ratio), np.multiply(l2(params, lambda), rest));
};
