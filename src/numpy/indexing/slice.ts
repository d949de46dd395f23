import type { Slice } from "../../array/index.ts";
import { ArgumentError } from "../../core/index.ts";

/**
 * Positions from `start` to `stop`, itself not included, in steps, as Python's `start:stop:step`. Negative positions
 * count from the end; `null` means from the end where the steps begin, or to the other. With one argument, it is `stop`.
 *
 *     x.at(slice(1, 3)).get();          // x[1:3]
 *     x.at(slice(null, null, -1)).get() // x[::-1]
 *
 * @example
 * np.arange(5).at(np.slice(1, null, 2)).get(); // [1, 3]
 */
export function slice(stop: number | null): Slice;
export function slice(start: number | null, stop: number | null, step?: number | null): Slice;
export function slice(...args: readonly [number | null, (number | null)?, (number | null)?]): Slice {
  const [start, stop, step] =
    args.length === 1 ? [null, args[0], 1] : [args[0], args[1] ?? null, args[2] ?? 1];
  for (const [name, value] of [
    ["start", start],
    ["stop", stop],
    ["step", step],
  ] as const) {
    if (value !== null && !Number.isInteger(value)) {
      throw new ArgumentError(`slice: ${name} must be a whole number or null; got ${String(value)}.`);
    }
  }
  if (step === 0) throw new ArgumentError("slice: step must not be 0.");
  return Object.freeze({ kind: "slice", start, stop, step });
}

/** A slice of an axis of known length: the first position, the step, and how many positions there are. */
export interface SliceRange {
  readonly start: number;
  readonly step: number;
  readonly length: number;
}

/** What a slice selects on an axis of length `n`. */
export const sliceRange = ({ start, stop, step }: Slice, n: number): SliceRange => {
  const [low, high] = step > 0 ? [0, n] : [-1, n - 1];
  const place = (position: number | null, otherwise: number): number => {
    if (position === null) return otherwise;
    return Math.min(Math.max(position < 0 ? position + n : position, low), high);
  };
  const first = place(start, step > 0 ? low : high);
  const last = place(stop, step > 0 ? high : low);
  return { start: first, step, length: Math.max(0, Math.ceil((last - first) / step)) };
};

/** Whether a value is a slice. */
export const isSlice = (x: unknown): x is Slice =>
  typeof x === "object" && x !== null && "kind" in x && (x as Slice).kind === "slice";
