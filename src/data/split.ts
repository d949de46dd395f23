import type { NDArray } from "../array/index.ts";
import { ArgumentError } from "../core/index.ts";
import { permutation } from "../random/index.ts";
import type { Arrays } from "../tree/index.ts";
import { examplesOf } from "./rows.ts";

/** Options of `trainValidationSplit`. */
export interface SplitOptions {
  /** Examples are chosen by this key; default: the last ones are for validation. */
  readonly key?: NDArray | null;
}

/**
 * Data cut in two: examples to train on, and examples held out.
 *
 * @param validation a share of the examples, between 0 and 1, or how many of them, from 1.
 * @throws ArgumentError if nothing would be left on one side.
 * @example
 * const [train, held] = data.trainValidationSplit({ x, y }, 0.1, { key });
 */
export const trainValidationSplit = <T>(
  data: T,
  validation: number,
  { key = null }: SplitOptions = {},
): readonly [train: Arrays<T>, validation: Arrays<T>] => {
  const examples = examplesOf("trainValidationSplit", data);
  const { count } = examples;
  const held = validation < 1 ? Math.round(count * validation) : validation;
  if (!(Number.isInteger(held) && held >= 1 && held < count)) {
    throw new ArgumentError(
      `trainValidationSplit: validation must be a share between 0 and 1, or a number of examples from 1 to ` +
        `${count - 1}, one less than there are; got ${validation}.`,
    );
  }
  const order =
    key === null ? Int32Array.from({ length: count }, (_, i) => i) : permutation(key, count).toTypedArray();
  return [examples.at(order.subarray(0, count - held)), examples.at(order.subarray(count - held))];
};
