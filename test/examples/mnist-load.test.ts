import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { histogram, knownCounts, loadMnist, type Mnist } from "../../examples/mnist/load.ts";

describe("loadMnist", () => {
  let mnist: Mnist;
  beforeAll(() => {
    const loaded = loadMnist();
    if (loaded._tag === "Left") throw new Error(loaded.left);
    mnist = loaded.right;
  });

  test("gives MNIST's numbers of images and of each digit", () => {
    expect([mnist.train.count, mnist.test.count]).toEqual([60000, 10000]);
    expect([mnist.train.images.length, mnist.test.images.length]).toEqual([60000 * 784, 10000 * 784]);
    expect(histogram(mnist.train.labels)).toEqual(knownCounts.train);
    expect(histogram(mnist.test.labels)).toEqual(knownCounts.test);
  });

  test("gives MNIST's pixels: their known mean and deviation", () => {
    const { images } = mnist.train;
    let sum = 0;
    let squares = 0;
    for (let i = 0; i < images.length; i++) {
      const ink = images[i] ?? 0;
      sum += ink;
      squares += ink * ink;
    }
    const mean = sum / images.length;
    expect(mean / 255).toBeCloseTo(0.1307, 4);
    expect(Math.sqrt(squares / images.length - mean * mean) / 255).toBeCloseTo(0.3081, 4);
  });

  test("begins with the digits MNIST begins with", () => {
    expect([...mnist.train.labels.subarray(0, 10)]).toEqual([5, 0, 4, 1, 9, 2, 1, 3, 1, 4]);
    expect([...mnist.test.labels.subarray(0, 10)]).toEqual([7, 2, 1, 0, 4, 1, 4, 9, 5, 9]);
  });
});

describe("loadMnist on a bad folder", () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "mnist-"));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  const refusal = (): string => {
    const loaded = loadMnist(folder);
    return loaded._tag === "Left" ? loaded.left : "accepted";
  };
  const writeLabels = (...bytes: readonly number[]): void =>
    writeFileSync(join(folder, "train-labels-idx1-ubyte"), Uint8Array.from(bytes));

  test("names the file that is missing", () => {
    rmSync(join(folder, "train-labels-idx1-ubyte"), { force: true });
    expect(refusal()).toMatch(/cannot read .*train-labels-idx1-ubyte/);
  });

  test("names the file that is no IDX file", () => {
    writeLabels(0x1f, 0x8b, 8, 0);
    expect(refusal()).toMatch(/train-labels-idx1-ubyte: parseIdx: .*compressed/);
  });

  test("refuses another shape", () => {
    writeLabels(0, 0, 8, 1, 0, 0, 0, 2, 7, 7);
    expect(refusal()).toMatch(/expected uint8\[60000\], got uint8\[2\]/);
  });

  test("refuses labels that are not MNIST's", () => {
    writeLabels(0, 0, 8, 1, 0, 0, 0xea, 0x60, ...new Array<number>(60000).fill(3));
    expect(refusal()).toMatch(/not MNIST's: counts \[0, 0, 0, 60000, /);
  });
});
