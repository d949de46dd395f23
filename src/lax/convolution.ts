import { type ArrayLike, type DType, type NDArray, scalarArray } from "../array/index.ts";
import { ArgumentError, DTypeError, describeAval, inNameOf, ShapeError } from "../core/index.ts";
import * as prim from "../primitives/index.ts";
import { type ConvAxes, type ConvDimensionNumbers, convDimensions } from "./convolution-dimensions.ts";
import { operands } from "./operands.ts";
import { dilatedLength, positiveList, resolvePadding, type WindowPadding } from "./window-padding.ts";

export type { ConvDimensionNumbers } from "./convolution-dimensions.ts";
export type { WindowPadding } from "./window-padding.ts";

/*
 * Convolutions are products: of all windows of the padded operand, which are a view, with the kernel. So their
 * derivatives and their batching are those of padding, windows and products.
 */

/** Options of convolutions, all of them. */
export interface ConvOptions {
  /** `lhsDilation[i] - 1` zeros stand between neighbours of the operand along spatial axis `i`; default: none. */
  readonly lhsDilation?: readonly number[];
  /** How far apart neighbours of the kernel are along each spatial axis; default: 1. */
  readonly rhsDilation?: readonly number[];
  /** Default: `["NCHW", "OIHW", "NCHW"]`, and so for other numbers of spatial axes. */
  readonly dimensionNumbers?: ConvDimensionNumbers;
  /** In how many groups features of the operand and output features of the kernel fall; default: 1. */
  readonly featureGroupCount?: number;
  /** In how many groups the batch and the output features of the kernel fall; default: 1. */
  readonly batchGroupCount?: number;
  /** The dtype of the result; default: that of the operands. */
  readonly preferredElementType?: DType;
}

const NAME = "convGeneralDilated";

/** An array whose axis `axis` is split in two, the number of a group and the place within, and where axes are then. */
const splitAxis = (x: NDArray, axis: number, groups: number) => ({
  x: prim.reshape(x, [
    ...x.shape.slice(0, axis),
    groups,
    (x.shape[axis] as number) / groups,
    ...x.shape.slice(axis + 1),
  ]),
  at: (a: number): number => (a >= axis ? a + 1 : a),
});

/** How many groups there are; throws an error that says what they do not divide. */
const checkedGroups = (
  lhs: NDArray,
  rhs: NDArray,
  dims: { readonly lhs: ConvAxes; readonly rhs: ConvAxes },
  { featureGroupCount = 1, batchGroupCount = 1 }: ConvOptions,
): number => {
  const size = (x: NDArray, axis: number): number => x.shape[axis] as number;
  for (const [label, count] of Object.entries({ featureGroupCount, batchGroupCount })) {
    if (!(Number.isInteger(count) && count >= 1)) {
      throw new ArgumentError(`${NAME}: ${label} must be a whole number >= 1; got ${count}.`);
    }
  }
  if (featureGroupCount > 1 && batchGroupCount > 1) {
    throw new ArgumentError(
      `${NAME}: only one of featureGroupCount and batchGroupCount may exceed 1; got ${featureGroupCount} and ${batchGroupCount}.`,
    );
  }
  const groups = Math.max(featureGroupCount, batchGroupCount);
  const features = size(lhs, dims.lhs.feature);
  if (features !== featureGroupCount * size(rhs, dims.rhs.feature)) {
    throw new ShapeError(
      `${NAME}: the operand ${describeAval(lhs)} has ${features} features, but the kernel ${describeAval(rhs)} takes ` +
        `${size(rhs, dims.rhs.feature)} in each of ${featureGroupCount} groups (featureGroupCount).`,
    );
  }
  const outputs = size(rhs, dims.rhs.batch);
  if (outputs % groups !== 0 || size(lhs, dims.lhs.batch) % batchGroupCount !== 0) {
    throw new ShapeError(
      `${NAME}: ${groups} groups must divide the ${outputs} output features of the kernel ${describeAval(rhs)}` +
        `${batchGroupCount > 1 ? `, and the batch of ${size(lhs, dims.lhs.batch)} of ${describeAval(lhs)}` : ""}.`,
    );
  }
  return groups;
};

/**
 * The general convolution (no axis is flipped, as everywhere in machine learning): JAX's `lax.conv_general_dilated`,
 * XLA's Conv. Each element of the result is the sum of products of the kernel with a window of the padded, dilated
 * operand.
 *
 * @param lhs the operand, by default `[batch, features, ...spatial]`.
 * @param rhs the kernel, by default `[output features, input features, ...spatial]`, of the same dtype.
 * @param windowStrides how far apart windows start along each spatial axis of the kernel.
 * @param padding of the spatial axes; strings cannot be combined with `lhsDilation`.
 * @throws ShapeError, DTypeError or ArgumentError if operands and options do not fit together.
 * @example
 * convGeneralDilated(images, kernel, [1, 1], "SAME", { dimensionNumbers: ["NHWC", "HWIO", "NHWC"] });
 * // float32[8, 28, 28, 3] and float32[5, 5, 3, 16] → float32[8, 28, 28, 16]
 */
export const convGeneralDilated = (
  lhs: ArrayLike,
  rhs: ArrayLike,
  windowStrides: readonly number[],
  padding: WindowPadding,
  options: ConvOptions = {},
): NDArray => {
  const [x, kernel] = operands(NAME, [lhs, rhs]) as readonly [NDArray, NDArray];
  const rank = x.ndim;
  if (rank < 2 || kernel.ndim !== rank) {
    throw new ShapeError(
      `${NAME}: the operand and the kernel must have equally many axes, at least 2; got ${describeAval(x)} and ` +
        `${describeAval(kernel)}.`,
    );
  }
  if (x.dtype !== kernel.dtype) {
    throw new DTypeError(
      `${NAME}: the operand and the kernel must have one dtype; got ${describeAval(x)} and ${describeAval(kernel)}. ` +
        "Convert with astype.",
    );
  }
  const k = rank - 2;
  const dims = convDimensions(NAME, rank, options.dimensionNumbers);
  const strides = positiveList(NAME, "windowStrides", windowStrides, k);
  const lhsDilation = positiveList(NAME, "lhsDilation", options.lhsDilation, k);
  const rhsDilation = positiveList(NAME, "rhsDilation", options.rhsDilation, k);
  if (typeof padding === "string" && lhsDilation.some((n) => n > 1)) {
    throw new ArgumentError(
      `${NAME}: padding "${padding}" says nothing of a dilated operand; give pairs [low, high], or use convTranspose.`,
    );
  }
  const groups = checkedGroups(x, kernel, dims, options);
  const windowShape = dims.rhs.spatial.map((axis) => kernel.shape[axis] as number);
  const pads = resolvePadding(
    NAME,
    dims.lhs.spatial.map((axis) => x.shape[axis] as number),
    windowShape.map((n, i) => dilatedLength(n, rhsDilation[i] as number)),
    strides,
    padding,
  );
  const padded = inNameOf(NAME, () => padSpatial(x, dims.lhs.spatial, pads, lhsDilation));
  const isGrouped = groups > 1;

  // [group?, batch, feature, ...spatial] → [group?, batch, feature, ...outputs, ...windowShape]
  const groupAxis = (options.featureGroupCount ?? 1) > 1 ? dims.lhs.feature : dims.lhs.batch;
  const left = isGrouped ? splitAxis(padded, groupAxis, groups) : { x: padded, at: (a: number): number => a };
  const order = [dims.lhs.batch, dims.lhs.feature, ...dims.lhs.spatial].map(left.at);
  const inOrder = prim.transpose(left.x, isGrouped ? [groupAxis, ...order] : order);
  const patches = k === 0 ? inOrder : prim.windows(inOrder, windowShape, strides, rhsDilation);

  // The kernel stays as it is; sums run through its axes in its own order, so that it is a matrix as it stands.
  const right = isGrouped
    ? splitAxis(kernel, dims.rhs.batch, groups)
    : { x: kernel, at: (a: number): number => a };
  const first = isGrouped ? 1 : 0;
  const contracted = [dims.rhs.feature, ...dims.rhs.spatial]
    .map((axis, i) => ({ rhs: right.at(axis), lhs: i === 0 ? first + 1 : first + 1 + k + i }))
    .sort((a, b) => a.rhs - b.rhs);
  const product = prim.dotGeneral(
    patches,
    right.x,
    {
      lhsContracting: contracted.map((pair) => pair.lhs),
      rhsContracting: contracted.map((pair) => pair.rhs),
      lhsBatch: isGrouped ? [0] : [],
      rhsBatch: isGrouped ? [dims.rhs.batch] : [],
    },
    options.preferredElementType,
  );

  // [group?, batch, ...outputs, output feature] → the axes of the result, groups of features one after another
  const permutation = new Array<readonly number[]>(rank);
  permutation[dims.out.batch] = [first];
  permutation[dims.out.feature] = isGrouped ? [0, first + 1 + k] : [first + 1 + k];
  dims.out.spatial.forEach((axis, i) => {
    permutation[axis] = [first + 1 + i];
  });
  const shape = permutation.map((axes) => axes.reduce((n, axis) => n * (product.shape[axis] as number), 1));
  return prim.reshape(prim.transpose(product, permutation.flat()), shape);
};

/** Zeros around and between the elements along spatial axes. */
const padSpatial = (
  x: NDArray,
  spatial: readonly number[],
  pads: readonly (readonly [number, number])[],
  dilation: readonly number[],
): NDArray => {
  if (pads.every(([low, high]) => low === 0 && high === 0) && dilation.every((n) => n === 1)) return x;
  const config = x.shape.map((): prim.PaddingDimension => [0, 0, 0]);
  spatial.forEach((axis, i) => {
    const [low, high] = pads[i] as readonly [number, number];
    config[axis] = [low, high, (dilation[i] as number) - 1];
  });
  return prim.pad(x, scalarArray(0, x.dtype, true), config);
};

/** Options of convolutions that have all else among their arguments. */
export type ConvTypeOptions = Pick<ConvOptions, "preferredElementType">;

/**
 * A convolution of `[batch, features, ...spatial]` with a kernel `[output features, input features, ...spatial]`.
 *
 * @example
 * conv(images, kernel, [1, 1], "SAME"); // float32[8, 3, 28, 28] and float32[16, 3, 5, 5] → float32[8, 16, 28, 28]
 */
export const conv = (
  lhs: ArrayLike,
  rhs: ArrayLike,
  windowStrides: readonly number[],
  padding: WindowPadding,
  options: ConvTypeOptions = {},
): NDArray => inNameOf("conv", () => convGeneralDilated(lhs, rhs, windowStrides, padding, options));

/**
 * `conv` with dilations of the operand and of the kernel.
 *
 * @example
 * lax.convWithGeneralPadding(np.ones([1, 1, 5]), np.ones([1, 1, 3]), [1], [[1, 1]], [1], [1]);
 * // float32[1, 1, 5]
 */
export const convWithGeneralPadding = (
  lhs: ArrayLike,
  rhs: ArrayLike,
  windowStrides: readonly number[],
  padding: WindowPadding,
  lhsDilation?: readonly number[],
  rhsDilation?: readonly number[],
  options: ConvTypeOptions = {},
): NDArray =>
  inNameOf("convWithGeneralPadding", () =>
    convGeneralDilated(lhs, rhs, windowStrides, padding, {
      ...options,
      ...(lhsDilation && { lhsDilation }),
      ...(rhsDilation && { rhsDilation }),
    }),
  );
