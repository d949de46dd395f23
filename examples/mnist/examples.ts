/**
 * From bytes to arrays: images and labels as the model takes them.
 */
import { type NDArray, numpy as np } from "cotangent";
import { imageSize, type MnistSplit } from "./load.ts";

/** Images and what they show. */
export interface Examples {
  /** float32[n, 784], of about mean 0 and variance 1 */
  readonly images: NDArray;
  /** int32[n] */
  readonly labels: NDArray;
}

/** The mean and standard deviation of all pixels of the training images. */
const ink = { mean: 0.1307 * 255, deviation: 0.3081 * 255 } as const;

export const pixelCount = imageSize * imageSize;

/** The first images of the data, by default all of them. */
export const toExamples = ({ images, labels, count }: MnistSplit, size: number = count): Examples => {
  const pixels = Float32Array.from(
    images.subarray(0, size * pixelCount),
    (byte) => (byte - ink.mean) / ink.deviation,
  );
  return {
    images: np.array(pixels).reshape(size, pixelCount),
    labels: np.array(Int32Array.from(labels.subarray(0, size))),
  };
};
