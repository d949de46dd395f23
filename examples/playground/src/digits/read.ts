/**
 * The worker's side: the network of examples/cnn with weights that were trained, and what it makes of an image.
 */
import { jit, type NDArray, nn, numpy as np, random, valueAndGrad } from "cotangent";
import { parseSafetensors } from "cotangent/io";
import { isLeft } from "fp-ts/lib/Either.js";
import { imageShape } from "../../../cnn/model.ts";
import type { DigitsQuery, Loaded, Reading } from "./reading.ts";
import { model, type Params, restoredWeights } from "./weights.ts";

let params: Params | undefined;

/** The log-probability of one digit, and those of all; the gradient is by the image. */
const explain = jit((weights: Params, image: NDArray, digit: NDArray) =>
  valueAndGrad(
    (pixels: NDArray): readonly [NDArray, NDArray] => {
      const logits = nn.logSoftmax(model.apply(weights, pixels.reshape(...imageShape)).reshape(10));
      return [logits.mul(nn.oneHot(digit, 10)).sum(), logits];
    },
    { hasAux: true },
  )(image),
);

const load = (file: Uint8Array): Loaded => {
  const parsed = parseSafetensors(file);
  if (isLeft(parsed)) throw new Error(parsed.left.message);
  const restored = restoredWeights(model.init(random.key(0), imageShape), parsed.right);
  if (isLeft(restored)) throw restored.left;
  params = restored.right;
  return { metadata: Object.fromEntries(parsed.right.metadata) };
};

/** @param explained the digit whose score is explained; by default the likeliest. */
export const readDigit = (weights: Params, pixels: Float32Array, explained: number | undefined): Reading => {
  const image = np.array(pixels);
  const look = (digit: number) => explain(weights, image, np.array(digit, "int32"));
  const [[, scores], first] = look(explained ?? 0);
  const digit = np.argmax(scores).item() as number;
  const gradient = explained === undefined && digit !== 0 ? look(digit)[1] : first;
  return {
    probabilities: np.exp(scores).toTypedArray() as Float32Array,
    digit,
    explained: explained ?? digit,
    gradient: gradient.toTypedArray() as Float32Array,
  };
};

export const digits = (query: unknown): Loaded | Reading => {
  const asked = query as DigitsQuery;
  if (asked.action === "load") return load(asked.file);
  if (params === undefined) throw new Error("The network has not been loaded.");
  return readDigit(params, asked.pixels, asked.explained);
};
