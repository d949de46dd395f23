import {
  type ArrayLike,
  arrayFrom,
  checkShape,
  type DType,
  describeValue,
  isFloat,
  type NDArray,
  scalarArray,
} from "../array/index.ts";
import { ArgumentError, describeAval, ShapeError } from "../core/index.ts";
import * as prim from "../primitives/index.ts";
import { add, divide, multiply, power, subtract } from "./arithmetic.ts";
import { concatenate, stack } from "./joining.ts";
import { broadcastOperands, operand, promote, toInexact } from "./operands.ts";
import { expandDims, moveaxis, reshape } from "./shaping.ts";
import { type DTypeOption, dtypeOption } from "./types.ts";

/**
 * Numbers from `start` (default 0) up to `stop`, itself not included, in steps: int32 if all three are whole numbers,
 * else float32.
 *
 *     arange(3);          // [0, 1, 2]
 *     arange(0, 1, 0.25); // [0, 0.25, 0.5, 0.75]
 *
 * @example
 * np.arange(1, 7, 2); // [1, 3, 5]
 */
export const arange = (start: number, stop?: number | null, step = 1, dtype?: DTypeOption): NDArray => {
  const [first, last] = stop === undefined || stop === null ? [0, start] : [start, stop];
  if (!(Number.isFinite(first) && Number.isFinite(last) && Number.isFinite(step) && step !== 0)) {
    throw new ArgumentError(
      `arange: start, stop and step must be finite numbers and step other than 0; got ${first}, ${last} and ${step}.`,
    );
  }
  const isWhole = Number.isInteger(first) && Number.isInteger(last) && Number.isInteger(step);
  const type = dtypeOption(dtype, "arange") ?? (isWhole ? "int32" : "float32");
  const length = Math.max(0, Math.ceil((last - first) / step));
  if (isWhole && type !== "bool") {
    const count = prim.iota([length], type, 0);
    const scaled = step === 1 ? count : prim.mul(count, scalarArray(step, type));
    return first === 0 ? scaled : prim.add(scaled, scalarArray(first, type));
  }
  return arrayFrom(
    Float64Array.from({ length }, (_, i) => first + i * step),
    type,
  );
};

/** Options of `linspace` and `geomspace`. */
export interface SpaceOptions {
  readonly dtype?: DType | null | undefined;
  /** The axis of the result along which the numbers run; only of interest where the ends are arrays. */
  readonly axis?: number;
}

const checkNumber = (name: string, num: number): void => {
  if (!Number.isInteger(num) || num < 0) {
    throw new ArgumentError(`${name}: num must be a whole number of at least 0; got ${num}.`);
  }
};

/** The points in floating point, along the first axis. */
const evenlySpaced = (start: NDArray, stop: NDArray, num: number, endpoint: boolean): NDArray => {
  const row = (x: NDArray): NDArray => expandDims(x, 0);
  if (num === 0) return prim.sliceInDim(row(start), 0, 0, 0);
  const last = endpoint ? num - 1 : num;
  if (last === 0) return row(start);
  const counted = prim.iota([last], start.dtype, 0);
  const weight = reshape(divide(counted, last), [last, ...start.shape.map(() => 1)]);
  const points = add(multiply(row(start), subtract(1, weight)), multiply(row(stop), weight));
  return endpoint ? concatenate([points, row(stop)], 0) : points;
};

const spaced = (
  name: string,
  start: ArrayLike,
  stop: ArrayLike,
  num: number,
  { dtype, axis = 0 }: SpaceOptions,
  make: (start: NDArray, stop: NDArray) => NDArray,
): NDArray => {
  checkNumber(name, num);
  const promoted = promote(name, [start, stop], toInexact);
  const shape = promoted.reduce((s, x) => (x.ndim > s.length ? x.shape : s), [] as readonly number[]);
  const [first, last] = broadcastOperands(name, promoted).map((x) => prim.broadcastTo(x, shape)) as [
    NDArray,
    NDArray,
  ];
  const points = moveaxis(make(first, last), 0, axis);
  const target = dtypeOption(dtype, name) ?? points.dtype;
  return prim.convertElementType(isFloat(target) ? points : prim.floor(points), target);
};

/**
 * `num` numbers evenly spaced from `start` to `stop`, which is the last unless `endpoint` is false.
 *
 *     linspace(0, 1, 5); // [0, 0.25, 0.5, 0.75, 1]
 *
 * @example
 * np.linspace(0, 1, 5); // [0, 0.25, 0.5, 0.75, 1]
 */
export const linspace = (
  start: ArrayLike,
  stop: ArrayLike,
  num = 50,
  endpoint = true,
  options: SpaceOptions = {},
): NDArray => spaced("linspace", start, stop, num, options, (a, b) => evenlySpaced(a, b, num, endpoint));

/**
 * `base` to the powers that `linspace` gives.
 *
 * @example
 * np.logspace(0, 2, 3); // [1, 10, 100]
 */
export const logspace = (
  start: ArrayLike,
  stop: ArrayLike,
  num = 50,
  endpoint = true,
  base: ArrayLike = 10,
  options: SpaceOptions = {},
): NDArray =>
  spaced("logspace", start, stop, num, options, (a, b) =>
    prim.pow(
      ...(broadcastOperands("logspace", promote("logspace", [base, evenlySpaced(a, b, num, endpoint)])) as [
        NDArray,
        NDArray,
      ]),
    ),
  );

/**
 * `num` numbers from `start` to `stop`, each the same multiple of the one before. Both must have the same sign.
 *
 * @example
 * np.geomspace(1, 16, 3); // [1, 4, 16]
 */
export const geomspace = (
  start: ArrayLike,
  stop: ArrayLike,
  num = 50,
  endpoint = true,
  options: SpaceOptions = {},
): NDArray =>
  spaced("geomspace", start, stop, num, options, (a, b) => {
    const logs = evenlySpaced(prim.log(prim.abs(a)), prim.log(prim.abs(b)), num, endpoint);
    const points = multiply(prim.sign(a), prim.exp(logs));
    // The ends are known without rounding.
    if (num === 0) return points;
    const row = (x: NDArray): NDArray => expandDims(x, 0);
    const inner = prim.sliceInDim(points, 1, Math.max(1, endpoint ? num - 1 : num), 0);
    return concatenate([row(a), inner, ...(endpoint && num > 1 ? [row(b)] : [])], 0);
  });

/** Options of `meshgrid`. */
export interface MeshgridOptions {
  /** "xy" (default): the first array varies along the second axis, as in drawings; "ij": along the first. */
  readonly indexing?: "xy" | "ij";
  /** Leave axes along which an array does not vary at length 1. */
  readonly sparse?: boolean;
}

/**
 * Coordinates of the points of a grid, one array for each of the vectors that span it.
 *
 * @example
 * np.meshgrid([np.array([1, 2]), np.array([3, 4])]); // [[[1, 2], [1, 2]], [[3, 3], [4, 4]]]
 */
export const meshgrid = (
  xs: readonly ArrayLike[],
  { indexing = "xy", sparse = false }: MeshgridOptions = {},
): readonly NDArray[] => {
  if (!Array.isArray(xs)) {
    throw new ArgumentError(
      `meshgrid: takes the vectors as one list, meshgrid([x, y]); got ${describeValue(xs)} in its place.`,
    );
  }
  const vectors = xs.map((x: ArrayLike) => {
    const vector = operand(x, "meshgrid");
    if (vector.ndim > 1) throw new ShapeError(`meshgrid: takes vectors; got ${describeAval(vector)}.`);
    return reshape(vector, -1);
  });
  const place = (i: number): number => (indexing === "xy" && vectors.length > 1 && i < 2 ? 1 - i : i);
  const shape = new Array<number>(vectors.length).fill(1);
  vectors.forEach((v, i) => {
    shape[place(i)] = v.size;
  });
  return vectors.map((v, i) => {
    const own = sparse ? shape.map((n, axis) => (axis === place(i) ? n : 1)) : shape;
    return prim.broadcastInDim(v, own, [place(i)]);
  });
};

/** Options of `indices`. */
export interface IndicesOptions {
  readonly dtype?: DType | null | undefined;
}

/**
 * For each axis of a grid of the given lengths, the positions along it: an array of [rank, ...lengths].
 *
 * @example
 * np.indices([2, 2]); // int32[2, 2, 2]
 */
export const indices = (dimensions: readonly number[], { dtype }: IndicesOptions = {}): NDArray => {
  checkShape(dimensions, "indices");
  const type = dtypeOption(dtype, "indices") ?? "int32";
  if (dimensions.length === 0) return prim.broadcastInDim(scalarArray(0, type), [0], []);
  return stack(dimensions.map((_, axis) => prim.iota(dimensions, type, axis)));
};

/**
 * `f` applied to the coordinates of all points of a grid at once, one array of positions an axis.
 *
 * @example
 * np.fromfunction((i, j) => i.add(j), [2, 2]); // [[0, 1], [1, 2]]
 */
export const fromfunction = <T>(
  f: (...coordinates: readonly NDArray[]) => T,
  shape: readonly number[],
  dtype?: DTypeOption,
): T => {
  const type = dtypeOption(dtype, "fromfunction") ?? "float32";
  checkShape(shape, "fromfunction");
  return f(...shape.map((_, axis) => prim.iota(shape, type, axis)));
};

/**
 * The matrix whose columns are descending powers of `x`, from `n - 1` to 0.
 *
 * @example
 * np.vander(np.array([2, 3]), 3); // [[4, 2, 1], [9, 3, 1]]
 */
export const vander = (x: ArrayLike, n?: number, increasing = false): NDArray => {
  const vector = operand(x, "vander");
  if (vector.ndim !== 1) throw new ShapeError(`vander: takes a vector; got ${describeAval(vector)}.`);
  const columns = n ?? vector.size;
  const exponents = prim.iota([columns], "int32", 0);
  const powers = increasing ? exponents : subtract(columns - 1, exponents);
  return power(expandDims(vector, 1), expandDims(powers, 0));
};
