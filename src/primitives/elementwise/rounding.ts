import { type ConcreteArray, type DType, isHalf, type NDArray, scalarArray } from "../../array/index.ts";
import { bind1, definePrimitive, type ElementRange, NO_PARAMS, type Primitive } from "../../core/index.ts";
import * as kernel from "../../kernel/expr.ts";
import { nextAfter as nextAfterExpr } from "../../kernel/math/float-format.ts";
import * as rounding from "../../kernel/math/rounding.ts";
import { NOT_LINEAR, scalarLike, zeroJvp } from "../rules.ts";
import { add } from "./add.ts";
import { neg } from "./arithmetic.ts";
import {
  batchElementwise,
  elementwiseArgs,
  elementwiseAval,
  elementwiseLowering,
  FLOAT,
  mapElements,
  NUMBER,
} from "./base.ts";
import { or } from "./bits.ts";
import { eq, ge, gt, ne } from "./comparison.ts";
import { bitcastConvertType } from "./conversion.ts";
import { defineElementwise } from "./define.ts";
import { FLOAT_FORMAT, nextAfter, roundAwayFromZero, roundToEven } from "./numeric/index.ts";
import { select } from "./select.ts";

/*
 * Signs, roundings, and what else looks at the form of a number.
 */

const WHOLE: ElementRange = { avoid: [-3, -2, -1, 0, 1, 2, 3] };
const HALVES: ElementRange = { avoid: [-2.5, -1.5, -0.5, 0.5, 1.5, 2.5] };
const SIGNED: ElementRange = { avoid: [0] };

/** −1, 0 or 1; keeps the sign of zero. */
export const signPrimitive: Primitive = defineElementwise({
  name: "sign",
  kinds: NUMBER,
  scalar: (x) => Math.sign(x),
  expr: rounding.sign,
  derivatives: [null],
  args: elementwiseArgs([SIGNED], NO_PARAMS, { otherDTypes: ["int32", "uint32"] }),
});

/** The sign of each element: −1, 0 or 1 (NaN for NaN). */
export const sign = (x: NDArray): NDArray => bind1(signPrimitive, [x], NO_PARAMS);

/** The absolute value. Its derivative at 0 is 1, as in JAX. The least int32 is its own absolute value. */
export const absPrimitive: Primitive = defineElementwise({
  name: "abs",
  kinds: NUMBER,
  scalar: (x) => Math.abs(x),
  expr: kernel.abs,
  derivatives: [(t, _, x) => select(ge(x, scalarLike(x, 0)), t, neg(t))],
  args: elementwiseArgs([SIGNED], NO_PARAMS, { otherDTypes: ["int32", "uint32"] }),
});

/** The absolute value of each element. */
export const abs = (x: NDArray): NDArray => bind1(absPrimitive, [x], NO_PARAMS);

/** Rounding down. */
export const floorPrimitive: Primitive = defineElementwise({
  name: "floor",
  kinds: FLOAT,
  scalar: (x) => Math.floor(x),
  expr: kernel.floor,
  derivatives: [null],
  args: elementwiseArgs([WHOLE], NO_PARAMS),
});

/** The greatest whole number that is not greater, element by element; of floats. */
export const floor = (x: NDArray): NDArray => bind1(floorPrimitive, [x], NO_PARAMS);

/** Rounding up. */
export const ceilPrimitive: Primitive = defineElementwise({
  name: "ceil",
  kinds: FLOAT,
  scalar: (x) => Math.ceil(x),
  expr: kernel.ceil,
  derivatives: [null],
  args: elementwiseArgs([WHOLE], NO_PARAMS),
});

/** The least whole number that is not less, element by element; of floats. */
export const ceil = (x: NDArray): NDArray => bind1(ceilPrimitive, [x], NO_PARAMS);

/** Where a number half-way between two whole ones goes. */
export type RoundingMethod = "AWAY_FROM_ZERO" | "TO_NEAREST_EVEN";

/** Parameters of `round`. */
export interface RoundParams {
  readonly roundingMethod: RoundingMethod;
}

/** Rounding to the nearest whole number. */
export const roundPrimitive: Primitive<RoundParams> = definePrimitive<RoundParams>({
  name: "round",
  abstractEval: elementwiseAval("round", FLOAT),
  evaluate: (inputs, { roundingMethod }, [output]) => {
    const scalar = roundingMethod === "TO_NEAREST_EVEN" ? roundToEven : roundAwayFromZero;
    return [mapElements((x) => scalar(x), inputs, output as NDArray)];
  },
  jvp: zeroJvp(() => roundPrimitive),
  transpose: { missing: NOT_LINEAR },
  batch: (inputs, axes, size, params) => batchElementwise(roundPrimitive, inputs, axes, size, params),
  lowering: elementwiseLowering(({ roundingMethod }, x) =>
    roundingMethod === "TO_NEAREST_EVEN" ? kernel.nearest(x) : rounding.roundAwayFromZero(x),
  ),
  args: {
    example: (choose) =>
      elementwiseArgs<RoundParams>([HALVES], {
        roundingMethod: choose.pick(["AWAY_FROM_ZERO", "TO_NEAREST_EVEN"]),
      }).example(choose),
  },
});

/** The nearest whole number, element by element; of floats. */
export const round = (x: NDArray, roundingMethod: RoundingMethod = "AWAY_FROM_ZERO"): NDArray =>
  bind1(roundPrimitive, [x], { roundingMethod });

/** Neither infinite nor NaN. */
export const isFinitePrimitive: Primitive = defineElementwise({
  name: "isFinite",
  kinds: FLOAT,
  result: "bool",
  scalar: (x) => (Number.isFinite(x) ? 1 : 0),
  expr: (x) => kernel.lt(kernel.abs(x), Number.POSITIVE_INFINITY),
  derivatives: [null],
  args: elementwiseArgs([{}], NO_PARAMS),
});

/** Whether each element is neither infinite nor NaN; of floats. */
const isFiniteArray = (x: NDArray): NDArray => bind1(isFinitePrimitive, [x], NO_PARAMS);

export { isFiniteArray as isFinite };

/** The neighbouring representable number. */
export const nextafterPrimitive: Primitive = definePrimitive({
  name: "nextafter",
  abstractEval: elementwiseAval("nextafter", FLOAT),
  evaluate: (inputs, _params, [output]) => {
    const format = FLOAT_FORMAT[(inputs[0] as ConcreteArray).dtype as "float32" | "float64"];
    return [mapElements((x, y) => nextAfter(x, y, format), inputs, output as NDArray)];
  },
  jvp: { missing: "it moves a number by a rounding error, which no derivative describes" },
  transpose: { missing: NOT_LINEAR },
  batch: (inputs, axes, size, params) => batchElementwise(nextafterPrimitive, inputs, axes, size, params),
  lowering: elementwiseLowering((_, x, y) => nextAfterExpr(x, y)),
  args: elementwiseArgs([{}, {}], NO_PARAMS, { differentiable: [] }),
});

/** The number that the dtype can represent next to `x` in the direction of `y`, element by element. */
export const nextafter = (x: NDArray, y: NDArray): NDArray =>
  isHalf(x.dtype) ? nextHalf(x, y) : bind1(nextafterPrimitive, [x, y], NO_PARAMS);

/** `nextafter` of 16-bit floats: those of one sign are ordered as their bits are. */
const nextHalf = (x: NDArray, y: NDArray): NDArray => {
  const { dtype } = x;
  const number = (value: number, type: DType = dtype): NDArray => scalarArray(value, type);
  const zero = number(0);
  const bits = bitcastConvertType(x, "int16");
  const isInwards = ne(gt(y, x), gt(x, zero));
  const step = select(isInwards, number(-1, "int16"), number(1, "int16"));
  const moved = bitcastConvertType(add(bits, step), dtype);
  const least = number(2 ** (dtype === "float16" ? -24 : -133));
  const fromZero = select(gt(y, zero), least, neg(least));
  const next = select(eq(x, y), y, select(eq(x, zero), fromZero, moved));
  return select(ne(add(x, y), add(x, y)), select(or(ne(x, x), ne(y, y)), add(x, y), next), next);
};
