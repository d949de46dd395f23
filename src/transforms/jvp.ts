import { isFloat, type NDArray } from "../array/index.ts";
import {
  type Aval,
  DifferentiationError,
  describeAval,
  type FlatFunction,
  ShapeError,
  sameAval,
  type Tangent,
  withTrace,
} from "../core/index.ts";
import { JvpTrace } from "../interpreters/jvp-trace.ts";
import { zerosLike } from "../primitives/broadcast.ts";
import { convertElementType } from "../primitives/elementwise/conversion.ts";
import { type Arrays, type TreeDef, unflatten } from "../tree/index.ts";
import { flattenArrays, flattenFunction, requireSameStructure } from "./flatten-function.ts";
import type { InputsOf } from "./types.ts";

/** Options of the transforms whose function may return something besides what is differentiated. */
export interface AuxOptions {
  /** The function returns `[output, aux]`; `aux` is passed through and not differentiated. */
  readonly hasAux?: boolean;
}

/** The outputs of a flat function and their tangents (`null` for zero). */
export const jvpFlat = (
  fun: FlatFunction,
  primals: readonly NDArray[],
  tangents: readonly Tangent[],
  transform = "jvp",
): { readonly outputs: readonly NDArray[]; readonly tangents: readonly Tangent[] } =>
  withTrace(
    (level) => new JvpTrace(level, transform),
    (trace) => {
      const outputs = fun(...primals.map((x, i) => trace.pair(x, tangents[i] ?? null)));
      return {
        outputs: outputs.map((x) => trace.primalOf(x)),
        tangents: outputs.map((x) => trace.tangentOf(x)),
      };
    },
  );

/**
 * The derivative of `f` at `primals` in the direction `tangents`, by forward mode: computes `f(...primals)` and
 * `J · tangents` together, without building the Jacobian J. `tangents` has the structure, shapes and dtypes of
 * `primals`; integer and boolean leaves have no tangents and theirs are ignored. The tangent of an integer output is
 * zeros of its dtype.
 *
 * @returns `[output, tangent of the output]`, and `aux` third with `hasAux`.
 * @throws TreeError, ShapeError or DTypeError if tangents do not match primals.
 * @example
 * const [y, dy] = jvp(np.sin, [0.5], [1]); // dy = cos(0.5)
 * @see https://docs.jax.dev/en/latest/_autosummary/jax.jvp.html
 */
export function jvp<A extends readonly unknown[], R>(
  f: (...args: A) => R,
  primals: Readonly<InputsOf<A>>,
  tangents: Readonly<InputsOf<A>>,
  options?: { readonly hasAux?: false },
): [output: Arrays<R>, tangent: Arrays<R>];
export function jvp<A extends readonly unknown[], R, Aux>(
  f: (...args: A) => readonly [R, Aux],
  primals: Readonly<InputsOf<A>>,
  tangents: Readonly<InputsOf<A>>,
  options: { readonly hasAux: true },
): [output: Arrays<R>, tangent: Arrays<R>, aux: Arrays<Aux>];
export function jvp(
  f: (...args: never[]) => unknown,
  primals: readonly unknown[],
  tangents: readonly unknown[],
  { hasAux = false }: AuxOptions = {},
): unknown[] {
  const [inputs, inTree] = flattenArrays(primals, "jvp, primals");
  const seeds = matchTangents(inputs, inTree, tangents, "jvp");
  const split = splitAux(f, inTree, "jvp", hasAux);
  const result = jvpFlat(split.fun, inputs, seeds);
  const n = split.outTree().numLeaves;
  const outTangents = result.outputs.slice(0, n).map((x, i) => result.tangents[i] ?? zerosLike(x));
  return [
    unflatten(split.outTree(), result.outputs.slice(0, n)),
    unflatten(split.outTree(), outTangents),
    ...(hasAux ? [unflatten(split.auxTree(), result.outputs.slice(n))] : []),
  ];
}

/** The tangents for `primals`, checked; `null` where the primal has none. */
export const matchTangents = (
  primals: readonly NDArray[],
  tree: TreeDef,
  tangents: readonly unknown[],
  where: string,
): readonly Tangent[] => {
  const [leaves, tangentTree] = flattenArrays(tangents, `${where}, tangents`);
  requireSameStructure(tree, tangentTree, { where, names: ["primals", "tangents"] });
  return primals.map((x, i) => {
    if (!isFloat(x.dtype)) return null;
    return matchCotangent(x, leaves[i] as NDArray, `${where}: the tangent of a primal`);
  });
};

/** `ct` in the dtype of `x`, if it is weakly typed or has that dtype already and the same shape. */
export const matchCotangent = (x: Aval, ct: NDArray, what: string): NDArray => {
  const converted = ct.weakType ? convertElementType(ct, x.dtype) : ct;
  if (sameAval(x, converted)) return converted;
  throw new ShapeError(
    `${what} must have its shape and dtype: expected ${describeAval(x)}, got ${describeAval(ct)}.` +
      (ct.dtype === x.dtype ? "" : " Convert it with astype."),
  );
};

/** A function whose flat outputs are those of `f`, followed by those of its `aux`. */
export const splitAux = (
  f: (...args: never[]) => unknown,
  inTree: TreeDef,
  where: string,
  hasAux: boolean,
): { readonly fun: FlatFunction; outTree(): TreeDef; auxTree(): TreeDef } => {
  const flat = flattenFunction(f, inTree, where);
  if (!hasAux) return { fun: flat.fun, outTree: flat.outTree, auxTree: flat.outTree };
  const parts = (): readonly [TreeDef, TreeDef] => {
    const { kind, children } = flat.outTree();
    const [out, aux] = children;
    if (kind !== "array" || children.length !== 2 || out === undefined || aux === undefined) {
      throw new DifferentiationError(
        `${where}: with hasAux the function must return [output, aux]; it returned the tree ${flat.outTree()}.`,
      );
    }
    return [out, aux];
  };
  return {
    fun: (...xs) => {
      const outputs = flat.fun(...xs);
      parts();
      return outputs;
    },
    outTree: () => parts()[0],
    auxTree: () => parts()[1],
  };
};
