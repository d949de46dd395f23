import type { ConcreteArray, NDArray } from "../../array/index.ts";
import { type Aval, bind1, type Combine, definePrimitive, type Primitive } from "../../core/index.ts";
import { type AxesParams, batchReduction } from "../broadcast.ts";
import { BITS } from "../elementwise/base.ts";
import { drawReduction, foldGroups, reductionAval } from "./base.ts";

const NO_TANGENTS = "booleans and integers have no tangents";

/** Declare a bitwise reduction. `ofNothing` is written as a signed integer; bool keeps its lowest bit. */
const defineLogical = (
  name: string,
  combine: Combine,
  ofNothing: number,
  scalar: (x: number, y: number) => number,
): Primitive<AxesParams> => {
  const primitive: Primitive<AxesParams> = definePrimitive<AxesParams>({
    name,
    abstractEval: reductionAval(name, BITS),
    evaluate: ([x], { axes }, [output]) => {
      const input = x as ConcreteArray;
      const initial = input.dtype === "bool" ? ofNothing & 1 : ofNothing;
      return [foldGroups(input, axes, output as Aval, initial, scalar)];
    },
    jvp: { missing: NO_TANGENTS },
    transpose: { missing: NO_TANGENTS },
    batch: ([x], [axis], _size, { axes }) =>
      batchReduction(x as NDArray, axis as number, axes, (y, shifted) =>
        bind1(primitive, [y], { axes: shifted }),
      ),
    lowering: { kind: "reduction", combine, axes: ({ axes }) => axes },
    args: {
      example: (choose) =>
        drawReduction(choose, choose.pick(["bool", "int32", "uint32"]), { min: 0, max: 9 }),
    },
  });
  return primitive;
};

/** Whether all elements over some axes are true; the bitwise "and" of integers. */
export const reduceAndPrimitive: Primitive<AxesParams> = defineLogical(
  "reduceAnd",
  "and",
  -1,
  (x, y) => x & y,
);

/** Whether some element over some axes is true; the bitwise "or" of integers. */
export const reduceOrPrimitive: Primitive<AxesParams> = defineLogical("reduceOr", "or", 0, (x, y) => x | y);

/** Whether an odd number of elements over some axes is true; the bitwise "exclusive or" of integers. */
export const reduceXorPrimitive: Primitive<AxesParams> = defineLogical(
  "reduceXor",
  "xor",
  0,
  (x, y) => x ^ y,
);

/** The conjunction of `x` over `axes`; returns `x` itself if there are none. */
export const reduceAnd = (x: NDArray, axes: readonly number[]): NDArray =>
  axes.length === 0 ? x : bind1(reduceAndPrimitive, [x], { axes });

/** The disjunction of `x` over `axes`; returns `x` itself if there are none. */
export const reduceOr = (x: NDArray, axes: readonly number[]): NDArray =>
  axes.length === 0 ? x : bind1(reduceOrPrimitive, [x], { axes });

/** The parity of `x` over `axes`; returns `x` itself if there are none. */
export const reduceXor = (x: NDArray, axes: readonly number[]): NDArray =>
  axes.length === 0 ? x : bind1(reduceXorPrimitive, [x], { axes });
