import type { NDArray } from "../../array/index.ts";
import { bind1, NO_PARAMS, type Primitive } from "../../core/index.ts";
import * as kernel from "../../kernel/expr.ts";
import { div, mul, neg, sub } from "./arithmetic.ts";
import { elementwiseArgs, NUMBER } from "./base.ts";
import { defineElementwise } from "./define.ts";
import { round } from "./rounding.ts";

/**
 * The remainder of division truncated towards zero: it has the sign of the dividend. An integer modulo 0 is itself,
 * as in XLA.
 */
export const remPrimitive: Primitive = defineElementwise({
  name: "rem",
  kinds: NUMBER,
  scalar: {
    float: (x, y) => x % y,
    int: (x, y) => (y === 0 ? x : x % y),
  },
  expr: kernel.rem,
  derivatives: [
    (t) => t,
    // x = y n + rem, with n whole. The division gives n with a rounding error; near a whole number truncating x / y
    // could give its neighbour.
    (t, out, x, y) => neg(mul(t, round(div(sub(x, out), y)))),
  ],
  // The quotient lies between 2.1 and 3, where the whole part does not change.
  args: elementwiseArgs(
    [
      { min: 3.2, max: 3.8 },
      { min: 1.3, max: 1.5 },
    ],
    NO_PARAMS,
    {
      otherDTypes: ["int32", "uint32"],
      otherRanges: [
        { min: 0, max: 9 },
        { min: 0, max: 4 },
      ],
    },
  ),
});

/** The remainder of `x / y` with the sign of `x`, element by element, as C's fmod and JavaScript's `%`. */
export const rem = (x: NDArray, y: NDArray): NDArray => bind1(remPrimitive, [x, y], NO_PARAMS);
