import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { drawing as classifier } from "../../examples/backprop/1-computational-graph.ts";
import { drawing as neuron } from "../../examples/backprop/4-flat-circuit.ts";
import { drawings, drawingsOf, learn } from "../../examples/pictures.ts";
import { parseDot, parseSvg } from "../inspect/parse.ts";

const page = (file: string): string => readFileSync(new URL(`../../docs/${file}`, import.meta.url), "utf8");

describe("pictures of pages", () => {
  test("of circuits say what the code says", () => {
    const written: Readonly<Record<string, string>> = {
      "backprop/1-computational-graph.svg": classifier(),
      "backprop/4-flat-circuit.svg": neuron(),
      ...Object.fromEntries(
        Object.entries(drawings())
          .filter(([file]) => file.endsWith(".svg"))
          .map(([file, drawing]) => [`inspect/${file}`, drawing]),
      ),
    };
    expect(Object.keys(written)).toHaveLength(5);
    for (const [file, drawing] of Object.entries(written))
      expect(parseSvg(page(file)).texts).toEqual(parseSvg(drawing).texts);
  });

  test("the page shows each of them", () => {
    const shown = [...page("inspect.md").matchAll(/\]\((inspect\/[^)]*\.svg)\)/g)].map(
      ([, file]) => file as string,
    );
    expect(shown).toHaveLength(8);
    for (const file of shown) parseSvg(page(file));
  });

  test("the loop is read by Graphviz", async () => {
    expect((await parseDot(drawings()["loop.dot"] as string)).edges?.length).toBeGreaterThan(5);
  });
});

describe("a run that is watched", () => {
  const run = learn(60);

  test("learns", () => {
    expect(run.train.at(-1)).toBeLessThan((run.train[0] as number) / 3);
    expect(run.history.steps).toHaveLength(60);
  });

  test("has five pictures", () => {
    for (const drawing of Object.values(drawingsOf(run))) expect(parseSvg(drawing).root.name).toBe("svg");
  });
});
