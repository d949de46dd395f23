import { enableMapSet, Immer, isDraftable } from "immer";
import { kindOf } from "./node.ts";
import type { Editable } from "./types.ts";

// An immer of our own: freezing would reach the typed arrays and class instances that people keep in their trees.
const immer = new Immer({ autoFreeze: false });

/**
 * A copy of `tree` with the edits that `recipe` makes to a draft of it. The original stays as it was, and whatever
 * the recipe leaves alone is shared: the same objects stand in both. What the recipe returns is ignored.
 *
 * Arrays are values here as everywhere: replace them (`draft.w = draft.w.mul(2)`). Plain objects and arrays of
 * JavaScript, Maps and Sets can be edited at any depth, and so can instances of classes that carry immer's
 * `[immerable] = true`; instances of other classes are handed to the recipe as they are and must be replaced, never
 * edited. The result is not frozen.
 *
 * Throws a TypeError if `tree` is a leaf, which has nothing to edit, or if `recipe` is asynchronous.
 *
 * @example
 * const next = update(params, (draft) => { draft.layers[0].b = np.zeros([3]); });
 * // next.layers[1] === params.layers[1]
 */
export const update = <T>(tree: T, recipe: (draft: Editable<T>) => unknown): T => {
  if (typeof recipe !== "function") throw new TypeError("update: expected a function that edits a draft.");
  if (!isDraftable(tree)) throw new TypeError(`update: ${refuse(tree)}`);
  enableMapSet();
  return immer.produce(tree, (draft: unknown) => {
    const result = recipe(draft as Editable<T>);
    if (result instanceof Promise) {
      // Its edits come after the draft is gone, and fail there; one error is enough.
      result.catch(() => undefined);
      throw new TypeError(
        "update: the recipe must finish at once; await what it needs before calling update.",
      );
    }
  });
};

const refuse = (tree: unknown): string =>
  kindOf(tree) === "custom"
    ? "instances of this class cannot be edited as drafts; give it the property `[immerable] = true` of immer."
    : `expected an object or an array to edit; got ${tree === null || tree === undefined ? tree : `a leaf of type ${typeof tree}`}.`;
