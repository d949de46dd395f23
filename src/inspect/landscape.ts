import { isFloat, type NDArray } from "../array/index.ts";
import { ArgumentError, describeAval } from "../core/index.ts";
import * as np from "../numpy/index.ts";
import * as random from "../random/index.ts";
import { flattenArrays, requireSameStructure } from "../transforms/flatten-function.ts";
import { jit } from "../transforms/jit.ts";
import { unflatten } from "../tree/index.ts";

/** Options of `lossLandscape`. */
export interface LandscapeOptions<P> {
  /** Two directions, trees like the parameters. Default: random ones, normal and drawn from `key`. */
  readonly directions?: readonly [P, P];
  /** The key of random directions; default `random.key(0)`. */
  readonly key?: NDArray;
  /**
   * Whether directions are made as long as the weights, filter by filter, so that landscapes of networks can be compared:
   * all weights into one unit (along the last axis) are one filter; arrays of fewer than two axes are one. Default true.
   */
  readonly filterNormalized?: boolean;
  /** How far it is seen in each direction, in lengths of it. Default 1. */
  readonly extent?: number;
  /** How many points there are along each direction; an odd number has the parameters themselves in it. Default 25. */
  readonly points?: number;
}

/** Losses over a plane through the parameters. */
export interface Landscape {
  /** Multiples of the first and of the second direction. */
  readonly alphas: readonly number[];
  readonly betas: readonly number[];
  /** `losses[i][j]` is the loss at `betas[i]` and `alphas[j]`. */
  readonly losses: readonly (readonly number[])[];
}

/** A direction of the length of `weights`, filter by filter. */
const normalized = (direction: NDArray, weights: NDArray): NDArray => {
  const axes = weights.ndim < 2 ? null : weights.shape.slice(0, -1).map((_, axis) => axis);
  const length = (x: NDArray): NDArray => np.sqrt(np.sum(np.square(x), axes, { keepdims: true }));
  const own = length(direction);
  return direction.mul(np.divide(length(weights), np.where(np.equal(own, 0), 1, own)));
};

const ORDINALS = ["first", "second"] as const;

/**
 * The loss over the plane that two directions span through the parameters: a picture of how curved and how rugged it is
 * there. By default the directions are random and filter-normalised.
 *
 * @param loss from parameters to a scalar; it is compiled.
 * @throws ArgumentError for options out of range, or a loss that is no scalar; TreeError for directions of another structure.
 * @example
 * lossLandscape((w: NDArray) => w.square().sum(), np.array([0, 0]), {
 *   directions: [np.array([1, 0]), np.array([0, 1])],
 *   filterNormalized: false,
 *   points: 3,
 * }).losses; // [[2, 1, 2], [1, 0, 1], [2, 1, 2]]
 * @see https://arxiv.org/abs/1712.09913 Li et al., Visualizing the Loss Landscape of Neural Nets
 */
export const lossLandscape = <P>(
  loss: (params: P) => NDArray,
  params: P,
  options: LandscapeOptions<P> = {},
): Landscape => {
  const { key = random.key(0), filterNormalized = true, extent = 1, points = 25 } = options;
  if (!(Number.isInteger(points) && points >= 2))
    throw new ArgumentError(`lossLandscape: points must be a whole number of at least 2; got ${points}.`);
  if (!(Number.isFinite(extent) && extent > 0))
    throw new ArgumentError(`lossLandscape: extent must be a positive number; got ${extent}.`);
  const [weights, tree] = flattenArrays(params, "lossLandscape, params");
  const given = options.directions?.map((direction, d) => {
    const [leaves, treedef] = flattenArrays(direction, `lossLandscape, the ${ORDINALS[d]} direction`);
    requireSameStructure(tree, treedef, { where: "lossLandscape", names: ["params", "direction"] });
    return leaves;
  });
  const directionOf = (d: number): readonly (NDArray | null)[] =>
    weights.map((w, i) => {
      if (!isFloat(w.dtype)) return null;
      const drawn =
        (given?.[d]?.[i] as NDArray | undefined) ??
        random.normal(random.foldIn(random.foldIn(key, d), i), w.shape, { dtype: w.dtype });
      if (drawn.shape.join() !== w.shape.join()) {
        throw new ArgumentError(
          `lossLandscape: the ${ORDINALS[d]} direction has an array of ${describeAval(drawn)} where the parameters have ` +
            `${describeAval(w)}.`,
        );
      }
      return filterNormalized ? normalized(drawn, w) : drawn.astype(w.dtype);
    });
  const [first, second] = [directionOf(0), directionOf(1)];
  const at = jit((alpha: NDArray, beta: NDArray): NDArray => {
    const moved = weights.map((w, i) => {
      const [a, b] = [first[i], second[i]];
      if (a == null || b == null) return w;
      return w.add(a.mul(alpha.astype(w.dtype))).add(b.mul(beta.astype(w.dtype)));
    });
    const value = np.asarray(loss(unflatten(tree, moved) as P));
    if (value.ndim > 0)
      throw new ArgumentError(`lossLandscape: the loss must be a scalar; got ${describeAval(value)}.`);
    return value;
  });
  const steps = Array.from({ length: points }, (_, i) => extent * ((2 * i) / (points - 1) - 1));
  const scalar = (x: number): NDArray => np.array(x, "float64");
  return {
    alphas: steps,
    betas: steps,
    losses: steps.map((beta) => steps.map((alpha) => Number(at(scalar(alpha), scalar(beta))))),
  };
};
