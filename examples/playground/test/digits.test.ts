import { readFileSync } from "node:fs";
import { random } from "cotangent";
import { parseSafetensors, type Tensors } from "cotangent/io";
import * as E from "fp-ts/lib/Either.js";
import type { Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import { imageShape } from "../../cnn/model.ts";
import { accuracy, toExamples } from "../../cnn/training.ts";
import { loadMnist } from "../../mnist/load.ts";
import { defaultSettings } from "../src/classifier/settings.ts";
import { readDigit } from "../src/digits/read.ts";
import { samples } from "../src/digits/samples.ts";
import { imageOf, imageSize } from "../src/digits/strokes.ts";
import { model, type Params, restoredWeights, storedWeights } from "../src/digits/weights.ts";
import { encodeLink } from "../src/share/link.ts";
import { executablePath, expectText, useSite } from "./browser.ts";

const right = <A>(result: E.Either<unknown, A>): A => {
  if (E.isLeft(result)) throw new Error(String(result.left));
  return result.right;
};

const file = readFileSync(new URL("../public/digits.safetensors", import.meta.url));
const stored: Tensors = right(parseSafetensors(file));
const like = model.init(random.key(0), imageShape);
const params: Params = right(restoredWeights(like, stored));

describe("the stored network", () => {
  test("is as accurate on all 10,000 test images as the file says", () => {
    const { test: images } = right(loadMnist());
    const share = accuracy(params, toExamples(images));
    expect(share.toFixed(4)).toBe(stored.metadata.get("test accuracy"));
    expect(share).toBeGreaterThan(0.99);
    expect(file.length).toBeLessThan(150_000);
  });

  test("weights that are stored come back to within half a step of their scale", () => {
    const again = right(restoredWeights(like, { tensors: storedWeights(like), metadata: new Map() }));
    const [before, after] = [like, again].map((p) =>
      Array.from((p as Params)[0].kernel.toTypedArray(), Number),
    );
    const largest = Math.max(...(before as number[]).map(Math.abs));
    (before as number[]).forEach((x, i) => {
      expect(Math.abs(x - ((after as number[])[i] as number))).toBeLessThanOrEqual(largest / 127 / 2 + 1e-6);
    });
  });

  test("a file of another network is refused", () => {
    const tensors = new Map([...stored.tensors].slice(1));
    expect(E.isLeft(restoredWeights(like, { tensors, metadata: new Map() }))).toBe(true);
  });

  test("reads all ten samples", () => {
    const read = samples.map((strokes) => readDigit(params, imageOf(strokes), undefined));
    expect(read.map(({ digit }) => digit)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    for (const { probabilities } of read) {
      expect(probabilities.reduce((a, b) => a + b)).toBeCloseTo(1, 5);
    }
  });

  test("the gradient is that of the log-probability of the digit that is explained", () => {
    const pixels = imageOf(samples[3] ?? []);
    const { gradient, explained } = readDigit(params, pixels, 5);
    expect(explained).toBe(5);
    const strongest = gradient.reduce(
      (best, g, i) => (Math.abs(g) > Math.abs(gradient[best] ?? 0) ? i : best),
      0,
    );
    const step = 1e-2;
    const at = (by: number): number => {
      const moved = Float32Array.from(pixels);
      moved[strongest] = (moved[strongest] ?? 0) + by;
      return Math.log(readDigit(params, moved, 5).probabilities[5] ?? 0);
    };
    const numeric = (at(step) - at(-step)) / (2 * step);
    expect(numeric / (gradient[strongest] ?? 0)).toBeCloseTo(1, 1);
  });
});

describe("lines of a pen as an image", () => {
  const ink = (image: Float32Array): number => image.reduce((a, b) => a + b);
  const middle = (image: Float32Array): readonly [number, number] => {
    const sum = ink(image);
    const of = (f: (i: number) => number): number => image.reduce((a, b, i) => a + b * f(i), 0) / sum;
    return [of((i) => (i % imageSize) + 0.5), of((i) => Math.floor(i / imageSize) + 0.5)];
  };

  test("no line is paper", () => {
    expect(ink(imageOf([]))).toBe(0);
  });

  test.each(samples.map((strokes, digit) => [digit, strokes] as const))(
    "of %i: ink is balanced on the middle, and the size and place of the drawing don't matter",
    (_, strokes) => {
      const image = imageOf(strokes);
      for (const at of middle(image)) expect(Math.abs(at - 14)).toBeLessThan(0.6);
      expect(Math.max(...image)).toBe(1);
      const small = imageOf(
        strokes.map((stroke) => stroke.map(([x, y]) => [30 + 0.2 * x, 0.2 * y - 7] as const)),
      );
      small.forEach((x, i) => {
        expect(x).toBeCloseTo(image[i] ?? 0, 3);
      });
    },
  );

  test("a dot is a dot in the middle", () => {
    const image = imageOf([[[0.9, 0.1]]]);
    expect(ink(image)).toBeGreaterThan(2);
    expect(ink(image)).toBeLessThan(6);
    for (const at of middle(image)) expect(at).toBeCloseTo(14, 3);
  });
});

describe.runIf(executablePath !== undefined)("digits in the page", () => {
  const site = useSite();
  const open = async (): Promise<Page> => {
    const link = encodeLink({ view: "digits", code: "", tab: "circuit", classifier: defaultSettings });
    const page = await site.open(link);
    await page.locator("#view-digits[data-ready]").waitFor();
    return page;
  };
  /** The colours of a canvas, told apart. */
  const colours = (page: Page, label: string): Promise<number> =>
    page.getByRole("img", { name: label }).evaluate((element) => {
      const canvas = element as HTMLCanvasElement;
      const { data } = canvas.getContext("2d")?.getImageData(0, 0, canvas.width, canvas.height) ?? {
        data: [],
      };
      const seen = new Set<string>();
      for (let i = 0; i < data.length; i += 4) seen.add(`${data[i]} ${data[i + 1]} ${data[i + 2]}`);
      return seen.size;
    });

  test("a digit that is drawn with the mouse is read, and its gradient shown", async () => {
    const page = await open();
    expect(await colours(page, "The gradient by each pixel")).toBe(1);
    const box = await page.locator(".pad").boundingBox();
    if (box === null) throw new Error("There is no sheet.");
    const [stroke = []] = samples[7] ?? [];
    for (const [i, [x, y]] of stroke.entries()) {
      await page.mouse.move(box.x + x * box.width, box.y + y * box.height);
      if (i === 0) await page.mouse.down();
    }
    await page.mouse.up();
    await expectText(page, "#digit", "7");
    await expectText(page, "#sure", /^(9\d|100)\.\d % sure; gradient of the score of 7$/);
    expect(await colours(page, "The gradient by each pixel")).toBeGreaterThan(100);
    await page.getByRole("button", { name: "Clear" }).click();
    await expectText(page, "#digit", "–");
    expect(await colours(page, "What the network sees")).toBe(1);
  });

  test("by keys: a sample, the score of another digit, and a line", async () => {
    const page = await open();
    await expectText(page, "#view-digits", "99.29 % of MNIST's 10,000 test images");
    await page.getByRole("button", { name: "Draw a 5" }).press("Enter");
    await expectText(page, "#digit", "5");
    await page.locator(".bar-row").nth(3).press("Enter");
    await expectText(page, "#sure", "gradient of the score of 3");
    await page.locator(".bar-row").nth(3).press("Enter");
    const sheet = page.locator(".pad");
    await sheet.press("Delete");
    await expectText(page, "#digit", "–");
    await sheet.press("Space");
    for (let i = 0; i < 14; i++) await page.keyboard.press("ArrowDown");
    await expectText(page, "#digit", "1");
  });
});
