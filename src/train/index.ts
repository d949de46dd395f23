/**
 * Training: a pure step folded over batches.
 *
 * @module cotangent/train
 */

export { type EarlyStoppingOptions, earlyStopping } from "./early-stopping.ts";
export {
  type CheckpointPlan,
  type EpochEvent,
  type EpochRecord,
  type FitOptions,
  type FitResult,
  fit,
  type StepEvent,
  TrainingError,
} from "./fit.ts";
export type { ProgressOutput } from "./progress.ts";
