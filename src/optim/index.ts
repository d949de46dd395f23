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
export { type AmsgradOptions, type AmsgradState, amsgrad, scaleByAmsgrad } from "./amsgrad.ts";
export { applyUpdates } from "./apply-updates.ts";
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
export { type LambOptions, lamb } from "./lamb.ts";
export { type LarsOptions, type LarsState, lars } from "./lars.ts";
export { type LionOptions, type LionState, lion, type ScaleByLionOptions, scaleByLion } from "./lion.ts";
export type { Mask, MaskOrFunction } from "./mask.ts";
export { type MaskedState, masked } from "./masked.ts";
export { nadam, nadamw } from "./nadam.ts";
export { type Labels, multiTransform, type PartitionState, partition } from "./partition.ts";
export { type RadamOptions, radam, scaleByRadam } from "./radam.ts";
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
export { type SgdOptions, sgd } from "./sgd.ts";
export { type TraceOptions, type TraceState, trace } from "./trace.ts";
export type {
  ArrayTree,
  EmptyState,
  GradientTransformation,
  Schedule,
  UpdateExtras,
} from "./transformation.ts";
