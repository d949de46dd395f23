import type { ArrayLike, DType } from "../array/index.ts";
import { scaleByParamBlockRms } from "./block-norms.ts";
import { chain, identity } from "./chain.ts";
import { clipByBlockRms } from "./clip.ts";
import { addDecayedWeights, type DecayState } from "./decay.ts";
import { type EmaState, ema } from "./ema.ts";
import { type FactoredState, scaleByFactoredRms } from "./factored-rms.ts";
import type { MaskOrFunction } from "./mask.ts";
import { type LearningRateState, scale, scaleByLearningRate } from "./scale.ts";
import type { EmptyState, GradientTransformation, Schedule } from "./transformation.ts";

/** Options of `adafactor`. */
export interface AdafactorOptions {
  /** Arrays are factored whose two longest axes are at least this long; default 128. */
  readonly minDimSizeToFactor?: number;
  /** After n steps a mean keeps 1 − n^−decayRate of what it was; default 0.8. */
  readonly decayRate?: ArrayLike;
  /** The step that counts as the first, for fine-tuning; default 0. */
  readonly decayOffset?: ArrayLike;
  /** Whether updates are in proportion to the root of the mean square of their parameter. Default true. */
  readonly multiplyByParameterScale?: boolean;
  /** The greatest root of the mean square of an update, or null for none; default 1. */
  readonly clippingThreshold?: ArrayLike | null;
  /** How much of the mean of updates stays from step to step; default: no momentum. */
  readonly momentum?: ArrayLike | null;
  /** The dtype of that mean; default float32. */
  readonly dtypeMomentum?: DType;
  /** How much of each parameter is taken off, which the learning rate does not touch; default: nothing. */
  readonly weightDecayRate?: ArrayLike | Schedule | null;
  /** What is added to squares; default 1e-30. */
  readonly eps?: ArrayLike;
  /** Whether to keep means of rows and columns only. Default true. */
  readonly factored?: boolean;
  /** Which parameters decay. Default: all. */
  readonly weightDecayMask?: MaskOrFunction;
}

/** The state of `adafactor`: null where a part is not wanted. */
export type AdafactorState = readonly [
  FactoredState,
  EmptyState,
  LearningRateState,
  EmptyState,
  EmaState | EmptyState,
  DecayState,
  EmptyState,
];

/**
 * Adafactor: needs little memory besides the parameters. `update` needs the parameters.
 * (N. Shazeer and M. Stern, "Adafactor: adaptive learning rates with sublinear memory cost", 2018.)
 *
 * @param learningRate a number, or a function of how many steps were done; null: none besides the scale of parameters.
 * @example
 * const optimizer = adafactor(1e-3);
 * @see https://optax.readthedocs.io/en/latest/api/optimizers.html#optax.adafactor
 */
export const adafactor = (
  learningRate: ArrayLike | Schedule | null = null,
  {
    minDimSizeToFactor = 128,
    decayRate = 0.8,
    decayOffset = 0,
    multiplyByParameterScale = true,
    clippingThreshold = 1,
    momentum = null,
    dtypeMomentum = "float32",
    weightDecayRate = null,
    eps = 1e-30,
    factored = true,
    weightDecayMask = true,
  }: AdafactorOptions = {},
): GradientTransformation<AdafactorState> =>
  chain<AdafactorState>(
    scaleByFactoredRms({ factored, decayRate, stepOffset: decayOffset, minDimSizeToFactor, epsilon: eps }),
    clippingThreshold === null ? identity() : clipByBlockRms(clippingThreshold),
    learningRate === null ? identity() : scaleByLearningRate(learningRate, { flipSign: false }),
    multiplyByParameterScale ? scaleByParamBlockRms() : identity(),
    momentum === null ? identity() : ema(momentum, { debias: false, accumulatorDtype: dtypeMomentum }),
    weightDecayRate === null ? identity() : addDecayedWeights(weightDecayRate, { mask: weightDecayMask }),
    scale(-1),
  );
