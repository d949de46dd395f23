import {
  type ArrayLike,
  ConcreteArray,
  checkShape,
  isFloat,
  type NDArray,
  normalizeAxis,
  scalarArray,
  sizeOf,
} from "../../array/index.ts";
import { ArgumentError, DTypeError, describeAval, inNameOf, ShapeError } from "../../core/index.ts";
import * as prim from "../../primitives/index.ts";
import { remainder } from "../arithmetic.ts";
import { broadcastOperands, operand, promote, truth } from "../operands.ts";
import { flatnonzero, nonzero, type SizeOptions } from "../searching.ts";
import { ravel } from "../shaping.ts";
import { takeAxis } from "./take.ts";
import { SET, write } from "./write.ts";

const int32 = (value: number): NDArray => scalarArray(value, "int32");

const integers = (name: string, x: ArrayLike): NDArray => {
  const array = operand(x, name);
  if (isFloat(array.dtype) && !array.weakType) {
    throw new DTypeError(`${name}: positions must be integers; got ${describeAval(array)}.`);
  }
  return prim.convertElementType(array, "int32");
};

/**
 * Positions in a flattened array as positions along the axes of `shape`; those outside are moved inside.
 *
 * @example
 * np.unravelIndex(np.array([5], "int32"), [2, 3]); // [[1], [2]]
 */
export const unravelIndex = (indices: ArrayLike, shape: number | readonly number[]): readonly NDArray[] => {
  const lengths = typeof shape === "number" ? [shape] : shape;
  const size = sizeOf(lengths);
  const given = integers("unravelIndex", indices);
  const wrapped = prim.select(prim.lt(given, int32(0)), prim.add(given, int32(size)), given);
  let rest = prim.clamp(int32(0), wrapped, int32(Math.max(0, size - 1)));
  const result: NDArray[] = [];
  for (let axis = lengths.length - 1; axis >= 0; axis--) {
    const n = int32(Math.max(1, lengths[axis] as number));
    result.unshift(prim.rem(rest, n));
    rest = prim.div(rest, n);
  }
  return result;
};

/**
 * Positions along the axes of `dims` as positions in the flattened array.
 *
 * @example
 * np.ravelMultiIndex([np.array([1], "int32"), np.array([2], "int32")], [2, 3]); // [5]
 */
export const ravelMultiIndex = (
  multiIndex: readonly ArrayLike[],
  dims: readonly number[],
  mode: "clip" | "wrap" = "clip",
): NDArray => {
  const name = "ravelMultiIndex";
  if (multiIndex.length !== dims.length || dims.length === 0) {
    throw new ArgumentError(
      `${name}: needs one array of positions for each axis; got ${multiIndex.length} for ${dims.length}.`,
    );
  }
  const arrays = broadcastOperands(
    name,
    multiIndex.map((index) => integers(name, index)),
  );
  return arrays
    .map((index, axis) => {
      const n = dims[axis] as number;
      return mode === "wrap" ? remainder(index, int32(n)) : prim.clamp(int32(0), index, int32(n - 1));
    })
    .reduce((flat, index, axis) => prim.add(prim.mul(flat, int32(dims[axis] as number)), index));
};

/**
 * The elements of `x` along `axis`, or of the flattened array, where a condition is true.
 *
 * @example
 * np.compress(np.array([true, false, true]), np.array([1, 2, 3])); // [1, 3]
 */
export const compress = (
  condition: ArrayLike,
  x: ArrayLike,
  axis: number | null = null,
  { size = null, fillValue = 0 }: SizeOptions = {},
): NDArray => {
  const given = operand(x, "compress");
  const array = axis === null ? ravel(given) : given;
  const along = axis === null ? 0 : normalizeAxis(axis, array.ndim, "compress");
  const mask = truth(condition, "compress");
  const n = array.shape[along] as number;
  if (mask.ndim !== 1 || mask.size > n) {
    throw new ShapeError(
      `compress: the condition must be a vector at most as long as the axis; got ${describeAval(mask)} for axis ${along} ` +
        `of ${describeAval(array)}.`,
    );
  }
  const positions = flatnonzero(mask, { size, fillValue: n });
  return takeAxis("compress", array, positions, along, { mode: "fill", fillValue });
};

/**
 * The elements of `x` where a condition of the same size is true.
 *
 * @example
 * np.extract(np.array([true, false, true]), np.array([1, 2, 3])); // [1, 3]
 */
export const extract = (condition: ArrayLike, x: ArrayLike, options: SizeOptions = {}): NDArray =>
  inNameOf("extract", () => compress(ravel(condition), x, null, options));

/**
 * For each place, the element there of one of several arrays: that which `which` says.
 *
 * @example
 * np.choose(np.array([0, 1], "int32"), [np.array([1, 2]), np.array([10, 20])]); // [1, 20]
 */
export const choose = (
  which: ArrayLike,
  choices: readonly ArrayLike[],
  mode: "raise" | "wrap" | "clip" = "raise",
): NDArray => {
  const n = choices.length;
  if (n === 0) throw new ArgumentError("choose: needs at least one array to choose from.");
  const index = integers("choose", which);
  if (mode === "raise" && index instanceof ConcreteArray) {
    for (const i of index.toTypedArray()) {
      if (i < 0 || i >= n)
        throw new RangeError(`choose: ${i} is out of range for ${n} arrays; or give mode "wrap" or "clip".`);
    }
  }
  const resolved = mode === "wrap" ? remainder(index, int32(n)) : prim.clamp(int32(0), index, int32(n - 1));
  const [place, ...cases] = broadcastOperands("choose", [resolved, ...promote("choose", choices)]) as [
    NDArray,
    ...NDArray[],
  ];
  return prim.selectN(place, ...cases);
};

/**
 * A copy of `x` with `value` (a scalar, or a vector that is repeated) on the main diagonal.
 *
 * @example
 * np.fillDiagonal(np.zeros([2, 2]), 5); // [[5, 0], [0, 5]]
 */
export const fillDiagonal = (x: ArrayLike, value: ArrayLike): NDArray => {
  const array = operand(x, "fillDiagonal");
  const isCube = array.shape.every((m) => m === array.shape[0]);
  if (array.ndim < 2 || (array.ndim > 2 && !isCube)) {
    throw new ShapeError(
      `fillDiagonal: needs a matrix, or more axes of equal length; got ${describeAval(array)}.`,
    );
  }
  const n = Math.min(...array.shape);
  const places = prim.iota([n], "int32", 0);
  const values = operand(value, "fillDiagonal");
  const given =
    values.ndim === 0
      ? values
      : takeAxis("fillDiagonal", ravel(values), remainder(places, int32(values.size)), 0);
  const every = array.shape.map(() => places);
  return inNameOf("fillDiagonal", () => write(SET, array, every, given, { uniqueIndices: true }));
};

/**
 * The positions of an n × n matrix that a function such as `triu` leaves other than 0.
 *
 * @example
 * np.maskIndices(2, np.triu); // [[0, 0, 1], [0, 1, 1]]
 */
export const maskIndices = (
  n: number,
  maskFunction: (x: NDArray, k: number) => NDArray,
  k = 0,
): readonly NDArray[] => {
  checkShape([n], "maskIndices");
  const ones = prim.broadcastInDim(scalarArray(1, "int32"), [n, n], []);
  return nonzero(maskFunction(ones, k));
};
