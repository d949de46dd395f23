import { normalizeAxis } from "../array/index.ts";
import { ArgumentError } from "../core/index.ts";
import { checkCount } from "./operands.ts";

/** One axis of a transform and the length that it is given; `undefined` for the length that it has. */
export interface SizedAxis {
  readonly axis: number;
  readonly n: number | undefined;
}

const list = (xs: readonly number[]): string => `[${xs.join(", ")}]`;

/** The one axis of a transform along a line. */
export const sizedAxis = (name: string, rank: number, n: number | null, axis: number): SizedAxis => ({
  axis: normalizeAxis(axis, rank, name),
  n: n === null ? undefined : checkCount(name, "n", n),
});

/** The axes of a transform along several; without axes, the last ones that `s` gives lengths for, or all. */
export const sizedAxes = (
  name: string,
  rank: number,
  s: readonly number[] | null,
  axes: readonly number[] | null,
): readonly SizedAxis[] => {
  if (s !== null && axes === null && s.length > rank) {
    throw new ArgumentError(`${name}: s is ${list(s)}, more lengths than the array has axes (${rank}).`);
  }
  const count = axes?.length ?? s?.length ?? rank;
  const given = axes ?? Array.from({ length: count }, (_, i) => rank - count + i);
  const normal = given.map((axis) => normalizeAxis(axis, rank, name));
  if (new Set(normal).size < normal.length) {
    throw new ArgumentError(`${name}: an axis may be transformed once; got axes ${list(given)}.`);
  }
  if (s !== null && s.length !== normal.length) {
    throw new ArgumentError(
      `${name}: s and axes must have equal lengths; got s ${list(s)} and axes ${list(given)}.`,
    );
  }
  return normal.map((axis, i) => ({
    axis,
    n: s === null ? undefined : checkCount(name, `s[${i}]`, s[i] as number),
  }));
};
