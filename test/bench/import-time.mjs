/**
 * What importing the package costs before anything is computed. What it weighs is told by `bundles.mjs`.
 */
import { spawnSync } from "node:child_process";
import { index } from "./load.mjs";
import { median } from "./median.mjs";

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
    importing.push(processTime(`await import(${JSON.stringify(index.href)})`));
  }
  return median(importing) - median(bare);
};
