import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, vi } from "vitest";
import { blocksOf, moduleOf } from "./module-of-blocks.ts";
import { wrongIn } from "./shows.ts";

/** Where modules of pages are written. They are made anew by each run. */
const GENERATED = "test/docs/.generated";

/** Pages that people write; the reference is made from docstrings, and packages have pages of their own. */
const pages = [
  "README.md",
  ...readdirSync("docs", { recursive: true, encoding: "utf8" })
    .map((path) => join("docs", path))
    .filter((path) => path.endsWith(".md") && !/node_modules|\.vitepress|^docs\/api\//.test(path))
    .sort(),
];

const moduleName = (page: string): string => `${page.replaceAll(/[/.]/g, "-")}.ts`;

rmSync(GENERATED, { recursive: true, force: true });
mkdirSync(GENERATED, { recursive: true });
const modules = pages.flatMap((page) => {
  const text = readFileSync(page, "utf8");
  const blocks = blocksOf(text, page);
  if (blocks.length === 0) return [];
  const path = join(GENERATED, moduleName(page));
  const module = moduleOf(blocks, text.split("\n").length, { shows: "../shows.ts", page });
  writeFileSync(path, module.code);
  return [{ page, path, ...module }];
});
writeFileSync(
  join(GENERATED, "tsconfig.json"),
  JSON.stringify({
    extends: "../../../tsconfig.json",
    compilerOptions: {
      noUnusedLocals: false,
      noUnusedParameters: false,
      // As in a reader's project, which has `strict` and not all that this one has.
      noUncheckedIndexedAccess: false,
      noPropertyAccessFromIndexSignature: false,
      erasableSyntaxOnly: false,
      paths: { cotangent: ["../../../src/index.ts"], "cotangent/*": ["../../../src/*/index.ts"] },
    },
    include: ["*.ts"],
  }),
);

const typeErrors = (): string => {
  try {
    execFileSync("npx", ["tsc", "-p", GENERATED], { encoding: "utf8" });
    return "";
  } catch (error) {
    return String((error as { stdout: unknown }).stdout);
  }
};

describe("code in pages", () => {
  it("has the right types", () => {
    expect(typeErrors()).toBe("");
  });

  it.each(modules)("$page: $blocks blocks run and show $values values", async ({ page, path }) => {
    const log = vi.spyOn(console, "log").mockImplementation(() => undefined);
    await import(/* @vite-ignore */ join(process.cwd(), path));
    log.mockRestore();
    expect(wrongIn(page).join("\n")).toBe("");
  });
});
