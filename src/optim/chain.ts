import { type GradientTransformation, stateless } from "./transformation.ts";

/**
 * The transformation that leaves gradients as they are.
 *
 * @example
 * const optimizer = identity();
 * optimizer.update({ w: np.array([1, 2]) }, optimizer.init({ w: np.zeros([2]) }))[0]; // { w: [1, 2] }
 */
export const identity = (): GradientTransformation<null> => stateless((grads) => grads);

/**
 * Transformations one after another: each turns the updates of the one before into its own. The state is the list of
 * their states.
 *
 * @example
 * const optimizer = chain(clipByGlobalNorm(1), adam(1e-3));
 * @see https://optax.readthedocs.io/en/latest/api/combining_optimizers.html
 */
export const chain = <S extends readonly unknown[]>(
  ...transformations: { readonly [K in keyof S]: GradientTransformation<S[K]> }
): GradientTransformation<S> => {
  const links: readonly GradientTransformation<unknown>[] = transformations;
  return {
    init: (params) => links.map((link) => link.init(params)) as unknown as S,
    update: (grads, state, params, extras) => {
      let updates = grads;
      const states = links.map((link, i) => {
        const [next, linkState] = link.update(updates, state[i], params, extras);
        updates = next;
        return linkState;
      });
      return [updates, states as unknown as S];
    },
  };
};
