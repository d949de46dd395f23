import { fc, test as property } from "@fast-check/vitest";
import { isLeft, isRight } from "fp-ts/lib/Either.js";
import { describe, expect, test } from "vitest";
import type { NDArray } from "../../src/array/index.ts";
import { ArgumentError, ConcretizationError, ShapeError } from "../../src/core/index.ts";
import * as data from "../../src/data/index.ts";
import * as np from "../../src/numpy/index.ts";
import * as random from "../../src/random/index.ts";
import { jit } from "../../src/transforms/index.ts";

const key = random.key(11);
const counted = (n: number) => ({
  x: np.reshape(np.arange(2 * n).astype("float32"), [n, 2]),
  y: np.arange(n),
});
const labels = (batches: Iterable<{ readonly y: NDArray }>): number[][] =>
  [...batches].map(({ y }) => y.toArray() as number[]);

describe("batches", () => {
  property.prop([fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1, max: 25 }), fc.boolean()])(
    "every example once, in rows that belong together; the last batch by policy",
    (n, size, isKept) => {
      const set = counted(n);
      const pass = data.batches(set, size, { key, last: isKept ? "keep" : "drop" });
      const seen = labels(pass);
      expect(seen).toHaveLength(pass.length);
      expect(seen.flat().length).toBe(isKept ? n : n - (n % size));
      expect(new Set(seen.flat()).size).toBe(seen.flat().length);
      for (const { x, y } of pass) {
        expect(np.arrayEqual(x.at("...", 0).get(), y.mul(2)).item()).toBe(true);
      }
    },
  );
  test("the same key gives the same order, another key another one; none keeps that of the data", () => {
    const set = counted(30);
    const order = (k: NDArray | null): number[] =>
      labels(data.batches(set, 7, { key: k, last: "keep" })).flat();
    expect(order(key)).toEqual(order(key));
    expect(order(key)).not.toEqual(order(random.foldIn(key, 1)));
    expect(order(null)).toEqual(Array.from({ length: 30 }, (_, i) => i));
  });
  test("refusals", () => {
    expect(() => data.batches({ a: np.zeros([3]), b: np.zeros([4]) }, 2)).toThrow(/a has 3.*b is \[4\]/);
    expect(() => data.batches(np.zeros([3]), 0)).toThrow(ArgumentError);
    expect(() => data.batches({ a: np.array(1) }, 1)).toThrow(/leading axes/);
    expect(() => data.batches({}, 1)).toThrow(/there is no array/);
    expect(() => jit((x: NDArray) => [...data.batches(x, 1)][0] as NDArray)(np.zeros([2]))).toThrow(
      ConcretizationError,
    );
  });
});

test("a split leaves every example on one side", () => {
  const set = counted(10);
  const [train, held] = data.trainValidationSplit(set, 0.3, { key });
  expect(
    [...(train.y.toArray() as number[]), ...(held.y.toArray() as number[])].sort((a, b) => a - b),
  ).toEqual(set.y.toArray());
  expect(held.x.shape).toEqual([3, 2]);
  expect(data.trainValidationSplit(set, 4)[1].y.toArray()).toEqual([6, 7, 8, 9]);
  expect(() => data.trainValidationSplit(set, 10)).toThrow(ArgumentError);
});

describe("standardisation", () => {
  test("fitted on training data, undone exactly to rounding", () => {
    const x = random
      .normal(key, [100, 3])
      .mul(np.array([1, 10, 0]))
      .add(5);
    const fitted = data.fitStandardizer(x);
    const z = data.standardize(fitted, x);
    expect(np.allclose(np.mean(z, 0), 0, { atol: 1e-5 })).toBe(true);
    expect(np.allclose(np.std(z, 0), np.array([1, 1, 0]), { atol: 1e-5 })).toBe(true);
    expect(np.allclose(data.unstandardize(fitted, z), x, { atol: 1e-5 })).toBe(true);
    expect(data.fitStandardizer(x, { axis: null }).mean.shape).toEqual([1, 1]);
    expect(() => data.fitStandardizer(np.zeros([0, 3]))).toThrow(/no examples/);
  });
});

describe("augmentations", () => {
  const images = random.uniform(key, [6, 5, 4, 2]);
  const all: readonly (readonly [string, (key: NDArray, x: NDArray) => NDArray])[] = [
    ["randomFlip", (k, x) => data.randomFlip(k, x)],
    ["randomFlip, vertical", (k, x) => data.randomFlip(k, x, { direction: "vertical" })],
    ["randomCrop", (k, x) => data.randomCrop(k, x, [3, 3], { padding: 1 })],
    ["randomShift", (k, x) => data.randomShift(k, x, 2, { fill: 0.5 })],
    ["randomRotate", (k, x) => data.randomRotate(k, x, 30)],
    ["cutout", (k, x) => data.cutout(k, x, 2)],
    ["addNoise", (k, x) => data.addNoise(k, x, 0.1)],
    ["colorJitter", (k, x) => data.colorJitter(k, x, { brightness: 0.2, contrast: 0.3, saturation: 0.4 })],
    ["mixup", (k, x) => data.mixup(k, x, np.ones([6, 2]))[0]],
  ];
  test.each(all)("%s: one key, one result; another key, another; the same under jit", (_, f) => {
    const y = f(key, images);
    expect(f(key, images).toArray()).toEqual(y.toArray());
    expect(f(random.foldIn(key, 1), images).toArray()).not.toEqual(y.toArray());
    expect(np.allclose(jit(f)(key, images), y, { atol: 1e-5 })).toBe(true);
    expect(y.dtype).toBe("float32");
  });

  test("a flip mirrors or leaves alone", () => {
    const flipped = data.randomFlip(key, images);
    const mirrored = np.flip(images, 2);
    for (let i = 0; i < 6; i++) {
      const image = flipped.at(i).get();
      const isKnown = [images, mirrored].some((set) => np.arrayEqual(image, set.at(i).get()).item());
      expect(isKnown).toBe(true);
    }
    expect(np.arrayEqual(data.randomFlip(key, images, { probability: 1 }), mirrored).item()).toBe(true);
  });
  test("a crop is a window; a shift by nothing and a turn by nothing change nothing", () => {
    const image = np.reshape(np.arange(20).astype("float32"), [1, 5, 4, 1]);
    const window = data.randomCrop(key, image, [2, 2]).toTypedArray();
    expect([window[1], window[2], window[3]]).toEqual(
      [0, 1, 2].map((i) => (window[0] as number) + [1, 4, 5][i]!),
    );
    expect(np.arrayEqual(data.randomShift(key, images, 0), images).item()).toBe(true);
    expect(np.allclose(data.randomRotate(key, images, 0), images)).toBe(true);
  });
  test("a turn keeps a round thing round", () => {
    const at = np.subtract(np.arange(21).astype("float32"), 10);
    const squares = np.add(np.square(np.expandDims(at, 0)), np.square(np.expandDims(at, 1)));
    const disc = np.reshape(np.exp(squares.mul(-0.05)), [1, 21, 21, 1]);
    expect(np.allclose(data.randomRotate(key, disc, 180), disc, { atol: 0.03 })).toBe(true);
  });
  test("cutout covers a square", () => {
    const y = data.cutout(key, np.ones([50, 8, 8, 1]), 3);
    const covered = np.sum(np.subtract(1, y), [1, 2, 3]).toArray() as number[];
    for (const area of covered) expect([4, 6, 9]).toContain(area);
  });
  test("mixup mixes labels as it mixes examples", () => {
    const x = np.eye(6);
    const [mixedX, mixedY] = data.mixup(key, x, x);
    expect(np.allclose(mixedX, mixedY)).toBe(true);
    expect(np.allclose(np.sum(mixedY, 1), 1)).toBe(true);
  });
  test("refusals", () => {
    expect(() => data.randomFlip(key, np.zeros([2, 3]))).toThrow(ShapeError);
    expect(() => data.cutout(key, np.zeros([1, 2, 2, 1], "int32"), 1)).toThrow(/floats/);
    expect(() => data.randomCrop(key, images, [6, 2])).toThrow(/does not fit/);
    expect(() => data.mixup(key, images, np.ones([5, 2]))).toThrow(ShapeError);
    expect(() => data.colorJitter(key, images, { brightness: 2 })).toThrow(ArgumentError);
  });
});

describe("parseCsv", () => {
  const parsed = (text: string, options?: data.CsvOptions) => {
    const table = data.parseCsv(text, options);
    if (isLeft(table)) throw new Error(table.left.message);
    return table.right;
  };
  test("headers, quotes, line endings, special numbers", () => {
    const table = parsed('"height, cm",weight\r\n1.8,70\r\n-2e3,nan\r\n');
    expect(table.header).toEqual(["height, cm", "weight"]);
    expect(table.values.toArray()).toEqual([
      [1.8, 70],
      [-2000, Number.NaN],
    ]);
    expect(parsed("1;2\n3;4", { delimiter: ";", dtype: "int32" }).values.dtype).toBe("int32");
    expect(parsed("1,\n,4", { missing: -1 }).values.toArray()).toEqual([
      [1, -1],
      [-1, 4],
    ]);
    expect(parsed("").values.shape).toEqual([0, 0]);
    expect(parsed("a,b\n").values.shape).toEqual([0, 2]);
  });
  test.each([
    ['a\n"1', "unclosed-quote", 2],
    ['a\n1"2', "stray-quote", 2],
    ["a,b\n1,2\n3", "ragged-row", 3],
    ["a\n1\nx", "not-a-number", 3],
    ["1,2\n3,", "not-a-number", 2],
  ] as const)("refuses %j: %s", (text, reason, line) => {
    const table = data.parseCsv(text);
    expect(isLeft(table) && [table.left.reason, table.left.line]).toEqual([reason, line]);
  });
  property.prop([
    fc.array(fc.array(fc.double({ noDefaultInfinity: true, noNaN: true }), { minLength: 3, maxLength: 3 }), {
      minLength: 1,
    }),
  ])("reads what was written", (rows) => {
    const text = rows.map((row) => row.join(",")).join("\n");
    expect(parsed(text, { header: false }).values.toArray()).toEqual(
      rows.map((row) => row.map((x) => (x + 0 === 0 ? Number(String(x)) : x))),
    );
  });
  property.prop([fc.string({ unit: fc.constantFrom("1", ",", '"', "\n", "\r", "x", " ") })])(
    "never throws",
    (text) => {
      const table = data.parseCsv(text);
      expect(isLeft(table) || isRight(table)).toBe(true);
    },
  );
});
