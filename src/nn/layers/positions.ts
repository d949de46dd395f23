import { formatShape, type NDArray, type Shape } from "../../array/index.ts";
import { ShapeError } from "../../core/index.ts";
import * as np from "../../numpy/index.ts";
import { type Initializer, normal } from "../initializers.ts";
import { type Layer, positiveInteger } from "./layer.ts";

const check = (where: string, shape: Shape): readonly [time: number, features: number] => {
  if (shape.length >= 2) return [shape.at(-2) as number, shape.at(-1) as number];
  throw new ShapeError(`${where}: the input must be [...batch, time, features]; got ${formatShape(shape)}.`);
};

/**
 * The sinusoids that tell positions apart, float32[length, features]: sin(t · r^(−2i/features)) in column 2i, the cosine
 * in column 2i + 1. (A. Vaswani et al., "Attention is all you need", 2017.)
 *
 * @param maxPeriod r, the longest wavelength divided by 2π; default 10,000.
 * @example
 * nn.sinusoidalEncoding(20, 64); // float32[20, 64]
 */
export const sinusoidalEncoding = (length: number, features: number, maxPeriod = 10_000): NDArray => {
  const time = np.expandDims(np.arange(length, undefined, undefined, { dtype: "float32" }), -1);
  const pairs = Math.ceil(features / 2);
  const rates = Array.from({ length: pairs }, (_, i) => maxPeriod ** ((-2 * i) / features));
  const angles = np.multiply(time, np.array(rates));
  const both = np.reshape(np.stack([np.sin(angles), np.cos(angles)], -1), [length, 2 * pairs]);
  return np.take(both, np.arange(features), -1);
};

/**
 * Adds `sinusoidalEncoding` to [...batch, time, features].
 *
 * @example
 * nn.sequential(nn.embedding(256, 64), nn.sinusoidalPositions());
 */
export const sinusoidalPositions = (maxPeriod = 10_000): Layer<null> => ({
  kind: "sinusoidalPositions",
  init: () => null,
  outputShape: (inputShape) => {
    check("sinusoidalPositions", inputShape);
    return inputShape;
  },
  apply: (_params, x) => {
    const [time, features] = check("sinusoidalPositions", x.shape);
    return np.add(x, sinusoidalEncoding(time, features, maxPeriod).astype(x.dtype));
  },
});

/** Parameters of `learnedPositions`. */
export interface PositionParams {
  /** [maxLength, features] */
  readonly table: NDArray;
}

/** Options of `learnedPositions`. */
export interface LearnedPositionsOptions {
  /** Default `normal(0.02)`. */
  readonly tableInit?: Initializer;
}

/**
 * Adds a learned vector for each position to [...batch, time, features].
 *
 * @param maxLength the longest sequence that it takes.
 * @throws ShapeError for a longer one.
 * @example
 * const layer = nn.learnedPositions(100);
 * layer.apply(layer.init(key, [1, 20, 64]), np.zeros([8, 20, 64])); // float32[8, 20, 64]
 */
export const learnedPositions = (
  maxLength: number,
  { tableInit = normal(0.02) }: LearnedPositionsOptions = {},
): Layer<PositionParams> => {
  positiveInteger("learnedPositions", "maxLength", maxLength);
  const checked = (shape: Shape): readonly [number, number] => {
    const [time, features] = check("learnedPositions", shape);
    if (time <= maxLength) return [time, features];
    throw new ShapeError(
      `learnedPositions: takes sequences of at most ${maxLength} steps; the input is ${formatShape(shape)}.`,
    );
  };
  return {
    kind: "learnedPositions",
    init: (key, inputShape) => ({ table: tableInit(key, [maxLength, checked(inputShape)[1]]) }),
    outputShape: (inputShape) => {
      checked(inputShape);
      return inputShape;
    },
    apply: ({ table }, x) => np.add(x, np.take(table, np.arange(checked(x.shape)[0]), 0)),
  };
};
