import { type ArrayLike, type DType, type NDArray, normalizeAxis } from "../array/index.ts";
import { ArgumentError, describeAval, inNameOf, ShapeError } from "../core/index.ts";
import * as prim from "../primitives/index.ts";
import { multiply, subtract } from "./arithmetic.ts";
import { concatenate } from "./joining.ts";
import { commonShape, operands, promote } from "./operands.ts";
import { sum } from "./reductions.ts";
import { moveaxis, ravel } from "./shaping.ts";

/** Options of products. */
export interface ProductOptions {
  /** The dtype to accumulate in. */
  readonly preferredElementType?: DType | undefined;
}

/** `dotGeneral`, in which booleans have a product too: "and", summed by "or". */
export const contract = (
  x: NDArray,
  y: NDArray,
  dimensionNumbers: prim.DotDimensionNumbers,
  { preferredElementType }: ProductOptions = {},
): NDArray => {
  if (x.dtype !== "bool") return prim.dotGeneral(x, y, dimensionNumbers, preferredElementType);
  const product = prim.dotGeneral(
    prim.convertElementType(x, "int32"),
    prim.convertElementType(y, "int32"),
    dimensionNumbers,
  );
  return prim.convertElementType(product, "bool");
};

/** Refuse operands whose contracted axes differ in length. */
const checkContraction = (name: string, x: NDArray, y: NDArray, xAxis: number, yAxis: number): void => {
  if (x.shape[xAxis] === y.shape[yAxis]) return;
  throw new ShapeError(
    `${name}: ${describeAval(x)} and ${describeAval(y)} do not fit: axis ${xAxis} of the first has length ` +
      `${x.shape[xAxis]}, axis ${yAxis} of the second ${y.shape[yAxis]}; they are summed over together and must be equal.`,
  );
};

const requireAxes = (name: string, x: NDArray, rank: number): void => {
  if (x.ndim >= rank) return;
  throw new ShapeError(
    `${name}: operands need at least ${rank === 1 ? "one axis" : `${rank} axes`}; got ${describeAval(x)}. ` +
      (rank === 1 ? "Multiply by scalars with multiply." : ""),
  );
};

/**
 * The product of two arrays as NumPy's `dot`: for vectors the sum of products, for matrices the matrix product, with a
 * scalar the multiple, else the sum over the last axis of `x` and the last but one of `y`.
 *
 * @example
 * np.dot(np.array([1, 2]), np.array([3, 4])); // 11
 */
export const dot = (x: ArrayLike, y: ArrayLike, options: ProductOptions = {}): NDArray => {
  const [a, b] = promote("dot", [x, y]) as [NDArray, NDArray];
  if (a.ndim === 0 || b.ndim === 0) return multiply(a, b);
  const [aAxis, bAxis] = [a.ndim - 1, Math.max(0, b.ndim - 2)];
  checkContraction("dot", a, b, aAxis, bAxis);
  return contract(
    a,
    b,
    { lhsContracting: [aAxis], rhsContracting: [bAxis], lhsBatch: [], rhsBatch: [] },
    options,
  );
};

/** `x` with its leading axes broadcast to `outer`. */
const withOuter = (x: NDArray, outer: readonly number[], inner: number): NDArray =>
  prim.broadcastTo(x, [...outer, ...x.shape.slice(x.ndim - inner)]);

/**
 * Products along the last `xInner` and `yInner` axes, one axis of each summed over, with all axes before them
 * broadcast as batches.
 */
const batched = (
  name: string,
  a: NDArray,
  b: NDArray,
  inner: readonly [x: number, y: number],
  contracting: readonly [x: number, y: number],
  options: ProductOptions,
): NDArray => {
  const outerA = a.shape.slice(0, a.ndim - inner[0]);
  const outerB = b.shape.slice(0, b.ndim - inner[1]);
  checkContraction(name, a, b, outerA.length + contracting[0], outerB.length + contracting[1]);
  if (outerB.length === 0) {
    // Without batches on the right, those on the left are more rows.
    return contract(
      a,
      b,
      {
        lhsContracting: [outerA.length + contracting[0]],
        rhsContracting: [contracting[1]],
        lhsBatch: [],
        rhsBatch: [],
      },
      options,
    );
  }
  const outer = commonShape(name, [{ shape: outerA }, { shape: outerB }]);
  const batch = prim.range(outer.length);
  return contract(
    withOuter(a, outer, inner[0]),
    withOuter(b, outer, inner[1]),
    {
      lhsContracting: [outer.length + contracting[0]],
      rhsContracting: [outer.length + contracting[1]],
      lhsBatch: batch,
      rhsBatch: batch,
    },
    options,
  );
};

/**
 * The matrix product over the last two axes, all others broadcast; a vector is a row on the left and a column on the
 * right, and that axis is left out of the result.
 *
 *     matmul(x, y); // of float32[5, 2, 3] and float32[3, 4]: float32[5, 2, 4]
 *
 * @example
 * np.matmul(np.array([[1, 2], [3, 4]]), np.array([1, 1])); // [3, 7]
 */
export const matmul = (x: ArrayLike, y: ArrayLike, options: ProductOptions = {}): NDArray => {
  const [a, b] = promote("matmul", [x, y]) as [NDArray, NDArray];
  requireAxes("matmul", a, 1);
  requireAxes("matmul", b, 1);
  const inner = [Math.min(2, a.ndim), Math.min(2, b.ndim)] as const;
  return batched("matmul", a, b, inner, [inner[0] - 1, 0], options);
};

/**
 * Products of matrices and vectors: over the last axis of both, all others broadcast.
 *
 * @example
 * np.matvec(np.array([[1, 2], [3, 4]]), np.array([1, 1])); // [3, 7]
 */
export const matvec = (x: ArrayLike, y: ArrayLike, options: ProductOptions = {}): NDArray => {
  const [a, b] = promote("matvec", [x, y]) as [NDArray, NDArray];
  requireAxes("matvec", a, 2);
  requireAxes("matvec", b, 1);
  return batched("matvec", a, b, [2, 1], [1, 0], options);
};

/**
 * Products of vectors and matrices: over the last axis of `x` and the last but one of `y`, all others broadcast.
 *
 * @example
 * np.vecmat(np.array([1, 1]), np.array([[1, 2], [3, 4]])); // [4, 6]
 */
export const vecmat = (x: ArrayLike, y: ArrayLike, options: ProductOptions = {}): NDArray => {
  const [a, b] = promote("vecmat", [x, y]) as [NDArray, NDArray];
  requireAxes("vecmat", a, 1);
  requireAxes("vecmat", b, 2);
  return batched("vecmat", a, b, [1, 2], [0, 0], options);
};

/**
 * Sums of products along one axis, all others broadcast.
 *
 * @example
 * np.vecdot(np.array([[1, 2], [3, 4]]), np.array([1, 1])); // [3, 7]
 */
export const vecdot = (
  x: ArrayLike,
  y: ArrayLike,
  { axis = -1, ...options }: ProductOptions & { readonly axis?: number } = {},
): NDArray => {
  const [a, b] = promote("vecdot", [x, y]) as [NDArray, NDArray];
  requireAxes("vecdot", a, 1);
  requireAxes("vecdot", b, 1);
  const [u, v] = inNameOf("vecdot", () => [moveaxis(a, axis, -1), moveaxis(b, axis, -1)]) as [
    NDArray,
    NDArray,
  ];
  return batched("vecdot", u, v, [1, 1], [0, 0], options);
};

/**
 * The sum of products of all elements, both arrays flattened.
 *
 * @example
 * np.vdot(np.array([[1, 2]]), np.array([[3, 4]])); // 11
 */
export const vdot = (x: ArrayLike, y: ArrayLike, options: ProductOptions = {}): NDArray =>
  inNameOf("vdot", () => dot(ravel(x), ravel(y), options));

/**
 * Sums of products over the last axes of both arrays; the multiple if one is a scalar.
 *
 * @example
 * np.inner(np.array([1, 2]), np.array([3, 4])); // 11
 */
export const inner = (x: ArrayLike, y: ArrayLike, options: ProductOptions = {}): NDArray => {
  const [a, b] = promote("inner", [x, y]) as [NDArray, NDArray];
  if (a.ndim === 0 || b.ndim === 0) return multiply(a, b);
  checkContraction("inner", a, b, a.ndim - 1, b.ndim - 1);
  return contract(
    a,
    b,
    { lhsContracting: [a.ndim - 1], rhsContracting: [b.ndim - 1], lhsBatch: [], rhsBatch: [] },
    options,
  );
};

/**
 * All products of an element of `x` and one of `y`, both flattened: a matrix.
 *
 * @example
 * np.outer(np.array([1, 2]), np.array([3, 4])); // [[3, 4], [6, 8]]
 */
export const outer = (x: ArrayLike, y: ArrayLike): NDArray => {
  const [a, b] = promote("outer", [x, y]).map(ravel) as [NDArray, NDArray];
  return multiply(prim.reshape(a, [a.size, 1]), prim.reshape(b, [1, b.size]));
};

/** Which axes `tensordot` sums over: the last of `x` and the first of `y`, so many; or those named, in pairs. */
export type TensordotAxes = number | readonly [number | readonly number[], number | readonly number[]];

/**
 * Sums of products over several axes of both arrays; the others of `x`, then of `y`, remain.
 *
 * @example
 * np.tensordot(np.ones([2, 3, 4]), np.ones([3, 4, 5])); // [[12, 12, 12, 12, 12], [12, 12, 12, 12, 12]]
 */
export const tensordot = (
  x: ArrayLike,
  y: ArrayLike,
  axes: TensordotAxes = 2,
  options: ProductOptions = {},
): NDArray => {
  const [a, b] = promote("tensordot", [x, y]) as [NDArray, NDArray];
  const named = (given: number | readonly number[], z: NDArray): number[] =>
    (typeof given === "number" ? [given] : given).map((axis) => normalizeAxis(axis, z.ndim, "tensordot"));
  const [left, right] =
    typeof axes === "number" ? lastAndFirst(a, b, axes) : [named(axes[0], a), named(axes[1], b)];
  if (left.length !== right.length) {
    throw new ArgumentError(
      `tensordot: axes must name equally many axes of both; got ${left.length} and ${right.length}.`,
    );
  }
  left.forEach((axis, i) => {
    checkContraction("tensordot", a, b, axis, right[i] as number);
  });
  return contract(a, b, { lhsContracting: left, rhsContracting: right, lhsBatch: [], rhsBatch: [] }, options);
};

const lastAndFirst = (a: NDArray, b: NDArray, count: number): readonly [number[], number[]] => {
  if (!Number.isInteger(count) || count < 0 || count > a.ndim || count > b.ndim) {
    throw new ArgumentError(
      `tensordot: axes = ${count} asks for so many axes of each; got ${describeAval(a)} and ${describeAval(b)}.`,
    );
  }
  return [prim.range(count).map((i) => a.ndim - count + i), prim.range(count)];
};

/**
 * The Kronecker product: each element of `x` multiplied by the whole of `y`, put in its place.
 *
 * @example
 * np.kron(np.array([1, 2]), np.array([1, 10])); // [1, 10, 2, 20]
 */
export const kron = (x: ArrayLike, y: ArrayLike): NDArray => {
  const [a, b] = promote("kron", [x, y]) as [NDArray, NDArray];
  const rank = Math.max(a.ndim, b.ndim);
  const lengths = (z: NDArray): number[] => [...new Array<number>(rank - z.ndim).fill(1), ...z.shape];
  const [m, n] = [lengths(a), lengths(b)];
  const product = multiply(
    prim.reshape(
      a,
      m.flatMap((k) => [k, 1]),
    ),
    prim.reshape(
      b,
      n.flatMap((k) => [1, k]),
    ),
  );
  return prim.reshape(
    product,
    m.map((k, axis) => k * (n[axis] as number)),
  );
};

/** Options of `cross`. */
export interface CrossOptions {
  /** The axis of both operands and of the result that holds the components; takes the place of the three others. */
  readonly axis?: number | null;
  readonly axisa?: number;
  readonly axisb?: number;
  readonly axisc?: number;
}

/**
 * The cross product of vectors of 3 components (or 2, whose third is 0; of two such, the third component alone).
 *
 * @example
 * np.cross(np.array([1, 0, 0]), np.array([0, 1, 0])); // [0, 0, 1]
 */
export const cross = (
  x: ArrayLike,
  y: ArrayLike,
  { axis = null, axisa = -1, axisb = -1, axisc = -1 }: CrossOptions = {},
): NDArray => {
  const [first, second] = promote("cross", [x, y]) as [NDArray, NDArray];
  const [a, b] = inNameOf("cross", () => [
    moveaxis(first, axis ?? axisa, -1),
    moveaxis(second, axis ?? axisb, -1),
  ]) as [NDArray, NDArray];
  const [m, n] = [a.shape.at(-1), b.shape.at(-1)];
  if ((m !== 2 && m !== 3) || (n !== 2 && n !== 3)) {
    throw new ShapeError(
      `cross: vectors must have 2 or 3 components; got ${describeAval(first)} and ${describeAval(second)} with axes ` +
        `${axis ?? axisa} and ${axis ?? axisb}.`,
    );
  }
  const component = (z: NDArray, i: number): NDArray => prim.sliceInDim(z, i, i + 1, z.ndim - 1);
  const minor = (i: number, j: number): NDArray =>
    subtract(multiply(component(a, i), component(b, j)), multiply(component(a, j), component(b, i)));
  if (m === 2 && n === 2) return sum(minor(0, 1), -1);
  const zero = (z: NDArray): NDArray =>
    prim.zerosLike({ shape: [...z.shape.slice(0, -1), 1], dtype: z.dtype });
  const [u, v] = [a, b].map((z) => (z.shape.at(-1) === 2 ? concatenate([z, zero(z)], -1) : z)) as [
    NDArray,
    NDArray,
  ];
  return crossOf(u, v, axis ?? axisc);
};

const crossOf = (a: NDArray, b: NDArray, axis: number): NDArray => {
  const [u, v] = operands("cross", [a, b]) as [NDArray, NDArray];
  const turned = (z: NDArray, by: number): NDArray => {
    const last = z.ndim - 1;
    return prim.concatenate([prim.sliceInDim(z, by, 3, last), prim.sliceInDim(z, 0, by, last)], last);
  };
  const product = subtract(multiply(turned(u, 1), turned(v, 2)), multiply(turned(u, 2), turned(v, 1)));
  return moveaxis(product, -1, axis);
};
