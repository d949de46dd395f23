import { type ClosedJaxpr, CotangentError } from "../core/index.ts";
import type { TreeDef } from "../tree/index.ts";

/*
 * The place where `cotangent/export` puts its writer of StableHLO, so that `jit(f).lower(…).stablehlo()` finds it and
 * programs that export nothing don't carry it.
 */

/** How exact products of floats are on hardware that has faster ones: XLA's names. */
export type StableHLOPrecision = "default" | "high" | "highest";

/** Which axes of a mesh split each axis of an array: none, one, or several. Made by `partition` of `cotangent/export`. */
export interface Partition {
  readonly axes: readonly (readonly string[])[];
}

/** Options of the export to StableHLO. */
export interface StableHLOOptions {
  /** The name of the module; default: that of the function. */
  readonly name?: string;
  /** What arguments are called; default: what the text of the function calls them, else `args[0]`, `args[1]` and so on. */
  readonly argumentNames?: readonly string[];
  /**
   * How exact products of float32 are where hardware has less exact ones (TPU, tensor cores); default: "highest", which
   * computes them as written.
   */
  readonly precision?: StableHLOPrecision;
  /** Devices by axis, as `{ data: 4, model: 2 }` for 8 of them; default: one device. */
  readonly mesh?: { readonly [axis: string]: number };
  /** How arguments are split: a prefix of the array of arguments, with partitions as leaves. Default: every device has all. */
  readonly inShardings?: unknown;
  /** How results are split: a prefix of the result. Default: every device has all. */
  readonly outShardings?: unknown;
}

/** A traced function on its way out. */
export interface ExportedProgram {
  readonly closed: ClosedJaxpr;
  readonly inTree: TreeDef;
  readonly outTree: TreeDef;
  readonly name: string;
  /** The function, whose text may say what its arguments are called. */
  readonly fun: (...args: never[]) => unknown;
  /** How many arguments it was called with, and which of them were traced. */
  readonly count: number;
  readonly traced: readonly number[];
}

/** Writes a program as a StableHLO module. */
export type StableHLOWriter = (program: ExportedProgram, options: StableHLOOptions) => string;

let installed: StableHLOWriter | undefined;

/** Called once, by `cotangent/export`. */
export const installStableHLOWriter = (writer: StableHLOWriter): void => {
  installed = writer;
};

/** The writer, if somebody has loaded it. */
export const stableHLOWriter = (): StableHLOWriter => {
  if (installed === undefined) {
    throw new CotangentError(
      'stablehlo: the writer of StableHLO is not loaded. Add import "cotangent/export" to the program.',
    );
  }
  return installed;
};
