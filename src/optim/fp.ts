import type { Monoid as MonoidOf } from "fp-ts/lib/Monoid.js";
import { chain, identity } from "./chain.ts";
import type { GradientTransformation } from "./transformation.ts";

/**
 * Gradient transformations form a monoid under `chain`: chaining is associative and `identity` is neutral, in that the
 * updates are equal at every step. (States nest as the chains do.)
 *
 * @example
 * import { concatAll } from "fp-ts/lib/Monoid.js";
 * const optimizer = concatAll(optim.fp.Monoid)([clipByGlobalNorm(1), scaleByAdam(), scale(-1e-3)]);
 */
export const Monoid: MonoidOf<GradientTransformation<unknown>> = {
  concat: (first, second) => chain(first, second),
  empty: identity(),
};
