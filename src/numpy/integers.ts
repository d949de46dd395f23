import { type ArrayLike, isInteger, isUnsigned, type NDArray } from "../array/index.ts";
import { DTypeError, describeAval } from "../core/index.ts";
import * as prim from "../primitives/index.ts";
import { binary } from "./operands.ts";

/** Euclid's algorithm takes at most so many steps for 32-bit numbers: the worst are neighbouring Fibonacci numbers. */
const MOST_STEPS = 47;

const checkIntegers = (name: string, x: NDArray): void => {
  if (!isInteger(x.dtype)) throw new DTypeError(`${name}: takes integers; got ${describeAval(x)}.`);
};

const magnitude = (x: NDArray): NDArray => (isUnsigned(x.dtype) ? x : prim.abs(x));

const euclid = (x: NDArray, y: NDArray): NDArray => {
  let [a, b] = [magnitude(x), magnitude(y)];
  const zero = prim.scalarLike(a, 0);
  for (let i = 0; i < MOST_STEPS; i++) {
    const isDone = prim.eq(b, zero);
    [a, b] = [prim.select(isDone, a, b), prim.select(isDone, b, prim.rem(a, b))];
  }
  return a;
};

/**
 * The greatest common divisor, element by element; of 0 and 0, it is 0.
 *
 * @example
 * np.gcd(np.array([12, 9], "int32"), 6); // [6, 3]
 */
export const gcd: (x: ArrayLike, y: ArrayLike) => NDArray = binary("gcd", (x, y) => {
  checkIntegers("gcd", x);
  return euclid(x, y);
});

/**
 * The least common multiple, element by element.
 *
 * @example
 * np.lcm(np.array([12, 9], "int32"), 6); // [12, 18]
 */
export const lcm: (x: ArrayLike, y: ArrayLike) => NDArray = binary("lcm", (x, y) => {
  checkIntegers("lcm", x);
  const divisor = euclid(x, y);
  const zero = prim.scalarLike(x, 0);
  const isZero = prim.eq(divisor, zero);
  const safe = prim.select(isZero, prim.scalarLike(x, 1), divisor);
  return prim.select(isZero, zero, prim.mul(magnitude(x), prim.div(magnitude(y), safe)));
});
