export * from "./arg.ts";
export * from "./cumulative.ts";
export * from "./extrema.ts";
export * from "./logical.ts";
export * from "./product.ts";
