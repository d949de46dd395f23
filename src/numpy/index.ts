import "./methods.ts";

export * as fft from "../fft/index.ts";
export * as linalg from "../linalg/index.ts";
export * from "./arithmetic.ts";
export { i0 } from "./bessel.ts";
export * from "./comparison.ts";
export * as complex from "./complex.ts";
export * from "./constants.ts";
export * from "./convolution.ts";
export * from "./correlation.ts";
export * from "./counting.ts";
export * from "./creation.ts";
export * from "./cumulative.ts";
export * from "./differences.ts";
export * from "./editing.ts";
export { einsum, einsumPath } from "./einsum.ts";
export * from "./exponential.ts";
export * from "./extrema.ts";
export * from "./float-parts.ts";
export * from "./floating.ts";
export * from "./functional.ts";
export * from "./indexing/index.ts";
export * from "./integers.ts";
export * from "./joining.ts";
export * from "./logic.ts";
export * from "./matrices.ts";
export {
  nanargmax,
  nanargmin,
  nancumprod,
  nancumsum,
  nanmax,
  nanmean,
  nanmin,
  nanprod,
  nanstd,
  nansum,
  nanvar,
} from "./nan-reductions.ts";
export * from "./padding.ts";
export * from "./polyfit.ts";
export * from "./polynomials.ts";
export type { CrossOptions, ProductOptions, TensordotAxes } from "./products.ts";
export {
  cross,
  dot,
  inner,
  kron,
  matmul,
  matvec,
  outer,
  tensordot,
  vdot,
  vecdot,
  vecmat,
} from "./products.ts";
export * from "./quantiles.ts";
export * from "./ranges.ts";
export * from "./rearranging.ts";
export * from "./reductions.ts";
export * from "./roots.ts";
export * from "./rounding.ts";
export * from "./searching.ts";
export * from "./sets.ts";
export * from "./shaping.ts";
export * from "./sorting.ts";
export * from "./splitting.ts";
export * from "./statistics.ts";
export * from "./trigonometric.ts";
export {
  astype,
  canCast,
  type DTypeKindName,
  type DTypeOption,
  type FloatInfo,
  finfo,
  type IntegerInfo,
  iinfo,
  isdtype,
  isscalar,
  issubdtype,
  ndim,
  promoteTypes,
  resultType,
  shape,
  size,
} from "./types.ts";
export * from "./where.ts";
export * from "./windows.ts";
