import { type NDArray, resultType2 } from "../array/index.ts";
import {
  type Aval,
  type ClosedJaxpr,
  hoistTracers,
  sameAval,
  TreeError,
  traceToJaxpr,
} from "../core/index.ts";
import { convertElementType } from "../primitives/elementwise/conversion.ts";
import { flattenFunction } from "../transforms/flatten-function.ts";
import { type Arrays, type Inputs, TreeDef } from "../tree/index.ts";
import { requireAlike } from "./compare-results.ts";

/*
 * What a loop carries has one structure, and each leaf one shape and dtype, throughout.
 */

/** A tree of arrays, or of their shapes and dtypes, taken apart. */
export interface FlatTree<A extends Aval = Aval> {
  readonly leaves: readonly A[];
  readonly tree: TreeDef;
}

/** The function of one turn, traced. */
export interface TracedTurn {
  /** Its first inputs are `hoisted`, then come the carry and what else it takes. */
  readonly closed: ClosedJaxpr;
  /** Values of enclosing transforms that it closes over. */
  readonly hoisted: readonly NDArray[];
  /** The first carry, in the dtypes that the loop has. */
  readonly carry: readonly NDArray[];
  /** The structure of what it returns. */
  readonly outTree: TreeDef;
}

/** Arrays and numbers, and what else is taken as it stands. */
type Whole = NDArray | number | boolean | null | undefined | ((...args: never[]) => unknown);

type ReadonlyTree<T> = T extends Whole
  ? T
  : T extends readonly unknown[]
    ? T[number][] extends T
      ? readonly ReadonlyTree<T[number]>[]
      : { readonly [K in keyof T]: ReadonlyTree<T[K]> }
    : T extends object
      ? { readonly [K in keyof T]: ReadonlyTree<T[K]> }
      : T;

/** What a function may return that must give a tree like `T`: numbers for arrays, and lists that cannot be written to. */
export type Returned<T> = ReadonlyTree<Inputs<Arrays<T>>>;

/** Any function that people give. */
export type AnyFunction = (...args: never[]) => unknown;

/**
 * Trace the function of one turn at a first carry and what else it takes. Weakly typed leaves of the carry take the
 * dtype that one turn gives them.
 *
 * @param carryOf which part of what it returns is the carry; throws if it returns something else.
 * @throws TreeError, ShapeError or DTypeError that shows both trees if the carry it returns is not like the one it gets.
 */
export const traceTurn = (
  name: string,
  f: AnyFunction,
  carry: FlatTree<NDArray>,
  rest: readonly FlatTree[],
  carryOf: (outTree: TreeDef) => TreeDef,
): TracedTurn => {
  const flat = flattenFunction(f, new TreeDef("array", [carry.tree, ...rest.map(({ tree }) => tree)]), name);
  const others = rest.flatMap(({ leaves }) => leaves);
  for (let { leaves } = carry; ; ) {
    const { closed, hoisted } = hoistTracers(traceToJaxpr(flat.fun, [...leaves, ...others], name));
    const outTree = flat.outTree();
    const returned = carryOf(outTree);
    const after = closed.outAvals.slice(0, returned.numLeaves);
    const promoted = returned.equals(carry.tree) ? promoteWeak(leaves, after) : undefined;
    if (promoted === undefined) {
      requireAlike(
        { name: "taken", tree: carry.tree, avals: leaves },
        { name: "returned", tree: returned, avals: after },
        {
          rule: `${name}: the function must return a carry like the one it takes.`,
          root: "carry",
          advice: "Return the same structure and shapes; convert with astype where dtypes differ.",
        },
      );
      return { closed, hoisted, carry: leaves, outTree };
    }
    leaves = promoted;
  }
};

/** The carry with weakly typed leaves in the dtype that a turn gives them; `undefined` if they have it. */
const promoteWeak = (carry: readonly NDArray[], after: readonly Aval[]): readonly NDArray[] | undefined => {
  const differs = carry.map((x, i) => x.weakType && !sameAval(x, after[i] as Aval));
  if (!differs.includes(true)) return undefined;
  return carry.map((x, i) =>
    differs[i] ? convertElementType(x, resultType2(x, after[i] as Aval).dtype) : x,
  );
};

/** The parts of a function's result that must be a list of two. */
export const pairOf = (name: string, what: string, tree: TreeDef): readonly [TreeDef, TreeDef] => {
  const [first, second] = tree.children;
  if (tree.kind === "array" && tree.children.length === 2 && first !== undefined && second !== undefined)
    return [first, second];
  throw new TreeError(`${name}: the function must return ${what}; it returned the tree ${tree}.`);
};

/** Refuse what is no function. */
export const requireFunction = (name: string, argument: string, f: unknown): void => {
  if (typeof f !== "function")
    throw new TypeError(`${name}: ${argument} must be a function; got ${typeof f}.`);
};
