import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

const src = (path: string): string => fileURLToPath(new URL(`./src/${path}`, import.meta.url));

export default defineConfig({
  resolve: {
    // Tests and examples import the package by its public name and get the sources.
    alias: [
      { find: /^cotangent$/, replacement: src("index.ts") },
      { find: /^cotangent\/([a-z/]+)$/, replacement: src("$1/index.ts") },
    ],
  },
  test: {
    include: ["test/**/*.test.ts"],
    setupFiles: ["test/setup.ts"],
    // Property tests take long on a slow or busy machine, and nothing here is judged by its time.
    testTimeout: 120_000,
    pool: "threads",
    maxWorkers: 2,
    // `npm test` adds --typecheck, so that a run of one folder's tests stays quick.
    typecheck: { include: ["test/**/*.test-d.ts"], tsconfig: "./tsconfig.json" },
  },
});
