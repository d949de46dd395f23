import { describe, expect, test } from "vitest";
import {
  drawing,
  firstBelow,
  optimizers,
  penalties,
  pulls,
  regularise,
  tryOptimizer,
} from "../../examples/backprop/6-optimizers.ts";
import { countElements, parseSvg } from "../inspect/parse.ts";

describe("chapter 6, optimizers and regularisation", () => {
  test("all optimizers begin at one loss; momentum and Adam are ahead of plain descent", () => {
    const steps = 100;
    const trials = Object.fromEntries(
      ["SGD", "momentum", "Adam"].map((name) => [name, tryOptimizer(name, steps)]),
    );
    const end = (name: string): number => trials[name]?.losses.at(-1) as number;
    expect(new Set(Object.values(trials).map(({ losses }) => losses[0]?.toPrecision(5))).size).toBe(1);
    expect(trials["SGD"]?.losses).toHaveLength(steps);
    expect(end("momentum")).toBeLessThan(end("SGD"));
    expect(end("Adam")).toBeLessThan(end("momentum"));
    expect(firstBelow({ losses: [3, 2, 1] }, 2.5)).toBe(1);
    expect(Object.keys(optimizers)).toEqual(["SGD", "momentum", "Nesterov", "RMSProp", "Adam", "AdamW"]);
  });

  test("the picture has a line and a name for each curve", () => {
    const svg = drawing([
      { name: "first", losses: [1, 0.5, 0.1] },
      { name: "second", losses: [1, 0.9, 0.8] },
    ]);
    const { texts } = parseSvg(svg);
    expect(texts).toEqual(expect.arrayContaining(["first", "second"]));
    expect(countElements(svg, "path", "[starts-with(@class,'stroke-')]")).toBe(2);
  });

  test("penalties keep weights small, make unseen points less of a surprise, and L1 leaves few weights", () => {
    const [none, l2, l1] = ["none", "L2", "L1"].map((name) => regularise(penalties[name] as never, 500));
    expect(none?.train).toBeGreaterThan(0.97);
    for (const kept of [l2, l1]) {
      expect(kept?.norm).toBeLessThan(none?.norm as number);
      expect(kept?.testLoss).toBeLessThan((none?.testLoss as number) / 1.5);
    }
    expect(l1?.small).toBeGreaterThan(0.4);
    expect(none?.small).toBeLessThan(0.02);
  });

  test("an L2 gradient is weight decay for SGD; in Adam it depends on gradients, in AdamW hardly", () => {
    const found = pulls();
    const of = (name: string): readonly number[] => found[name] as readonly number[];
    of("SGD, L2 in the gradient").forEach((x, i) => {
      expect(x).toBeCloseTo(of("SGD, decoupled decay")[i] as number, 13);
    });
    const [large, , small] = of("Adam, L2 in the gradient") as [number, number, number];
    expect(small / large).toBeGreaterThan(10);
    const [largeW, , smallW] = of("AdamW, decoupled decay") as [number, number, number];
    expect(smallW / largeW).toBeGreaterThan(0.8);
    expect(smallW / largeW).toBeLessThan(1.2);
  });
});
