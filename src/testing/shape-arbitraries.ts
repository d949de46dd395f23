import type { Arbitrary } from "fast-check";
import type { Shape } from "../array/index.ts";
import type { ShapeOptions } from "./arbitraries.ts";
import { chooserFrom } from "./chooser.ts";
import { drawn } from "./tape.ts";

/** Shapes that can be broadcast together, and the shape that they give. */
export interface BroadcastGroup {
  readonly shapes: readonly Shape[];
  readonly result: Shape;
}

/** Which groups of shapes are drawn. */
export interface BroadcastOptions extends ShapeOptions {
  /** How many shapes; default 2. */
  readonly count?: number;
}

/**
 * An arbitrary of groups of shapes that can be broadcast together: some axes are 1, or missing at the front, in all shapes
 * but one. It shrinks towards equal shapes that are few, short axes.
 *
 * @example
 * fc.property(broadcastableShapes(), ({ shapes: [a, b], result }) =>
 *   np.add(np.zeros(a), np.zeros(b)).shape.join() === result.join());
 */
export const broadcastableShapes = ({
  count = 2,
  ...options
}: BroadcastOptions = {}): Arbitrary<BroadcastGroup> => {
  if (!(Number.isInteger(count) && count >= 1)) {
    throw new RangeError(`broadcastableShapes: count must be a whole number of at least 1; got ${count}.`);
  }
  return drawn((source) => {
    const choose = chooserFrom(source);
    const result = choose.shape(options);
    const keepers = result.map(() => choose.int(0, count - 1));
    const shapes = Array.from({ length: count }, (_, i) => {
      const shape = result.map((n, axis) => (keepers[axis] !== i && choose.bool() ? 1 : n));
      const firstKept = shape.findIndex((n, axis) => n !== 1 || keepers[axis] === i);
      const droppable = firstKept < 0 ? shape.length : firstKept;
      return shape.slice(choose.int(0, droppable));
    });
    return { shapes, result };
  });
};

/** Which axes are drawn. */
export interface AxisOptions {
  /** Whether axes may count from the end; default true. */
  readonly negative?: boolean;
}

/**
 * An arbitrary of one axis of an array of `rank` axes, counted from either end. It shrinks towards 0.
 *
 * @throws RangeError for a rank below 1, which has no axis.
 * @example
 * fc.property(axis(2), (i) => np.sum(np.ones([3, 3]), i).shape.length === 1);
 */
export const axis = (rank: number, { negative = true }: AxisOptions = {}): Arbitrary<number> => {
  if (!(Number.isInteger(rank) && rank >= 1))
    throw new RangeError(`axis: needs a rank of at least 1; got ${rank}.`);
  return drawn((source) => {
    const choose = chooserFrom(source);
    const at = choose.int(0, rank - 1);
    return negative && choose.bool() ? at - rank : at;
  });
};

/**
 * An arbitrary of lists of different axes of an array of `rank` axes, in any order. It shrinks towards none.
 *
 * @example
 * fc.property(axes(3), (list) => np.sum(np.ones([2, 2, 2]), list).ndim === 3 - list.length);
 */
export const axes = (rank: number, { negative = true }: AxisOptions = {}): Arbitrary<number[]> => {
  if (!(Number.isInteger(rank) && rank >= 0))
    throw new RangeError(`axes: needs a rank of at least 0; got ${rank}.`);
  return drawn((source) => {
    const choose = chooserFrom(source);
    const all = Array.from({ length: rank }, (_, i) => i);
    return choose.permutation(choose.subset(all)).map((at) => (negative && choose.bool() ? at - rank : at));
  });
};
