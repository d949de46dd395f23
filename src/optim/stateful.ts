import * as np from "../numpy/index.ts";
import type { GradientTransformation } from "./transformation.ts";
import { mapTrees } from "./trees.ts";

/**
 * A transformation whose state keeps its dtypes from step to step, whatever those of the gradients, so that a compiled
 * step is compiled once and a loop can carry the state.
 */
export const stateful = <S>(
  where: string,
  { init, update }: GradientTransformation<S>,
): GradientTransformation<S> => ({
  init,
  update: (grads, state, params, extras) => {
    const [updates, next] = update(grads, state, params, extras);
    return [updates, mapTrees<S>(where, { next, state }, (x, before) => np.astype(x, before.dtype))];
  },
});
