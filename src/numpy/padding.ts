import { type ArrayLike, type NDArray, scalarArray } from "../array/index.ts";
import { ArgumentError, describeAval, ShapeError } from "../core/index.ts";
import * as prim from "../primitives/index.ts";
import { operand, withType } from "./operands.ts";

/** How much to add before and after an axis. */
export type PadPair = readonly [before: number, after: number];

/** The same for all axes, or a pair for each; a record names axes. */
export type PadWidth =
  | number
  | readonly [number]
  | PadPair
  | readonly PadPair[]
  | { readonly [axis: number]: PadPair };

/** What is added: one value, the border, or elements mirrored or repeated. */
export type PadMode = "constant" | "edge" | "reflect" | "symmetric" | "wrap" | "empty";

/** Options of `pad`. */
export interface PadOptions {
  /** For mode "constant": one value, or a pair for each axis (one pair for all). */
  readonly constantValues?: ArrayLike | readonly [number, number] | readonly PadPair[];
  /** For modes "reflect" and "symmetric": mirror at the border as if it were the origin. */
  readonly reflectType?: "even" | "odd";
}

const isPair = (x: unknown): x is PadPair =>
  Array.isArray(x) && x.length === 2 && typeof x[0] === "number" && typeof x[1] === "number";

/** A pair for each axis. */
const pairs = (what: string, given: unknown, rank: number): PadPair[] => {
  const all = (pair: PadPair): PadPair[] => prim.range(rank).map(() => pair);
  if (typeof given === "number") return all([given, given]);
  if (isPair(given)) return all(given);
  if (Array.isArray(given)) {
    if (given.length === 1 && typeof given[0] === "number") return all([given[0], given[0]]);
    if (given.length === 1 && isPair(given[0])) return all(given[0]);
    if (given.length === rank && given.every(isPair)) return given as PadPair[];
  } else if (typeof given === "object" && given !== null) {
    const record = given as { readonly [axis: number]: PadPair };
    const named = new Map(
      Object.entries(record).map(([axis, pair]) => [
        Number(axis) < 0 ? Number(axis) + rank : Number(axis),
        pair,
      ]),
    );
    return prim.range(rank).map((axis) => named.get(axis) ?? [0, 0]);
  }
  throw new ArgumentError(
    `pad: ${what} must be a number, a pair [before, after], or one pair for each of ${rank} axes; got ` +
      `${JSON.stringify(given)}.`,
  );
};

const padConstant = (x: NDArray, widths: readonly PadPair[], options: PadOptions): NDArray => {
  const { constantValues = 0 } = options;
  if (!Array.isArray(constantValues)) {
    const value = withType(constantValues as ArrayLike, x, "pad");
    if (value.ndim !== 0) {
      throw new ShapeError(
        `pad: constantValues must be a number or pairs of numbers; got ${describeAval(value)}.`,
      );
    }
    return prim.pad(
      x,
      value,
      widths.map(([before, after]) => [before, after, 0]),
    );
  }
  const values = pairs("constantValues", constantValues, x.ndim);
  return widths.reduce((y, pair, axis) => {
    const side = (z: NDArray, which: 0 | 1): NDArray => {
      const config = z.shape.map((_, a): prim.PaddingDimension => {
        if (a !== axis) return [0, 0, 0];
        return which === 0 ? [pair[0], 0, 0] : [0, pair[1], 0];
      });
      return prim.pad(z, withType((values[axis] as PadPair)[which], z, "pad"), config);
    };
    return side(side(y, 0), 1);
  }, x);
};

/**
 * The elements that stand before or after an axis are taken from inside, as many as there are at a time: what was put there
 * serves as well, so that their number doubles. Of `m` elements, `most(m)` can be taken.
 */
const extend = (
  x: NDArray,
  axis: number,
  count: number,
  most: (m: number) => number,
  isBefore: boolean,
  piece: (z: NDArray, length: number) => NDArray,
): NDArray => {
  let result = x;
  let left = count;
  while (left > 0) {
    const length = Math.min(left, most(result.shape[axis] as number));
    const part = piece(result, length);
    result = prim.concatenate(isBefore ? [part, result] : [result, part], axis);
    left -= length;
  }
  return result;
};

const padEdge = (x: NDArray, axis: number, [before, after]: PadPair): NDArray => {
  const n = x.shape[axis] as number;
  const edge = (at: number, count: number): NDArray => {
    const shape = x.shape.map((m, a) => (a === axis ? count : m));
    return prim.broadcastTo(prim.sliceInDim(x, at, at + 1, axis), shape);
  };
  return prim.concatenate([edge(0, before), x, edge(n - 1, after)], axis);
};

/** Mirrored at the border, which is repeated in "symmetric" mode. */
const padMirrored = (
  x: NDArray,
  axis: number,
  [before, after]: PadPair,
  skip: number,
  isOdd: boolean,
): NDArray => {
  const n = x.shape[axis] as number;
  if (n === 1 && skip === 1) return padEdge(x, axis, [before, after]);
  const mirrored = (z: NDArray, edge: number, start: number, end: number): NDArray => {
    const part = prim.rev(prim.sliceInDim(z, start, end, axis), [axis]);
    if (!isOdd) return part;
    const border = prim.broadcastTo(prim.sliceInDim(z, edge, edge + 1, axis), part.shape);
    return prim.sub(prim.mul(border, prim.scalarLike(border, 2)), part);
  };
  const period = n - skip;
  // What lies behind whole periods is a border again.
  const most = (m: number): number => m - skip - ((m - skip) % period);
  const left = extend(x, axis, before, most, true, (z, length) => mirrored(z, 0, skip, skip + length));
  return extend(left, axis, after, most, false, (z, length) => {
    const m = z.shape[axis] as number;
    return mirrored(z, m - 1, m - skip - length, m - skip);
  });
};

const padWrapped = (x: NDArray, axis: number, [before, after]: PadPair): NDArray => {
  const n = x.shape[axis] as number;
  const whole = (m: number): number => m - (m % n);
  const left = extend(x, axis, before, whole, true, (z, length) => {
    const end = whole(z.shape[axis] as number);
    return prim.sliceInDim(z, end - length, end, axis);
  });
  return extend(left, axis, after, whole, false, (z, length) => {
    const m = z.shape[axis] as number;
    const start = m - whole(m);
    return prim.sliceInDim(z, start, start + length, axis);
  });
};

/**
 * `x` with elements added around it.
 *
 *     pad(x, 1);                        // a border of zeros
 *     pad(x, [[0, 0], [2, 1]], "edge"); // columns repeated, 2 on the left and 1 on the right
 *
 * @example
 * np.pad(np.array([1, 2]), 1); // [0, 1, 2, 0]
 */
export const pad = (
  x: ArrayLike,
  padWidth: PadWidth,
  mode: PadMode = "constant",
  options: PadOptions = {},
): NDArray => {
  const array = operand(x, "pad");
  const widths = pairs("padWidth", padWidth, array.ndim);
  if (widths.flat().some((n) => !Number.isInteger(n) || n < 0)) {
    throw new ArgumentError(
      `pad: padWidth must hold whole numbers of at least 0; got ${JSON.stringify(padWidth)}.`,
    );
  }
  if (mode === "empty") return padConstant(array, widths, { constantValues: scalarArray(0, array.dtype) });
  if (mode === "constant") return padConstant(array, widths, options);
  return widths.reduce((y, pair, axis) => {
    if (pair[0] === 0 && pair[1] === 0) return y;
    if (y.shape[axis] === 0) {
      throw new ShapeError(
        `pad: mode "${mode}" needs elements to take; axis ${axis} of ${describeAval(array)} has none.`,
      );
    }
    switch (mode) {
      case "edge":
        return padEdge(y, axis, pair);
      case "reflect":
        return padMirrored(y, axis, pair, 1, options.reflectType === "odd");
      case "symmetric":
        return padMirrored(y, axis, pair, 0, options.reflectType === "odd");
      case "wrap":
        return padWrapped(y, axis, pair);
      default:
        throw new ArgumentError(
          `pad: mode must be "constant", "edge", "reflect", "symmetric", "wrap" or "empty"; got ${String(mode)}.`,
        );
    }
  }, array);
};
