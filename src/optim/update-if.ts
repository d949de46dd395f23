import type { NDArray } from "../array/index.ts";
import * as lax from "../lax/index.ts";
import * as np from "../numpy/index.ts";
import type { GradientTransformation, UpdateExtras } from "./transformation.ts";
import { mapTrees, zerosLikeTree } from "./trees.ts";

/** The arguments of an update. */
export interface UpdateArguments<P, S> {
  readonly gradients: P;
  readonly state: S;
  readonly params: P | undefined;
  readonly extras: UpdateExtras<P> | undefined;
}

/** What `inner` does if `pred` is true, and otherwise updates of 0 and the state as it was. Only one of them runs. */
export const updateIf = <P, S>(
  where: string,
  pred: NDArray,
  inner: GradientTransformation<S>,
  { gradients, state, params, extras }: UpdateArguments<P, S>,
): readonly [updates: P, state: S] => {
  // Both branches must have the same dtypes.
  const likeBefore = <T>(next: T, before: unknown): T =>
    mapTrees<T>(where, { next, before }, (x, y) => np.astype(x, y.dtype));
  const results = lax.cond(
    pred,
    (): unknown => {
      const [updates, next] = inner.update(gradients, state, params, extras);
      return [likeBefore(updates, gradients), likeBefore(next, state)];
    },
    (): unknown => [zerosLikeTree(where, gradients), likeBefore(state, state)],
  );
  return results as unknown as readonly [P, S];
};
