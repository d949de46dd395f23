import {
  type ArrayLike,
  type AxisArgument,
  type NDArray,
  normalizeAxes,
  normalizeAxis,
} from "../array/index.ts";
import { ArgumentError, describeAval, ShapeError } from "../core/index.ts";
import * as prim from "../primitives/index.ts";
import { vmap } from "../transforms/index.ts";
import { commonShape, operand } from "./operands.ts";
import { expandDims, moveaxis } from "./shaping.ts";

/** A function of arrays. */
export type ArrayFunction = (...xs: readonly NDArray[]) => NDArray;

/** The names of the core axes of each argument in a signature such as "(n,m),(m)->(n)". */
const coreAxes = (signature: string, count: number): readonly (readonly string[])[] => {
  const [left] = signature.replace(/\s/g, "").split("->");
  const terms = [...(left ?? "").matchAll(/\(([^()]*)\)/g)].map(([, names]) =>
    names === "" || names === undefined ? [] : names.split(","),
  );
  if (
    !/^(\([^()]*\))(,\([^()]*\))*->(\([^()]*\))(,\([^()]*\))*$/.test(signature.replace(/\s/g, "")) ||
    terms.length !== count
  ) {
    throw new ArgumentError(
      `vectorize: a signature is like "(n,m),(m)->(n)", with one term for each argument; got "${signature}" for ${count}.`,
    );
  }
  return terms;
};

/** Options of `vectorize`. */
export interface VectorizeOptions {
  /** The axes that `f` works on, as in "(n),(n)->()"; default: none, `f` is a function of scalars. */
  readonly signature?: string | null;
}

/**
 * `f` applied to all elements, or with a signature to all sub-arrays along the last axes, of arguments that broadcast.
 *
 *     vectorize((x, y) => dot(x, y), { signature: "(n),(n)->()" })(rows, vector);
 *
 * @example
 * np.vectorize((a, b) => np.dot(a, b), { signature: "(n),(n)->()" })(np.ones([4, 3]), np.ones([3]));
 * // [3, 3, 3, 3]
 */
export const vectorize =
  (f: ArrayFunction, { signature = null }: VectorizeOptions = {}) =>
  (...args: readonly ArrayLike[]): NDArray => {
    const arrays = args.map((x) => operand(x, "vectorize"));
    const core = signature === null ? arrays.map(() => []) : coreAxes(signature, arrays.length);
    const outer = arrays.map((x, i) => {
      const rank = x.ndim - (core[i] as readonly string[]).length;
      if (rank < 0) {
        throw new ShapeError(
          `vectorize: argument ${i}, ${describeAval(x)}, has fewer axes than "${signature}" names.`,
        );
      }
      return x.shape.slice(0, rank);
    });
    const shape = commonShape(
      "vectorize",
      outer.map((s) => ({ shape: s })),
    );
    // One vmap an axis, the first outermost; an argument without the axis is shared.
    let mapped = f;
    const squeezed = arrays.map((x, i) => {
      const own = outer[i] as readonly number[];
      const kept = own.filter((n, a) => n === shape[a + shape.length - own.length]);
      return prim.reshape(x, [...kept, ...x.shape.slice(own.length)]);
    });
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      const inAxes = outer.map((own) => {
        const a = axis - (shape.length - own.length);
        return a >= 0 && own[a] === shape[axis] ? 0 : null;
      });
      mapped = vmap(mapped, inAxes, 0, { axisSize: shape[axis] as number }) as ArrayFunction;
    }
    return mapped(...squeezed);
  };

/**
 * `f` applied to all vectors along an axis; its results take the place of the axis.
 *
 * @example
 * np.applyAlongAxis((row) => row.sum(), 1, np.array([[1, 2], [3, 4]])); // [3, 7]
 */
export const applyAlongAxis = (f: (x: NDArray) => NDArray, axis: number, x: ArrayLike): NDArray => {
  const array = operand(x, "applyAlongAxis");
  const along = normalizeAxis(axis, array.ndim, "applyAlongAxis");
  let mapped = f;
  for (let i = 0; i < array.ndim - 1; i++) mapped = vmap(mapped) as (x: NDArray) => NDArray;
  const result = mapped(moveaxis(array, along, -1));
  // The axes of one result follow the mapped ones.
  const rank = result.ndim - (array.ndim - 1);
  const own = prim.range(rank);
  return moveaxis(
    result,
    own.map((i) => array.ndim - 1 + i),
    own.map((i) => along + i),
  );
};

/**
 * `f(x, axis)` applied to several axes one after another; an axis that it removes is put back with length 1.
 *
 * @example
 * np.applyOverAxes(np.sum, np.ones([2, 3, 4]), [0, 2]); // float32[1, 3, 1]
 */
export const applyOverAxes = (
  f: (x: NDArray, axis: number) => NDArray,
  x: ArrayLike,
  axes: AxisArgument,
): NDArray => {
  const array = operand(x, "applyOverAxes");
  return normalizeAxes(axes, array.ndim, "applyOverAxes").reduce((y, axis) => {
    const result = f(y, axis);
    if (result.ndim === y.ndim) return result;
    if (result.ndim === y.ndim - 1) return expandDims(result, axis);
    throw new ShapeError(
      `applyOverAxes: the function must keep the axis or remove it; of ${describeAval(y)} it made ${describeAval(result)}.`,
    );
  }, array);
};
