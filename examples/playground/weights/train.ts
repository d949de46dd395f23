/**
 * Makes `public/digits.safetensors`: trains the network of `examples/cnn` on the 60,000 training images of MNIST, stores its
 * weights as eight-bit integers, and counts how many of the 10,000 test images the stored ones tell right. That share
 * stands in the file, and the page shows it.
 *
 *     npx tsx examples/playground/weights/train.ts
 *
 * It takes some minutes.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { formatSafetensors } from "cotangent/io";
import * as E from "fp-ts/lib/Either.js";
import { pipe } from "fp-ts/lib/function.js";
import { accuracy, toExamples, trainModel } from "../../cnn/training.ts";
import { loadMnist } from "../../mnist/load.ts";
import { type Params, restoredWeights, storedWeights } from "../src/digits/weights.ts";

const file = fileURLToPath(new URL("../public/digits.safetensors", import.meta.url));
const percent = (share: number): string => `${(100 * share).toFixed(2)} %`;

const orFail = <A>(result: E.Either<string, A>): A =>
  pipe(
    result,
    E.getOrElse((message): A => {
      throw new Error(message);
    }),
  );

const mnist = orFail(loadMnist());
const [train, test] = [toExamples(mnist.train), toExamples(mnist.test)];
const { state } = await trainModel(train, test, {
  epochs: 6,
  batchSize: 64,
  seed: 0,
  learningRate: 2e-3,
  onEpoch: ({ epoch, metrics }) => console.log(`epoch ${epoch}: ${percent(metrics["accuracy"] ?? 0)}`),
});
const tensors = storedWeights(state.params);
const stored: Params = orFail(
  pipe(
    restoredWeights(state.params, { tensors, metadata: new Map() }),
    E.mapLeft(({ message }) => message),
  ),
);
const share = accuracy(stored, test);
const bytes = formatSafetensors(tensors, {
  metadata: { "test accuracy": share.toFixed(4), "trained on": "the 60,000 training images of MNIST" },
});
mkdirSync(fileURLToPath(new URL("../public", import.meta.url)), { recursive: true });
writeFileSync(file, bytes);
console.log(
  `${bytes.length} bytes; test accuracy ${percent(accuracy(state.params, test))}, stored ${percent(share)}`,
);
