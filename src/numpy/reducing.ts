import {
  type ArrayLike,
  type AxisArgument,
  type NDArray,
  normalizeAxes,
  type ReductionOptions,
} from "../array/index.ts";
import { ArgumentError, describeAval, ShapeError } from "../core/index.ts";
import * as prim from "../primitives/index.ts";
import { commonShape, operand, truth } from "./operands.ts";

/*
 * What all reductions have in common.
 */

/** Options of reductions that can leave elements out. */
export interface MaskedReductionOptions extends ReductionOptions {
  /** Only elements where this is true (it broadcasts) take part. */
  readonly where?: ArrayLike | null | undefined;
}

/** The axes that a reduction removes, increasing. */
export const reducedAxes = (name: string, x: NDArray, axis: AxisArgument): number[] => {
  if (axis === undefined || axis === null) return prim.range(x.shape.length);
  if (typeof axis !== "number" && !Array.isArray(axis)) {
    throw new ArgumentError(
      `${name}: axis must be a number, a list of numbers or null; got ${JSON.stringify(axis)}. Options follow the axis: ` +
        `${name}(x, null, { keepdims: true }).`,
    );
  }
  return normalizeAxes(axis, x.shape.length, name);
};

/** Refuse axes that `x` has not, by the name of a function that leaves the reducing to others. */
export const requireAxes = (name: string, x: NDArray, axis: AxisArgument): void => {
  reducedAxes(name, x, axis);
};

/** The result of a reduction, with the axes it removed put back at length 1 if they are kept. */
export const withKeptAxes = (
  result: NDArray,
  x: NDArray,
  axes: readonly number[],
  keepdims = false,
): NDArray => {
  if (!keepdims) return result;
  return prim.reshape(
    result,
    x.shape.map((n, axis) => (axes.includes(axis) ? 1 : n)),
  );
};

/** How many elements go into each result. */
export const countOver = (x: NDArray, axes: readonly number[]): number =>
  axes.reduce((n, axis) => n * (x.shape[axis] as number), 1);

/** `x` with `value` in place of elements that do not take part, broadcast against the mask. */
export const masked = (
  name: string,
  x: NDArray,
  where: ArrayLike | null | undefined,
  value: number,
): NDArray => {
  if (where === undefined || where === null) return x;
  const mask = truth(where, name);
  const shape = commonShape(name, [x, mask]);
  const spread = (y: NDArray): NDArray => prim.broadcastTo(y, shape);
  return prim.select(spread(mask), spread(x), prim.scalarLike({ dtype: x.dtype }, value));
};

/** Refuse to find the extreme of nothing. */
export const requireElements = (name: string, x: NDArray, axes: readonly number[]): void => {
  if (countOver(x, axes) === 0) {
    throw new ShapeError(
      `${name}: there is nothing to choose from: ${describeAval(x)} has no elements along axes [${axes.join(", ")}]. ` +
        "Give `initial`, or make sure that the array is not empty.",
    );
  }
};

/** An operand of a reduction along one axis: the whole array in a row if there is none. */
export const alongAxis = (
  name: string,
  x: ArrayLike,
  axis: number | null | undefined,
): readonly [array: NDArray, axis: number] => {
  const array = operand(x, name);
  if (axis === undefined || axis === null) return [prim.reshape(array, [array.size]), 0];
  return [array, normalizeAxes(axis, array.ndim, name)[0] as number];
};
