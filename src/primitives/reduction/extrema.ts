import {
  type ConcreteArray,
  DTYPES,
  type DType,
  dtypeInfo,
  isFloat,
  isStorage,
  type NDArray,
  scalarArray,
} from "../../array/index.ts";
import { type Aval, bind1, type Combine, definePrimitive, type Primitive } from "../../core/index.ts";
import { type AxesParams, batchReduction, broadcastInDim, reduceSum } from "../broadcast.ts";
import { div, mul } from "../elementwise/arithmetic.ts";
import { ANY } from "../elementwise/base.ts";
import { eq } from "../elementwise/comparison.ts";
import { convertElementType } from "../elementwise/conversion.ts";
import { NOT_LINEAR, range } from "../rules.ts";
import { drawReduction, foldGroups, reductionAval } from "./base.ts";

/** What the maximum of nothing is: the least value of each dtype. */
export const LEAST = Object.fromEntries(
  DTYPES.map((dtype) => [dtype, isFloat(dtype) ? Number.NEGATIVE_INFINITY : dtypeInfo(dtype).min]),
) as { readonly [K in DType]: number };

/** What the minimum of nothing is: the greatest value of each dtype. */
export const GREATEST = Object.fromEntries(
  DTYPES.map((dtype) => [dtype, isFloat(dtype) ? Number.POSITIVE_INFINITY : dtypeInfo(dtype).max]),
) as { readonly [K in DType]: number };

/** The extreme of nothing is that of the dtype itself, not of the wider one that narrow integers are computed in. */
const bindExtremum = (
  primitive: Primitive<AxesParams>,
  ofNothing: { readonly [K in DType]: number },
  x: NDArray,
  axes: readonly number[],
): NDArray => {
  if (x.size > 0 || !isStorage(x.dtype)) return bind1(primitive, [x], { axes });
  const kept = x.shape.filter((_, axis) => !axes.includes(axis));
  return broadcastInDim(scalarArray(ofNothing[x.dtype], x.dtype), kept, []);
};

const defineExtremum = (
  name: string,
  combine: Combine,
  ofNothing: { readonly [K in DType]: number },
  better: (x: number, y: number) => number,
): Primitive<AxesParams> => {
  const reduce = (x: NDArray, axes: readonly number[]): NDArray =>
    bindExtremum(primitive, ofNothing, x, axes);
  const primitive: Primitive<AxesParams> = definePrimitive<AxesParams>({
    name,
    abstractEval: reductionAval(name, ANY),
    evaluate: ([x], { axes }, [output]) => {
      const input = x as ConcreteArray;
      return [foldGroups(input, axes, output as Aval, ofNothing[input.dtype], better)];
    },
    jvp: ([x], [t], { axes }) => {
      const input = x as NDArray;
      const output = reduce(input, axes);
      if (!t || input.size === 0) return { outputs: [output], tangents: [null] };
      const kept = range(input.shape.length).filter((axis) => !axes.includes(axis));
      // Ties share the derivative equally. NaN equals nothing, not even itself, so that its derivative is 0 / 0.
      const isExtreme = convertElementType(eq(input, broadcastInDim(output, input.shape, kept)), input.dtype);
      const tangent = div(reduceSum(mul(t, isExtreme), axes), reduceSum(isExtreme, axes));
      return { outputs: [output], tangents: [tangent] };
    },
    transpose: { missing: NOT_LINEAR },
    batch: ([x], [axis], _size, { axes }) => batchReduction(x as NDArray, axis as number, axes, reduce),
    lowering: { kind: "reduction", combine, axes: ({ axes }) => axes },
    args: {
      example: (choose) =>
        drawReduction(choose, choose.floatDType(), { min: -6, max: 6, distinct: true }, true),
      otherDTypes: (choose) =>
        drawReduction(choose, choose.pick(["int32", "uint32", "bool"]), { min: 0, max: 5 }),
    },
  });
  return primitive;
};

/**
 * The greatest element over some axes; NaN if there is one. The maximum of nothing is the least value of the dtype.
 * Its derivative is shared equally by all elements that attain it.
 */
export const reduceMaxPrimitive: Primitive<AxesParams> = defineExtremum("reduceMax", "max", LEAST, Math.max);

/** The least element over some axes, as `reduceMaxPrimitive` otherwise. */
export const reduceMinPrimitive: Primitive<AxesParams> = defineExtremum(
  "reduceMin",
  "min",
  GREATEST,
  Math.min,
);

/** The maximum of `x` over `axes`; returns `x` itself if there are none. */
export const reduceMax = (x: NDArray, axes: readonly number[]): NDArray =>
  axes.length === 0 ? x : bindExtremum(reduceMaxPrimitive, LEAST, x, axes);

/** The minimum of `x` over `axes`; returns `x` itself if there are none. */
export const reduceMin = (x: NDArray, axes: readonly number[]): NDArray =>
  axes.length === 0 ? x : bindExtremum(reduceMinPrimitive, GREATEST, x, axes);
