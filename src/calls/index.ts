export * from "./checkpoint-call.ts";
export * from "./checkpoint-name.ts";
export * from "./closed-call.ts";
export * from "./cond.ts";
export * from "./eager.ts";
export * from "./jit-call.ts";
export * from "./scan.ts";
export * from "./while.ts";
