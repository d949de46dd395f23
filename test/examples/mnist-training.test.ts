import { data, makeJaxpr, nn, random } from "cotangent";
import { fit } from "cotangent/train";
import { isLeft } from "fp-ts/lib/Either.js";
import { beforeAll, describe, expect, test } from "vitest";
import { toExamples } from "../../examples/mnist/examples.ts";
import { loadMnist, type MnistSplit } from "../../examples/mnist/load.ts";
import { accuracy, imageShape, initialize, loss, model } from "../../examples/mnist/model.ts";
import { training } from "../../examples/mnist/training.ts";

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
    const { images, labels } = toExamples(train);
    expect([images.shape, images.dtype, labels.shape, labels.dtype]).toEqual([
      [6000, 784],
      "float32",
      [6000],
      "int32",
    ]);
    expect(Number(images.mean())).toBeCloseTo(0, 1);
    expect(Number(images.var())).toBeCloseTo(1, 1);
    const first = toExamples(train, 3);
    expect(first.labels.toArray()).toEqual([...train.labels.subarray(0, 3)]);
    expect(first.images.toArray()).toEqual(images.at([0, 1, 2]).get().toArray());
  });

  test("has the layers and the parameters that its table shows", () => {
    const rows = nn.summaryRows(model, imageShape);
    expect(rows.map(({ kind }) => kind)).toEqual(["sequential", "dense", "relu", "dropout", "dense"]);
    expect(rows[0]?.parameters).toBe(785 * 256 + 257 * 10);
  });

  test("begins by guessing, with a loss that is that of a guess or somewhat more", () => {
    const params = initialize(key);
    const { images, labels } = toExamples(test1000);
    expect(model.apply(params, images).shape).toEqual([1000, 10]);
    expect(Number(loss(params, images, labels))).toBeGreaterThan(Math.log(10) - 0.2);
    expect(Number(loss(params, images, labels))).toBeLessThan(5);
    expect(Number(accuracy(params, images, labels))).toBeLessThan(0.4);
  });

  test("drops something else with another key, and nothing without one", () => {
    const params = initialize(key);
    const { images, labels } = toExamples(test1000, 100);
    const value = (seed?: number): number =>
      Number(loss(params, images, labels, seed === undefined ? undefined : random.key(seed)));
    expect(value(1)).toBe(value(1));
    expect(value(1)).not.toBe(value(2));
    expect(value()).toBe(value());
    expect(value()).not.toBe(value(1));
  });

  test("prints its loss in brief", () => {
    const { images, labels } = toExamples(train, 2);
    const text = makeJaxpr(loss)(initialize(key), images, labels).toString({ maxEquations: 12 });
    expect(text).toMatch(/dotGeneral/);
    expect(text).toMatch(/… \d+ more equations …/);
  });

  test("learns: one epoch of a tenth of the images makes most guesses right", async () => {
    const losses: number[] = [];
    const { begin, step } = training(93);
    const unseen = toExamples(test1000);
    const { history } = await fit(begin(initialize(key), key), {
      epochs: 1,
      step,
      batches: (epoch) => data.batches(toExamples(train), 64, { key: random.foldIn(key, epoch) }),
      evaluate: ({ params }) => ({ accuracy: accuracy(params, unseen.images, unseen.labels) }),
      onStep: ({ loss: value }) => void losses.push(value),
      progress: null,
    });
    expect(losses).toHaveLength(93);
    expect(history[0]?.loss).toBeLessThan(0.8);
    expect(history[0]?.metrics["accuracy"]).toBeGreaterThan(0.88);
  });
});
