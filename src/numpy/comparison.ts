import {
  type ArrayLike,
  broadcastShapes,
  ConcreteArray,
  isFloat,
  NDArray,
  sameShape,
} from "../array/index.ts";
import { ConcretizationError } from "../core/index.ts";
import * as prim from "../primitives/index.ts";
import { type ArrayInput, array } from "./creation.ts";
import { binary, operands, truth } from "./operands.ts";

/** `x == y`, element by element. */
export const equal = binary("equal", prim.eq);
/** `x != y`, element by element. */
export const notEqual = binary("notEqual", prim.ne);
/** `x < y`, element by element. */
export const less = binary("less", prim.lt);
/** `x <= y`, element by element. */
export const lessEqual = binary("lessEqual", prim.le);
/** `x > y`, element by element. */
export const greater = binary("greater", prim.gt);
/** `x >= y`, element by element. */
export const greaterEqual = binary("greaterEqual", prim.ge);

/** How close is close. */
export interface ClosenessOptions {
  /** Relative to the second operand. */
  readonly rtol?: number;
  readonly atol?: number;
  /** Whether NaN is close to NaN. */
  readonly equalNan?: boolean;
}

/** Whether `|x - y| <= atol + rtol * |y|`, element by element; infinities are close to themselves. */
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
 */
export const allclose = (x: ArrayInput, y: ArrayInput, options: ClosenessOptions = {}): boolean => {
  const result = allTrue(isclose(array(x), array(y), options));
  if (result instanceof ConcreteArray) return result.item() === true;
  throw new ConcretizationError(
    "allclose: gives a JavaScript boolean, which is not known while a function is traced. Use isclose(x, y).all().",
  );
};

/** Whether `x` and `y` have the same shape and equal elements. */
export const arrayEqual = (
  x: ArrayLike,
  y: ArrayLike,
  { equalNan = false }: Pick<ClosenessOptions, "equalNan"> = {},
): NDArray => {
  const shapeOf = (z: ArrayLike): readonly number[] => (z instanceof NDArray ? z.shape : []);
  if (!sameShape(shapeOf(x), shapeOf(y))) return truth(false, "arrayEqual");
  const [a, b] = operands("arrayEqual", [x, y]) as readonly [NDArray, NDArray];
  const equals = prim.eq(a, b);
  return allTrue(equalNan ? prim.or(equals, prim.and(prim.ne(a, a), prim.ne(b, b))) : equals);
};

/** Whether `x` and `y` broadcast to arrays with equal elements. */
export const arrayEquiv = (x: ArrayLike, y: ArrayLike): NDArray => {
  const shapes = [x, y].map((z) => (z instanceof NDArray ? z.shape : []));
  return broadcastShapes(...shapes) === undefined ? truth(false, "arrayEquiv") : allTrue(equal(x, y));
};
