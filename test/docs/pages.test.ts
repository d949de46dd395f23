import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, vi } from "vitest";
import { Generated } from "./generated.ts";
import { blocksOf, moduleOf } from "./module-of-blocks.ts";
import { wrongIn } from "./shows.ts";

/** Pages that people write; the reference is made from docstrings, and packages have pages of their own. */
const pages = [
  "README.md",
  ...readdirSync("docs", { recursive: true, encoding: "utf8" })
    .map((path) => join("docs", path))
    .filter((path) => path.endsWith(".md") && !/node_modules|\.vitepress|^docs\/api\//.test(path))
    .sort(),
];

const generated = new Generated("pages");
const modules = pages.flatMap((page) => {
  const text = readFileSync(page, "utf8");
  const blocks = blocksOf(text, page);
  if (blocks.length === 0) return [];
  const module = moduleOf(blocks, text.split("\n").length, { shows: "../../shows.ts", page });
  return [{ page, path: generated.write(`${page.replaceAll(/[/.]/g, "-")}.ts`, module.code), ...module }];
});

describe("code in pages", () => {
  it("has the right types", () => {
    expect(generated.typeErrors()).toBe("");
  });

  it.each(modules)("$page: $blocks blocks run and show $values values", async ({ page, path }) => {
    const log = vi.spyOn(console, "log").mockImplementation(() => undefined);
    await import(/* @vite-ignore */ path);
    log.mockRestore();
    expect(wrongIn(page).join("\n")).toBe("");
  });
});
