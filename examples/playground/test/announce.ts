import { findChromium } from "./chromium.ts";

/** Once a run, so that nobody takes tests that were not run for tests that passed. */
export const setup = (): void => {
  if (findChromium() === undefined)
    console.log("playground: no Chromium was found; the tests of the page in a browser are not run.");
};
