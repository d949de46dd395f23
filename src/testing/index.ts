/**
 * Tools for testing what is built with cotangent, on top of fast-check (an optional peer dependency): gradient checks,
 * arbitraries of arrays, trees and whole programs, and the laws that the library itself is held to.
 *
 * @module cotangent/testing
 */

export type { Chooser, ElementRange } from "../core/index.ts";
export {
  type ArrayOptions,
  arrays,
  arraysLike,
  dtypes,
  keys,
  type PytreeOptions,
  pytrees,
  type ShapeOptions,
  shapes,
} from "./arbitraries.ts";
export {
  type BatchingOptions,
  type CheckFailure,
  type CheckOptions,
  type CheckReport,
  checkBatching,
  checkJit,
  checkLinear,
} from "./check-transforms.ts";
export { allClose, findMismatch, type Tolerance } from "./closeness.ts";
export { checkGrads, type DerivativeCheckOptions, type GradCheckOptions } from "./gradients/check-grads.ts";
export { checkJvp, checkVjp } from "./gradients/check-rules.ts";
export type {
  GradCheckCause,
  GradCheckEntry,
  GradCheckFailure,
  GradCheckMode,
  GradCheckReport,
} from "./gradients/verdict.ts";
export { checkLaw, LAWS, type Law, type LawOptions, LawViolation } from "./laws/index.ts";
export { checkProgramLaw, PROGRAM_LAWS, type ProgramLaw } from "./laws/program-laws.ts";
export * as laws from "./laws/public.ts";
export {
  type MatrixOptions,
  orthogonal,
  positiveDefinite,
  type WellConditionedOptions,
  wellConditioned,
} from "./matrix-arbitraries.ts";
export { Program, type ProgramOptions, programs } from "./programs/index.ts";
export {
  type AxisOptions,
  axes,
  axis,
  type BroadcastGroup,
  type BroadcastOptions,
  broadcastableShapes,
} from "./shape-arbitraries.ts";
export { drawn, type Source } from "./tape.ts";
