import { type DType, isDType, isUnsigned, type NDArray, type Shape, scalarArray } from "../array/index.ts";
import { DTypeError } from "../core/index.ts";
import { lt, select } from "../primitives/index.ts";
import type { DTypeOptions } from "./operands.ts";
import { uniformBetween } from "./uniform.ts";

/** `rademacher` for other samplers, which name themselves in messages. */
export const signsOf = (key: NDArray, shape: Shape, dtype: DType, where: string): NDArray => {
  const drawn = dtype === "float64" ? dtype : "float32";
  const isOne = lt(uniformBetween(key, shape, drawn, 0, 1, where), scalarArray(0.5, drawn));
  return select(isOne, scalarArray(1, dtype), scalarArray(-1, dtype));
};

/**
 * Signs: 1 and -1, each with probability 1/2.
 *
 * @throws DTypeError for a dtype without negative numbers.
 * @example
 * random.rademacher(key, [5]); // int32[5]
 * @see https://docs.jax.dev/en/latest/_autosummary/jax.random.rademacher.html
 */
export const rademacher = (
  key: NDArray,
  shape: Shape = [],
  { dtype = "int32" }: DTypeOptions = {},
): NDArray => {
  if (!isDType(dtype) || isUnsigned(dtype) || dtype === "bool") {
    throw new DTypeError(
      `rademacher: dtype must be a signed integer type or a float; got ${JSON.stringify(dtype)}.`,
    );
  }
  return signsOf(key, shape, dtype, "rademacher");
};
