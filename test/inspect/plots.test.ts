import { type NDArray, nn, numpy as np, random } from "cotangent";
import { drawConfusion, drawCurves, drawLandscape, lossLandscape } from "cotangent/inspect";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { axisScale, spreadOut, thinned } from "../../src/inspect/axes.ts";
import { countElements, parseSvg } from "./parse.ts";

describe("drawCurves", () => {
  test("has a line, a name and a mark for each curve", () => {
    const svg = drawCurves({
      train: [3, 2, 1],
      test: np.array([3, 2.5, 2]),
      rare: [
        [0, 3],
        [2, 1.5],
      ],
    });
    const { texts } = parseSvg(svg);
    expect(texts).toEqual(expect.arrayContaining(["train", "test", "rare", "step", "loss"]));
    expect(countElements(svg, "path", "[starts-with(@class,'stroke-')]")).toBe(3);
    expect(countElements(svg, "circle")).toBe(3);
  });

  test("is logarithmic where numbers are far apart, unless told otherwise", () => {
    const curve = { loss: [1, 0.1, 0.01, 0.001] };
    expect(parseSvg(drawCurves(curve)).texts).toEqual(expect.arrayContaining(["0.001", "0.01", "0.1", "1"]));
    expect(parseSvg(drawCurves(curve, { log: false })).texts).toContain("0.5");
    expect(parseSvg(drawCurves({ loss: [1, -100] })).texts).toContain("−100");
  });

  test("a number that has no place breaks the line, and nothing but that", () => {
    const [path] = parseSvg(drawCurves({ loss: [1, 2, Number.NaN, 3, 2] })).root.find("//svg:path/@d", {
      svg: "http://www.w3.org/2000/svg",
    });
    expect(path?.content.match(/M/g)).toHaveLength(2);
    parseSvg(drawCurves({ loss: [Number.NaN, Number.NaN] }));
    parseSvg(drawCurves({ loss: [] }));
    parseSvg(drawCurves({ loss: [1] }, { log: true }));
    parseSvg(drawCurves({ loss: [-1, 0] }, { log: true }));
  });

  test("refuses what is no curve", () => {
    expect(() => drawCurves({})).toThrow(/at least one curve/);
    expect(() => drawCurves({ loss: np.ones([2, 2]) })).toThrow(/"loss" has the shape \[2, 2\]/);
  });

  test("long curves are thinned, and keep their peaks", () => {
    const points = Array.from({ length: 100_000 }, (_, i) => [i, i === 54_321 ? 99 : Math.sin(i)] as const);
    const kept = thinned(points);
    expect(kept.length).toBeLessThan(2000);
    expect(kept).toContainEqual([54_321, 99]);
    expect(kept.map(([x]) => x)).toEqual(kept.map(([x]) => x).toSorted((a, b) => a - b));
  });
});

describe("axes", () => {
  test("every number lies inside of its axis, and ticks too", () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 1e-12, max: 1e12, noNaN: true }), { minLength: 1 }),
        fc.boolean(),
        (numbers, log) => {
          const { map, ticks } = axisScale(numbers, [100, 20], { log });
          for (const at of [...numbers, ...ticks].map(map)) {
            expect(at).toBeGreaterThan(20 - 1e-6);
            expect(at).toBeLessThan(100 + 1e-6);
          }
          expect(ticks.length).toBeLessThan(12);
        },
      ),
    );
  });

  test("labels are moved apart and stay inside where there is room", () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0, max: 200, noNaN: true }), { maxLength: 14 }), (places) => {
        const spread = spreadOut(places, 14, 0, 200).toSorted((a, b) => a - b);
        spread.forEach((at, i) => {
          expect(at).toBeGreaterThanOrEqual(-1e-9);
          expect(at).toBeLessThanOrEqual(200 + 1e-9);
          if (i > 0) expect(at - (spread[i - 1] as number)).toBeGreaterThan(14 - 1e-9);
        });
      }),
    );
  });
});

describe("lossLandscape", () => {
  const bowl = ([w]: readonly [NDArray]): NDArray => np.sum(np.square(w).mul(np.array([1, 4])));

  test("is the loss at the parameters moved along both directions", () => {
    const w = [np.array([1, 2])] as const;
    const directions = [[np.array([1, 0])], [np.array([0, 1])]] as const;
    const { alphas, losses } = lossLandscape(bowl, w, { directions, filterNormalized: false, points: 3 });
    expect(alphas).toEqual([-1, 0, 1]);
    expect(losses).toEqual([
      [4, 5, 8],
      [16, 17, 20],
      [36, 37, 40],
    ]);
  });

  test("filter-normalised, each unit's direction is as long as its weights", () => {
    const w = {
      kernel: np.array([
        [3, 1],
        [4, 0],
      ]),
      bias: np.array([6, 8]),
    };
    // Each loss tells how far one filter was moved.
    const moved = (pick: (p: typeof w) => NDArray): number => {
      const start = pick(w);
      const distance = (p: typeof w): NDArray => np.sqrt(np.sum(np.square(pick(p).sub(start))));
      return lossLandscape(distance, w, { points: 3 }).losses[1]?.[2] as number;
    };
    expect(moved((p) => p.kernel.T.at(0).get())).toBeCloseTo(5, 5);
    expect(moved((p) => p.kernel.T.at(1).get())).toBeCloseTo(1, 5);
    expect(moved((p) => p.bias)).toBeCloseTo(10, 5);
  });

  test("integers stay as they are; weights that are 0 have no direction", () => {
    const tree = { w: np.array([0, 0]), n: np.array(3, "int32") };
    const { losses } = lossLandscape((p: typeof tree) => p.w.sum().add(p.n), tree, { points: 2 });
    expect(losses).toEqual([
      [3, 3],
      [3, 3],
    ]);
  });

  test("the picture has lines of equal loss with their values, and a mark in the middle", () => {
    const svg = drawLandscape(lossLandscape(bowl, [np.array([1, 2])] as const, { key: random.key(3) }));
    expect(countElements(svg, "path", "[@class='stroke-0']")).toBeGreaterThan(5);
    expect(countElements(svg, "circle", "[@class='fill-1']")).toBe(1);
    expect(countElements(svg, "text", "[contains(@class,'halo')]")).toBeGreaterThan(3);
  });

  test("flat and partly infinite landscapes are drawn, one without a finite loss is not", () => {
    const grid = { alphas: [-1, 1], betas: [-1, 1] };
    parseSvg(
      drawLandscape({
        ...grid,
        losses: [
          [1, 1],
          [1, 1],
        ],
      }),
    );
    parseSvg(
      drawLandscape({
        ...grid,
        losses: [
          [1, Number.NaN],
          [2, Number.POSITIVE_INFINITY],
        ],
      }),
    );
    expect(() =>
      drawLandscape({
        ...grid,
        losses: [
          [Number.NaN, Number.NaN],
          [Number.NaN, Number.NaN],
        ],
      }),
    ).toThrow(/no loss of the landscape is finite/);
  });

  test("what does not fit is refused", () => {
    const w = [np.array([1, 2])] as const;
    expect(() => lossLandscape(bowl, w, { points: 1 })).toThrow(/points/);
    expect(() => lossLandscape(bowl, w, { extent: 0 })).toThrow(/extent/);
    expect(() => lossLandscape(([x]: typeof w) => x, w)).toThrow(/scalar; got float32\[2\]/);
    const wrong = [[np.ones([3])], [np.ones([2])]] as const;
    expect(() => lossLandscape(bowl, w, { directions: wrong })).toThrow(/first direction .* float32\[3\]/);
  });
});

describe("drawConfusion", () => {
  const matrix = nn.metrics.confusionMatrix(
    np.array([0, 0, 1, 2, 2], "int32"),
    np.array([0, 1, 1, 2, 0], "int32"),
    3,
  );

  test("shows counts, recall and precision", () => {
    const { texts } = parseSvg(drawConfusion(matrix, { labels: ["a", "b", "c<d"] }));
    expect(texts).toEqual(
      expect.arrayContaining(["a", "b", "c<d", "predicted", "true", "recall", "precision"]),
    );
    expect(texts).toContain("5 examples, 60 % right");
    expect(texts.filter((t) => t === "50 %")).toHaveLength(4);
    expect(texts.filter((t) => t === "100 %")).toHaveLength(2);
    expect(countElements(drawConfusion(matrix), "rect", "[starts-with(@class,'fill-')]")).toBe(9);
  });

  test("classes that never occur have no share", () => {
    expect(parseSvg(drawConfusion(np.zeros([2, 2], "int32"))).texts.filter((t) => t === "–")).toHaveLength(4);
  });

  test("refuses other shapes and numbers of labels", () => {
    expect(() => drawConfusion(np.zeros([2, 3]))).toThrow(/square; got float32\[2, 3\]/);
    expect(() => drawConfusion(matrix, { labels: ["a"] })).toThrow(/3 classes and 1 labels/);
  });
});
