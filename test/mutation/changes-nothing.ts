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
export const changesNothing: readonly Harmless[] = [];
