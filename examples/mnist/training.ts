/**
 * Training as a pure function from state to state.
 */
import { jit, type NDArray, random, valueAndGrad } from "cotangent";
import { adam, applyUpdates, cosineDecaySchedule } from "cotangent/optim";
import type { Examples } from "./examples.ts";
import { loss, type Params } from "./model.ts";

const optimizerFor = (steps: number) => adam(cosineDecaySchedule(2e-3, steps));

/** What one step hands to the next. */
export interface TrainingState {
  readonly params: Params;
  readonly optimizer: ReturnType<ReturnType<typeof optimizerFor>["init"]>;
  /** What this step's randomness comes from. */
  readonly key: NDArray;
}

/** A run of so many steps: how it begins, and its step. */
export interface Training {
  readonly begin: (params: Params, key: NDArray) => TrainingState;
  /** The loss on a batch, its gradient, and parameters a little better. Traced once, compiled, run often. */
  readonly step: (state: TrainingState, batch: Examples) => readonly [TrainingState, NDArray];
}

/** Training whose learning rate comes down to 0 over `steps` steps. */
export const training = (steps: number): Training => {
  const optimizer = optimizerFor(steps);
  return {
    begin: (params, key) => ({ params, optimizer: optimizer.init(params), key }),
    step: jit((state, { images, labels }) => {
      const [value, grads] = valueAndGrad(loss)(state.params, images, labels, random.foldIn(state.key, 0));
      const [updates, next] = optimizer.update(grads, state.optimizer, state.params);
      const params = applyUpdates(state.params, updates);
      return [{ params, optimizer: next, key: random.foldIn(state.key, 1) }, value];
    }),
  };
};
