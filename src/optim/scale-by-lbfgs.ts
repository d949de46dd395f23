import type { NDArray } from "../array/index.ts";
import * as lax from "../lax/index.ts";
import * as np from "../numpy/index.ts";
import { requireParams, requireWhole } from "./requirements.ts";
import { stateful } from "./stateful.ts";
import type { ArrayTree, GradientTransformation } from "./transformation.ts";
import { dotTrees, dtypeOfTree, increment, mapTrees, noSteps, zerosLikeTree } from "./trees.ts";

/** The last differences of parameters and of gradients, in a ring: the oldest is at `count` modulo the memory size. */
export interface LbfgsState {
  /** How many steps were done, int32[]. */
  readonly count: NDArray;
  /** The parameters of the last step. */
  readonly params: ArrayTree;
  /** The gradients of the last step. */
  readonly updates: ArrayTree;
  /** Differences of parameters, with an axis of the memory size in front. */
  readonly diffParamsMemory: ArrayTree;
  /** Differences of gradients, alike. */
  readonly diffUpdatesMemory: ArrayTree;
  /** 1 over the products of both, [memorySize]; 0 where there is nothing yet. */
  readonly weightsMemory: NDArray;
}

/** Options of `scaleByLbfgs`. */
export interface ScaleByLbfgsOptions {
  /** How many differences are remembered; default 10. */
  readonly memorySize?: number;
  /** Whether the first guess of the curvature is that along the last step, rather than 1. Default true. */
  readonly scaleInitPrecond?: boolean;
}

/** The part of a memory at a computed index. */
const recall = (where: string, memory: ArrayTree, index: NDArray): ArrayTree =>
  mapTrees<ArrayTree>(where, { memory }, (m) => lax.dynamicIndexInDim(m, index, 0, false));

/** `x` + factor `y`, in the dtypes of `x`. */
const addScaled = (where: string, x: ArrayTree, factor: NDArray, y: ArrayTree): ArrayTree =>
  mapTrees<ArrayTree>(where, { x, y }, (a, b) =>
    np.astype(np.add(a, np.multiply(factor, b as NDArray)), a.dtype),
  );

/**
 * Multiplies gradients by a guess of the inverse of the Hessian made of the last differences of gradients and of
 * parameters. `update` needs the parameters.
 * (J. Nocedal, "Updating quasi-Newton matrices with limited storage", 1980; J. Nocedal and S. J. Wright, "Numerical
 * optimization", 2nd ed., algorithm 7.4.)
 *
 * @throws ArgumentError unless `memorySize` is a positive whole number, or without parameters.
 * @example
 * chain(scaleByLbfgs({ memorySize: 10 }), scaleByLearningRate(1));
 * @see https://optax.readthedocs.io/en/latest/api/transformations.html#optax.scale_by_lbfgs
 */
export const scaleByLbfgs = ({
  memorySize = 10,
  scaleInitPrecond = true,
}: ScaleByLbfgsOptions = {}): GradientTransformation<LbfgsState> => {
  const where = "scaleByLbfgs";
  requireWhole(where, "memorySize", memorySize, 1);

  /** The product of the gradient and the guess: two loops over the memory, from the newest to the oldest and back. */
  const precondition = (
    gradients: ArrayTree,
    state: LbfgsState,
    guess: NDArray,
    oldest: NDArray,
  ): ArrayTree => {
    const { diffParamsMemory, diffUpdatesMemory, weightsMemory } = state;
    const indices = np.mod(np.add(oldest, lax.iota("int32", memorySize)), memorySize);
    const at = (index: NDArray) => ({
      dp: recall(where, diffParamsMemory, index),
      du: recall(where, diffUpdatesMemory, index),
      weight: lax.dynamicIndexInDim(weightsMemory, index, 0, false),
    });
    const [right, alphas] = lax.scan(
      (v: ArrayTree, index: NDArray): [ArrayTree, NDArray] => {
        const { dp, du, weight } = at(index);
        const alpha = np.multiply(weight, dotTrees(where, { dp, v }));
        return [addScaled(where, v, np.negative(alpha), du), alpha];
      },
      gradients,
      indices,
      { reverse: true },
    ) as [ArrayTree, NDArray];
    const scaled = mapTrees<ArrayTree>(where, { right }, (x) => np.astype(np.multiply(guess, x), x.dtype));
    const [product] = lax.scan(
      (
        v: ArrayTree,
        { index, alpha }: { readonly index: NDArray; readonly alpha: NDArray },
      ): [ArrayTree, null] => {
        const { dp, du, weight } = at(index);
        const beta = np.multiply(weight, dotTrees(where, { du, v }));
        return [addScaled(where, v, np.subtract(alpha, beta), dp), null];
      },
      scaled,
      { index: indices, alpha: alphas },
    ) as [ArrayTree, unknown];
    return product;
  };
  return stateful(where, {
    init: (params) => {
      const memory = (): ArrayTree =>
        mapTrees(where, { params }, (p) => np.zeros([memorySize, ...p.shape], p.dtype));
      return {
        count: noSteps(),
        params: zerosLikeTree(where, params),
        updates: zerosLikeTree(where, params),
        diffParamsMemory: memory(),
        diffUpdatesMemory: memory(),
        weightsMemory: np.zeros([memorySize], dtypeOfTree(`${where}, params`, params)),
      };
    },
    update: (gradients, state, optionalParams) => {
      const params = requireParams(where, optionalParams);
      const { count } = state;
      const isFirst = np.equal(count, 0);
      const newest = np.mod(np.subtract(count, 1), memorySize);
      const difference = (now: unknown, before: ArrayTree): ArrayTree =>
        mapTrees<ArrayTree>(where, { before, now }, (x, y) =>
          np.where(isFirst, 0, np.astype(np.subtract(y as NDArray, x), x.dtype)),
        );
      const diffParams = difference(params, state.params);
      const diffUpdates = difference(gradients, state.updates);
      const remember = (memory: ArrayTree, diff: ArrayTree): ArrayTree =>
        mapTrees<ArrayTree>(where, { memory, diff }, (m, d) =>
          lax.dynamicUpdateIndexInDim(m, d as NDArray, newest, 0),
        );
      const product = dotTrees(where, { diffUpdates, diffParams });
      const isFlat = np.equal(product, 0);
      const weight = np.where(isFlat, 0, np.divide(1, np.where(isFlat, 1, product)));
      const next: LbfgsState = {
        count: increment(count),
        params: params as ArrayTree,
        updates: gradients as ArrayTree,
        diffParamsMemory: remember(state.diffParamsMemory, diffParams),
        diffUpdatesMemory: remember(state.diffUpdatesMemory, diffUpdates),
        weightsMemory: lax.dynamicUpdateIndexInDim(
          state.weightsMemory,
          np.astype(weight, state.weightsMemory.dtype),
          newest,
          0,
        ),
      };
      /** The curvature along the last step; before the first, what keeps that step shorter than 1. */
      const inverseCurvature = (): NDArray => {
        const square = dotTrees(where, { diffUpdates, again: diffUpdates });
        const isCurved = np.greater(square, 0);
        const curvature = np.where(isCurved, np.divide(product, np.where(isCurved, square, 1)), 1);
        const norm = np.sqrt(dotTrees(where, { gradients, again: gradients }));
        return np.where(isFirst, np.minimum(1, np.divide(1, norm)), curvature);
      };
      const guess = scaleInitPrecond ? inverseCurvature() : np.ones([], next.weightsMemory.dtype);
      const oldest = np.mod(count, memorySize);
      const preconditioned = precondition(gradients as ArrayTree, next, guess, oldest);
      return [preconditioned as typeof gradients, next];
    },
  });
};
