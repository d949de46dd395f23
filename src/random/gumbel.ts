import { type DType, type NDArray, type Shape, scalarArray } from "../array/index.ts";
import { ArgumentError } from "../core/index.ts";
import { finfo } from "../numpy/types.ts";
import { add, ge, log, log1p, mul, neg, reshape, select, sliceInDim } from "../primitives/index.ts";
import { type DTypeOptions, floatDType, sampleShape } from "./operands.ts";
import { uniformBetween } from "./uniform.ts";

/** How many random bits a number takes: with "low", float32 numbers end at 16; with "high", at twice that. */
export type Precision = "low" | "high";

/** Refuse what is no precision. */
export const checkMode = (mode: Precision, where: string): void => {
  if (mode === "low" || mode === "high") return;
  throw new ArgumentError(`${where}: mode must be "low" or "high"; got ${JSON.stringify(mode)}.`);
};

/** Two arrays of uniformly random numbers in [0, 1). */
export const uniformPair = (
  key: NDArray,
  shape: Shape,
  dtype: DType,
  where: string,
): readonly [NDArray, NDArray] => {
  const both = uniformBetween(key, [2, ...sampleShape(shape, where)], dtype, 0, 1, where);
  return [0, 1].map((i) => reshape(sliceInDim(both, i, i + 1, 0), shape)) as unknown as [NDArray, NDArray];
};

/** `gumbel` for other samplers, which name themselves in messages. */
export const gumbelOf = (
  key: NDArray,
  shape: Shape,
  dtype: DType,
  mode: Precision,
  where: string,
): NDArray => {
  checkMode(mode, where);
  const { tiny, nmant } = finfo(floatDType(dtype, where));
  if (mode === "low") return neg(log(neg(log(uniformBetween(key, shape, dtype, tiny, 1, where)))));
  const [high, low] = uniformPair(key, shape, dtype, where);
  const number = (value: number): NDArray => scalarArray(value, dtype);
  const finer = add(add(high, mul(number(2 ** -nmant), low)), number(tiny));
  return neg(log(neg(log1p(neg(select(ge(high, number(0.5)), high, finer))))));
};

/**
 * Numbers of the Gumbel distribution: density exp(-x - exp(-x)).
 *
 * @example
 * random.gumbel(key, [1000]); // float32[1000]
 * @see https://docs.jax.dev/en/latest/_autosummary/jax.random.gumbel.html
 */
export const gumbel = (
  key: NDArray,
  shape: Shape = [],
  { dtype = "float32", mode = "low" }: DTypeOptions & { readonly mode?: Precision } = {},
): NDArray => gumbelOf(key, shape, dtype, mode, "gumbel");
