import {
  type ArrayLike,
  asArray,
  isFloat,
  isInteger,
  type NDArray,
  resultType2,
  scalarArray,
} from "../array/index.ts";
import { condPrimitive } from "../calls/cond.ts";
import {
  ArgumentError,
  type Aval,
  bind,
  DTypeError,
  describeAval,
  evalJaxpr,
  hoistTracers,
  ShapeError,
  traceToJaxpr,
} from "../core/index.ts";
import { ne } from "../primitives/elementwise/comparison.ts";
import { convertElementType } from "../primitives/elementwise/conversion.ts";
import { scalarLike } from "../primitives/rules.ts";
import { flattenArrays, flattenFunction } from "../transforms/flatten-function.ts";
import type { ArraysOf } from "../transforms/types.ts";
import { type Arrays, type TreeDef, unflatten } from "../tree/index.ts";
import { type AnyFunction, type Returned, requireFunction } from "./carry.ts";
import { type Staged, withCommonClosures } from "./closures.ts";
import { requireAlike } from "./compare-results.ts";

/**
 * `onTrue(...operands)` if `pred` is true, else `onFalse(...operands)`. Both functions are traced, so both must be able
 * to; only the chosen one runs. They must return trees of the same structure, shapes and dtypes. Under `vmap` with a
 * predicate for each example both run, and results are chosen from.
 *
 * @param pred a boolean scalar, or a number, which is true unless it is 0.
 * @throws TreeError, ShapeError or DTypeError that shows both results if they differ, or for a predicate that is no scalar.
 * @example
 * lax.cond(x.less(0), (x) => x.neg(), (x) => np.sqrt(x), x);
 * @see https://docs.jax.dev/en/latest/_autosummary/jax.lax.cond.html
 */
export const cond = <const A extends readonly unknown[], R>(
  pred: ArrayLike,
  onTrue: (...operands: ArraysOf<A>) => R,
  onFalse: (...operands: ArraysOf<A>) => Returned<NoInfer<R>>,
  ...operands: A
): Arrays<R> => {
  requireFunction("cond", "onTrue", onTrue);
  requireFunction("cond", "onFalse", onFalse);
  const predicate = asArray(pred, "cond, pred");
  if (predicate.ndim > 0) {
    throw new ShapeError(
      `cond: pred must be a scalar; got ${describeAval(predicate)}. Use np.where to choose element by element, or vmap.`,
    );
  }
  const isTrue = predicate.dtype === "bool" ? predicate : ne(predicate, scalarLike(predicate, 0));
  return branch(
    "cond",
    ["onFalse", "onTrue"],
    convertElementType(isTrue, "int32"),
    [onFalse, onTrue],
    operands,
  );
};

/**
 * `branches[index](...operands)`. An index beyond the ends takes the nearest branch. All branches are traced; only the
 * chosen one runs. They must return trees of the same structure, shapes and dtypes.
 *
 * @throws ArgumentError if there is no branch; DTypeError or ShapeError for an index that is no integer scalar;
 *   TreeError, ShapeError or DTypeError that shows both results where branches differ.
 * @example
 * lax.switch(1, [(x) => x, (x) => x.mul(2), np.exp], x); // 2 x
 * @see https://docs.jax.dev/en/latest/_autosummary/jax.lax.switch.html
 */
const switchBranches = <const A extends readonly unknown[], R>(
  index: ArrayLike,
  branches: readonly ((...operands: ArraysOf<A>) => R)[],
  ...operands: A
): Arrays<R> => {
  if (!Array.isArray(branches) || branches.length === 0)
    throw new ArgumentError("switch: branches must be a list of at least one function.");
  const names = branches.map((f, i) => {
    requireFunction("switch", `branches[${i}]`, f);
    return `branches[${i}]`;
  });
  return branch("switch", names, indexOf(index), branches, operands);
};

export { switchBranches as switch };

/** An index as an int32 scalar. */
const indexOf = (index: ArrayLike): NDArray => {
  if (typeof index === "number" && (index | 0) === index) return scalarArray(index, "int32");
  const which = asArray(index, "switch, index");
  if (which.ndim > 0) throw new ShapeError(`switch: index must be a scalar; got ${describeAval(which)}.`);
  if (typeof index === "number" || !isInteger(which.dtype)) {
    const hint = isFloat(which.dtype) ? "" : " Use cond for a boolean.";
    throw new DTypeError(
      `switch: index must be an integer; got ${typeof index === "number" ? index : describeAval(which)}.${hint}`,
    );
  }
  return which.dtype === "int32" ? which : convertElementType(which, "int32");
};

/** One function, traced. */
interface Traced extends Staged {
  readonly name: string;
  readonly tree: TreeDef;
}

/** Trace all functions, make them take the same operands and give the same results, and apply the primitive. */
const branch = <R>(
  where: string,
  names: readonly string[],
  index: NDArray,
  functions: readonly unknown[],
  operands: readonly unknown[],
): Arrays<R> => {
  const [inputs, inTree] = flattenArrays(operands, `${where}, operands`);
  const traced = functions.map((f, i): Traced => {
    const flat = flattenFunction(f as AnyFunction, inTree, where);
    const staged = hoistTracers(traceToJaxpr(flat.fun, inputs, where));
    return { name: names[i] as string, ...staged, tree: flat.outTree() };
  });
  const alike = withCommonDTypes(traced);
  const [first, ...rest] = alike as readonly [Traced, ...Traced[]];
  for (const other of rest) {
    requireAlike(
      { name: first.name, tree: first.tree, avals: first.closed.outAvals },
      { name: other.name, tree: other.tree, avals: other.closed.outAvals },
      {
        rule: `${where}: all branches must return the same structure, shapes and dtypes.`,
        root: "result",
        advice: "Convert with astype where dtypes differ.",
      },
    );
  }
  const { jaxprs: branches, hoisted } = withCommonClosures(alike);
  return unflatten(
    first.tree,
    bind(condPrimitive, [index, ...hoisted, ...inputs], { branches }),
  ) as Arrays<R>;
};

/** Weakly typed results take the dtype that other branches give. */
const withCommonDTypes = (traced: readonly Traced[]): readonly Traced[] => {
  const [first] = traced as readonly [Traced];
  if (!traced.every(({ tree }) => tree.equals(first.tree))) return traced;
  const dtypes = first.closed.outAvals.map(
    (a, i) =>
      traced.reduce(
        (type: Pick<Aval, "dtype" | "weakType">, { closed }) => resultType2(type, closed.outAvals[i] as Aval),
        a,
      ).dtype,
  );
  return traced.map((t) => {
    const changes = t.closed.outAvals.map((a, i) => a.weakType && a.dtype !== dtypes[i]);
    if (!changes.includes(true)) return t;
    const { jaxpr, consts } = t.closed;
    const closed = traceToJaxpr(
      (...inputs) =>
        evalJaxpr(jaxpr, consts, inputs).map((x, i) =>
          changes[i] ? convertElementType(x, dtypes[i] as Aval["dtype"]) : x,
        ),
      t.closed.inAvals,
      "cond",
    );
    return { ...t, closed };
  });
};
