import { isFloat, type NDArray } from "../array/index.ts";
import { bindCustomJvp, DifferentiationError, describeAval, sameAval, type Tangent } from "../core/index.ts";
import { zerosLike } from "../primitives/broadcast.ts";
import { add } from "../primitives/elementwise/add.ts";
import { convertElementType } from "../primitives/elementwise/conversion.ts";
import { type Arrays, unflatten } from "../tree/index.ts";
import { type CustomRuleOptions, customCall } from "./custom-rule.ts";
import { flattenResult, functionName, requireSameStructure } from "./flatten-function.ts";
import type { InputsOf } from "./types.ts";

/** What one argument's tangent contributes to the tangent of the output; `null` if nothing. */
export type PartialJvp<A extends readonly unknown[], R> =
  | ((tangent: never, output: R, ...primals: A) => R)
  | null;

/** A function with a JVP rule of its own. */
export interface CustomJvpFunction<A extends readonly unknown[], R> {
  (...args: InputsOf<A>): Arrays<R>;
  /** Set the rule: `(primals, tangents) => [output, tangent of the output]`, linear in the tangents. */
  defjvp(rule: (...args: never[]) => readonly [R, R]): CustomJvpFunction<A, R>;
  /** Set one rule an argument, for functions of single arrays: the contributions are added up. */
  defjvps(...rules: readonly PartialJvp<A, R>[]): CustomJvpFunction<A, R>;
}

/**
 * `f` with a JVP rule of one's own, which serves forward and reverse mode alike (reverse mode transposes it). The
 * rule must be linear in the tangents.
 *
 * @throws DifferentiationError if no rule was set when `f` is differentiated, or the rule's result does not match.
 * @example
 * const f = customJvp((x: NDArray) => np.log1p(np.exp(x)));
 * f.defjvp(([x]: [NDArray], [t]: [NDArray]) => [f(x), t.mul(nn.sigmoid(x))]);
 * @see https://docs.jax.dev/en/latest/_autosummary/jax.custom_jvp.html
 */
export const customJvp = <A extends readonly unknown[], R>(
  f: (...args: A) => R,
  { nondiffArgnums = [] }: CustomRuleOptions = {},
): CustomJvpFunction<A, R> => {
  let rule: ((...args: never[]) => unknown) | undefined;
  const name = functionName(f);
  const where = `customJvp "${name}"`;

  const call = (...args: readonly unknown[]): unknown => {
    const { fixed, inputs, inTree, flat } = customCall(
      f as (...xs: never[]) => unknown,
      args,
      nondiffArgnums,
      where,
    );
    let outTree: ReturnType<typeof flat.outTree> | undefined;
    const jvpRule = (primals: readonly NDArray[], tangents: readonly Tangent[]) => {
      if (rule === undefined) {
        throw new DifferentiationError(`${where} has no rule yet: call defjvp before differentiating it.`);
      }
      const seeds = primals.map((x, i) => tangents[i] ?? zerosLike(x));
      const pair = rule(...([...fixed, unflatten(inTree, primals), unflatten(inTree, seeds)] as never[]));
      if (!Array.isArray(pair) || pair.length !== 2) {
        throw new DifferentiationError(`${where}: the rule of defjvp must return [output, tangent].`);
      }
      const [outputs, tree] = flattenResult<unknown>(pair[0], `${where}, output of its rule`);
      const [outTangents, tangentTree] = flattenResult<unknown>(pair[1], `${where}, tangent of its rule`);
      requireSameStructure(tree, tangentTree, { where, names: ["output of the rule", "its tangent"] });
      outTree = tree;
      return { outputs, tangents: outputs.map((x, i) => checkTangent(x, outTangents[i] as NDArray, where)) };
    };
    const outputs = bindCustomJvp(
      {
        name,
        fun: (...xs) => {
          const results = flat.fun(...xs);
          outTree = flat.outTree();
          return results;
        },
        jvp: jvpRule,
      },
      inputs,
    );
    return unflatten(outTree ?? flat.outTree(), outputs);
  };

  const result = Object.assign(call as unknown as (...args: InputsOf<A>) => Arrays<R>, {
    defjvp(given: (...args: never[]) => readonly [R, R]): CustomJvpFunction<A, R> {
      rule = given;
      return result;
    },
    defjvps(...rules: readonly PartialJvp<A, R>[]): CustomJvpFunction<A, R> {
      rule = (...args: readonly unknown[]): unknown => {
        const [primals, tangents] = args.slice(-2) as [NDArray[], NDArray[]];
        const fixed = args.slice(0, -2);
        const output = (call as (...xs: readonly unknown[]) => NDArray)(...fixed, ...primals);
        const terms = rules.flatMap((partial, i) =>
          partial === null
            ? []
            : [
                (partial as unknown as (...xs: unknown[]) => NDArray)(
                  tangents[i],
                  output,
                  ...fixed,
                  ...primals,
                ),
              ],
        );
        return [output, terms.length === 0 ? zerosLike(output) : terms.reduce(add)];
      };
      return result;
    },
  });
  Object.defineProperty(result, "name", { value: name });
  return result;
};

/** A rule's tangent, refused if it does not fit the output; `null` for outputs that have none. */
const checkTangent = (output: NDArray, tangent: NDArray, where: string): Tangent => {
  if (!isFloat(output.dtype)) return null;
  const converted = tangent.weakType ? convertElementType(tangent, output.dtype) : tangent;
  if (sameAval(output, converted)) return converted;
  throw new DifferentiationError(
    `${where}: the tangent that its rule returned must be like the output, ${describeAval(output)}; ` +
      `it is ${describeAval(tangent)}.`,
  );
};
