import { numpy as np } from "cotangent";
import { describe, expect, it } from "vitest";
import { blocksOf, moduleOf, shownValue } from "./module-of-blocks.ts";
import { agrees, display, shows, wrongIn } from "./shows.ts";

describe("values shown in pages", () => {
  it.each([
    ["0.41614684", "0.4161", true],
    ["0.41614684", "0.4162", false],
    ["[1. 2.]", "[1, 2]", true],
    ["[1. 2.]", "[1, 3]", false],
    ["[1. 2.]", "[1, 2, 3]", false],
    ["3.4", "3", false],
    ["-1.0", "−1", true],
    ["1e-07", "1.0e-7", true],
    ["{ lambda ; a:f32[]. let\n  in (a,) }", "{ lambda ; a:f32[]. let in (a,) }", true],
    ["{ lambda ; a:f32[]. let in (b,) }", "{ lambda ; a:f32[]. let in (a,) }", false],
  ])("%s beside %s: %s", (actual, shown, same) => {
    expect(agrees(actual, shown)).toBe(same);
  });

  it("are written like literals", () => {
    const tree = { w: np.array([1, 2]), names: ["a", null], isDone: true, f: new Map([["k", 1n]]) };
    expect(display(tree)).toBe('{ w: [1. 2.], names: ["a", null], isDone: true, f: { k: 1 } }');
    expect(display("as it is")).toBe("as it is");
  });

  it("stand after the statement, or below it", () => {
    expect(shownValue("f(2); // 4", 5)).toBe("4");
    expect(shownValue("f(2);\n// [1,\n//  2]\ng();", 5)).toBe("[1,\n 2]");
    expect(shownValue("f(2); // four", 5)).toBeUndefined();
    expect(shownValue("f(2);\n\n// 4", 5)).toBeUndefined();
    expect(shownValue("f(2); g(); // 4", 5)).toBeUndefined();
  });

  it("are refused with their place", async () => {
    const check = shows("values.md");
    await check(() => np.array([1, 2]), "float32[2]", 3);
    expect(wrongIn("values.md")).toEqual([]);
    await check(() => np.array([1, 2]), "int32[2]", 3);
    await check(() => 3, "4", 7);
    expect(wrongIn("values.md")).toEqual([
      "values.md:3 shows int32[2]\nand the value is float32[2]",
      "values.md:7 shows 4\nand the value is 3",
    ]);
  });

  it("may be errors", async () => {
    const check = shows("errors.md");
    const fail = (): never => {
      throw new TypeError("nothing to do");
    };
    await check(fail, "throws TypeError: nothing", 1);
    expect(wrongIn("errors.md")).toEqual([]);
    await check(fail, "throws TypeError: else", 1);
    await check(fail, "throws RangeError", 2);
    await check(() => 1, "throws TypeError", 3);
    expect(wrongIn("errors.md").map((text) => text.split("is ")[1])).toEqual([
      "throws TypeError: nothing to do",
      "throws TypeError: nothing to do",
      "no error",
    ]);
  });
});

describe("the module of a page", () => {
  const page = [
    "# Title",
    "```ts",
    'import { a } from "m";',
    "a(1); // 2",
    "```",
    "<!--ts",
    'import { a, b as c } from "m";',
    "-->",
    "```ts alone",
    "const x = 1;",
    "```",
    "```ts no-run",
    "x(1); // 3",
    "```",
    "```sh",
    "not typescript",
    "```",
  ];
  const blocks = blocksOf(page.join("\n"), "page.md");
  const module = moduleOf(blocks, page.length, { shows: "./shows.ts", page: "page.md" });
  const lines = module.code.split("\n");

  it("keeps the lines of the page", () => {
    expect(blocks.map((block) => block.line)).toEqual([2, 6, 9, 12]);
    expect(lines[3]).toBe('await __shows(async () => (a(1)), "2", 4); // 2');
    expect(lines.slice(8, 11)).toEqual(["{", "const x = 1;", "}"]);
    expect(lines[12]).toBe("x(1); // 3");
    expect(module.values).toBe(1);
  });

  it("imports each name once", () => {
    expect(lines[0]).toContain('import { a } from "m"; import { b as c } from "m";');
    expect(lines[0]?.match(/\{ a \}/g)).toHaveLength(1);
  });

  it("refuses blocks that it does not know or that do not end", () => {
    expect(() => blocksOf("```ts skip\n```", "page.md")).toThrow('page.md:1: a block can\'t be "skip".');
    expect(() => blocksOf("```ts\n1;", "page.md")).toThrow("page.md: the last block does not end.");
  });
});
