import type { ArrayLike, DType, NDArray } from "../array/index.ts";
import { ArgumentError, describeAval, inNameOf } from "../core/index.ts";
import * as prim from "../primitives/index.ts";
import { type ConvDimensionNumbers, convGeneralDilated, type WindowPadding } from "./convolution.ts";
import { convDimensions } from "./convolution-dimensions.ts";
import { operands } from "./operands.ts";
import { dilatedLength, positiveList } from "./window-padding.ts";

/** Options of `convTranspose`. */
export interface ConvTransposeOptions {
  readonly rhsDilation?: readonly number[];
  /** Default: `["NHWC", "HWIO", "NHWC"]`, and so for one and three spatial axes (unlike other convolutions). */
  readonly dimensionNumbers?: ConvDimensionNumbers;
  /** Whether the kernel is that of the convolution whose transpose this is: it is flipped, its features exchanged. */
  readonly transposeKernel?: boolean;
  readonly preferredElementType?: DType;
  /** Whether pairs are, as strings are, the padding of the convolution whose transpose this is; default: no. */
  readonly useConsistentPadding?: boolean;
}

const CHANNELS_LAST: readonly (ConvDimensionNumbers | undefined)[] = [
  ["NC", "IO", "NC"],
  ["NHC", "HIO", "NHC"],
  ["NHWC", "HWIO", "NHWC"],
  ["NHWDC", "HWDIO", "NHWDC"],
];

/** The padding of a transposed convolution from that of the convolution: of one axis, for a window of length `k`. */
const transposedPadding = (
  k: number,
  stride: number,
  padding: "SAME" | "VALID" | readonly [number, number],
): readonly [number, number] => {
  if (padding === "VALID") return [k - 1, stride - 1 + Math.max(k - stride, 0)];
  if (padding === "SAME") {
    const total = k + stride - 2;
    const low = stride > k - 1 ? k - 1 : Math.ceil(total / 2);
    return [low, total - low];
  }
  return [k - padding[0] - 1, k - padding[1] - 1];
};

/**
 * The convolution with fractional strides, JAX's `lax.conv_transpose`: `strides[i] - 1` zeros stand between neighbours
 * of the operand. "SAME" and "VALID" are the padding of the convolution whose transpose this is; pairs are the padding
 * of this one, unless `useConsistentPadding`.
 *
 * @example
 * convTranspose(x, kernel, [2, 2], "SAME"); // float32[8, 14, 14, 16] and float32[3, 3, 16, 4] → float32[8, 28, 28, 4]
 */
export const convTranspose = (
  lhs: ArrayLike,
  rhs: ArrayLike,
  strides: readonly number[],
  padding: WindowPadding,
  options: ConvTransposeOptions = {},
): NDArray => {
  const [x, given] = operands("convTranspose", [lhs, rhs]) as readonly [NDArray, NDArray];
  const rank = x.ndim;
  const { preferredElementType, transposeKernel = false, useConsistentPadding = false } = options;
  const dimensionNumbers = options.dimensionNumbers ?? CHANNELS_LAST[rank - 2];
  if (dimensionNumbers === undefined) {
    throw new ArgumentError(
      `convTranspose: ${describeAval(x)} has no default dimension numbers; give dimensionNumbers.`,
    );
  }
  const k = rank - 2;
  const axes = convDimensions("convTranspose", rank, dimensionNumbers).rhs;
  positiveList("convTranspose", "strides", strides, k);
  const rhsDilation = positiveList("convTranspose", "rhsDilation", options.rhsDilation, k);
  const lengths = axes.spatial.map((axis, i) =>
    dilatedLength(given.shape[axis] as number, rhsDilation[i] as number),
  );
  const isConverted = useConsistentPadding || padding === "SAME" || padding === "VALID";
  if (isConverted && padding === "SAME_LOWER") {
    throw new ArgumentError(
      'convTranspose: takes padding "SAME", "VALID" or pairs [low, high]; got "SAME_LOWER".',
    );
  }
  const pads = isConverted
    ? lengths.map((n, i) =>
        transposedPadding(
          n,
          strides[i] as number,
          typeof padding === "string"
            ? (padding as "SAME" | "VALID")
            : (padding[i] as readonly [number, number]),
        ),
      )
    : padding;
  let kernel = given;
  if (transposeKernel) {
    const exchanged = prim.range(rank);
    exchanged[axes.batch] = axes.feature;
    exchanged[axes.feature] = axes.batch;
    kernel = prim.transpose(prim.rev(given, axes.spatial), exchanged);
  }
  const steps = new Array<number>(k).fill(1);
  return inNameOf("convTranspose", () =>
    convGeneralDilated(x, kernel, steps, pads, {
      lhsDilation: strides,
      rhsDilation,
      dimensionNumbers,
      ...(preferredElementType && { preferredElementType }),
    }),
  );
};
