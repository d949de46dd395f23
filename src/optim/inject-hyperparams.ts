import { type ArrayLike, asArray, type DType, type NDArray } from "../array/index.ts";
import { scalarOf } from "./moments.ts";
import type { GradientTransformation, Schedule } from "./transformation.ts";
import { dtypeOfTree, increment, noSteps } from "./trees.ts";

/** Hyperparameters in the state, where they can be read and exchanged between steps. */
export interface InjectHyperparamsState<K extends string, S> {
  /** How many steps were done, int32[]. */
  readonly count: NDArray;
  /** The hyperparameters of the last step, scalars. Those given as schedules are calculated anew at each step. */
  readonly hyperparams: { readonly [name in K]: NDArray };
  readonly innerState: S;
}

/** Options of `injectHyperparams`. */
export interface InjectHyperparamsOptions {
  /** The dtype of hyperparameters that are numbers or schedules; default: the widest of the parameters. */
  readonly hyperparamDtype?: DType | null;
}

/**
 * An optimizer whose hyperparameters are a part of its state: read, logged, or exchanged between steps without
 * compiling anew. What shall not be is left to the closure of `innerFactory`.
 *
 * @param innerFactory the optimizer made of its hyperparameters, as arrays.
 * @param hyperparams numbers, scalar arrays, or functions of how many steps were done, by name.
 * @example
 * const optimizer = injectHyperparams(({ learningRate, b1 }) => adam(learningRate, { b1 }), {
 *   learningRate: exponentialDecay(1e-3, 1000, 0.9),
 *   b1: 0.9,
 * });
 * optimizer.init(params).hyperparams.learningRate; // 0.001
 * @see https://optax.readthedocs.io/en/latest/api/optimizer_schedules.html#optax.schedules.inject_hyperparams
 */
export const injectHyperparams = <K extends string, S>(
  innerFactory: (hyperparams: { readonly [name in K]: NDArray }) => GradientTransformation<S>,
  hyperparams: { readonly [name in K]: ArrayLike | Schedule },
  { hyperparamDtype = null }: InjectHyperparamsOptions = {},
): GradientTransformation<InjectHyperparamsState<K, S>> => {
  const entries = Object.entries(hyperparams) as [K, ArrayLike | Schedule][];
  type Values = { readonly [name in K]: NDArray };
  return {
    init: (params) => {
      const dtype = hyperparamDtype ?? dtypeOfTree("injectHyperparams, params", params);
      const count = noSteps();
      const values = Object.fromEntries(
        entries.map(([name, value]) => {
          const x = typeof value === "function" ? value(count) : value;
          // Arrays that are given as such keep their dtype.
          return [name, typeof value === "object" ? value : scalarOf(x, dtype)];
        }),
      ) as Values;
      return { count, hyperparams: values, innerState: innerFactory(values).init(params) };
    },
    update: (gradients, state, params, extras) => {
      const values = Object.fromEntries(
        entries.map(([name, value]) => {
          const before = asArray(state.hyperparams[name], `injectHyperparams, ${name}`);
          const next = typeof value === "function" ? value(state.count) : before;
          return [name, scalarOf(next, before.dtype)];
        }),
      ) as Values;
      const [updates, innerState] = innerFactory(values).update(gradients, state.innerState, params, extras);
      return [updates, { count: increment(state.count), hyperparams: values, innerState }];
    },
  };
};
