import {
  type ArrayLike,
  broadcastShapes,
  ConcreteArray,
  isFloat,
  type NDArray,
  sameShape,
} from "../array/index.ts";
import { ConcretizationError, inNameOf } from "../core/index.ts";
import * as prim from "../primitives/index.ts";
import { type ArrayInput, array } from "./creation.ts";
import { binary, operands, promote, truth } from "./operands.ts";

/**
 * `x == y`, element by element.
 *
 * @example
 * np.equal(np.array([1, 2]), 2); // [false, true]
 */
export const equal = binary("equal", prim.eq);
/**
 * `x != y`, element by element.
 *
 * @example
 * np.notEqual(np.array([1, 2]), 2); // [true, false]
 */
export const notEqual = binary("notEqual", prim.ne);
/**
 * `x < y`, element by element.
 *
 * @example
 * np.less(np.array([1, 2]), 2); // [true, false]
 */
export const less = binary("less", prim.lt);
/**
 * `x <= y`, element by element.
 *
 * @example
 * np.lessEqual(np.array([1, 2]), 2); // [true, true]
 */
export const lessEqual = binary("lessEqual", prim.le);
/**
 * `x > y`, element by element.
 *
 * @example
 * np.greater(np.array([1, 3]), 2); // [false, true]
 */
export const greater = binary("greater", prim.gt);
/**
 * `x >= y`, element by element.
 *
 * @example
 * np.greaterEqual(np.array([1, 2]), 2); // [false, true]
 */
export const greaterEqual = binary("greaterEqual", prim.ge);

/** How close is close. */
export interface ClosenessOptions {
  /** Relative to the second operand. */
  readonly rtol?: number;
  readonly atol?: number;
  /** Whether NaN is close to NaN. */
  readonly equalNan?: boolean;
}

/**
 * Whether `|x - y| <= atol + rtol * |y|`, element by element; infinities are close to themselves.
 *
 * @example
 * np.isclose(np.array([1, 2]), np.array([1.000001, 2.1])); // [true, false]
 */
export const isclose = (
  x: ArrayLike,
  y: ArrayLike,
  { rtol = 1e-5, atol = 1e-8, equalNan = false }: ClosenessOptions = {},
): NDArray => {
  const [a, b] = operands("isclose", [x, y]) as readonly [NDArray, NDArray];
  const equals = prim.eq(a, b);
  if (!isFloat(a.dtype)) {
    if (a.dtype === "bool") return equals;
    const [c, d] = [a, b].map((z) => prim.convertElementType(z, "float64")) as [NDArray, NDArray];
    return prim.le(
      prim.abs(prim.sub(c, d)),
      prim.add(prim.scalarLike(c, atol), prim.mul(prim.scalarLike(c, rtol), prim.abs(d))),
    );
  }
  const bound = prim.add(prim.scalarLike(a, atol), prim.mul(prim.scalarLike(a, rtol), prim.abs(b)));
  const near = prim.le(prim.abs(prim.sub(a, b)), bound);
  const bothFinite = prim.and(prim.isFinite(a), prim.isFinite(b));
  const result = prim.or(prim.and(near, bothFinite), equals);
  if (!equalNan) return result;
  return prim.or(result, prim.and(prim.ne(a, a), prim.ne(b, b)));
};

const allTrue = (x: NDArray): NDArray => prim.reduceAnd(x, prim.range(x.shape.length));

/**
 * Whether all elements are close in the sense of `isclose`, as a JavaScript boolean; nested lists will do. For traced
 * arrays, whose values are not known, use `isclose(x, y).all()`.
 *
 * @example
 * np.allclose(np.array([1, 2]), np.array([1.000001, 2])); // true
 */
export const allclose = (x: ArrayInput, y: ArrayInput, options: ClosenessOptions = {}): boolean => {
  const result = inNameOf("allclose", () => allTrue(isclose(array(x), array(y), options)));
  if (result instanceof ConcreteArray) return result.item() === true;
  throw new ConcretizationError(
    "allclose: gives a JavaScript boolean, which is not known while a function is traced. Use isclose(x, y).all().",
  );
};

/**
 * Whether `x` and `y` have the same shape and equal elements.
 *
 * @example
 * np.arrayEqual(np.array([1, 2]), np.array([1, 2])); // true
 */
export const arrayEqual = (
  x: ArrayLike,
  y: ArrayLike,
  { equalNan = false }: Pick<ClosenessOptions, "equalNan"> = {},
): NDArray => {
  const [a, b] = promote("arrayEqual", [x, y]) as [NDArray, NDArray];
  if (!sameShape(a.shape, b.shape)) return truth(false, "arrayEqual");
  const equals = prim.eq(a, b);
  return allTrue(equalNan ? prim.or(equals, prim.and(prim.ne(a, a), prim.ne(b, b))) : equals);
};

/**
 * Whether `x` and `y` broadcast to arrays with equal elements.
 *
 * @example
 * np.arrayEquiv(np.array([1, 1]), np.array(1)); // true
 */
export const arrayEquiv = (x: ArrayLike, y: ArrayLike): NDArray => {
  const [a, b] = promote("arrayEquiv", [x, y]) as [NDArray, NDArray];
  return broadcastShapes(a.shape, b.shape) === undefined ? truth(false, "arrayEquiv") : allTrue(equal(a, b));
};
