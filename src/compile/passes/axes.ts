import type { Shape } from "../../array/index.ts";
import type { BroadcastInDimParams } from "../../primitives/broadcast.ts";

/*
 * The arithmetic of axes that rules about shapes share.
 */

/** Whether `axes` are 0, 1, 2, … */
export const isCounting = (axes: readonly number[]): boolean => axes.every((axis, i) => axis === i);

/** Whether each is greater than the one before. */
export const isIncreasing = (axes: readonly number[]): boolean =>
  axes.every((axis, i) => i === 0 || axis > (axes[i - 1] as number));

/** Where in a permutation each axis stands. */
export const inverse = (permutation: readonly number[]): number[] => {
  const places = new Array<number>(permutation.length);
  permutation.forEach((axis, i) => {
    places[axis] = i;
  });
  return places;
};

/** The places of `list`'s items in increasing order; equal ones stay in order. */
export const argsort = (list: readonly number[]): number[] =>
  list.map((_, i) => i).sort((i, j) => (list[i] as number) - (list[j] as number));

/** The axis of another shape for each axis of this one; -1 for an axis of length 1 that the other does not have. */
export type Pairing = readonly number[];

/**
 * How the axes of two shapes correspond that differ only in axes of length 1; `undefined` if they differ in others. Both
 * have the same elements in the same order.
 *
 * @example
 * pairAxes([3, 1, 4], [1, 3, 4]); // [1, -1, 2]
 */
export const pairAxes = (from: Shape, to: Shape): Pairing | undefined => {
  const pairs: number[] = [];
  let at = 0;
  for (const n of from) {
    while (n !== 1 && to[at] === 1) at++;
    if (to[at] === n) pairs.push(at++);
    else if (n === 1) pairs.push(-1);
    else return undefined;
  }
  return to.slice(at).every((n) => n === 1) ? pairs : undefined;
};

/** The places of a broadcast's operand axes in another shape that differs from its own in axes of length 1 only. */
export const retargeted = (
  { shape, broadcastDimensions }: BroadcastInDimParams,
  to: Shape,
): readonly number[] | undefined => {
  const pairs = pairAxes(shape, to);
  const dimensions = pairs && broadcastDimensions.map((axis) => pairs[axis] as number);
  return dimensions?.every((axis) => axis >= 0) ? dimensions : undefined;
};

/** Axes of two shapes that together hold the same elements. */
export interface AxisGroup {
  readonly from: readonly number[];
  readonly to: readonly number[];
}

/**
 * The finest groups of axes that a reshape keeps apart: within a group elements are counted anew, but an element stays
 * in its places among all other groups. Axes of length 1 belong to none. Shapes without elements have no groups.
 *
 * @example
 * axisGroups([2, 3, 4], [6, 4]); // [{ from: [0, 1], to: [0] }, { from: [2], to: [1] }]
 */
export const axisGroups = (from: Shape, to: Shape): readonly AxisGroup[] | undefined => {
  if (from.includes(0)) return undefined;
  const groups: AxisGroup[] = [];
  const left = from.flatMap((n, axis) => (n === 1 ? [] : [axis]));
  const right = to.flatMap((n, axis) => (n === 1 ? [] : [axis]));
  for (let i = 0, j = 0; i < left.length; ) {
    const group = { from: [left[i] as number], to: [right[j] as number] };
    let [a, b] = [from[left[i++] as number] as number, to[right[j++] as number] as number];
    for (;;) {
      for (; a < b; group.from.push(left[i++] as number)) a *= from[left[i] as number] as number;
      if (a === b) break;
      b *= to[right[j] as number] as number;
      group.to.push(right[j++] as number);
    }
    groups.push(group);
  }
  return groups;
};
