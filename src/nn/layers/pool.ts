import { formatShape, type NDArray, type Shape, scalarArray } from "../../array/index.ts";
import { ShapeError } from "../../core/index.ts";
import { reduceWindowMax, reduceWindowSum, sliceInDim } from "../../lax/index.ts";
import { positiveList, resolvePadding, type WindowPadding } from "../../lax/window-padding.ts";
import * as np from "../../numpy/index.ts";
import type { Layer } from "./layer.ts";

/** Options of `maxPool` and `avgPool`. */
export interface PoolOptions {
  /** How far apart windows start along each spatial axis; default: as far as they are long, side by side. */
  readonly strides?: readonly number[];
  /** Default "VALID". */
  readonly padding?: WindowPadding;
}

/** Options of `avgPool`. */
export interface AvgPoolOptions extends PoolOptions {
  /** Whether padding counts as zeros; otherwise each window is divided by how many elements it has. Default true. */
  readonly countIncludePad?: boolean;
}

/** Windows over the spatial axes of [batch, ...spatial, features], in full. */
interface PoolWindows {
  readonly dimensions: readonly number[];
  readonly strides: readonly number[];
  readonly padding: WindowPadding;
}

const windowsOf = (
  where: string,
  shape: Shape,
  windowShape: readonly number[],
  { strides, padding = "VALID" }: PoolOptions,
): PoolWindows => {
  const rank = windowShape.length;
  positiveList(where, "windowShape", windowShape, rank);
  if (shape.length !== rank + 2) {
    throw new ShapeError(
      `${where}: windows ${formatShape(windowShape)} need an input of ${rank + 2} axes, [batch, ...spatial, features]; ` +
        `got ${formatShape(shape)}.`,
    );
  }
  const steps = positiveList(where, "strides", strides ?? windowShape, rank);
  return {
    dimensions: [1, ...windowShape, 1],
    strides: [1, ...steps, 1],
    padding: typeof padding === "string" ? padding : [[0, 0], ...padding, [0, 0]],
  };
};

const pooledShape = (where: string, shape: Shape, { dimensions, strides, padding }: PoolWindows): Shape => {
  const pads = resolvePadding(where, shape, dimensions, strides, padding);
  return shape.map((n, i) => {
    const [low, high] = pads[i] as readonly [number, number];
    return Math.max(0, Math.floor((n + low + high - (dimensions[i] as number)) / (strides[i] as number)) + 1);
  });
};

/** A layer that reduces windows. */
const pool = (
  kind: string,
  windowShape: readonly number[],
  options: PoolOptions,
  reduce: (x: NDArray, windows: PoolWindows) => NDArray,
): Layer<null> => ({
  kind,
  init: () => null,
  outputShape: (inputShape) =>
    pooledShape(kind, inputShape, windowsOf(kind, inputShape, windowShape, options)),
  apply: (_params, x) => reduce(x, windowsOf(kind, x.shape, windowShape, options)),
});

/**
 * The greatest element of each window, channels last.
 *
 * @param windowShape a length for each spatial axis.
 * @example
 * nn.maxPool([2, 2]); // [n, 28, 28, c] → [n, 14, 14, c]
 */
export const maxPool = (windowShape: readonly number[], options: PoolOptions = {}): Layer<null> =>
  pool("maxPool", windowShape, options, (x, { dimensions, strides, padding }) =>
    reduceWindowMax(x, dimensions, strides, padding),
  );

/**
 * The mean of each window, channels last.
 *
 * @example
 * nn.avgPool([3, 3], { strides: [1, 1], padding: "SAME", countIncludePad: false });
 */
export const avgPool = (
  windowShape: readonly number[],
  { countIncludePad = true, ...options }: AvgPoolOptions = {},
): Layer<null> =>
  pool("avgPool", windowShape, options, (x, { dimensions, strides, padding }) => {
    const sums = reduceWindowSum(x, dimensions, strides, padding);
    const size = dimensions.reduce((a, b) => a * b, 1);
    if (countIncludePad) return np.divide(sums, size);
    // How many elements each window has does not depend on the batch or the feature.
    const ones = np.full([1, ...x.shape.slice(1, -1), 1], scalarArray(1, x.dtype));
    return np.divide(sums, reduceWindowSum(ones, dimensions, strides, padding));
  });

/** How a stretch of an axis is reduced. */
type Reduce = (x: NDArray, axis: number, options: { readonly keepdims: true }) => NDArray;

/** A layer that cuts each spatial axis into a given number of stretches, as even as can be, and reduces each. */
const adaptive = (kind: string, outputSize: readonly number[], reduce: Reduce): Layer<null> => {
  const rank = outputSize.length;
  positiveList(kind, "outputSize", outputSize, rank);
  const check = (shape: Shape): void => {
    if (shape.length === rank + 2 && outputSize.every((n, i) => n <= (shape[i + 1] as number))) return;
    throw new ShapeError(
      `${kind}: the input must be [batch, ...spatial, features] with spatial axes at least as long as ` +
        `${formatShape(outputSize)}; got ${formatShape(shape)}.`,
    );
  };
  return {
    kind,
    init: () => null,
    outputShape: (inputShape) => {
      check(inputShape);
      return [inputShape[0] as number, ...outputSize, inputShape.at(-1) as number];
    },
    apply: (_params, x) => {
      check(x.shape);
      return outputSize.reduce((y, count, i) => {
        const axis = i + 1;
        const length = y.shape[axis] as number;
        const stretches = Array.from({ length: count }, (_, k) => {
          const [from, to] = [Math.floor((k * length) / count), Math.ceil(((k + 1) * length) / count)];
          return reduce(sliceInDim(y, from, to, 1, axis), axis, { keepdims: true });
        });
        return np.concatenate(stretches, axis);
      }, x);
    },
  };
};

/**
 * Pooling to a fixed size, whatever that of the input is: each spatial axis is cut into `outputSize[i]` stretches, which
 * overlap where the length is no multiple (as PyTorch's `AdaptiveAvgPool`), and the mean of each is taken.
 *
 * @throws ShapeError if an axis is shorter than what is asked for.
 * @example
 * nn.adaptiveAvgPool([1, 1]); // [n, h, w, c] → [n, 1, 1, c], global average pooling
 */
export const adaptiveAvgPool = (outputSize: readonly number[]): Layer<null> =>
  adaptive("adaptiveAvgPool", outputSize, np.mean);

/**
 * As `adaptiveAvgPool`, with the greatest element of each stretch.
 *
 * @example
 * nn.adaptiveMaxPool([1, 1]).apply(null, np.zeros([8, 7, 7, 64])); // float32[8, 1, 1, 64]
 */
export const adaptiveMaxPool = (outputSize: readonly number[]): Layer<null> =>
  adaptive("adaptiveMaxPool", outputSize, np.max);
