import { type ArrayLike, broadcastShapes, formatShape, type NDArray, type Shape } from "../array/index.ts";
import { describeAval, ShapeError } from "../core/index.ts";
import { operand, promote, toInexact } from "../numpy/operands.ts";
import * as prim from "../primitives/index.ts";

/*
 * Operands of linear algebra: integers become floats, arrays must be matrices, and the axes that count matrices broadcast.
 */

/** Matrices of floats, of any shape. */
export const matrices = (name: string, a: ArrayLike): NDArray => {
  const x = operand(a, name, toInexact);
  prim.checkMatrices(name, x);
  return x;
};

/** Square matrices of floats. */
export const squareMatrices = (name: string, a: ArrayLike): NDArray => {
  const x = operand(a, name, toInexact);
  prim.checkSquare(name, x);
  return x;
};

/** `x` with the axes before its last two broadcast to `stack`. */
export const stacked = (x: NDArray, stack: Shape): NDArray =>
  prim.broadcastTo(x, [...stack, ...prim.matrixShape(x)]);

/** Square matrices [..., n, n] and matrices [..., n, k] in one dtype, with the axes before broadcast. */
export const systemOperands = (
  name: string,
  a: ArrayLike,
  b: ArrayLike,
): readonly [a: NDArray, b: NDArray, isVector: boolean] => {
  const [x, y] = promote(name, [a, b], toInexact) as [NDArray, NDArray];
  prim.checkSquare(name, x);
  const isVector = y.ndim === 1;
  if (y.ndim === 0) {
    throw new ShapeError(
      `${name}: the right-hand side must be a vector or matrices; got ${describeAval(y)}. Make one with reshape.`,
    );
  }
  const columns = isVector ? prim.reshape(y, [...y.shape, 1]) : y;
  const [n] = prim.matrixShape(x);
  const stack = broadcastShapes(prim.stackShape(x), prim.stackShape(columns));
  if (prim.matrixShape(columns)[0] !== n || stack === undefined) {
    throw new ShapeError(
      `${name}: the right-hand side must be a vector [${n}] or matrices [..., ${n}, k] whose axes before the last two ` +
        `broadcast with ${formatShape(prim.stackShape(x))}; got ${describeAval(x)} and ${describeAval(y)}.`,
    );
  }
  return [stacked(x, stack), stacked(columns, stack), isVector];
};
