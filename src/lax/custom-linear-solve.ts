import type { NDArray } from "../array/index.ts";
import { customLinearSolvePrimitive } from "../calls/custom-linear-solve.ts";
import { bind, type FlatFunction, hoistTracers, jaxprAsFunction, traceToJaxpr } from "../core/index.ts";
import { transposeJaxpr } from "../interpreters/jaxpr-transforms.ts";
import { flags } from "../interpreters/rearrange.ts";
import { flattenArrays, flattenFunction, flattenResult } from "../transforms/flatten-function.ts";
import { type Arrays, TreeDef, unflatten } from "../tree/index.ts";
import { type AnyFunction, pairOf, type Returned, requireFunction } from "./carry.ts";
import { type Staged, withCommonClosures } from "./closures.ts";
import { requireAlike } from "./compare-results.ts";

/** A linear function of a tree to a tree like it. */
type LinearFunction<B> = (x: Arrays<B>) => Arrays<B>;

/** Options of `customLinearSolve`. */
export interface CustomLinearSolveOptions<Solve> {
  /** `transposeSolve(vecmat, b)` solves the transposed system; reverse mode needs it. */
  readonly transposeSolve?: Solve;
  /** Whether the transpose of `matvec` is `matvec`: `solve` solves the transposed system, too. */
  readonly symmetric?: boolean;
}

type Solve<B, R> = (matvec: LinearFunction<B>, b: Arrays<B>) => R;

/**
 * The solution `x` of a linear system `matvec(x) = b`, found by a function `solve(matvec, b)` that is not differentiated
 * itself: from `A x = b` follows `A dx = db − dA x`, one more solution for forward mode, and one of the transposed
 * system for reverse mode. Differentiate with respect to `b` and to what `matvec` closes over.
 *
 * @param matvec a linear function; it is not checked that it is one.
 * @throws TreeError, ShapeError or DTypeError that shows both trees if `matvec` or `solve` returns something unlike
 *   `b`; DifferentiationError in reverse mode without `transposeSolve` or `symmetric`.
 * @example
 * const x = lax.customLinearSolve((v) => np.matmul(a, v), b, conjugateGradients, { symmetric: true });
 * @see https://docs.jax.dev/en/latest/_autosummary/jax.lax.custom_linear_solve.html
 */
export function customLinearSolve<const B>(
  matvec: (x: Arrays<B>) => Returned<B>,
  b: B,
  solve: Solve<B, Returned<B>>,
  options?: CustomLinearSolveOptions<Solve<B, Returned<B>>> & { readonly hasAux?: false },
): Arrays<B>;
export function customLinearSolve<const B, const Aux>(
  matvec: (x: Arrays<B>) => Returned<B>,
  b: B,
  solve: Solve<B, readonly [x: Returned<B>, aux: Aux]>,
  options: CustomLinearSolveOptions<Solve<B, readonly [x: Returned<B>, aux: unknown]>> & {
    readonly hasAux: true;
  },
): [x: Arrays<B>, aux: Arrays<Aux>];
export function customLinearSolve(
  matvec: AnyFunction,
  b: unknown,
  solve: AnyFunction,
  options: CustomLinearSolveOptions<AnyFunction> & { readonly hasAux?: boolean } = {},
): unknown {
  const { transposeSolve, symmetric = false, hasAux = false } = options;
  requireFunction("customLinearSolve", "matvec", matvec);
  requireFunction("customLinearSolve", "solve", solve);
  if (transposeSolve !== undefined) requireFunction("customLinearSolve", "transposeSolve", transposeSolve);
  const [rhs, tree] = flattenArrays(b, "customLinearSolve, b");
  const requireLikeB = (what: string, other: TreeDef, avals: readonly NDArray[]): void =>
    requireAlike(
      { name: "b", tree, avals: rhs },
      { name: what, tree: other, avals },
      {
        rule: `customLinearSolve: what ${what} returns must be like b.`,
        root: "x",
        advice: "Convert with astype where dtypes differ.",
      },
    );

  const flat = flattenFunction(matvec, new TreeDef("array", [tree]), "customLinearSolve, matvec");
  const forward = hoistTracers(traceToJaxpr(flat.fun, rhs, "customLinearSolve"));
  requireLikeB("matvec", flat.outTree(), forward.closed.outAvals as readonly NDArray[]);
  const backward = symmetric ? forward : transposed(forward, rhs.length);

  /** A solver, traced with a linear function that it calls; also the tree of what it returns. */
  const staged = (
    what: string,
    solver: AnyFunction,
    linear: Staged,
  ): Staged & { readonly outTree: TreeDef } => {
    let outTree: TreeDef | undefined;
    const apply = (x: unknown): unknown => {
      const [leaves, xTree] = flattenArrays(x, "customLinearSolve, argument of matvec");
      requireLikeB("the argument of matvec", xTree, leaves);
      return unflatten(tree, jaxprAsFunction(linear.closed)(...linear.hoisted, ...leaves));
    };
    const fun: FlatFunction = (...leaves) => {
      const result = (solver as (...args: readonly unknown[]) => unknown)(apply, unflatten(tree, leaves));
      const [results, resultTree] = flattenResult<unknown>(result, `customLinearSolve, ${what}`);
      const xTree = hasAux ? pairOf(`customLinearSolve: ${what}`, "[x, aux]", resultTree)[0] : resultTree;
      requireLikeB(what, xTree, results.slice(0, xTree.numLeaves));
      outTree = resultTree;
      return results;
    };
    const hoistedSolver = hoistTracers(traceToJaxpr(fun, rhs, "customLinearSolve"));
    return { ...hoistedSolver, outTree: outTree as unknown as TreeDef };
  };

  const solver = staged("solve", solve, forward);
  const reverseSolver = transposeSolve ?? (symmetric ? solve : undefined);
  const reverse = reverseSolver && staged("transposeSolve", reverseSolver, backward);
  const { jaxprs, hoisted } = withCommonClosures([
    solver,
    forward,
    ...(reverse === undefined ? [] : [backward, reverse]),
  ]);
  const [jaxpr, matvecJaxpr, vecmat, transposeJaxprs] = jaxprs as [
    (typeof jaxprs)[number],
    (typeof jaxprs)[number],
    ((typeof jaxprs)[number] | undefined)?,
    ((typeof jaxprs)[number] | undefined)?,
  ];
  const results = bind(customLinearSolvePrimitive, [...hoisted, ...rhs], {
    jaxpr,
    matvec: matvecJaxpr,
    vecmat,
    transposeSolve: transposeJaxprs,
    numConsts: hoisted.length,
  });
  return unflatten(solver.outTree, results);
}

/** The transpose of a traced linear function, which closes over the same values. */
const transposed = ({ closed, hoisted }: Staged, width: number): Staged => {
  const linear = [...flags(hoisted.length, false), ...flags(width, true)];
  return { closed: transposeJaxpr(closed, linear, flags(width, true), linear).closed, hoisted };
};
