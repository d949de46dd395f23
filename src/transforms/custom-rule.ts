import type { NDArray } from "../array/index.ts";
import type { TreeDef } from "../tree/index.ts";
import { fixOtherArguments, resolveArgnums } from "./argnums.ts";
import { flattenArrays, flattenFunction } from "./flatten-function.ts";

/** Options of `customJvp` and `customVjp`. */
export interface CustomRuleOptions {
  /** Arguments that are not differentiated and may be anything; rules get them first, in this order. */
  readonly nondiffArgnums?: readonly number[];
}

/** A call of a function with a rule of its own, as one of flat arrays. */
export interface CustomCall {
  /** The positions of the arguments to differentiate. */
  readonly positions: readonly number[];
  /** The values of the others. */
  readonly fixed: readonly unknown[];
  readonly inputs: readonly NDArray[];
  readonly inTree: TreeDef;
  /** The function itself, of `inputs` alone. */
  readonly flat: ReturnType<typeof flattenFunction>;
}

/** Takes a call of `f` apart. */
export const customCall = (
  f: (...args: never[]) => unknown,
  args: readonly unknown[],
  nondiffArgnums: readonly number[],
  where: string,
): CustomCall => {
  const excluded = resolveArgnums(nondiffArgnums, args.length, where);
  const positions = args.map((_, i) => i).filter((i) => !excluded.includes(i));
  const [inputs, inTree] = flattenArrays(
    positions.map((p) => args[p]),
    where,
  );
  return {
    positions,
    fixed: excluded.map((i) => args[i]),
    inputs,
    inTree,
    flat: flattenFunction(fixOtherArguments(f, args, positions), inTree, where),
  };
};
