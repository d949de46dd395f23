import { type Shape, sizeOf } from "../array/index.ts";

/*
 * In which order a loop goes through its axes, and so in which order what it leaves behind lies in memory: that of what
 * it reads. A loop over a transposed product, say, would otherwise jump through memory element by element.
 */

/** A window of memory, wherever it begins. */
export interface Window {
  readonly shape: Shape;
  readonly strides: readonly number[];
}

/** How many different elements a window has. */
const extent = ({ shape, strides }: Window): number =>
  shape.reduce((n, length, axis) => (strides[axis] === 0 ? n : n * length), 1);

/** The axes sorted by how far apart neighbours are; those that do not matter stay where they are. */
const orderOf = ({ shape, strides }: Window): number[] => {
  const matters = shape.flatMap((n, axis) => (n !== 1 && strides[axis] !== 0 ? [axis] : []));
  const distance = (axis: number): number => Math.abs(strides[axis] as number);
  const sorted = [...matters].sort((a, b) => distance(b) - distance(a) || a - b);
  const order = shape.map((_, axis) => axis);
  matters.forEach((place, i) => {
    order[place] = sorted[i] as number;
  });
  return order;
};

/** The order, outermost axis first, in which most of what a loop reads lies in memory; row by row in case of doubt. */
export const axisOrder = (shape: Shape, reads: readonly Window[]): number[] => {
  const counting = shape.map((_, axis) => axis);
  const votes = new Map<string, { readonly order: number[]; votes: number }>();
  const vote = (order: number[], weight: number): void => {
    const found = votes.get(`${order}`);
    if (found === undefined) votes.set(`${order}`, { order, votes: weight });
    else found.votes += weight;
  };
  vote(counting, 0);
  if (sizeOf(shape) === 0) return counting;
  for (const window of reads) if (window.shape.length === shape.length) vote(orderOf(window), extent(window));
  let best = { order: counting, votes: -1 };
  for (const candidate of votes.values()) if (candidate.votes > best.votes) best = candidate;
  return best.order;
};

/** Strides of a dense array whose axes lie in memory in an order, seen from its axes; 0 along those that are dropped. */
export const orderedStrides = (
  shape: Shape,
  order: readonly number[],
  dropped: readonly number[] = [],
): number[] => {
  const strides = new Array<number>(shape.length).fill(0);
  let stride = 1;
  for (const axis of [...order].reverse()) {
    if (dropped.includes(axis)) continue;
    strides[axis] = stride;
    stride *= shape[axis] as number;
  }
  return strides;
};
