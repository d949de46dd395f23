import type { ArrayLike, NDArray } from "../array/index.ts";
import { ArgumentError } from "../core/index.ts";
import * as prim from "../primitives/index.ts";
import { broadcastOperands, operand, promote, truth } from "./operands.ts";
import { nonzero } from "./searching.ts";

const choose = (name: string, condition: NDArray, x: ArrayLike, y: ArrayLike): NDArray => {
  const [which, onTrue, onFalse] = broadcastOperands(name, [condition, ...promote(name, [x, y])]) as [
    NDArray,
    NDArray,
    NDArray,
  ];
  return prim.select(which, onTrue, onFalse);
};

/**
 * Elements of `x` where `condition` is true (other than 0), of `y` elsewhere; all three broadcast. With a condition
 * alone, the positions where it is true (`nonzero`).
 *
 * Both `x` and `y` are computed everywhere, and so are their derivatives: an operand that is NaN where it is not
 * chosen still makes NaN gradients. Make it harmless before it is computed with.
 *
 * @example
 * np.where(np.array([true, false]), 1, np.array([5, 6])); // [1, 6]
 */
export function where(condition: ArrayLike, x: ArrayLike, y: ArrayLike): NDArray;
export function where(condition: ArrayLike): readonly NDArray[];
export function where(condition: ArrayLike, x?: ArrayLike, y?: ArrayLike): NDArray | readonly NDArray[] {
  if (x === undefined && y === undefined) return nonzero(condition);
  if (x === undefined || y === undefined) {
    throw new ArgumentError("where: give both x and y to choose between, or neither.");
  }
  return choose("where", truth(condition, "where"), x, y);
}

/**
 * Elements of the first of `choices` whose condition is true, of `defaultValue` where none is. All broadcast.
 *
 * @example
 * np.select([np.array([true, false])], [np.array([1, 2])], 9); // [1, 9]
 */
export const select = (
  conditions: readonly ArrayLike[],
  choices: readonly ArrayLike[],
  defaultValue: ArrayLike = 0,
): NDArray => {
  if (conditions.length !== choices.length || conditions.length === 0) {
    throw new ArgumentError(
      `select: needs one choice for each condition, and at least one; got ${conditions.length} conditions and ` +
        `${choices.length} choices.`,
    );
  }
  const promoted = promote("select", [...choices, defaultValue]);
  return promoted
    .slice(0, -1)
    .reduceRight(
      (rest, choice, i) => choose("select", truth(conditions[i] as ArrayLike, "select"), choice, rest),
      promoted.at(-1) as NDArray,
    );
};

/**
 * `x` with each piece computed by its own function: that of the last condition that is true; the function after the
 * last condition, if there is one more, where none is; else 0.
 *
 * @example
 * np.piecewise(np.array([-1, 2]), [np.array([true, false])], [(x) => x.neg(), (x) => x.mul(10)]); // [1, 20]
 */
export const piecewise = (
  x: ArrayLike,
  conditions: readonly ArrayLike[],
  functions: readonly (ArrayLike | ((x: NDArray) => ArrayLike))[],
): NDArray => {
  const array = operand(x, "piecewise");
  const n = conditions.length;
  if (functions.length !== n && functions.length !== n + 1) {
    throw new ArgumentError(
      `piecewise: ${n} conditions need ${n} or ${n + 1} functions; got ${functions.length}.`,
    );
  }
  const pieceOf = (i: number): NDArray => {
    const f = functions[i] ?? 0;
    const value = operand(typeof f === "function" ? f(array) : f, "piecewise");
    return prim.convertElementType(value, array.dtype, array.weakType);
  };
  return conditions.reduce<NDArray>(
    (rest, condition, i) => choose("piecewise", truth(condition, "piecewise"), pieceOf(i), rest),
    prim.broadcastTo(pieceOf(n), array.shape),
  );
};
