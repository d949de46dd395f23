import type { GetOptions, Index, NDArray } from "../../array/index.ts";
import { ArgumentError } from "../../core/index.ts";
import * as prim from "../../primitives/index.ts";
import { type Entry, parseIndices } from "./entries.ts";
import { gatherPlan, isWindow, type WindowPlan, windowPlan } from "./plan.ts";

/** The window of `x` before it gets its final shape. */
export const readWindow = (x: NDArray, plan: WindowPlan): NDArray => {
  const ends = plan.start.map((start, axis) => {
    const length = plan.lengths[axis] as number;
    return length === 0 ? start : start + (length - 1) * (plan.steps[axis] as number) + 1;
  });
  return prim.rev(prim.slice(x, plan.start, ends, plan.steps), plan.reversed);
};

const gatherMode = (name: string, { mode, fillValue }: GetOptions): prim.GatherMode => {
  if (mode === undefined) return fillValue === undefined ? "clip" : "fill";
  if (mode === "fill" || mode === "drop") return "fill";
  if (mode === "clip" || mode === "promise_in_bounds") return mode;
  throw new ArgumentError(
    `${name}: mode must be "clip", "fill", "drop" or "promise_in_bounds"; got ${String(mode)}.`,
  );
};

/** The elements that entries name. */
export const readEntries = (
  name: string,
  x: NDArray,
  entries: readonly Entry[],
  options: GetOptions,
): NDArray => {
  if (isWindow(entries)) {
    const plan = windowPlan(entries);
    return prim.reshape(readWindow(x, plan), plan.shape);
  }
  const plan = gatherPlan(name, x, entries);
  const { fillValue } = options;
  const gathered = prim.gather(x, plan.indices, plan.dimensionNumbers, plan.sliceSizes, {
    mode: gatherMode(name, options),
    ...(fillValue !== undefined && { fillValue }),
  });
  return prim.reshape(prim.rev(gathered, plan.reversed), plan.shape);
};

/** The elements that indices name, as `x[…]` of NumPy. */
export const read = (x: NDArray, indices: readonly Index[], options: GetOptions = {}): NDArray =>
  readEntries("at(…).get", x, parseIndices("at(…).get", x, indices), options);
