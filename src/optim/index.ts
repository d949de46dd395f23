/**
 * Optimizers as pure functions of state, by Optax's names: a `GradientTransformation` is `init` and `update`.
 *
 * @module cotangent/optim
 */

export {
  type AdaDeltaOptions,
  type AdaDeltaState,
  adadelta,
  type ScaleByAdaDeltaOptions,
  scaleByAdaDelta,
} from "./adadelta.ts";
export { type AdafactorOptions, type AdafactorState, adafactor } from "./adafactor.ts";
export { adagrad, type RssOptions, type RssState, scaleByRss } from "./adagrad.ts";
export { type AdamOptions, type AdamState, type AdamWOptions, adam, adamw, scaleByAdam } from "./adam.ts";
export { type AdamaxOptions, type AdamaxWOptions, adamax, adamaxw, scaleByAdamax } from "./adamax.ts";
export { type AdaptiveGradClipOptions, adaptiveGradClip } from "./adaptive-clip.ts";
export { type AddNoiseState, addNoise } from "./add-noise.ts";
export { type AmsgradOptions, type AmsgradState, amsgrad, scaleByAmsgrad } from "./amsgrad.ts";
export { type ApplyIfFiniteState, applyIfFinite } from "./apply-if-finite.ts";
export { applyUpdates } from "./apply-updates.ts";
export {
  type BacktrackingLinesearchOptions,
  type BacktrackingLinesearchState,
  scaleByBacktrackingLinesearch,
} from "./backtracking.ts";
export {
  scaleByParamBlockNorm,
  scaleByParamBlockRms,
  scaleByTrustRatio,
  type TrustRatioOptions,
} from "./block-norms.ts";
export { chain, identity } from "./chain.ts";
export { clip, clipByBlockRms, clipByGlobalNorm, globalNorm } from "./clip.ts";
export { addDecayedWeights, type DecayOptions, type DecayState } from "./decay.ts";
export { type EmaOptions, type EmaState, ema } from "./ema.ts";
export { type FactoredRmsOptions, type FactoredState, scaleByFactoredRms } from "./factored-rms.ts";
export * as fp from "./fp.ts";
export {
  type InjectHyperparamsOptions,
  type InjectHyperparamsState,
  injectHyperparams,
} from "./inject-hyperparams.ts";
export { joinSchedules } from "./join-schedules.ts";
export { type LambOptions, lamb } from "./lamb.ts";
export { type LarsOptions, type LarsState, lars } from "./lars.ts";
export { type LbfgsOptions, lbfgs, valueAndGradFromState } from "./lbfgs.ts";
export { type LionOptions, type LionState, lion, type ScaleByLionOptions, scaleByLion } from "./lion.ts";
export {
  initSynced,
  type Lookahead,
  type LookaheadOptions,
  type LookaheadParams,
  type LookaheadState,
  lookahead,
} from "./lookahead.ts";
export type { Mask, MaskOrFunction } from "./mask.ts";
export { type MaskedState, masked } from "./masked.ts";
export {
  type MultiStepsOptions,
  type MultiStepsState,
  multiSteps,
  type ShouldSkipUpdateFunction,
  skipLargeUpdates,
  skipNotFinite,
} from "./multi-steps.ts";
export { nadam, nadamw } from "./nadam.ts";
export { type Labels, multiTransform, type PartitionState, partition } from "./partition.ts";
export {
  type BoundariesAndScales,
  type CosineOnecycleOptions,
  cosineOnecycleSchedule,
  type LinearOnecycleOptions,
  linearOnecycleSchedule,
  piecewiseConstantSchedule,
  piecewiseInterpolateSchedule,
} from "./piecewise-schedules.ts";
export { type RadamOptions, radam, scaleByRadam } from "./radam.ts";
export {
  type ReduceOnPlateauOptions,
  type ReduceOnPlateauState,
  reduceOnPlateau,
} from "./reduce-on-plateau.ts";
export { type RmsOptions, type RmsState, type StddevState, scaleByRms, scaleByStddev } from "./rms.ts";
export { type RmspropOptions, type RmspropState, rmsprop } from "./rmsprop.ts";
export {
  type LearningRateOptions,
  type LearningRateState,
  type ScheduleState,
  scale,
  scaleByLearningRate,
  scaleBySchedule,
} from "./scale.ts";
export { type LbfgsState, type ScaleByLbfgsOptions, scaleByLbfgs } from "./scale-by-lbfgs.ts";
export {
  type CosineDecayOptions,
  constantSchedule,
  cosineDecaySchedule,
  type ExponentialDecayOptions,
  exponentialDecay,
  linearSchedule,
  polynomialSchedule,
  type SgdrPeriod,
  sgdrSchedule,
  type TransitionOptions,
  type WarmupCosineDecayOptions,
  warmupConstant,
  warmupConstantSchedule,
  warmupCosineDecaySchedule,
  warmupExponentialDecaySchedule,
} from "./schedules.ts";
export { setToZero } from "./set-to-zero.ts";
export { type SgdOptions, sgd } from "./sgd.ts";
export { type TraceOptions, type TraceState, trace } from "./trace.ts";
export type {
  ArrayTree,
  EmptyState,
  GradientTransformation,
  Schedule,
  UpdateExtras,
} from "./transformation.ts";
export { scaleByZoomLinesearch, type ZoomLinesearchOptions, type ZoomLinesearchState } from "./zoom.ts";
