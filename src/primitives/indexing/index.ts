export type { ScatterOptions, ScatterParams } from "./define-scatter.ts";
export * from "./dimension-numbers.ts";
export * from "./dynamic-slice.ts";
export * from "./gather.ts";
export * from "./scatter.ts";
