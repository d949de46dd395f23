import { defineConfig, mergeConfig } from "vitest/config";
import page from "./vite.config.ts";

/** Where a run leaves a report for who counts, if anybody does. */
const report = process.env["PLAYGROUND_REPORT"];

export default mergeConfig(
  page,
  defineConfig({
    test: {
      include: ["test/**/*.test.ts"],
      globalSetup: ["test/announce.ts"],
      // The tests in the browser wait for conditions, as long as a slow and busy machine needs.
      testTimeout: 120_000,
      hookTimeout: 180_000,
      maxWorkers: 2,
      // Files that run in one worker share what they import: the whole library.
      isolate: false,
      ...(report === undefined ? {} : { reporters: ["default", "json"], outputFile: { json: report } }),
    },
  }),
);
