import type { Bound } from "../support.ts";
import { elementwise } from "./elementwise.ts";
import { factorizations } from "./factorizations.ts";
import { loops } from "./loops.ts";
import { moving } from "./moving.ts";
import { products } from "./products.ts";
import { reductions } from "./reductions.ts";
import type { Sample } from "./sample.ts";
import { windows } from "./windows.ts";

/** How near the reference their results are. */
export const SAMPLE_BOUND: Bound = { ulps: 16, ofLargest: 1e-5 };

export { programOf, type Sample } from "./sample.ts";

/**
 * Programs as people write them, one or more for every kind of kernel and every rewriting rule. Their compiled forms stand
 * in `texts/` (texts.test.ts), and they are where planted faults are looked for first (test/mutation).
 */
export const samples: readonly Sample[] = [
  ...elementwise,
  ...reductions,
  ...products,
  ...windows,
  ...moving,
  ...loops,
  ...factorizations,
];
