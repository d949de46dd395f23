/**
 * The network's weights as eight-bit integers: one scale for each unit, along the last axis, so that a file of 108,618
 * numbers takes a tenth of a megabyte. Vectors (biases) are few and stay as they are.
 */
import { type NDArray, numpy as np } from "cotangent";
import { namedArrays, type Tensors, treeOfNamed } from "cotangent/io";
import { type Either, isLeft, left } from "fp-ts/lib/Either.js";
import { model, type Params } from "../../../cnn/model.ts";

/** The names of scales end so. */
const SCALE = ".scale";
/** The greatest integer, so that 0 stays 0 and both signs reach equally far. */
const LARGEST = 127;

/** All axes but the last. */
const ofUnits = (x: NDArray): number[] => x.shape.slice(0, -1).map((_, axis) => axis);

/** What stands in the file. */
export const storedWeights = (params: Params): ReadonlyMap<string, NDArray> => {
  const stored = new Map<string, NDArray>();
  for (const [name, x] of namedArrays(params)) {
    if (x.ndim < 2) {
      stored.set(name, x);
      continue;
    }
    const largest = np.max(np.abs(x), ofUnits(x));
    // A unit whose weights are all 0 may have any scale.
    const scale = np.where(largest.equal(0), 1, largest.div(LARGEST));
    stored.set(name, np.round(x.div(scale)).astype("int8"));
    stored.set(name + SCALE, scale);
  }
  return stored;
};

/** The parameters that a file stands for, or what is wrong with it. */
export const restoredWeights = (like: Params, { tensors }: Tensors): Either<Error, Params> => {
  const whole = new Map<string, NDArray>();
  for (const [name, x] of tensors) {
    if (name.endsWith(SCALE)) continue;
    const scale = tensors.get(name + SCALE);
    whole.set(name, scale === undefined ? x : x.astype("float32").mul(scale));
  }
  const restored = treeOfNamed(like, whole);
  return isLeft(restored) ? left(new Error(restored.left.message)) : restored;
};

export { model, type Params };
