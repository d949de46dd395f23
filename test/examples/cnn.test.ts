import { jit, random } from "cotangent";
import { isLeft } from "fp-ts/lib/Either.js";
import { beforeAll, describe, expect, test } from "vitest";
import { countCorrect, type Examples, imageShape, model } from "../../examples/cnn/model.ts";
import { accuracy, toExamples, trainModel } from "../../examples/cnn/training.ts";
import { loadMnist, type MnistSplit } from "../../examples/mnist/load.ts";

const part = ({ images, labels }: MnistSplit, count: number): Examples =>
  toExamples({ count, images: images.subarray(0, count * 784), labels: labels.subarray(0, count) });

describe("the convolutional network of the MNIST example", () => {
  let train: Examples;
  let unseen: Examples;
  beforeAll(() => {
    const mnist = loadMnist();
    if (isLeft(mnist)) throw new Error(mnist.left);
    train = part(mnist.right.train, 1920);
    unseen = part(mnist.right.test, 520);
  });
  const params = model.init(random.key(0), imageShape);

  test("takes pixels from 0 to 1 as images", () => {
    expect([train.images.shape, train.labels.dtype]).toEqual([[1920, 28, 28, 1], "int32"]);
    expect([Number(train.images.min()), Number(train.images.max())]).toEqual([0, 1]);
    expect(model.outputShape([5, ...imageShape.slice(1)])).toEqual([5, 10]);
  });

  test("counts what is right in batches, the last one too", () => {
    expect(accuracy(params, unseen)).toBeCloseTo(Number(jit(countCorrect)(params, unseen)) / 520, 12);
  });

  test("learns: sixty steps make most guesses right", async () => {
    const { history } = await trainModel(train, unseen, {
      epochs: 1,
      batchSize: 32,
      seed: 0,
      learningRate: 3e-3,
    });
    expect(history).toHaveLength(1);
    expect(history[0]?.loss).toBeLessThan(1.2);
    expect(history[0]?.metrics["accuracy"]).toBeGreaterThan(0.85);
  });
});
