import type { Chooser } from "../core/index.ts";
import type { Source } from "./tape.ts";

/** One shape in so many has an axis of length 0. */
const EMPTY_EVERY = 8;

/** The chooser that descriptions of arguments draw from, on a source of choices. */
export const chooserFrom = (source: Source): Chooser => {
  const int = (min: number, max: number): number => {
    if (!(Number.isInteger(min) && Number.isInteger(max) && min <= max)) {
      throw new RangeError(`choose.int: needs whole numbers min <= max; got ${min} and ${max}.`);
    }
    return min + source.next(max - min);
  };
  const bool = (): boolean => source.next(1) === 1;
  const pick = <T>(options: readonly T[]): T => {
    if (options.length === 0) throw new RangeError("choose.pick: there are no options to choose from.");
    return options[source.next(options.length - 1)] as T;
  };
  return {
    int,
    pick,
    bool,
    shape: ({ minRank = 0, maxRank = 4, minLength = 0, maxLength = 3 } = {}) => {
      // Drawn by length alone, most shapes of high rank would be empty and say little.
      const isEmpty = minLength === 0 && int(0, EMPTY_EVERY - 1) === EMPTY_EVERY - 1;
      const rank = int(minRank, maxRank);
      const least = Math.min(Math.max(1, minLength), maxLength);
      const shape = Array.from({ length: rank }, () => source.span(() => int(least, maxLength)));
      if (isEmpty && rank > 0) shape[int(0, rank - 1)] = 0;
      return shape;
    },
    subset: (options) => options.filter(() => bool()),
    permutation: (options) => {
      const left = [...options];
      return options.map(() => left.splice(source.next(left.length - 1), 1)[0] as (typeof options)[number]);
    },
    floatDType: () => pick(["float64", "float32"]),
  };
};
