import type { DType, NDArray } from "../../array/index.ts";
import { bind1, type ElementRange, NO_PARAMS, type Primitive } from "../../core/index.ts";
import * as kernel from "../../kernel/expr.ts";
import { ANY, elementwiseArgs } from "./base.ts";
import { defineElementwise } from "./define.ts";

/*
 * Comparisons give booleans and so have no derivative. With NaN all are false but `ne`; −0 equals 0.
 */

const DTYPES: readonly DType[] = ["int32", "uint32", "bool"];
/** Few numbers, so that equal ones are met. */
const FEW: ElementRange = { min: 0, max: 2 };

type Comparison = (x: kernel.Expr, y: kernel.Expr) => kernel.Expr;

/** `ofNumbers` except of booleans, which are no numbers in expressions; there false is less than true. */
const defineComparison = (
  name: string,
  compare: (x: number, y: number) => boolean,
  ofNumbers: Comparison,
  ofBooleans: Comparison,
): Primitive =>
  defineElementwise({
    name,
    kinds: ANY,
    result: "bool",
    scalar: (x, y) => (compare(x, y) ? 1 : 0),
    expr: (x, y) => (x.type === "bool" ? ofBooleans : ofNumbers)(x, y),
    derivatives: [null, null],
    args: elementwiseArgs([{}, {}], NO_PARAMS, { otherDTypes: DTYPES, otherRanges: [FEW, FEW] }),
  });

const equal: Comparison = (x, y) => kernel.not(kernel.xor(x, y));
const less: Comparison = (x, y) => kernel.and(kernel.not(x), y);
const lessOrEqual: Comparison = (x, y) => kernel.or(kernel.not(x), y);

export const eqPrimitive: Primitive = defineComparison("eq", (x, y) => x === y, kernel.eq, equal);
export const nePrimitive: Primitive = defineComparison("ne", (x, y) => x !== y, kernel.ne, kernel.xor);
export const ltPrimitive: Primitive = defineComparison("lt", (x, y) => x < y, kernel.lt, less);
export const lePrimitive: Primitive = defineComparison("le", (x, y) => x <= y, kernel.le, lessOrEqual);
export const gtPrimitive: Primitive = defineComparison(
  "gt",
  (x, y) => x > y,
  kernel.gt,
  (x, y) => less(y, x),
);
export const gePrimitive: Primitive = defineComparison(
  "ge",
  (x, y) => x >= y,
  kernel.ge,
  (x, y) => lessOrEqual(y, x),
);

/** `x == y`, element by element. */
export const eq = (x: NDArray, y: NDArray): NDArray => bind1(eqPrimitive, [x, y], NO_PARAMS);

/** `x != y`, element by element. */
export const ne = (x: NDArray, y: NDArray): NDArray => bind1(nePrimitive, [x, y], NO_PARAMS);

/** `x < y`, element by element. */
export const lt = (x: NDArray, y: NDArray): NDArray => bind1(ltPrimitive, [x, y], NO_PARAMS);

/** `x <= y`, element by element. */
export const le = (x: NDArray, y: NDArray): NDArray => bind1(lePrimitive, [x, y], NO_PARAMS);

/** `x > y`, element by element. */
export const gt = (x: NDArray, y: NDArray): NDArray => bind1(gtPrimitive, [x, y], NO_PARAMS);

/** `x >= y`, element by element. */
export const ge = (x: NDArray, y: NDArray): NDArray => bind1(gePrimitive, [x, y], NO_PARAMS);
