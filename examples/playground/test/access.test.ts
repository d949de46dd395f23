import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import { defaultSettings } from "../src/classifier/settings.ts";
import { encodeLink, type View, views } from "../src/share/link.ts";
import { executablePath, useSite } from "./browser.ts";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

interface Axe {
  run(): Promise<{
    readonly violations: readonly {
      readonly id: string;
      readonly nodes: readonly { readonly html: string }[];
    }[];
  }>;
}

/** What axe, a checker of accessible pages, finds wrong. */
const violations = async (page: Page): Promise<readonly string[]> => {
  await page.evaluate(axe);
  return page.evaluate(async () => {
    const found = await (globalThis as unknown as { readonly axe: Axe }).axe.run();
    return found.violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`));
  });
};

/** What each view has once it is there. */
const signs: Readonly<Record<View, string>> = {
  functions: "#panel-steps svg",
  classifier: "#view-classifier .curve svg",
  digits: "#view-digits[data-ready]",
};

describe.runIf(executablePath !== undefined)("everyone can use the page", () => {
  const site = useSite();
  const open = async (view: View): Promise<Page> => {
    const code = "export const f = (x) => x.mul(x);\nexport const args = [3];";
    const link = encodeLink({ view, code, tab: "steps", classifier: defaultSettings });
    const page = await site.open(link);
    await page.locator(signs[view]).first().waitFor();
    return page;
  };

  test.each(views)(
    "%s: axe finds nothing wrong, light or dark, and a narrow screen is wide enough",
    async (view) => {
      const page = await open(view);
      for (const colorScheme of ["light", "dark"] as const) {
        await page.emulateMedia({ colorScheme });
        expect(await violations(page), colorScheme).toEqual([]);
      }
      await page.setViewportSize({ width: 360, height: 780 });
      const widths = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
      expect(widths[0]).toBe(widths[1]);
    },
  );

  test("Tab reaches the views, the editor and the steps in order, and leaves the editor", async () => {
    const page = await open("functions");
    const seen: string[] = [];
    for (let i = 0; i < 14; i++) {
      await page.keyboard.press("Tab");
      seen.push(
        await page.evaluate(() => {
          const focused = document.activeElement;
          return focused?.id || focused?.getAttribute("aria-label") || focused?.tagName || "";
        }),
      );
    }
    expect(seen).toEqual([
      "A",
      "tab-functions",
      "share",
      "theme",
      "SELECT",
      "editor",
      "tab-steps",
      "panel-steps",
      "First step",
      "Previous step",
      "Next step",
      "Last step",
      ...seen.slice(12),
    ]);
  });
});
