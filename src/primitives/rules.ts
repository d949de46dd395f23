import { ConcreteArray, type NDArray, scalarArray } from "../array/index.ts";
import {
  bind,
  type JvpResult,
  type Params,
  type Primitive,
  type Tangent,
  type ViewAxis,
} from "../core/index.ts";

/*
 * Pieces that the rules of many primitives share.
 */

/** A scalar of the dtype of `x`; weakly typed, so that it never decides the type of a result. */
export const scalarLike = (x: { readonly dtype: NDArray["dtype"] }, value: number): NDArray =>
  scalarArray(value, x.dtype, true);

/** The JVP of a primitive that is linear in its only differentiable input, the first: it applies to the tangent. */
export const linearJvp =
  <P extends Params>(primitive: () => Primitive<P>) =>
  (primals: readonly NDArray[], tangents: readonly Tangent[], params: P): JvpResult => {
    const outputs = bind(primitive(), primals, params);
    const tangent = tangents[0];
    return {
      outputs,
      tangents:
        tangent === null || tangent === undefined
          ? [null]
          : bind(primitive(), [tangent, ...primals.slice(1)], params),
    };
  };

/** The JVP of a primitive whose outputs are locally constant. */
export const zeroJvp =
  <P extends Params>(primitive: () => Primitive<P>) =>
  (primals: readonly NDArray[], _tangents: readonly Tangent[], params: P): JvpResult => {
    const outputs = bind(primitive(), primals, params);
    return { outputs, tangents: outputs.map(() => null) };
  };

/** Why a primitive that is not linear has no transpose. */
export const NOT_LINEAR = "it is not linear in any input, so its JVP never leaves it in a linear function";

/** An axis of an operand that is read along one axis of the result, from `offset` in steps of `scale`. */
export const readAlong = (axis: number, scale = 1, offset = 0): ViewAxis => ({
  offset,
  terms: [{ axis, scale }],
});

/** Whether every element of a concrete scalar is `value`; false for tracers. */
export const isScalarValue = (x: NDArray, value: number): boolean =>
  x instanceof ConcreteArray && x.shape.length === 0 && x.item() === value;

/** `list` without the element at `index`. */
export const without = <T>(list: readonly T[], index: number): T[] => list.filter((_, i) => i !== index);

/** `list` with `item` put in before `index`. */
export const inserted = <T>(list: readonly T[], index: number, item: T): T[] => [
  ...list.slice(0, index),
  item,
  ...list.slice(index),
];

/** The whole numbers from 0 to `n` − 1. */
export const range = (n: number): number[] => Array.from({ length: n }, (_, i) => i);
