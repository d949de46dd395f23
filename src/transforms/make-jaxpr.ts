import type { DType, NDArray, Shape } from "../array/index.ts";
import { type Aval, type ClosedJaxpr, traceToJaxpr } from "../core/index.ts";
import { type MapLeaves, type TreeDef, unflatten } from "../tree/index.ts";
import { flattenArrays, flattenFunction } from "./flatten-function.ts";
import type { InputsOf } from "./types.ts";

/** A function at the shapes and dtypes of some arguments. */
export interface TracedFunction {
  readonly closed: ClosedJaxpr;
  /** The arrays of the arguments. */
  readonly inputs: readonly NDArray[];
  readonly inTree: TreeDef;
  readonly outTree: TreeDef;
}

/** A function traced at the shapes and dtypes of given arguments. */
export const traceFunction = (
  f: (...args: never[]) => unknown,
  args: readonly unknown[],
  where: string,
): TracedFunction => {
  const [inputs, inTree] = flattenArrays(args, `${where}, arguments`);
  const flat = flattenFunction(f, inTree, where);
  const closed = traceToJaxpr(flat.fun, inputs, where);
  return { closed, inputs, inTree, outTree: flat.outTree() };
};

/**
 * The jaxpr of `f` at the shapes and dtypes of the arguments: what a transform sees of it. It prints in JAX's notation.
 *
 * @example
 * String(makeJaxpr((x: NDArray) => np.sin(x).mul(2))(1));
 * // { lambda ; a:f32[]. let b:f32[] = sin a; c:f32[] = mul b 2.0:f32[] in (c,) }
 * @see https://docs.jax.dev/en/latest/_autosummary/jax.make_jaxpr.html
 */
export const makeJaxpr =
  <A extends readonly unknown[]>(f: (...args: A) => unknown) =>
  (...args: InputsOf<A>): ClosedJaxpr =>
    traceFunction(f as (...args: never[]) => unknown, args, "makeJaxpr").closed;

/** The shape and dtype of an array without its numbers. */
export interface ShapeDType {
  readonly shape: Shape;
  readonly dtype: DType;
}

const describe = ({ shape, dtype }: Aval): ShapeDType => ({ shape, dtype });

/**
 * The shapes and dtypes that `f` would return, worked out without computing anything.
 *
 * @example
 * evalShape((x: NDArray) => x.matmul(x.T))(np.zeros([2, 3])); // { shape: [2, 2], dtype: "float32" }
 * @see https://docs.jax.dev/en/latest/_autosummary/jax.eval_shape.html
 */
export const evalShape =
  <A extends readonly unknown[], R>(f: (...args: A) => R) =>
  (...args: InputsOf<A>): MapLeaves<R, ShapeDType> => {
    const { closed, outTree } = traceFunction(f as (...args: never[]) => unknown, args, "evalShape");
    return unflatten(outTree, closed.outAvals.map(describe)) as MapLeaves<R, ShapeDType>;
  };
