/**
 * What the package costs before anything is computed: bytes to download, and time to import.
 */
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { built } from "./load.mjs";
import { median } from "./median.mjs";

const index = fileURLToPath(new URL("index.js", built));

/** The main package, minified with all it needs, gzipped, in bytes; undefined where esbuild is not installed. */
export const bundleSize = () => {
  const esbuild = fileURLToPath(new URL("../../node_modules/.bin/esbuild", import.meta.url));
  if (!existsSync(esbuild)) return undefined;
  const input = `import { grad, jit, numpy } from ${JSON.stringify(index)}; console.log(grad, jit, numpy);`;
  const options = ["--bundle", "--minify", "--format=esm", "--platform=neutral", "--main-fields=module,main"];
  const { stdout, status, stderr } = spawnSync(esbuild, options, { input, maxBuffer: 1 << 28 });
  if (status !== 0) throw new Error(`esbuild: ${stderr}`);
  return { minified: stdout.length, gzipped: gzipSync(stdout, { level: 9 }).length };
};

const processTime = (source) => {
  const start = performance.now();
  const { status, stderr } = spawnSync(process.execPath, ["--input-type=module", "-e", source]);
  if (status !== 0) throw new Error(`node: ${stderr}`);
  return performance.now() - start;
};

/** Milliseconds that importing the built package adds to a bare process: the median of interleaved processes. */
export const importTime = (repeats = 10) => {
  const bare = [];
  const importing = [];
  for (let i = 0; i < repeats; i++) {
    bare.push(processTime(""));
    importing.push(processTime(`await import(${JSON.stringify(index)})`));
  }
  return median(importing) - median(bare);
};
