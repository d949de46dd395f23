import { baitLines } from "./bait-lines.ts";
import {
  batchLines,
  columnLines,
  fullLines,
  gridLines,
  type Line,
  lineLines,
  productLines,
} from "./grids.ts";

export type { Line } from "./grids.ts";

/** Small programs by the hundred, a line each, by the name of the file that they stand in. */
export const many: readonly (readonly [name: string, lines: () => readonly Line[]])[] = [
  ["products", productLines],
  ["products of batches", batchLines],
  ["products of some columns", columnLines],
  ["loops over one axis", lineLines],
  ["loops over more axes", gridLines],
  ["loops that are nearly full", fullLines],
  ["programs of what rules look for", baitLines],
];
