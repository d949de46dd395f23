import { isFloat, type NDArray } from "../array/index.ts";
import { bindCustomVjp, type CustomVjp, DifferentiationError, type Tangent } from "../core/index.ts";
import { type Arrays, flatten, type TreeDef, unflatten } from "../tree/index.ts";
import { fixOtherArguments } from "./argnums.ts";
import { type CustomRuleOptions, customCall } from "./custom-rule.ts";
import { flattenArrays, flattenResult, functionName, requireSameStructure } from "./flatten-function.ts";
import { matchCotangent } from "./jvp.ts";
import type { InputsOf } from "./types.ts";

/** A function with a VJP rule of its own. */
export interface CustomVjpFunction<A extends readonly unknown[], R> {
  (...args: InputsOf<A>): Arrays<R>;
  /**
   * Set the rule. `fwd` takes the arguments of the function and returns `[output, residuals]`; `bwd` takes the
   * residuals and the cotangent of the output and returns one cotangent an argument (`null` for zero).
   */
  defvjp<Res>(
    fwd: (...args: A) => readonly [R, Res],
    bwd: (...args: never[]) => readonly unknown[],
  ): CustomVjpFunction<A, R>;
}

/**
 * `f` with a VJP rule of one's own, for reverse mode only. With `nondiffArgnums`, `bwd` gets those arguments first:
 * `bwd(...nondiff, residuals, cotangent)`, and returns cotangents for the others.
 *
 * @throws DifferentiationError if no rule was set, if forward mode is asked for, or if a cotangent does not match.
 * @example
 * const clipGradient = customVjp((x: NDArray) => x);
 * clipGradient.defvjp((x) => [x, null], (_: null, g: NDArray) => [np.clip(g, -1, 1)]);
 * @see https://docs.jax.dev/en/latest/_autosummary/jax.custom_vjp.html
 */
export const customVjp = <A extends readonly unknown[], R>(
  f: (...args: A) => R,
  { nondiffArgnums = [] }: CustomRuleOptions = {},
): CustomVjpFunction<A, R> => {
  let rule:
    | { readonly fwd: (...args: never[]) => unknown; readonly bwd: (...args: never[]) => unknown }
    | undefined;
  const name = functionName(f);
  const where = `customVjp "${name}"`;

  const call = (...args: readonly unknown[]): unknown => {
    const { positions, fixed, inputs, inTree, flat } = customCall(
      f as (...xs: never[]) => unknown,
      args,
      nondiffArgnums,
      where,
    );
    let outTree: TreeDef | undefined;
    let residualTree: TreeDef | undefined;
    const flatCall: CustomVjp = {
      name,
      fun: (...xs) => {
        const results = flat.fun(...xs);
        outTree = flat.outTree();
        return results;
      },
      fwd: (...xs) => {
        if (rule === undefined) {
          throw new DifferentiationError(`${where} has no rule yet: call defvjp before differentiating it.`);
        }
        const pair = fixOtherArguments(rule.fwd, args, positions)(...(unflatten(inTree, xs) as unknown[]));
        if (!Array.isArray(pair) || pair.length !== 2) {
          throw new DifferentiationError(`${where}: fwd must return [output, residuals].`);
        }
        const [outputs, tree] = flattenResult<unknown>(pair[0], `${where}, output of fwd`);
        const [residuals, resTree] = flattenArrays<unknown>(pair[1], `${where}, residuals of fwd`);
        outTree = tree;
        residualTree = resTree;
        return { outputs, residuals };
      },
      bwd: (residuals, cotangents) => {
        if (rule === undefined || residualTree === undefined || outTree === undefined) {
          throw new DifferentiationError(`${where}: its backward rule runs before its forward rule.`);
        }
        const cts = rule.bwd(
          ...([...fixed, unflatten(residualTree, residuals), unflatten(outTree, cotangents)] as never[]),
        );
        return flattenCotangents(cts, inTree, inputs, where);
      },
    };
    const outputs = bindCustomVjp(flatCall, inputs);
    return unflatten(outTree ?? flat.outTree(), outputs);
  };

  const result = Object.assign(call as unknown as (...args: InputsOf<A>) => Arrays<R>, {
    defvjp(fwd: (...args: never[]) => unknown, bwd: (...args: never[]) => unknown): CustomVjpFunction<A, R> {
      rule = { fwd, bwd };
      return result as unknown as CustomVjpFunction<A, R>;
    },
  });
  Object.defineProperty(result, "name", { value: name });
  return result as unknown as CustomVjpFunction<A, R>;
};

/** The cotangents that `bwd` returned, one a leaf; `null` for a whole argument means zero for all its leaves. */
const flattenCotangents = (
  cts: unknown,
  inTree: TreeDef,
  inputs: readonly { readonly shape: readonly number[]; readonly dtype: NDArray["dtype"] }[],
  where: string,
): readonly Tangent[] => {
  const argumentTrees = inTree.children;
  if (!Array.isArray(cts) || cts.length !== argumentTrees.length) {
    throw new DifferentiationError(
      `${where}: bwd must return a list with one cotangent an argument (${argumentTrees.length}); ` +
        `got ${Array.isArray(cts) ? `a list of ${cts.length}` : typeof cts}.`,
    );
  }
  const flat: Tangent[] = [];
  argumentTrees.forEach((tree, i) => {
    const given: unknown = cts[i];
    if ((given === null || given === undefined) && tree.numLeaves > 0) {
      for (let k = 0; k < tree.numLeaves; k++) flat.push(null);
      return;
    }
    requireSameStructure(tree, flatten(given)[1], {
      where,
      names: [`argument ${i}`, "cotangent that bwd returned"],
    });
    for (const ct of flattenArrays(given, `${where}, cotangents of bwd`)[0]) {
      const x = inputs[flat.length] as NDArray;
      flat.push(isFloat(x.dtype) ? matchCotangent(x, ct, `${where}: the cotangent of an argument`) : null);
    }
  });
  return flat;
};
