/**
 * Training as a pure function from state to state.
 */
import { jit, type NDArray, valueAndGrad } from "cotangent";
import { adam, applyUpdates } from "cotangent/optim";
import type { Batch } from "./batches.ts";
import { loss, type Params } from "./model.ts";

const optimizer = adam(1e-3);

/** What one step hands to the next. */
export interface TrainingState {
  readonly params: Params;
  readonly optimizer: ReturnType<typeof optimizer.init>;
}

export const begin = (params: Params): TrainingState => ({ params, optimizer: optimizer.init(params) });

/** One step: the loss on a batch, its gradient, and parameters a little better. Traced once, compiled, run often. */
export const step = jit(
  (state: TrainingState, { images, labels }: Batch): readonly [TrainingState, NDArray] => {
    const [value, grads] = valueAndGrad(loss)(state.params, images, labels);
    const [updates, next] = optimizer.update(grads, state.optimizer, state.params);
    return [{ params: applyUpdates(state.params, updates), optimizer: next }, value];
  },
);

/** The state after all batches, and the mean of their losses. `onStep` is told each loss on the way. */
export function trainEpoch(
  start: TrainingState,
  batches: Iterable<Batch>,
  onStep: (loss: number) => void,
): readonly [TrainingState, number] {
  let state = start;
  let total = 0;
  let count = 0;
  for (const batch of batches) {
    const [next, value] = step(state, batch);
    onStep(Number(value));
    state = next;
    total += Number(value);
    count += 1;
  }
  return [state, total / count];
}
