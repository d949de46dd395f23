/**
 * From bytes to arrays: images and labels as the model takes them.
 */
import { type NDArray, numpy as np, random } from "cotangent";
import { imageSize, type MnistSplit } from "./load.ts";

export interface Batch {
  /** float32[n, 784], of about mean 0 and variance 1 */
  readonly images: NDArray;
  /** int32[n] */
  readonly labels: NDArray;
}

/** The mean and standard deviation of all pixels of the training images. */
const ink = { mean: 0.1307 * 255, deviation: 0.3081 * 255 } as const;

const pixelCount = imageSize * imageSize;

/** The images and labels at some places of the data. */
export function batchAt({ images, labels }: MnistSplit, places: ArrayLike<number>): Batch {
  const pixels = new Float32Array(places.length * pixelCount);
  const digits = new Int32Array(places.length);
  for (let i = 0; i < places.length; i++) {
    const place = places[i] as number;
    for (let p = 0; p < pixelCount; p++) {
      pixels[i * pixelCount + p] = ((images[place * pixelCount + p] as number) - ink.mean) / ink.deviation;
    }
    digits[i] = labels[place] as number;
  }
  return { images: np.array(pixels).reshape(places.length, pixelCount), labels: np.array(digits) };
}

/** The first images of the data, by default all of them. */
export const firstBatch = (split: MnistSplit, size: number = split.count): Batch =>
  batchAt(
    split,
    Array.from({ length: size }, (_, i) => i),
  );

/** The data in random order, in batches of one size; what is left over waits for another epoch. */
export function* shuffledBatches(key: NDArray, split: MnistSplit, size: number): Generator<Batch> {
  const order = random.permutation(key, split.count).toTypedArray();
  for (let start = 0; start + size <= split.count; start += size) {
    yield batchAt(split, order.subarray(start, start + size));
  }
}
