/**
 * Prints what the built package adds to programs, folder by folder of the sources, largest first. Fails where a program
 * carries parts that it doesn't use.
 *
 *     npm run build && npm run size
 */
import { programs, weigh } from "./bundles.mjs";

/** What a lean program doesn't carry. */
const optional = [
  "debug",
  "export",
  "fft",
  "linalg",
  "primitives/fft",
  "primitives/linalg",
  "random",
  "nn",
  "lax",
  "optim",
  "testing",
];

/** A few bytes of a folder are the remains of a declaration, not its code. */
const REMAINS = 100;

const kilobytes = (bytes) => (bytes / 1000).toFixed(1).padStart(6);

for (const { name, text, lean } of programs) {
  const { minified, gzipped, folders } = await weigh(text);
  console.log(`${name}: ${kilobytes(gzipped).trim()} kB gzipped, ${kilobytes(minified).trim()} kB minified`);
  const rows = Object.entries(folders).sort(([, a], [, b]) => b.gzipped - a.gzipped);
  for (const [folder, size] of rows) {
    if (size.minified > REMAINS)
      console.log(`  ${kilobytes(size.gzipped)} ${kilobytes(size.minified)}  ${folder}`);
  }
  console.log();
  if (!lean) continue;
  const carried = optional.filter((folder) => (folders[folder]?.minified ?? 0) > REMAINS);
  if (carried.length > 0) {
    console.error(`${name} carries what it doesn't use: ${carried.join(", ")}.`);
    process.exitCode = 1;
  }
}
