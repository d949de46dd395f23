/**
 * How the chapters print what they found.
 */
import { fileURLToPath } from "node:url";
import { type NDArray, numpy as np } from "cotangent";

/** Whether the module of this address is the program that was started. */
export const isProgram = (moduleUrl: string): boolean => process.argv[1] === fileURLToPath(moduleUrl);

export const heading = (text: string): void => console.log(`\n${text}\n${"─".repeat(text.length)}`);

/** Columns of text, the first to the left and the others to the right. */
export const table = (head: readonly string[], rows: readonly (readonly string[])[]): void => {
  const all = [head, ...rows];
  const widths = head.map((_, i) => Math.max(...all.map((row) => row[i]?.length ?? 0)));
  for (const row of all) {
    const cells = row.map((cell, i) =>
      i === 0 ? cell.padEnd(widths[i] as number) : cell.padStart(widths[i] as number),
    );
    console.log(`  ${cells.join("  ").trimEnd()}`);
  }
};

/** A number in a table. */
export const show = (x: NDArray | number, digits = 4): string => {
  const value = Number(x);
  if (Number.isInteger(value) && Math.abs(value) < 1e6) return String(value);
  const size = Math.abs(value);
  if (size < 1e-3 || size >= 1e6 || !Number.isFinite(value)) return value.toExponential(digits - 1);
  return size < 10 ** digits ? value.toPrecision(digits) : value.toFixed(0);
};

/** The greatest absolute difference of two arrays of one shape. */
export const distance = (a: NDArray, b: NDArray): number => Number(np.max(np.abs(np.subtract(a, b))));
