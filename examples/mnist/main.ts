/**
 * Trains a small network on the 60,000 handwritten digits of MNIST and tests it on 10,000 others:
 *
 *     npm run mnist -- --epochs 10
 */
import { data, jit, makeJaxpr, nn, random } from "cotangent";
import { fit } from "cotangent/train";
import { isLeft } from "fp-ts/lib/Either.js";
import { toExamples } from "./examples.ts";
import { loadMnist, type Mnist } from "./load.ts";
import { accuracy, imageShape, initialize, loss, model } from "./model.ts";
import { type MnistOptions, parseOptions } from "./options.ts";
import { training } from "./training.ts";

const metric = "test accuracy";
const percent = (share = Number.NaN): string => `${(100 * share).toFixed(2)} %`;

async function run(mnist: Mnist, { epochs, batch, seed }: MnistOptions): Promise<void> {
  console.log(`MNIST: ${mnist.train.count} images to train on, ${mnist.test.count} to test on; seed ${seed}`);
  const key = random.key(seed);
  const params = initialize(random.foldIn(key, 0));
  console.log(`\n${nn.summary(model, imageShape)}`);

  console.log("\nThe loss, as every transform sees it:");
  const sample = toExamples(mnist.train, batch);
  console.log(makeJaxpr(loss)(params, sample.images, sample.labels).toString({ maxEquations: 12 }));
  console.log();

  const train = toExamples(mnist.train);
  const unseen = toExamples(mnist.test);
  const measure = jit(accuracy);
  const { begin, step } = training(epochs * Math.floor(mnist.train.count / batch));
  const start = performance.now();
  const { history } = await fit(begin(params, random.foldIn(key, 1)), {
    epochs,
    step,
    batches: (epoch) => data.batches(train, batch, { key: random.foldIn(random.foldIn(key, 2), epoch) }),
    evaluate: ({ params }) => ({ [metric]: measure(params, unseen.images, unseen.labels) }),
    progress: process.stdout,
    // A terminal gets a bar, and a line an epoch from it. A pipe or a log gets this line.
    onEpoch: ({ epoch, loss, metrics }) => {
      if (process.stdout.isTTY) return;
      const seconds = ((performance.now() - start) / 1000).toFixed(1);
      console.log(
        `epoch ${epoch}/${epochs}: loss ${loss.toFixed(4)}, ${metric} ${percent(metrics[metric])}, ${seconds} s`,
      );
    },
  });
  console.log(`\n${metric}: ${percent(history.at(-1)?.metrics[metric])}`);
}

const options = parseOptions(process.argv, { epochs: 6, batch: 128, seed: 0 });
const mnist = loadMnist();
if (isLeft(mnist)) {
  console.error(mnist.left);
  process.exitCode = 1;
} else {
  await run(mnist.right, options);
}
