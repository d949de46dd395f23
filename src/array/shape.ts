/** The lengths of an array's axes. */
export type Shape = readonly number[];

/** How many elements an array of `shape` has: the product of its lengths, 1 for a scalar. */
export const sizeOf = (shape: Shape): number => {
  let size = 1;
  for (let axis = 0; axis < shape.length; axis++) size *= shape[axis] as number;
  return size;
};

/** Distances between neighbours along each axis, in elements, when stored row by row. */
export const rowMajorStrides = (shape: Shape): number[] => {
  const strides = new Array<number>(shape.length);
  let stride = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    strides[axis] = stride;
    stride *= shape[axis] ?? 1;
  }
  return strides;
};

/** Whether two shapes have the same lengths in the same order. */
export const sameShape = (a: Shape, b: Shape): boolean => {
  if (a === b) return true;
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
};

/** A shape as people write it: `[2, 3]`. */
export const formatShape = (shape: Shape): string => `[${shape.join(", ")}]`;

/**
 * The shape that NumPy's broadcasting gives: trailing axes are paired, and a length of 1 stretches.
 * Returns `undefined` where two lengths differ and neither is 1.
 */
export const broadcastShapes = (...shapes: readonly Shape[]): number[] | undefined => {
  const rank = shapes.reduce((most, shape) => Math.max(most, shape.length), 0);
  const result = new Array<number>(rank).fill(1);
  for (const shape of shapes) {
    const offset = rank - shape.length;
    for (let axis = 0; axis < shape.length; axis++) {
      const n = shape[axis] as number;
      const so = result[offset + axis] as number;
      if (n === so || n === 1) continue;
      if (so !== 1) return undefined;
      result[offset + axis] = n;
    }
  }
  return result;
};

/**
 * `axis` counted from the front, where a negative one counts from the end.
 * Throws a RangeError that names `where` if the array of rank `rank` has no such axis.
 */
export const normalizeAxis = (axis: number, rank: number, where: string): number => {
  if (!Number.isInteger(axis) || axis < -rank || axis >= rank) {
    const range = rank === 0 ? "a scalar has no axes" : `expected an integer from ${-rank} to ${rank - 1}`;
    throw new RangeError(`${where}: axis ${axis} is out of range for an array of rank ${rank}; ${range}.`);
  }
  return axis < 0 ? axis + rank : axis;
};

/** `normalizeAxis` for several axes, which must differ; `undefined` or `null` means all of them. Sorted. */
export const normalizeAxes = (
  axes: number | readonly number[] | undefined | null,
  rank: number,
  where: string,
): number[] => {
  if (axes === undefined || axes === null) return Array.from({ length: rank }, (_, i) => i);
  const list = (typeof axes === "number" ? [axes] : axes).map((axis) => normalizeAxis(axis, rank, where));
  const sorted = [...list].sort((a, b) => a - b);
  for (let i = 1; i < sorted.length; i++) {
    if (sorted[i] === sorted[i - 1]) throw new RangeError(`${where}: axis ${sorted[i]} is named twice.`);
  }
  return sorted;
};

/** Throws unless every length of `shape` is a whole number of at least 0 and their product is addressable. */
export const checkShape = (shape: Shape, where: string): void => {
  for (const n of shape) {
    if (!Number.isInteger(n) || n < 0) {
      throw new RangeError(`${where}: a shape holds whole numbers of at least 0; got ${formatShape(shape)}.`);
    }
  }
  if (sizeOf(shape) > 2 ** 32) {
    throw new RangeError(`${where}: ${formatShape(shape)} has more elements than a typed array can hold.`);
  }
};
