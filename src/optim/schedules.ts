import { type ArrayLike, describeValue, type NDArray } from "../array/index.ts";
import { ArgumentError } from "../core/index.ts";
import * as np from "../numpy/index.ts";
import { joinSchedules } from "./join-schedules.ts";
import { requireWhole } from "./requirements.ts";
import type { Schedule } from "./transformation.ts";

/*
 * Numbers that change from step to step. They are calculated in float32, or in the dtype of the values given as arrays.
 */

/** A count as a floating-point number fit to be calculated with together with `values`. */
export const floatCount = (count: NDArray, ...values: readonly ArrayLike[]): NDArray =>
  np.astype(count, np.resultType("float32", ...values));

/**
 * The same number at every step.
 *
 * @example
 * constantSchedule(0.1)(np.array(500, "int32")); // 0.1
 * @see https://optax.readthedocs.io/en/latest/api/optimizer_schedules.html#optax.constant_schedule
 */
export const constantSchedule =
  (value: ArrayLike): Schedule =>
  () =>
    value;

/** Options of `polynomialSchedule` and `linearSchedule`. */
export interface TransitionOptions {
  /** After how many steps the transition begins; default 0. */
  readonly transitionBegin?: number;
}

/**
 * From `initValue` to `endValue` in `transitionSteps` steps, by a power of what is left of them. Without steps of
 * transition it stays `initValue`.
 *
 * @throws ArgumentError for a number of steps that is negative or not whole.
 * @example
 * polynomialSchedule(0.1, 0, 2, 1000)(np.array(500, "int32")); // 0.025
 * @see https://optax.readthedocs.io/en/latest/api/optimizer_schedules.html#optax.polynomial_schedule
 */
export const polynomialSchedule = (
  initValue: ArrayLike,
  endValue: ArrayLike,
  power: ArrayLike,
  transitionSteps: number,
  { transitionBegin = 0 }: TransitionOptions = {},
): Schedule => {
  requireWhole("polynomialSchedule", "transitionSteps", transitionSteps, 0);
  requireWhole("polynomialSchedule", "transitionBegin", transitionBegin, 0);
  if (transitionSteps === 0) return constantSchedule(initValue);
  return (count) => {
    const steps = np.clip(np.subtract(count, transitionBegin), 0, transitionSteps);
    const left = np.subtract(1, np.divide(floatCount(steps, initValue, endValue), transitionSteps));
    return np.add(np.multiply(np.subtract(initValue, endValue), np.power(left, power)), endValue);
  };
};

/**
 * From `initValue` to `endValue` in `transitionSteps` steps of one size.
 *
 * @example
 * linearSchedule(0, 0.1, 1000)(np.array(500, "int32")); // 0.05
 * @see https://optax.readthedocs.io/en/latest/api/optimizer_schedules.html#optax.linear_schedule
 */
export const linearSchedule = (
  initValue: ArrayLike,
  endValue: ArrayLike,
  transitionSteps: number,
  options: TransitionOptions = {},
): Schedule => polynomialSchedule(initValue, endValue, 1, transitionSteps, options);

/** Options of `exponentialDecay`. */
export interface ExponentialDecayOptions extends TransitionOptions {
  /** Whether the value changes only once in `transitionSteps` steps. Default false. */
  readonly staircase?: boolean;
  /** Where the decay, or growth, ends; default: nowhere. */
  readonly endValue?: ArrayLike | null;
}

/**
 * `initValue` times `decayRate` for every `transitionSteps` steps. Without steps of transition, or with a rate of 0, it
 * stays `initValue`.
 *
 * @throws ArgumentError for a number of steps that is negative or not whole.
 * @example
 * adam(exponentialDecay(1e-3, 1000, 0.9));
 * @see https://optax.readthedocs.io/en/latest/api/optimizer_schedules.html#optax.exponential_decay
 */
export const exponentialDecay = (
  initValue: ArrayLike,
  transitionSteps: number,
  decayRate: number,
  { transitionBegin = 0, staircase = false, endValue = null }: ExponentialDecayOptions = {},
): Schedule => {
  requireWhole("exponentialDecay", "transitionSteps", transitionSteps, 0);
  requireWhole("exponentialDecay", "transitionBegin", transitionBegin, 0);
  if (transitionSteps === 0 || decayRate === 0) return constantSchedule(initValue);
  return (count) => {
    const steps = np.subtract(count, transitionBegin);
    const periods = np.divide(floatCount(steps, initValue), transitionSteps);
    const power = np.power(decayRate, staircase ? np.floor(periods) : periods);
    const value = np.where(np.lessEqual(steps, 0), initValue, np.multiply(initValue, power));
    if (endValue === null) return value;
    return decayRate < 1 ? np.maximum(value, endValue) : np.minimum(value, endValue);
  };
};

/** Options of `cosineDecaySchedule`. */
export interface CosineDecayOptions {
  /** What part of `initValue` is left in the end; default 0. */
  readonly alpha?: ArrayLike;
  /** The power that the cosine is taken to; default 1. */
  readonly exponent?: ArrayLike;
}

/**
 * From `initValue` to `alpha` times that in `decaySteps` steps, along half a wave.
 * (I. Loshchilov and F. Hutter, "SGDR: stochastic gradient descent with warm restarts", 2016.)
 *
 * @throws ArgumentError unless `decaySteps` is a positive whole number.
 * @example
 * cosineDecaySchedule(0.1, 1000)(np.array(500, "int32")); // 0.05
 * @see https://optax.readthedocs.io/en/latest/api/optimizer_schedules.html#optax.cosine_decay_schedule
 */
export const cosineDecaySchedule = (
  initValue: ArrayLike,
  decaySteps: number,
  { alpha = 0, exponent = 1 }: CosineDecayOptions = {},
): Schedule => {
  requireWhole("cosineDecaySchedule", "decaySteps", decaySteps, 1);
  return (count) => {
    const part = np.divide(floatCount(np.minimum(count, decaySteps), initValue), decaySteps);
    const wave = np.multiply(0.5, np.add(1, np.cos(np.multiply(Math.PI, part))));
    const decay = np.add(np.multiply(np.subtract(1, alpha), np.power(wave, exponent)), alpha);
    return np.multiply(initValue, decay);
  };
};

/**
 * From `initValue` to `peakValue` in `warmupSteps` steps, and there it stays. Without warm-up it stays `initValue`.
 *
 * @example
 * warmupConstantSchedule(0, 0.1, 1000)(np.array(500, "int32")); // 0.05
 * @see https://optax.readthedocs.io/en/latest/api/optimizer_schedules.html#optax.warmup_constant_schedule
 */
export const warmupConstantSchedule = (
  initValue: ArrayLike,
  peakValue: ArrayLike,
  warmupSteps: number,
): Schedule => linearSchedule(initValue, peakValue, warmupSteps);

/** Another name of `warmupConstantSchedule`. */
export const warmupConstant = warmupConstantSchedule;

/** Options of `warmupCosineDecaySchedule`. */
export interface WarmupCosineDecayOptions {
  /** Where the decay ends; default 0. */
  readonly endValue?: number;
  /** The power that the cosine is taken to; default 1. */
  readonly exponent?: ArrayLike;
}

/**
 * From `initValue` to `peakValue` in `warmupSteps` steps, then along half a wave to `endValue`.
 *
 * @param decaySteps how many steps all takes, warm-up included.
 * @throws ArgumentError unless `decaySteps` is greater than `warmupSteps`.
 * @example
 * adamw(warmupCosineDecaySchedule(0, 1e-3, 100, 5000), { weightDecay: 0.01 });
 * @see https://optax.readthedocs.io/en/latest/api/optimizer_schedules.html#optax.warmup_cosine_decay_schedule
 */
export const warmupCosineDecaySchedule = (
  initValue: ArrayLike,
  peakValue: ArrayLike,
  warmupSteps: number,
  decaySteps: number,
  { endValue = 0, exponent = 1 }: WarmupCosineDecayOptions = {},
): Schedule => {
  const where = "warmupCosineDecaySchedule";
  requireWhole(where, "warmupSteps", warmupSteps, 0);
  requireWhole(where, "decaySteps", decaySteps, warmupSteps + 1);
  const alpha = endValue === 0 ? 0 : np.divide(endValue, peakValue);
  return joinSchedules(
    [
      linearSchedule(initValue, peakValue, warmupSteps),
      cosineDecaySchedule(peakValue, decaySteps - warmupSteps, { alpha, exponent }),
    ],
    [warmupSteps],
  );
};

/**
 * From `initValue` to `peakValue` in `warmupSteps` steps, then as `exponentialDecay`.
 *
 * @example
 * sgd(warmupExponentialDecaySchedule(0, 0.1, 100, 1000, 0.9));
 * @see https://optax.readthedocs.io/en/latest/api/optimizer_schedules.html#optax.warmup_exponential_decay_schedule
 */
export const warmupExponentialDecaySchedule = (
  initValue: ArrayLike,
  peakValue: ArrayLike,
  warmupSteps: number,
  transitionSteps: number,
  decayRate: number,
  options: ExponentialDecayOptions = {},
): Schedule =>
  joinSchedules(
    [
      linearSchedule(initValue, peakValue, warmupSteps),
      exponentialDecay(peakValue, transitionSteps, decayRate, options),
    ],
    [warmupSteps],
  );

/** One period of `sgdrSchedule`: the arguments of `warmupCosineDecaySchedule`. */
export interface SgdrPeriod extends WarmupCosineDecayOptions {
  readonly initValue: ArrayLike;
  readonly peakValue: ArrayLike;
  readonly warmupSteps: number;
  readonly decaySteps: number;
}

/**
 * Warm-ups and decays one after another.
 * (I. Loshchilov and F. Hutter, "SGDR: stochastic gradient descent with warm restarts", 2016.)
 *
 * @throws ArgumentError without periods.
 * @example
 * sgd(sgdrSchedule([{ initValue: 0, peakValue: 0.1, warmupSteps: 10, decaySteps: 100 }]));
 * @see https://optax.readthedocs.io/en/latest/api/optimizer_schedules.html#optax.sgdr_schedule
 */
export const sgdrSchedule = (cosineKwargs: readonly SgdrPeriod[]): Schedule => {
  if (!Array.isArray(cosineKwargs)) {
    throw new ArgumentError(`sgdrSchedule: expected a list of periods; got ${describeValue(cosineKwargs)}.`);
  }
  let step = 0;
  const ends = cosineKwargs.map(({ decaySteps }: SgdrPeriod) => {
    step += decaySteps;
    return step;
  });
  const schedules = cosineKwargs.map(
    ({ initValue, peakValue, warmupSteps, decaySteps, ...options }: SgdrPeriod) =>
      warmupCosineDecaySchedule(initValue, peakValue, warmupSteps, decaySteps, options),
  );
  return joinSchedules(schedules, ends.slice(0, -1));
};
