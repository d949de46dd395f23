import { optimize } from "../../../src/compile/passes/optimize.ts";
import { fixedSource } from "../../../src/testing/fixed-source.ts";
import { drawBait } from "../passes/bait.ts";
import type { Line } from "./grids.ts";

/** How many drawn programs stand on file. */
const COUNT = 250;

/** Drawn programs (test/compile/passes/bait.ts) and what the passes make of them. */
export const baitLines = (): Line[] =>
  Array.from({ length: COUNT }, (_, k) => () => {
    const { closed } = drawBait(fixedSource(100_000 + k));
    return `${closed}\n→ ${optimize(closed).closed}\n`;
  });
