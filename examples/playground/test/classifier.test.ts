import { describe, expect, test } from "vitest";
import { extent, gridSize } from "../src/classifier/frame.ts";
import {
  activations,
  type ClassifierSettings,
  datasets,
  defaultSettings,
  optimizers,
} from "../src/classifier/settings.ts";
import { Training } from "../src/classifier/training.ts";
import { encodeLink } from "../src/share/link.ts";
import { executablePath, expectText, useSite } from "./browser.ts";

describe("training", () => {
  test.each(datasets)("tells the classes of unseen %s apart", (dataset) => {
    const run = new Training({ ...defaultSettings, dataset }, 0);
    const before = run.progress();
    const { step, train, test: unseen } = run.advance(400);
    expect(step).toBe(400);
    expect(train.loss).toBeLessThan(before.train.loss / 4);
    expect(train.accuracy).toBeGreaterThan(0.97);
    expect(unseen.accuracy).toBeGreaterThan(0.9);
  });

  test.each([
    ...optimizers.map((optimizer) => ({ optimizer })),
    ...activations.map((activation) => ({ activation })),
  ])("goes downhill with %o", (choice) => {
    const run = new Training({ ...defaultSettings, ...choice, width: 4, depth: 1, rate: 0.03 }, 0);
    const before = run.progress().train.loss;
    expect(run.advance(50).train.loss).toBeLessThan(before);
  });

  test("the same seed gives the same run, another seed another", () => {
    const lossOf = (seed: number): number => new Training(defaultSettings, seed).advance(3).train.loss;
    expect(lossOf(1)).toBe(lossOf(1));
    expect(lossOf(1)).not.toBe(lossOf(2));
  });

  test("points lie in the plane, in as many classes as are told", () => {
    for (const dataset of datasets) {
      const { train, classes } = new Training({ ...defaultSettings, dataset }, 0);
      const far = Array.from(train.x.toTypedArray(), Number).filter((x) => Math.abs(x) > extent).length;
      expect(far, dataset).toBeLessThan(5);
      expect(new Set(train.y.toArray() as number[]).size, dataset).toBe(classes);
    }
  });

  test("the plane has a probability of each class in each place", () => {
    const run = new Training({ ...defaultSettings, dataset: "circles" }, 0);
    run.advance(200);
    const plane = run.probabilities();
    expect(plane.shape).toEqual([gridSize * gridSize, 2]);
    const [rows, middle] = [plane.toArray() as number[][], (gridSize / 2) * gridSize + gridSize / 2];
    for (const row of rows) expect((row[0] ?? 0) + (row[1] ?? 0)).toBeCloseTo(1, 5);
    // The disc is class 0, the ring around it class 1.
    expect(rows[middle]?.[0]).toBeGreaterThan(0.9);
    expect(rows[middle + Math.round((1.7 / extent) * (gridSize / 2))]?.[1]).toBeGreaterThan(0.9);
  });

  test("what is kept of a long run is bounded, and has its last step", () => {
    const run = new Training({ ...defaultSettings, width: 2, depth: 1, dataset: "moons" }, 0);
    for (let i = 0; i < 300; i++) run.advance(1);
    for (const kept of [run.losses, run.history.steps]) {
      expect(kept.length).toBeLessThanOrEqual(120);
      expect(kept.at(-1)?.step).toBe(300);
    }
  });
});

describe.runIf(executablePath !== undefined)("the classifier in the page", () => {
  const site = useSite();
  const linkTo = (classifier: ClassifierSettings): string =>
    encodeLink({ view: "classifier", code: "", tab: "circuit", classifier }) ?? "";

  test("starts, pauses, goes on and begins anew by keys, and reaches its accuracy", async () => {
    const page = await site.open(linkTo({ ...defaultSettings, dataset: "moons", speed: 25 }));
    const step = async (): Promise<number> => Number(await page.textContent("#step-number"));
    await expectText(page, "#step-number", /^0$/);
    await page.locator("#run").focus();
    await page.keyboard.press("Enter");
    await expectText(page, "#run", "Pause");
    // 96 % of 150 points that it has not seen.
    await expectText(page, "#test-accuracy", /^(9[6-9]\.\d|100\.0) %$/);
    await page.keyboard.press("Enter");
    await expectText(page, "#run", "Start");
    // Both curves, one line each, and the gradients of three layers.
    await page.locator("#view-classifier .curve svg path.stroke-1").first().waitFor();
    expect(await page.locator("#view-classifier .curve.wide svg text").allTextContents()).toContain(
      "[4].kernel",
    );
    await page.getByRole("button", { name: "One step" }).waitFor();
    const paused = await step();
    expect(paused).toBeGreaterThanOrEqual(25);
    await page.getByRole("button", { name: "One step" }).click();
    await page.waitForFunction(
      (at) => Number(document.querySelector("#step-number")?.textContent) > at,
      paused,
    );
    await page.getByRole("button", { name: "Reset" }).click();
    await expectText(page, "#step-number", /^0$/);
  });

  test("a choice begins a new run, and a link keeps it", async () => {
    const page = await site.open(linkTo(defaultSettings));
    await expectText(page, "#step-number", /^0$/);
    const loss = await page.textContent("#train-loss");
    await page.getByRole("combobox", { name: "Points" }).selectOption("circles");
    await page.waitForFunction(
      (before) => document.querySelector("#train-loss")?.textContent !== before,
      loss,
    );
    await page.locator("#share").click();
    await expectText(page, "#notice", "address bar");
    const other = await site.open(new URL(page.url()).hash);
    await expectText(other, "#step-number", /^0$/);
    expect(await other.getByRole("combobox", { name: "Points" }).inputValue()).toBe("circles");
    expect(await other.textContent("#train-loss")).toBe(await page.textContent("#train-loss"));
  });
});
