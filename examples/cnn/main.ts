/**
 * Trains a convolutional network on the 60,000 handwritten digits of MNIST and tests it on 10,000 others:
 *
 *     npm run cnn
 */
import { nn } from "cotangent";
import { isLeft } from "fp-ts/lib/Either.js";
import { loadMnist } from "../mnist/load.ts";
import { imageShape, model } from "./model.ts";
import { toExamples, trainModel } from "./training.ts";

const percent = (share = 0): string => `${(100 * share).toFixed(2)} %`;

const mnist = loadMnist();
if (isLeft(mnist)) {
  console.error(mnist.left);
  process.exitCode = 1;
} else {
  const [train, test] = [toExamples(mnist.right.train), toExamples(mnist.right.test)];
  console.log(nn.summary(model, imageShape));
  const start = performance.now();
  const { history } = await trainModel(train, test, {
    epochs: 5,
    batchSize: 64,
    seed: 0,
    learningRate: 2e-3,
    onEpoch: ({ epoch, loss, metrics }) =>
      console.log(`epoch ${epoch}: loss ${loss.toFixed(4)}, test accuracy ${percent(metrics["accuracy"])}`),
  });
  const seconds = ((performance.now() - start) / 1000).toFixed(1);
  console.log(`test accuracy ${percent(history.at(-1)?.metrics["accuracy"])} after ${seconds} s`);
}
