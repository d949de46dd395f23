import type { CostAnalysis } from "../compile/analyze-cost.ts";
import { compileAhead, costOf, formatLowered, lowerJaxpr } from "../compile/compile.ts";
import type { ClosedJaxpr } from "../core/index.ts";
import type { Arrays } from "../tree/index.ts";
import { type ExportedProgram, type StableHLOOptions, stableHLOWriter } from "./stablehlo-exporter.ts";
import type { InputsOf } from "./types.ts";

/** A function on its way to WebAssembly, for the arguments that it was lowered for. */
export interface Lowered<A extends readonly unknown[], R> {
  /** The program after all passes. */
  readonly jaxpr: ClosedJaxpr;
  /** The kernels and buffers, readable. */
  text(): string;
  /** Operations, bytes moved, and bytes of scratch memory that a call takes. */
  costAnalysis(): CostAnalysis;
  /**
   * The traced program as a StableHLO module, for XLA: text. For programs that import `cotangent/export`, whose
   * `toStableHLO` says more.
   */
  stablehlo(options?: StableHLOOptions): string;
  /** Compiles now, not at the first call. The function is for arguments of the same structure, shapes and dtypes alone. */
  compile(): (...args: InputsOf<A>) => Arrays<R>;
}

/** Lower a traced function; throws a CotangentError that names a primitive which cannot be compiled. */
export const lowered = <A extends readonly unknown[], R>(
  jaxpr: ClosedJaxpr,
  call: (...args: InputsOf<A>) => Arrays<R>,
  exported: () => Omit<ExportedProgram, "closed">,
): Lowered<A, R> => {
  const result = lowerJaxpr(jaxpr);
  return {
    jaxpr: result.jaxpr,
    text: () => formatLowered(result),
    costAnalysis: () => costOf(result),
    stablehlo: (options = {}) => stableHLOWriter()({ closed: jaxpr, ...exported() }, options),
    compile: () => {
      compileAhead(jaxpr, result);
      return call;
    },
  };
};
