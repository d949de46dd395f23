/** A fault that changes nothing that a compiled program, or the compiler, gives; found by file and code. */
export interface Harmless {
  readonly file: string;
  readonly original: string;
  readonly mutated: string;
  /** The argument for that. */
  readonly why: string;
}

/**
 * Faults that no test can notice and that no simpler code avoids. `npm run mutation:compiler` counts them apart, and complains
 * about those that are caught after all, or whose code is no longer there.
 */
export const changesNothing: readonly Harmless[] = [
  {
    file: "src/compile/wasm/bytes.ts",
    original: "needed <= this.bytes.length",
    mutated: "needed < this.bytes.length",
    why: "the buffer grows one byte before it has to; what is written is the same",
  },
  {
    file: "src/compile/wasm/bytes.ts",
    original: "this.bytes.length * 2",
    mutated: "this.bytes.length + 2",
    why: "the buffer grows by as much as it has to, which takes longer; what is written is the same",
  },
  {
    file: "src/compile/unroll.ts",
    original: "seen.size <= MOST_OPERATIONS",
    mutated: "seen.size < MOST_OPERATIONS",
    why:
      "counting stops one operation earlier, at 96 where more than 96 are too many; but a reduction over one element is " +
      "none any more (reduction-rules.ts), and of two elements or more, 49 operations are too many already",
  },
  {
    file: "src/compile/passes/optimize.ts",
    original: "i < MOST_ROUNDS * ROUND.length && idle < ROUND.length",
    mutated: "i < MOST_ROUNDS * ROUND.length || idle < ROUND.length",
    why: "the passes go on to the last round; once each has left the program alone, it stays as it is",
  },
];
