import type { ArrayLike, NDArray, Shape } from "../array/index.ts";
import * as np from "../numpy/index.ts";
import { complement, hyper, scalarOf } from "./moments.ts";
import { requireParams } from "./requirements.ts";
import { stateful } from "./stateful.ts";
import type { ArrayTree, GradientTransformation } from "./transformation.ts";
import { increment, mapTrees, noSteps } from "./trees.ts";

/**
 * Running means of the squares of gradients. A matrix that is large enough has those of its rows and columns, and one
 * 0 as `v`; any other array has its own as `v`, and one 0 as the others.
 */
export interface FactoredState {
  /** How many steps were done, int32[]. */
  readonly count: NDArray;
  readonly vRow: ArrayTree;
  readonly vCol: ArrayTree;
  readonly v: ArrayTree;
}

/** Options of `scaleByFactoredRms`. */
export interface FactoredRmsOptions {
  /** Whether to keep means of rows and columns only. Default true. */
  readonly factored?: boolean;
  /** After n steps a mean keeps 1 − n^−decayRate of what it was; default 0.8. */
  readonly decayRate?: ArrayLike;
  /** The step that counts as the first, for fine-tuning; default 0. */
  readonly stepOffset?: ArrayLike;
  /** Arrays are factored whose two longest axes are at least this long; default 128. */
  readonly minDimSizeToFactor?: number;
  /** What is added to squares; default 1e-30. */
  readonly epsilon?: ArrayLike;
}

/** The two longest axes of an array that is factored, the longest last; of equal ones the later counts as longer. */
const factoredAxes = (
  shape: Shape,
  factored: boolean,
  least: number,
): readonly [number, number] | undefined => {
  if (!factored || shape.length < 2) return undefined;
  const axes = shape.map((_, axis) => axis).sort((a, b) => (shape[a] as number) - (shape[b] as number));
  const [shorter, longer] = axes.slice(-2) as [number, number];
  return (shape[shorter] as number) < least ? undefined : [shorter, longer];
};

const without = (shape: Shape, axis: number): number[] => shape.filter((_, a) => a !== axis);

/**
 * Divides gradients by the root of the running mean of their squares, which for matrices is the product of what is
 * known of rows and columns: a matrix of n×m needs n + m numbers in memory. `update` needs the parameters.
 * (N. Shazeer and M. Stern, "Adafactor: adaptive learning rates with sublinear memory cost", 2018.)
 *
 * The rate of decay is calculated in the dtype of the parameter.
 *
 * @example
 * chain(scaleByFactoredRms(), scaleByLearningRate(1e-2));
 * @see https://optax.readthedocs.io/en/latest/api/transformations.html#optax.scale_by_factored_rms
 */
export const scaleByFactoredRms = ({
  factored = true,
  decayRate = 0.8,
  stepOffset = 0,
  minDimSizeToFactor = 128,
  epsilon = 1e-30,
}: FactoredRmsOptions = {}): GradientTransformation<FactoredState> => {
  const where = "scaleByFactoredRms";
  const axesOf = (p: NDArray) => factoredAxes(p.shape, factored, minDimSizeToFactor);
  const unused = (p: NDArray): NDArray => np.zeros([1], p.dtype);

  /** How much of a mean stays. */
  const decayAt = (count: NDArray, like: NDArray): NDArray => {
    const steps = np.astype(np.add(np.subtract(count, stepOffset), 1), like.dtype);
    const rate = scalarOf(decayRate, like.dtype);
    return np.subtract(1, np.power(steps, np.negative(rate)));
  };
  return stateful(where, {
    init: (params) => {
      const each = (f: (p: NDArray) => NDArray): ArrayTree => mapTrees(where, { params }, f);
      const reduced = (p: NDArray, which: 0 | 1): NDArray => {
        const axes = axesOf(p);
        return axes === undefined ? unused(p) : np.zeros(without(p.shape, axes[which]), p.dtype);
      };
      return {
        count: noSteps(),
        vRow: each((p) => reduced(p, 1)),
        vCol: each((p) => reduced(p, 0)),
        v: each((p) => (axesOf(p) === undefined ? np.zerosLike(p) : unused(p))),
      };
    },
    update: (gradients, state, optionalParams) => {
      const params = requireParams(where, optionalParams);
      const { vRow, vCol, v } = state;
      /** The next means along an axis of factored arrays, or of single elements of the others. */
      const next = (means: ArrayTree, which: 0 | 1 | null): ArrayTree =>
        mapTrees<ArrayTree>(where, { gradients, params, means }, (g, p, mean) => {
          const axes = axesOf(p);
          if ((axes === undefined) !== (which === null)) return mean;
          const squares = np.add(np.square(g), hyper(epsilon, g.dtype));
          const decay = decayAt(state.count, mean);
          const now = axes === undefined || which === null ? squares : np.mean(squares, axes[which]);
          return np.add(np.multiply(decay, mean), np.multiply(complement(decay), now));
        });
      const [rows, columns, singles] = [next(vRow, 1), next(vCol, 0), next(v, null)];
      const trees = { gradients, params, vRow: rows, vCol: columns, v: singles };
      const updates = mapTrees<typeof gradients>(where, trees, (g, p, row, column, single) => {
        const axes = axesOf(p);
        if (axes === undefined) return np.multiply(g, np.power(single as NDArray, -0.5));
        return np.multiply(g, inverseRoots(row as NDArray, column as NDArray, axes));
      });
      return [updates, { count: increment(state.count), vRow: rows, vCol: columns, v: singles }];
    },
  });
};

/** 1 over the root of the matrix of rank one that has these means of rows and of columns. */
const inverseRoots = (
  row: NDArray,
  column: NDArray,
  [shorter, longer]: readonly [number, number],
): NDArray => {
  const total = np.mean(row, shorter > longer ? shorter - 1 : shorter, { keepdims: true });
  const rowFactor = np.power(np.divide(row, total), -0.5);
  const columnFactor = np.power(column, -0.5);
  return np.multiply(np.expandDims(rowFactor, longer), np.expandDims(columnFactor, shorter));
};
