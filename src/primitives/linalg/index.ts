export * from "./cholesky.ts";
export * from "./eig.ts";
export * from "./eigh.ts";
export * from "./lu.ts";
export * from "./matrices.ts";
export * from "./qr.ts";
export * from "./svd.ts";
export * from "./triangular-solve.ts";
