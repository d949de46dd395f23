import { makeJaxpr, random } from "cotangent";
import { isLeft } from "fp-ts/lib/Either.js";
import { beforeAll, describe, expect, test } from "vitest";
import { batchAt, firstBatch, shuffledBatches } from "../../examples/mnist/batches.ts";
import { loadMnist, type MnistSplit } from "../../examples/mnist/load.ts";
import { accuracy, initialize, loss, predict } from "../../examples/mnist/model.ts";
import { begin, trainEpoch } from "../../examples/mnist/training.ts";

const part = ({ images, labels }: MnistSplit, count: number): MnistSplit => ({
  count,
  images: images.subarray(0, count * 784),
  labels: labels.subarray(0, count),
});

describe("the network of the MNIST example", () => {
  let train: MnistSplit;
  let test1000: MnistSplit;
  beforeAll(() => {
    const mnist = loadMnist();
    if (isLeft(mnist)) throw new Error(mnist.left);
    train = part(mnist.right.train, 6000);
    test1000 = part(mnist.right.test, 1000);
  });
  const key = random.key(0);

  test("gets images of about mean 0 and variance 1, with their labels", () => {
    const { images, labels } = firstBatch(train);
    expect([images.shape, images.dtype, labels.shape, labels.dtype]).toEqual([
      [6000, 784],
      "float32",
      [6000],
      "int32",
    ]);
    expect(Number(images.mean())).toBeCloseTo(0, 1);
    expect(Number(images.var())).toBeCloseTo(1, 1);
    expect(batchAt(train, [7, 0]).labels.toArray()).toEqual([train.labels[7], train.labels[0]]);
    expect(batchAt(train, [7]).images.toArray()).toEqual(images.at([7]).get().toArray());
  });

  test("gets each image once an epoch, in another order each time", () => {
    const small = part(train, 30);
    const order = (epoch: number): unknown[] =>
      [...shuffledBatches(random.foldIn(key, epoch), small, 8)].flatMap(
        (b) => b.images.sum(1).toArray() as number[],
      );
    expect(order(1)).toHaveLength(24);
    expect(new Set(order(1)).size).toBe(24);
    expect(order(1)).toEqual(order(1));
    expect(order(1)).not.toEqual(order(2));
  });

  test("begins by guessing, with a loss that is that of a guess or somewhat more", () => {
    const params = initialize(key);
    const { images, labels } = firstBatch(test1000);
    expect(predict(params, images).shape).toEqual([1000, 10]);
    expect(Number(loss(params, images, labels))).toBeGreaterThan(Math.log(10) - 0.2);
    expect(Number(loss(params, images, labels))).toBeLessThan(5);
    expect(Number(accuracy(params, images, labels))).toBeLessThan(0.4);
  });

  test("prints its loss in brief", () => {
    const { images, labels } = batchAt(train, [0, 1]);
    const text = makeJaxpr(loss)(initialize(key), images, labels).toString({ maxEquations: 12 });
    expect(text).toMatch(/dotGeneral/);
    expect(text).toMatch(/… \d+ more equations …/);
  });

  test("learns: one epoch of a tenth of the images makes most guesses right", () => {
    const losses: number[] = [];
    const batches = shuffledBatches(random.foldIn(key, 1), train, 64);
    const [state, meanLoss] = trainEpoch(begin(initialize(key)), batches, (value) => losses.push(value));
    expect(losses).toHaveLength(93);
    expect(meanLoss).toBeLessThan(1);
    const { images, labels } = firstBatch(test1000);
    expect(Number(accuracy(state.params, images, labels))).toBeGreaterThan(0.85);
  });
});
