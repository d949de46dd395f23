import { describeValue } from "../array/index.ts";
import { ArgumentError } from "../core/index.ts";
import { flatten, type PyTree, unflatten } from "../tree/index.ts";
import { leavesOfPrefix, type Mask } from "./mask.ts";
import { type MaskedState, masked } from "./masked.ts";
import type { GradientTransformation } from "./transformation.ts";

/** Whose turn a parameter is: a tree of names like the parameters or the upper part of it. */
export type Labels = PyTree<string>;

/** The state of each of the transformations, by name. */
export interface PartitionState<S> {
  readonly innerStates: { readonly [K in keyof S]: MaskedState<S[K]> };
}

/**
 * Several transformations, each for the parameters labelled with its name.
 *
 * @param paramLabels a tree of names like the parameters or the upper part of it, or a function that makes one.
 * @throws ArgumentError for a label that names no transformation; TypeError if the parameters do not begin with the
 *   structure of the labels.
 * @example
 * partition({ slow: sgd(0.01), fast: adam(0.1) }, { embedding: "slow", head: "fast" });
 * @see https://optax.readthedocs.io/en/latest/api/combining_optimizers.html#optax.partition
 */
export const partition = <S extends object>(
  transforms: { readonly [K in keyof S]: GradientTransformation<S[K]> },
  paramLabels: Labels | ((params: unknown) => Labels),
): GradientTransformation<PartitionState<S>> => {
  const entries = Object.entries(transforms) as [string, GradientTransformation<unknown>][];
  const names = entries.map(([name]) => name);
  /** Each transformation by name, behind the mask of the leaves of `tree` that are its own. */
  const parts = (tree: unknown): [string, GradientTransformation<MaskedState<unknown>>][] => {
    const prefix = typeof paramLabels === "function" ? paramLabels(tree) : paramLabels;
    const labels = leavesOfPrefix("partition", "paramLabels", prefix, tree);
    const unknown = labels.find((label) => typeof label !== "string" || !names.includes(label));
    if (unknown !== undefined) {
      throw new ArgumentError(
        `partition: no transformation for the label ${typeof unknown === "string" ? JSON.stringify(unknown) : describeValue(unknown)}; ` +
          `there are those for ${names.map((name) => JSON.stringify(name)).join(", ") || "none"}.`,
      );
    }
    const treedef = flatten(tree)[1];
    return entries.map(([name, transform]) => {
      const mask = unflatten(
        treedef,
        labels.map((label) => label === name),
      ) as Mask;
      return [name, masked(transform, mask)];
    });
  };
  return {
    init: (params) => ({
      innerStates: Object.fromEntries(
        parts(params).map(([name, part]) => [name, part.init(params)]),
      ) as PartitionState<S>["innerStates"],
    }),
    update: (gradients, { innerStates }, params, extras) => {
      const before = innerStates as { readonly [name: string]: MaskedState<unknown> };
      let updates = gradients;
      const next = parts(gradients).map(([name, part]) => {
        const [changed, state] = part.update(updates, before[name] as MaskedState<unknown>, params, extras);
        updates = changed;
        return [name, state];
      });
      return [updates, { innerStates: Object.fromEntries(next) as PartitionState<S>["innerStates"] }];
    },
  };
};

/** Another name of `partition`. */
export const multiTransform = partition;
