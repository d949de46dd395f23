/**
 * Trains a small network on the 60,000 handwritten digits of MNIST and tests it on 10,000 others:
 *
 *     npm run mnist -- --epochs 10
 */
import { jit, makeJaxpr, random } from "cotangent";
import { isLeft } from "fp-ts/lib/Either.js";
import { firstBatch, shuffledBatches } from "./batches.ts";
import { loadMnist, type Mnist } from "./load.ts";
import { accuracy, initialize, loss } from "./model.ts";
import { type MnistOptions, parseOptions } from "./options.ts";
import { createProgress } from "./progress.ts";
import { begin, trainEpoch } from "./training.ts";

const percent = (share: number): string => `${(100 * share).toFixed(2)} %`;

function run({ train, test }: Mnist, { epochs, batch, seed }: MnistOptions): void {
  console.log(`MNIST: ${train.count} images to train on, ${test.count} to test on; seed ${seed}`);
  const key = random.key(seed);
  const params = initialize(random.foldIn(key, 0));

  console.log("\nThe loss, as every transform sees it:");
  const sample = firstBatch(train, batch);
  console.log(makeJaxpr(loss)(params, sample.images, sample.labels).toString({ maxEquations: 12 }));
  console.log();

  const unseen = firstBatch(test);
  const measure = jit(accuracy);
  const progress = createProgress(epochs, Math.floor(train.count / batch));
  const start = performance.now();
  let state = begin(params);
  let share = 0;
  for (let epoch = 1; epoch <= epochs; epoch++) {
    const batches = shuffledBatches(random.foldIn(key, epoch), train, batch);
    const [next, meanLoss] = trainEpoch(state, batches, progress.step);
    state = next;
    share = Number(measure(state.params, unseen.images, unseen.labels));
    const seconds = ((performance.now() - start) / 1000).toFixed(1);
    progress.endEpoch(
      `epoch ${epoch}/${epochs}: loss ${meanLoss.toFixed(4)}, test accuracy ${percent(share)}, ${seconds} s`,
    );
  }
  console.log(`\ntest accuracy: ${percent(share)}`);
}

const options = parseOptions(process.argv, { epochs: 10, batch: 128, seed: 0 });
const mnist = loadMnist();
if (isLeft(mnist)) {
  console.error(mnist.left);
  process.exitCode = 1;
} else {
  run(mnist.right, options);
}
