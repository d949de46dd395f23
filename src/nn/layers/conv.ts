import { formatShape, type NDArray, type Shape } from "../../array/index.ts";
import { ArgumentError, ShapeError } from "../../core/index.ts";
import {
  type ConvDimensionNumbers,
  convGeneralDilated,
  convTranspose as laxConvTranspose,
} from "../../lax/index.ts";
import { dilatedLength, positiveList, resolvePadding, type WindowPadding } from "../../lax/window-padding.ts";
import * as np from "../../numpy/index.ts";
import { evalShape } from "../../transforms/index.ts";
import { addBias, checkFeatures, type DenseParams, initKernel, type KernelOptions } from "./dense.ts";
import { type Layer, positiveInteger } from "./layer.ts";

/** Parameters of `conv` and `convTranspose`: the kernel is [...window, input features, output features]. */
export type ConvParams = DenseParams;

/** Options of `conv`. */
export interface ConvLayerOptions extends KernelOptions {
  /** How far apart windows start along each spatial axis; default 1. */
  readonly strides?: readonly number[];
  /** Default "SAME". */
  readonly padding?: WindowPadding;
  /** How far apart neighbours of the kernel are along each spatial axis; default 1. */
  readonly kernelDilation?: readonly number[];
  /** `inputDilation[i] - 1` zeros stand between neighbours of the input along spatial axis `i`; default none. */
  readonly inputDilation?: readonly number[];
  /** In how many groups features fall that do not see one another; default 1. */
  readonly featureGroupCount?: number;
}

/** Images are channels-last, whatever number of spatial axes they have. */
const dimensionNumbersFor = (rank: number): ConvDimensionNumbers => {
  const spatial = "DHW".slice(3 - rank);
  return [`N${spatial}C`, `${spatial}IO`, `N${spatial}C`];
};

const checkKernelSize = (where: string, kernelSize: readonly number[]): number => {
  const rank = kernelSize.length;
  if (rank < 1 || rank > 3) {
    throw new ArgumentError(
      `${where}: kernelSize must have one, two or three lengths, one for each spatial axis; got ${formatShape(kernelSize)}.`,
    );
  }
  positiveList(where, "kernelSize", kernelSize, rank);
  return rank;
};

const checkInput = (where: string, shape: Shape, rank: number): void => {
  if (shape.length === rank + 2) return;
  throw new ShapeError(
    `${where}: the input must be [batch, ${["depth", "height", "width"].slice(3 - rank).join(", ")}, features] for a ` +
      `kernel with ${rank} spatial axes; got ${formatShape(shape)}.`,
  );
};

/**
 * A convolution over one, two or three spatial axes, channels last: [batch, ...spatial, features].
 *
 * @param features how many output features there are.
 * @param kernelSize a length for each spatial axis.
 * @example
 * nn.conv(32, [3, 3]); // float32[n, 28, 28, 1] → float32[n, 28, 28, 32]
 * nn.conv(32, [3, 3], { strides: [2, 2], padding: "VALID" });
 */
export const conv = (
  features: number,
  kernelSize: readonly number[],
  {
    strides,
    padding = "SAME",
    kernelDilation,
    inputDilation,
    featureGroupCount = 1,
    ...weights
  }: ConvLayerOptions = {},
): Layer<ConvParams> => {
  positiveInteger("conv", "features", features);
  const rank = checkKernelSize("conv", kernelSize);
  const steps = positiveList("conv", "strides", strides, rank);
  const rhsDilation = positiveList("conv", "kernelDilation", kernelDilation, rank);
  const lhsDilation = positiveList("conv", "inputDilation", inputDilation, rank);
  const dimensionNumbers = dimensionNumbersFor(rank);
  const inputsOf = (shape: Shape): number => {
    checkInput("conv", shape, rank);
    const inputs = shape.at(-1) as number;
    if (inputs % featureGroupCount === 0 && features % featureGroupCount === 0)
      return inputs / featureGroupCount;
    throw new ShapeError(
      `conv: featureGroupCount (${featureGroupCount}) must divide the features of the input ${formatShape(shape)} and ` +
        `those of the output (${features}).`,
    );
  };
  return {
    kind: "conv",
    init: (key, inputShape) =>
      initKernel(key, [...kernelSize, inputsOf(inputShape), features], features, weights),
    outputShape: (inputShape) => {
      inputsOf(inputShape);
      const spatial = inputShape.slice(1, -1).map((n, i) => dilatedLength(n, lhsDilation[i] as number));
      const window = kernelSize.map((n, i) => dilatedLength(n, rhsDilation[i] as number));
      const pads = resolvePadding("conv", spatial, window, steps, padding);
      const lengths = spatial.map((n, i) => {
        const [low, high] = pads[i] as readonly [number, number];
        return Math.max(0, Math.floor((n + low + high - (window[i] as number)) / (steps[i] as number)) + 1);
      });
      return [inputShape[0] as number, ...lengths, features];
    },
    apply: (params, x) => {
      checkInput("conv", x.shape, rank);
      checkFeatures("conv", x, (params.kernel.shape.at(-2) as number) * featureGroupCount);
      const y = convGeneralDilated(x, params.kernel, steps, padding, {
        lhsDilation,
        rhsDilation,
        dimensionNumbers,
        featureGroupCount,
      });
      return addBias(y, params);
    },
  };
};

/** Options of `convTranspose`. */
export interface ConvTransposeLayerOptions extends KernelOptions {
  /** By how much each spatial axis grows; default 1. */
  readonly strides?: readonly number[];
  /** Default "SAME". */
  readonly padding?: WindowPadding;
  /** How far apart neighbours of the kernel are along each spatial axis; default 1. */
  readonly kernelDilation?: readonly number[];
}

/**
 * A transposed convolution, which makes spatial axes longer: with strides `s` and padding "SAME", `s` times as long.
 *
 * @example
 * nn.convTranspose(16, [3, 3], { strides: [2, 2] }); // [n, 14, 14, c] → [n, 28, 28, 16]
 */
export const convTranspose = (
  features: number,
  kernelSize: readonly number[],
  { strides, padding = "SAME", kernelDilation, ...weights }: ConvTransposeLayerOptions = {},
): Layer<ConvParams> => {
  positiveInteger("convTranspose", "features", features);
  const rank = checkKernelSize("convTranspose", kernelSize);
  const steps = positiveList("convTranspose", "strides", strides, rank);
  const rhsDilation = positiveList("convTranspose", "kernelDilation", kernelDilation, rank);
  const dimensionNumbers = dimensionNumbersFor(rank);
  const convolved = (x: NDArray, kernel: NDArray): NDArray =>
    laxConvTranspose(x, kernel, steps, padding, { rhsDilation, dimensionNumbers });
  const kernelShape = (shape: Shape): Shape => {
    checkInput("convTranspose", shape, rank);
    return [...kernelSize, shape.at(-1) as number, features];
  };
  return {
    kind: "convTranspose",
    init: (key, inputShape) => initKernel(key, kernelShape(inputShape), features, weights),
    outputShape: (inputShape) =>
      evalShape(convolved)(np.broadcastTo(0, inputShape), np.broadcastTo(0, kernelShape(inputShape))).shape,
    apply: (params, x) => {
      checkInput("convTranspose", x.shape, rank);
      checkFeatures("convTranspose", x, params.kernel.shape.at(-2) as number);
      return addBias(convolved(x, params.kernel), params);
    },
  };
};
