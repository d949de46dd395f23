import type { NDArray } from "../array/index.ts";
import { bindCustomJvp, type CustomJvp, evalJaxpr, hoistTracers, traceToJaxpr } from "../core/index.ts";
import { zerosLike } from "../primitives/broadcast.ts";
import { neg } from "../primitives/elementwise/arithmetic.ts";
import { flattenArrays, flattenFunction, flattenResult } from "../transforms/flatten-function.ts";
import { jvp } from "../transforms/jvp.ts";
import { linearize } from "../transforms/linearize.ts";
import { type Arrays, TreeDef, unflatten } from "../tree/index.ts";
import { type AnyFunction, pairOf, type Returned, requireFunction } from "./carry.ts";
import { requireAlike } from "./compare-results.ts";

/** A function of a tree to a tree like it. */
type Endomorphism<X> = (x: Arrays<X>) => Returned<X>;

/** Options of `customRoot`. */
export interface CustomRootOptions {
  /** `solve` returns `[root, aux]`; `aux` is passed through and not differentiated. */
  readonly hasAux?: boolean;
}

/**
 * The root of `f` near a guess, with the derivatives of the implicit function theorem: how the root was found does not
 * matter, and nothing of it is kept. Differentiate with respect to what `f` closes over.
 *
 * If `f(x, a) = 0`, then `dx = −(∂f/∂x)⁻¹ (∂f/∂a) da`; `tangentSolve(g, y)` solves `g(x) = y` for the linear function
 * `g = ∂f/∂x`. For reverse mode it must be linear in `y` in a way that can be transposed: `y / g(1)` for scalars,
 * `customLinearSolve` for others.
 *
 * @param solve `solve(f, initialGuess)` gives the root.
 * @throws TreeError, ShapeError or DTypeError that shows both trees if `f`, `solve` or `tangentSolve` returns something
 *   unlike the guess.
 * @example
 * const sqrt = (a: NDArray) =>
 *   lax.customRoot((x) => x.mul(x).sub(a), a, newton, (g, y) => y.div(g(np.onesLike(y))));
 * grad(sqrt)(4); // 0.25
 * @see https://docs.jax.dev/en/latest/_autosummary/jax.lax.custom_root.html
 */
export function customRoot<const X>(
  f: Endomorphism<X>,
  initialGuess: X,
  solve: (f: (x: Arrays<X>) => Arrays<X>, initialGuess: Arrays<X>) => Returned<X>,
  tangentSolve: (g: (x: Arrays<X>) => Arrays<X>, y: Arrays<X>) => Returned<X>,
  options?: { readonly hasAux?: false },
): Arrays<X>;
export function customRoot<const X, const Aux>(
  f: Endomorphism<X>,
  initialGuess: X,
  solve: (f: (x: Arrays<X>) => Arrays<X>, initialGuess: Arrays<X>) => readonly [root: Returned<X>, aux: Aux],
  tangentSolve: (g: (x: Arrays<X>) => Arrays<X>, y: Arrays<X>) => Returned<X>,
  options: { readonly hasAux: true },
): [root: Arrays<X>, aux: Arrays<Aux>];
export function customRoot(
  f: AnyFunction,
  initialGuess: unknown,
  solve: AnyFunction,
  tangentSolve: AnyFunction,
  { hasAux = false }: CustomRootOptions = {},
): unknown {
  requireFunction("customRoot", "f", f);
  requireFunction("customRoot", "solve", solve);
  requireFunction("customRoot", "tangentSolve", tangentSolve);
  const [guess, tree] = flattenArrays(initialGuess, "customRoot, initialGuess");
  const requireLikeGuess = (what: string, xs: readonly NDArray[], other: TreeDef): void =>
    requireAlike(
      { name: "guess", tree, avals: guess },
      { name: what, tree: other, avals: xs },
      {
        rule: `customRoot: what ${what} returns must be like the initial guess.`,
        root: "x",
        advice: "Convert with astype where dtypes differ.",
      },
    );
  const call = (g: AnyFunction, ...args: readonly unknown[]): unknown =>
    (g as (...xs: readonly unknown[]) => unknown)(...args);

  const flat = flattenFunction(f, new TreeDef("array", [tree]), "customRoot");
  const { closed, hoisted } = hoistTracers(traceToJaxpr(flat.fun, guess, "customRoot"));
  requireLikeGuess("f", closed.outAvals as readonly NDArray[], flat.outTree());
  const count = hoisted.length;
  /** `f`, a function of trees, with these values for what it closes over. */
  const closedOver =
    (consts: readonly NDArray[]) =>
    (x: unknown): unknown => {
      const [leaves, xTree] = flattenArrays(x, "customRoot, argument of f");
      requireLikeGuess("the argument of f", leaves, xTree);
      return unflatten(tree, evalJaxpr(closed.jaxpr, closed.consts, [...consts, ...leaves]));
    };

  let outTree: TreeDef | undefined;
  const root: CustomJvp = {
    name: "customRoot",
    fun: (...inputs) => {
      const result = call(solve, closedOver(inputs.slice(0, count)), unflatten(tree, inputs.slice(count)));
      const [leaves, resultTree] = flattenResult<unknown>(result, "customRoot, solve");
      const rootTree = hasAux ? pairOf("customRoot: solve", "[root, aux]", resultTree)[0] : resultTree;
      requireLikeGuess("solve", leaves.slice(0, rootTree.numLeaves), rootTree);
      outTree = resultTree;
      return leaves;
    },
    jvp: (primals, tangents) => {
      const outputs = bindCustomJvp(root, primals);
      const consts = primals.slice(0, count);
      const moving = tangents.slice(0, count);
      if (moving.every((t) => t === null)) return { outputs, tangents: outputs.map(() => null) };
      const solution = unflatten(tree, outputs.slice(0, guess.length));
      const [, rhs] = jvp(
        (...xs: NDArray[]) => closedOver(xs)(solution),
        consts,
        consts.map((x, i) => moving[i] ?? zerosLike(x)),
      );
      const [, linear] = linearize(closedOver(consts) as (x: unknown) => unknown, [solution]);
      const result = call(tangentSolve, linear as AnyFunction, rhs);
      const [dx, dxTree] = flattenResult<unknown>(result, "customRoot, tangentSolve");
      requireLikeGuess("tangentSolve", dx, dxTree);
      return { outputs, tangents: outputs.map((_, i) => (dx[i] === undefined ? null : neg(dx[i]))) };
    },
  };
  const outputs = bindCustomJvp(root, [...hoisted, ...guess]);
  return unflatten(outTree as unknown as TreeDef, outputs);
}
