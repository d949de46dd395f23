import {
  type ArrayLike,
  type Index,
  isFloat,
  NDArray,
  type SetOptions,
  sameShape,
  scalarArray,
} from "../../array/index.ts";
import { ArgumentError, DTypeError, describeAval } from "../../core/index.ts";
import * as prim from "../../primitives/index.ts";
import { withType } from "../operands.ts";
import { broadcastTo } from "../shaping.ts";
import { type Entry, parseIndices } from "./entries.ts";
import { gatherPlan, isWindow, type WindowPlan, windowPlan } from "./plan.ts";
import { readWindow } from "./read.ts";

/** An update: how a new value is combined with the old, directly and by scatter. */
export interface Update {
  readonly name: string;
  readonly combine: (old: NDArray, value: NDArray) => NDArray;
  readonly scatter: typeof prim.scatter;
}

const define = (name: string, combine: Update["combine"], scatter: Update["scatter"]): Update => ({
  name: `at(…).${name}`,
  combine,
  scatter,
});

export const SET = define("set", (_old, value) => value, prim.scatter);
export const ADD = define("add", prim.add, prim.scatterAdd);
export const MULTIPLY = define("mul", prim.mul, prim.scatterMul);
export const MINIMUM = define("min", prim.min, prim.scatterMin);
export const MAXIMUM = define("max", prim.max, prim.scatterMax);

/** Values in the dtype of the array that receives them. A float does not go into an array of integers unasked. */
const valuesFor = (name: string, x: NDArray, values: ArrayLike): NDArray => {
  if (!(values instanceof NDArray)) return withType(values, x, name);
  if (isFloat(values.dtype) && !isFloat(x.dtype)) {
    throw new DTypeError(
      `${name}: ${describeAval(values)} would lose its fractions in ${describeAval(x)}; convert one of them (astype).`,
    );
  }
  return prim.convertElementType(values, x.dtype, values.weakType);
};

/** A scatter mode from an index mode. */
const scatterMode = (name: string, mode: SetOptions["mode"]): prim.ScatterMode => {
  if (mode === undefined || mode === "fill" || mode === "drop") return "drop";
  if (mode === "clip" || mode === "promise_in_bounds") return mode;
  throw new ArgumentError(
    `${name}: mode must be "clip", "fill", "drop" or "promise_in_bounds"; got ${String(mode)}.`,
  );
};

const spreadOver = (name: string, values: NDArray, shape: readonly number[]): NDArray => {
  try {
    return broadcastTo(values, shape);
  } catch (error) {
    if (error instanceof Error) error.message = error.message.replace("broadcastTo", name);
    throw error;
  }
};

/** A window without steps is overwritten in one piece. */
const writeWindow = (update: Update, x: NDArray, plan: WindowPlan, values: NDArray): NDArray => {
  const value = prim.rev(
    prim.reshape(spreadOver(update.name, values, plan.shape), plan.lengths),
    plan.reversed,
  );
  const next = update.combine(update === SET ? value : readWindow(x, { ...plan, reversed: [] }), value);
  if (sameShape(plan.lengths, x.shape)) return next;
  return prim.dynamicUpdateSlice(
    x,
    next,
    plan.start.map((start) => scalarArray(start, "int32")),
  );
};

const writeEntries = (
  update: Update,
  x: NDArray,
  entries: readonly Entry[],
  values: NDArray,
  { mode, uniqueIndices, indicesAreSorted }: SetOptions,
): NDArray => {
  if (isWindow(entries)) {
    const plan = windowPlan(entries);
    if (plan.steps.every((step) => step === 1)) return writeWindow(update, x, plan, values);
  }
  const plan = gatherPlan(update.name, x, entries);
  const spread = prim.reshape(spreadOver(update.name, values, plan.shape), plan.gathered);
  return update.scatter(
    x,
    plan.indices,
    prim.rev(spread, plan.reversed),
    prim.scatterDimensionsOf(plan.dimensionNumbers),
    {
      mode: scatterMode(update.name, mode),
      uniqueIndices: uniqueIndices ?? plan.unique,
      indicesAreSorted: indicesAreSorted ?? false,
    },
  );
};

/** The mask if it is the only index and the values do not depend on the place in it, so that `select` will do. */
const asCondition = (x: NDArray, indices: readonly Index[], values: NDArray): NDArray | undefined => {
  const [mask] = indices;
  if (indices.length !== 1 || !(mask instanceof NDArray) || mask.dtype !== "bool") return undefined;
  const fits = mask.ndim > 0 && mask.shape.every((n, axis) => n === x.shape[axis]);
  return fits && values.ndim <= x.ndim - mask.ndim ? mask : undefined;
};

/** `x` with what indices name updated. */
export const write = (
  update: Update,
  x: NDArray,
  indices: readonly Index[],
  values: ArrayLike,
  options: SetOptions = {},
): NDArray => {
  const given = valuesFor(update.name, x, values);
  const mask = asCondition(x, indices, given);
  if (mask === undefined)
    return writeEntries(update, x, parseIndices(update.name, x, indices), given, options);
  const condition = prim.broadcastInDim(mask, x.shape, prim.range(mask.ndim));
  return prim.select(condition, update.combine(x, spreadOver(update.name, given, x.shape)), x);
};
