import { type Shape, sizeOf } from "../array/index.ts";

/** A dense array seen as lines along one axis: `outer` blocks of `length` rows of `inner` elements. */
export interface Lines {
  readonly outer: number;
  /** How many elements a line has. */
  readonly length: number;
  /** How many lines stand next to each other; neighbours of a line are as far apart. */
  readonly inner: number;
}

/** The lines of an array of `shape` along `axis`. */
export const linesOf = (shape: Shape, axis: number): Lines => ({
  outer: sizeOf(shape.slice(0, axis)),
  length: shape[axis] as number,
  inner: sizeOf(shape.slice(axis + 1)),
});
