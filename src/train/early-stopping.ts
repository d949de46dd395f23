import { ArgumentError } from "../core/index.ts";
import type { EpochRecord } from "./fit.ts";

/** Options of `earlyStopping`. */
export interface EarlyStoppingOptions {
  /** What is watched, of each epoch; default its loss. */
  readonly monitor?: (record: EpochRecord) => number;
  /** How many epochs may pass without a better one; default 3. */
  readonly patience?: number;
  /** By how much a value must be better to count; default 0. */
  readonly minDelta?: number;
  /** Whether less or more is better; default "min". */
  readonly mode?: "min" | "max";
}

/**
 * Whether training should stop, as a function of the epochs so far: it should once `patience` of them passed without a
 * better value. Returns why, or `undefined` to go on.
 *
 * @throws ArgumentError, when called, if what is watched is no number, such as a metric that is not measured.
 * @example
 * await fit(state, { …, stopWhen: earlyStopping({ monitor: ({ metrics }) => metrics.accuracy, mode: "max" }) });
 */
export const earlyStopping =
  ({ monitor = ({ loss }) => loss, patience = 3, minDelta = 0, mode = "min" }: EarlyStoppingOptions = {}) =>
  (history: readonly EpochRecord[]): string | undefined => {
    const sign = mode === "min" ? 1 : -1;
    let best = Number.POSITIVE_INFINITY;
    let bestEpoch = 0;
    for (const record of history) {
      const value = monitor(record);
      if (typeof value !== "number") {
        throw new ArgumentError(
          `earlyStopping: monitor must give a number; for epoch ${record.epoch} it gave ${typeof value}.`,
        );
      }
      if (sign * value < best - minDelta) {
        best = sign * value;
        bestEpoch = record.epoch;
      }
    }
    const last = history.at(-1)?.epoch ?? 0;
    if (last - bestEpoch < patience) return undefined;
    return `no better value since epoch ${bestEpoch} (${sign * best})`;
  };
