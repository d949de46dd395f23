export { type AdamOptions, type AdamState, type AdamWOptions, adam, adamw, scaleByAdam } from "./adam.ts";
export { applyUpdates } from "./apply-updates.ts";
export { chain, identity } from "./chain.ts";
export { clip, clipByGlobalNorm, globalNorm } from "./clip.ts";
export { addDecayedWeights, type DecayOptions, type Mask } from "./decay.ts";
export * as fp from "./fp.ts";
export {
  type LearningRateOptions,
  type LearningRateState,
  type ScheduleState,
  scale,
  scaleByLearningRate,
  scaleBySchedule,
} from "./scale.ts";
export { type SgdOptions, sgd } from "./sgd.ts";
export { type TraceOptions, type TraceState, trace } from "./trace.ts";
export type { ArrayTree, EmptyState, GradientTransformation, Schedule } from "./transformation.ts";
