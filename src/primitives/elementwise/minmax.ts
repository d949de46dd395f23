import type { DType, NDArray } from "../../array/index.ts";
import { bind1, type ElementRange, NO_PARAMS, type Primitive } from "../../core/index.ts";
import * as kernel from "../../kernel/expr.ts";
import { scalarLike } from "../rules.ts";
import { mul } from "./arithmetic.ts";
import { ANY, elementwiseArgs } from "./base.ts";
import { and } from "./bits.ts";
import { eq, gt, lt } from "./comparison.ts";
import { defineElementwise } from "./define.ts";
import { select } from "./select.ts";

/*
 * Extremes. NaN in any operand makes NaN; 0 is greater than −0.
 */

const DTYPES: readonly DType[] = ["int32", "uint32", "bool"];
const LOW: ElementRange = { min: -3, max: 0 };
const HIGH: ElementRange = { min: 0.1, max: 3 };

/** How much of the tangent of `x` an extreme of `x` and `y` takes: all, nothing, or at a tie half, as in JAX. */
const share = (x: NDArray, extreme: NDArray, y: NDArray): NDArray =>
  select(eq(x, extreme), select(eq(y, extreme), scalarLike(x, 0.5), scalarLike(x, 1)), scalarLike(x, 0));

/** Of booleans the greater is the disjunction, the lesser the conjunction. */
const greater = (x: kernel.Expr, y: kernel.Expr): kernel.Expr =>
  x.type === "bool" ? kernel.or(x, y) : kernel.max(x, y);
const lesser = (x: kernel.Expr, y: kernel.Expr): kernel.Expr =>
  x.type === "bool" ? kernel.and(x, y) : kernel.min(x, y);

const defineExtreme = (
  name: string,
  scalar: (...xs: number[]) => number,
  expr: (x: kernel.Expr, y: kernel.Expr) => kernel.Expr,
): Primitive =>
  defineElementwise({
    name,
    kinds: ANY,
    scalar,
    expr,
    derivatives: [(t, out, x, y) => mul(t, share(x, out, y)), (t, out, x, y) => mul(t, share(y, out, x))],
    args: {
      ...elementwiseArgs([LOW, HIGH], NO_PARAMS, {
        otherDTypes: DTYPES,
        otherRanges: [{ min: 0 }, { min: 0 }],
      }),
      // Operands whose ranges do not meet have no ties; which is the greater is drawn.
      example: (choose) => {
        const ranges = choose.bool() ? [HIGH, LOW] : [LOW, HIGH];
        return elementwiseArgs(ranges, NO_PARAMS).example(choose);
      },
    },
  });

export const maxPrimitive: Primitive = defineExtreme("max", Math.max, greater);
export const minPrimitive: Primitive = defineExtreme("min", Math.min, lesser);

/** The greater of `x` and `y`, element by element. At a tie the derivative is divided evenly. */
export const max = (x: NDArray, y: NDArray): NDArray => bind1(maxPrimitive, [x, y], NO_PARAMS);

/** The lesser of `x` and `y`, element by element. At a tie the derivative is divided evenly. */
export const min = (x: NDArray, y: NDArray): NDArray => bind1(minPrimitive, [x, y], NO_PARAMS);

/**
 * An operand held between two others. The derivative follows the operand strictly between the bounds and the bound
 * that holds it strictly outside; on a bound it is zero, as in JAX. Where the bounds cross, the upper one holds.
 */
export const clampPrimitive: Primitive = defineElementwise({
  name: "clamp",
  kinds: ANY,
  scalar: (low, x, high) => Math.min(Math.max(low, x), high),
  expr: (low, x, high) => lesser(greater(low, x), high),
  derivatives: [
    (t, _, low, x, high) => select(and(gt(low, x), lt(low, high)), t, scalarLike(t, 0)),
    (t, _, low, x, high) => select(and(gt(x, low), lt(x, high)), t, scalarLike(t, 0)),
    (t, _, _low, x, high) => select(lt(high, x), t, scalarLike(t, 0)),
  ],
  args: {
    ...elementwiseArgs([LOW, {}, HIGH], NO_PARAMS, {
      otherDTypes: DTYPES,
      otherRanges: [
        { min: 0, max: 2 },
        { min: 0, max: 9 },
        { min: 2, max: 5 },
      ],
    }),
    example: (choose) => {
      // Below, between and above the bounds, away from both.
      const x = choose.pick<ElementRange>([
        { min: -0.9, max: 0.9 },
        { min: -4, max: -2.1 },
        { min: 2.1, max: 4 },
      ]);
      return elementwiseArgs([{ min: -2, max: -1 }, x, { min: 1, max: 2 }], NO_PARAMS).example(choose);
    },
  },
});

/** `x` no less than `low` and no more than `high`, element by element. */
export const clamp = (low: NDArray, x: NDArray, high: NDArray): NDArray =>
  bind1(clampPrimitive, [low, x, high], NO_PARAMS);
