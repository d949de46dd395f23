export { type LaxTriangularSolveOptions, lu, triangularSolve } from "../lax/linalg.ts";
export { matmul, tensordot, vecdot } from "../numpy/products.ts";
export { matrixTranspose } from "../numpy/shaping.ts";
export * from "./aliases.ts";
export * from "./cholesky.ts";
export * from "./condition.ts";
export * from "./decompositions.ts";
export * from "./determinant.ts";
export * from "./eig.ts";
export {
  lstsq,
  type MatrixRankOptions,
  matrixRank,
  type PinvOptions,
  pinv,
} from "./least-squares.ts";
export * from "./norm.ts";
export * from "./powers.ts";
export { inv, solve } from "./solve.ts";
export * from "./tensors.ts";
