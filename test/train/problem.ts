/** A small problem to train on: dropout, momentum and shuffled batches, so that keys and optimizer state matter. */
import "../../src/index.ts";
import type { NDArray } from "../../src/array/index.ts";
import * as nn from "../../src/nn/index.ts";
import * as np from "../../src/numpy/index.ts";
import { adam, applyUpdates } from "../../src/optim/index.ts";
import * as random from "../../src/random/index.ts";
import { jit, valueAndGrad } from "../../src/transforms/index.ts";

const key = random.key(42);
const x = random.normal(random.foldIn(key, 1), [64, 3]);

export const problem = {
  data: { x, y: np.sin(x.sum(-1)) },
  keyFor: (epoch: number): NDArray => random.foldIn(random.foldIn(key, 2), epoch),
};

const model = nn.sequential(nn.dense(16), nn.pointwise(nn.tanh), nn.dropout(0.1), nn.dense(1));
const optimizer = adam(0.01);

export const begin = () => {
  const params = model.init(key, [8, 3]);
  return { params, optimizer: optimizer.init(params), key: random.foldIn(key, 3) };
};

export type State = ReturnType<typeof begin>;

export const step = jit((state: State, batch: typeof problem.data): readonly [State, NDArray] => {
  const [next, use] = random.split(state.key) as Iterable<NDArray> as unknown as [NDArray, NDArray];
  const loss = (params: State["params"]): NDArray => {
    const predictions = model.apply(params, batch.x, { training: true, key: use });
    return nn.losses.mse(np.squeeze(predictions, -1), batch.y);
  };
  const [value, grads] = valueAndGrad(loss)(state.params);
  const [updates, optimizerState] = optimizer.update(grads, state.optimizer, state.params);
  return [{ params: applyUpdates(state.params, updates), optimizer: optimizerState, key: next }, value];
});
