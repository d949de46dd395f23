import { type ArrayLike, isFloat, type NDArray } from "../array/index.ts";
import { DTypeError, describeAval } from "../core/index.ts";
import * as prim from "../primitives/index.ts";
import { broadcastOperands, operand, toInexact } from "./operands.ts";

/** Powers of 2 whose sums reach every exponent of the dtype, greatest first. */
const scalesFor = (x: NDArray): readonly number[] =>
  x.dtype === "float64" ? [1024, 512, 256, 128, 64, 32, 16, 8, 4, 2, 1] : [128, 64, 32, 16, 8, 4, 2, 1];

/**
 * The mantissa, of magnitude in [0.5, 1), and the exponent, with `x = mantissa * 2**exponent`. Zero, infinities and NaN
 * are their own mantissas, with exponent 0.
 *
 * @example
 * np.frexp(6); // [0.75, 3]
 */
export const frexp = (x: ArrayLike): readonly [mantissa: NDArray, exponent: NDArray] => {
  const array = operand(x, "frexp", toInexact);
  const zero = prim.scalarLike(array, 0);
  const isSpecial = prim.or(prim.eq(array, zero), prim.not(prim.isFinite(array)));
  let mantissa = prim.select(isSpecial, prim.scalarLike(array, 0.5), array);
  let exponent = prim.broadcastTo(prim.scalarLike({ dtype: "int32" }, 0), array.shape);
  const shift = (condition: NDArray, by: number): void => {
    // A scale that the dtype cannot hold is applied in two steps.
    const half = prim.scalarLike(array, 2 ** (-by / 2));
    const scaled =
      Math.abs(by) < 2
        ? prim.mul(mantissa, prim.scalarLike(array, 2 ** -by))
        : prim.mul(prim.mul(mantissa, half), half);
    mantissa = prim.select(condition, scaled, mantissa);
    exponent = prim.select(condition, prim.add(exponent, prim.scalarLike(exponent, by)), exponent);
  };
  for (const by of scalesFor(array))
    shift(prim.ge(prim.abs(mantissa), prim.scalarLike(array, 2 ** (by - 1))), by);
  for (const by of scalesFor(array))
    shift(prim.lt(prim.abs(mantissa), prim.scalarLike(array, 2 ** -by)), -by);
  return [
    prim.select(isSpecial, array, mantissa),
    prim.convertElementType(prim.select(isSpecial, prim.scalarLike(exponent, 0), exponent), "int32"),
  ];
};

/**
 * `x * 2**exponent`, element by element; `exponent` holds integers.
 *
 * @example
 * np.ldexp(0.75, np.array(3, "int32")); // 6
 */
export const ldexp = (x: ArrayLike, exponent: ArrayLike): NDArray => {
  const power = operand(exponent, "ldexp");
  if (isFloat(power.dtype) && typeof exponent !== "number") {
    throw new DTypeError(`ldexp: exponents must be integers; got ${describeAval(power)}.`);
  }
  const array = operand(x, "ldexp", toInexact);
  const [a, b] = broadcastOperands("ldexp", [array, prim.convertElementType(power, array.dtype, true)]) as [
    NDArray,
    NDArray,
  ];
  // In three steps, so that neither the power nor an intermediate result overflows before the result does.
  const third = trunc(prim.div(b, prim.scalarLike(b, 3)));
  const step = prim.exp2(third);
  const rest = prim.exp2(prim.sub(b, prim.add(third, third)));
  return prim.mul(prim.mul(prim.mul(a, step), step), rest);
};

const trunc = (x: NDArray): NDArray =>
  prim.select(prim.lt(x, prim.scalarLike(x, 0)), prim.ceil(x), prim.floor(x));
