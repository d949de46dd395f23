import type { NDArray } from "../array/index.ts";
import { keepLeaves, type MaskOrFunction, maskFlags, replaceLeaves } from "./mask.ts";
import type { GradientTransformation, UpdateExtras } from "./transformation.ts";

/** The state of the transformation inside, which knows only some of the parameters. */
export interface MaskedState<S> {
  readonly innerState: S;
}

/** `extras` as those see them who know only the leaves with a flag. */
const keepExtras = <P>(
  { value, grad, valueFn }: UpdateExtras<P>,
  params: P | undefined,
  flags: readonly boolean[],
): UpdateExtras<unknown> => ({
  ...(value === undefined ? {} : { value }),
  ...(grad === undefined ? {} : { grad: keepLeaves(grad, flags) }),
  ...(valueFn === undefined || params === undefined
    ? {}
    : { valueFn: (kept: unknown): NDArray => valueFn(replaceLeaves(params, kept, flags)) }),
});

/**
 * `inner` for some of the parameters; the gradients of the others go through as they are. States of `inner` hold `null`
 * for these.
 *
 * @param mask a tree of booleans like the parameters or the upper part of it, or a function that makes one.
 * @throws TypeError if the parameters do not begin with the structure of the mask; ArgumentError if it holds anything
 *   but booleans.
 * @example
 * masked(addDecayedWeights(1e-4), { w: true, b: false });
 * @see https://optax.readthedocs.io/en/latest/api/transformations.html#optax.masked
 */
export const masked = <S>(
  inner: GradientTransformation<S>,
  mask: MaskOrFunction,
): GradientTransformation<MaskedState<S>> => ({
  init: (params) => ({
    innerState: inner.init(keepLeaves(params, maskFlags("masked", mask, params))),
  }),
  update: (gradients, { innerState }, params, extras) => {
    const flags = maskFlags("masked", mask, gradients);
    const [updates, next] = inner.update<unknown>(
      keepLeaves(gradients, flags),
      innerState,
      params === undefined ? undefined : keepLeaves(params, flags),
      extras === undefined ? undefined : keepExtras(extras, params, flags),
    );
    return [replaceLeaves(gradients, updates, flags), { innerState: next }];
  },
});
