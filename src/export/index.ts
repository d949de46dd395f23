/**
 * Programs for other engines. `toStableHLO` writes any traced function, gradients and training steps included, for XLA;
 * importing this module also gives `jit(f).lower(…)` its method `stablehlo()`.
 *
 * @module
 */
import { installStableHLO } from "./to-stablehlo.ts";

installStableHLO();

export type { Partition, StableHLOOptions, StableHLOPrecision } from "../transforms/stablehlo-exporter.ts";
export { partition } from "./partition.ts";
export { toStableHLO } from "./to-stablehlo.ts";
