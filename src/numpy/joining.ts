import { type ArrayLike, type NDArray, normalizeAxis, sameShape } from "../array/index.ts";
import { ArgumentError, describeAval, ShapeError } from "../core/index.ts";
import * as prim from "../primitives/index.ts";
import { promote } from "./operands.ts";
import { atleast1d, atleast2d, atleast3d, expandDims, ravel } from "./shaping.ts";
import { type DTypeOption, dtypeOption } from "./types.ts";

/** Arrays to be joined: a list, or one array whose first axis is the list. */
export type Arrays = readonly ArrayLike[] | NDArray;

/** The arrays of a list in one dtype. */
const listed = (name: string, arrays: Arrays, dtype?: DTypeOption): NDArray[] => {
  const list = [...arrays];
  if (list.length === 0) throw new ArgumentError(`${name}: needs at least one array; got an empty list.`);
  const target = dtypeOption(dtype, name);
  const promoted = promote(name, list);
  return target === undefined ? promoted : promoted.map((x) => prim.convertElementType(x, target));
};

const join = (name: string, arrays: readonly NDArray[], axis: number): NDArray => {
  const [first] = arrays as [NDArray];
  if (first.ndim === 0) {
    throw new ShapeError(
      `${name}: scalars cannot be joined along an axis; use stack, or reshape them to [1].`,
    );
  }
  const dimension = normalizeAxis(axis, first.ndim, name);
  for (const x of arrays) {
    if (x.ndim !== first.ndim || x.shape.some((n, a) => a !== dimension && n !== first.shape[a])) {
      throw new ShapeError(
        `${name}: arrays joined along axis ${dimension} must have equal lengths along all others; got ` +
          `${arrays.map(describeAval).join(", ")}.`,
      );
    }
  }
  return prim.concatenate(arrays, dimension);
};

/**
 * Arrays one after another along an axis that they have (`null`: flattened).
 *
 *     concatenate([x, y], 1); // of float32[2, 3] and float32[2, 1]: float32[2, 4]
 *
 * @example
 * np.concatenate([np.array([1, 2]), np.array([3])]); // [1, 2, 3]
 */
export const concatenate = (arrays: Arrays, axis: number | null = 0, dtype?: DTypeOption): NDArray => {
  const list = listed("concatenate", arrays, dtype);
  return axis === null ? join("concatenate", list.map(ravel), 0) : join("concatenate", list, axis);
};

/** `concatenate` by its other name. */
export const concat = concatenate;

/**
 * Arrays of one shape, one after another along a new axis.
 *
 *     stack([x, y]); // of two float32[3]: float32[2, 3]
 *
 * @example
 * np.stack([np.array([1, 2]), np.array([3, 4])]); // [[1, 2], [3, 4]]
 */
export const stack = (arrays: Arrays, axis = 0, dtype?: DTypeOption): NDArray => {
  const list = listed("stack", arrays, dtype);
  const [first] = list as [NDArray];
  if (list.some((x) => !sameShape(x.shape, first.shape))) {
    throw new ShapeError(`stack: arrays must have one shape; got ${list.map(describeAval).join(", ")}.`);
  }
  const place = normalizeAxis(axis, first.ndim + 1, "stack");
  return prim.concatenate(
    list.map((x) => expandDims(x, place)),
    place,
  );
};

/**
 * Arrays one below another: along the first axis, vectors as rows.
 *
 * @example
 * np.vstack([np.array([1, 2]), np.array([3, 4])]); // [[1, 2], [3, 4]]
 */
export const vstack = (arrays: Arrays): NDArray =>
  join(
    "vstack",
    listed("vstack", arrays).map((x) => atleast2d(x)),
    0,
  );

/**
 * Arrays side by side: along the second axis, vectors along their only one.
 *
 * @example
 * np.hstack([np.array([1, 2]), np.array([3, 4])]); // [1, 2, 3, 4]
 */
export const hstack = (arrays: Arrays): NDArray => {
  const list = listed("hstack", arrays).map((x) => atleast1d(x));
  return join("hstack", list, (list[0] as NDArray).ndim === 1 ? 0 : 1);
};

/**
 * Arrays one behind another: along the third axis.
 *
 * @example
 * np.dstack([np.array([1, 2]), np.array([3, 4])]); // float32[1, 2, 2]
 */
export const dstack = (arrays: Arrays): NDArray =>
  join(
    "dstack",
    listed("dstack", arrays).map((x) => atleast3d(x)),
    2,
  );

/**
 * Vectors as the columns of a matrix; matrices side by side.
 *
 * @example
 * np.columnStack([np.array([1, 2]), np.array([3, 4])]); // [[1, 3], [2, 4]]
 */
export const columnStack = (arrays: Arrays): NDArray => {
  const columns = listed("columnStack", arrays).map((x) => (x.ndim < 2 ? prim.reshape(x, [x.size, 1]) : x));
  return join("columnStack", columns, 1);
};

/**
 * `values` after `array` along `axis`; both flattened if there is none.
 *
 * @example
 * np.append(np.array([1, 2]), np.array([3])); // [1, 2, 3]
 */
export const append = (array: ArrayLike, values: ArrayLike, axis: number | null = null): NDArray => {
  const [first, second] = promote("append", [array, values]) as [NDArray, NDArray];
  return axis === null
    ? join("append", [ravel(first), ravel(second)], 0)
    : join("append", [first, second], axis);
};

/** Nested lists of arrays: rows of blocks, joined along the last axis, then the one before it, and so on. */
export type Blocks = ArrayLike | readonly Blocks[];

const depthOf = (blocks: Blocks): number => (Array.isArray(blocks) ? 1 + depthOf(blocks[0] as Blocks) : 0);

/**
 * One array of blocks in nested lists; the innermost lists are joined along the last axis.
 *
 * @example
 * np.block([[np.ones([1, 1]), np.zeros([1, 1])]]); // [[1, 0]]
 */
export const block = (blocks: Blocks): NDArray => {
  const depth = depthOf(blocks);
  const assemble = (part: Blocks, level: number): NDArray => {
    if (!Array.isArray(part)) {
      if (level !== depth) {
        throw new ArgumentError("block: all blocks must be nested equally deep.");
      }
      return promote("block", [part as ArrayLike])[0] as NDArray;
    }
    if (part.length === 0) throw new ArgumentError("block: a list of blocks is empty.");
    const parts = part.map((p) => assemble(p as Blocks, level + 1));
    const rank = Math.max(depth, ...parts.map((p) => p.ndim));
    const padded = promote("block", parts).map((p) =>
      prim.reshape(p, [...new Array<number>(rank - p.ndim).fill(1), ...p.shape]),
    );
    return join("block", padded, rank - (depth - level));
  };
  return assemble(blocks, 0);
};
