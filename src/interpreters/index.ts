export * from "./backward-pass.ts";
export * from "./batch-trace.ts";
export * from "./custom-linear.ts";
export * from "./jaxpr-transforms.ts";
export * from "./jvp-trace.ts";
export * from "./rearrange.ts";
export * from "./scan-jaxprs.ts";
