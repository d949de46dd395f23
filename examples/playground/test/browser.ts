/**
 * The built page, served with its policy, in a real Chromium. Everything that a page complains about is kept, and a test
 * that ends with a complaint fails.
 */

import { fileURLToPath } from "node:url";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { type PreviewServer, preview } from "vite";
import { afterAll, afterEach, beforeAll, expect } from "vitest";
import { findChromium } from "./chromium.ts";

export const executablePath = findChromium();

/** How long to wait for what must come, on a slow and busy machine. */
export const patience = 45_000;

export interface Site {
  /** A page of its own, which nobody else writes to. */
  readonly open: (hash?: string, options?: BrowserContextOptions) => Promise<Page>;
  readonly url: () => string;
}

/** Starts a server and a browser for the tests of a file. */
export const useSite = (): Site => {
  let browser: Browser;
  let server: PreviewServer;
  let url = "";
  let complaints: string[] = [];
  let pages: Page[] = [];

  beforeAll(async () => {
    server = await preview({
      root: fileURLToPath(new URL("..", import.meta.url)),
      preview: { port: 0, strictPort: false, open: false },
      logLevel: "error",
    });
    url = server.resolvedUrls?.local[0] ?? "";
    // As root, Chromium does without its sandbox or not at all.
    const args = process.getuid?.() === 0 ? ["--no-sandbox"] : [];
    browser = await chromium.launch({ executablePath: executablePath as string, args });
  });

  afterAll(async () => {
    await browser?.close();
    await server?.close();
  });

  afterEach(async () => {
    const seen = complaints;
    complaints = [];
    for (const page of pages) await page.context().close();
    pages = [];
    expect(seen).toEqual([]);
  });

  return {
    url: () => url,
    open: async (hash = "", options = {}) => {
      const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
      context.setDefaultTimeout(patience);
      const page = await context.newPage();
      page.on("console", (message) => {
        if (message.type() === "error" || message.type() === "warning") complaints.push(message.text());
      });
      page.on("pageerror", (error) => complaints.push(error.message));
      page.on("requestfailed", (request) => {
        // What was still on its way when a page was left has not failed.
        if (request.failure()?.errorText !== "net::ERR_ABORTED") complaints.push(`${request.url()} failed`);
      });
      pages.push(page);
      await page.goto(url + hash);
      return page;
    },
  };
};

/** Wait until the text of an element has this in it; if it doesn't come, say what is there instead. */
export const expectText = async (page: Page, selector: string, text: string | RegExp): Promise<void> => {
  const element = page.locator(selector);
  try {
    await element.filter({ hasText: text }).first().waitFor({ state: "attached" });
  } catch {
    const texts = await element.allTextContents();
    throw new Error(
      `${selector}: expected ${text}, found ${JSON.stringify(texts)} (problem: ${await page.textContent("#problem")}).`,
    );
  }
};
