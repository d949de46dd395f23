export * from "./cholesky.ts";
export * from "./lu.ts";
export * from "./matrices.ts";
export * from "./triangular-solve.ts";
