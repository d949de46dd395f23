export { type LaxTriangularSolveOptions, lu, triangularSolve } from "../lax/linalg.ts";
export * from "./cholesky.ts";
export * from "./determinant.ts";
export * from "./norm.ts";
export { inv, solve } from "./solve.ts";
