import { NDArray } from "../../array/index.ts";
import * as lax from "../../lax/index.ts";
import * as np from "../../numpy/index.ts";
import type { Operation, Operator } from "./operation.ts";
import { arrayOf, type ImportedValue, Known } from "./value.ts";

const range = (n: number, from = 0): number[] => Array.from({ length: n }, (_, i) => from + i);

/** Positions counted from the front. Those that are known must lie inside; others are moved there. */
const positions = (op: Operation, given: ImportedValue, length: number): NDArray => {
  if (given instanceof Known) {
    const at = given.values.map((i) => (i < 0 ? i + length : i));
    const outside = at.find((i) => !(i >= 0 && i < length));
    if (outside !== undefined)
      return op.fail("bad-operands", `the index ${outside} lies outside of ${length}.`);
    return arrayOf(new Known("int64", given.shape, at));
  }
  const indices = arrayOf(given);
  const { clamped } = op;
  if (clamped?.last === length - 1 && clamped.value instanceof NDArray) return clamped.value;
  return np.where(np.less(indices, 0), np.add(indices, length), indices);
};

/** Slices at places along an axis, whose axes take its place. Places outside are moved inside. */
const slicesAt = (x: NDArray, places: NDArray, axis: number): NDArray => {
  if (x.shape[axis] === 0) return np.take(x, places, axis, { mode: "clip" });
  return lax.gather(
    x,
    np.expandDims(places, -1),
    {
      offsetDims: [...range(axis), ...range(x.ndim - axis - 1, axis + places.ndim)],
      collapsedSliceDims: [axis],
      startIndexMap: [axis],
      operandBatchingDims: [],
      startIndicesBatchingDims: [],
    },
    x.shape.map((n, a) => (a === axis ? 1 : n)),
    { mode: "clip" },
  );
};

const gather: Operator = (op) => {
  const x = op.value(0);
  const axis = op.axis(op.int("axis", 0), x.shape.length);
  const given = op.value(1);
  if (x instanceof Known && given instanceof Known && x.shape.length === 1) {
    const at = given.values.map((i) => (i < 0 ? i + x.values.length : i));
    if (at.some((i) => !(i >= 0 && i < x.values.length)))
      return op.fail("bad-operands", `an index lies outside of ${x.values.length}.`);
    return new Known(
      x.type,
      given.shape,
      at.map((i) => x.values[i] as number),
    );
  }
  const array = arrayOf(x);
  const places = positions(op, given, array.shape[axis] as number);
  if (given instanceof Known && given.shape.length === 0)
    return lax.indexInDim(array, places.item() as number, axis, false);
  return slicesAt(array, places, axis);
};

const gatherElements: Operator = (op) => {
  const x = op.array(0);
  const axis = op.axis(op.int("axis", 0), x.ndim);
  const indices = positions(op, op.value(1), x.shape[axis] as number);
  const isWhole = x.shape.every((n, a) => a === axis || n === indices.shape[a]);
  if (indices.ndim !== x.ndim)
    return op.fail("bad-operands", "operand and indices must have equally many axes.");
  const region = isWhole
    ? x
    : lax.slice(
        x,
        x.shape.map(() => 0),
        x.shape.map((n, a) => (a === axis ? n : (indices.shape[a] as number))),
      );
  return np.takeAlongAxis(region, indices, axis, { mode: "clip" });
};

/** The components of index vectors, each counted from the front of its axis. */
const vectors = (given: ImportedValue, lengths: readonly number[]): NDArray => {
  const indices = arrayOf(given);
  const sizes = np.array([...lengths], "int32");
  return np.where(np.less(indices, 0), np.add(indices, sizes), indices);
};

const gatherND: Operator = (op) => {
  const x = op.array(0);
  const batch = op.int("batch_dims", 0);
  const indices = op.array(1);
  const k = indices.shape.at(-1) ?? op.fail("bad-operands", "indices need an axis.");
  if (batch < 0 || batch + k > x.ndim)
    return op.fail("bad-operands", `vectors of ${k} do not fit ${x.ndim} axes.`);
  const collapsed = range(k, batch);
  const lookups = indices.ndim - 1;
  const windows = x.ndim - batch - k;
  return lax.gather(
    x,
    vectors(
      indices,
      collapsed.map((axis) => x.shape[axis] as number),
    ),
    {
      offsetDims: range(windows, lookups),
      collapsedSliceDims: collapsed,
      startIndexMap: collapsed,
      operandBatchingDims: range(batch),
      startIndicesBatchingDims: range(batch),
    },
    x.shape.map((n, axis) => (axis < batch + k ? Math.min(1, n) : n)),
    { mode: "clip" },
  );
};

const SCATTERS = {
  none: lax.scatter,
  add: lax.scatterAdd,
  mul: lax.scatterMul,
  min: lax.scatterMin,
  max: lax.scatterMax,
};

const reductionOf = (op: Operation): keyof typeof SCATTERS => {
  const name = op.text("reduction", "none");
  if (Object.hasOwn(SCATTERS, name)) return name as keyof typeof SCATTERS;
  return op.fail("bad-attribute", `the reduction "${name}" is not known.`);
};

const scatterND: Operator = (op) => {
  const x = op.array(0);
  const indices = op.array(1);
  const updates = op.array(2);
  const k = indices.shape.at(-1) ?? op.fail("bad-operands", "indices need an axis.");
  if (k > x.ndim) return op.fail("bad-operands", `vectors of ${k} do not fit ${x.ndim} axes.`);
  return SCATTERS[reductionOf(op)](
    x,
    vectors(indices, x.shape.slice(0, k)),
    updates,
    {
      updateWindowDims: range(x.ndim - k, indices.ndim - 1),
      insertedWindowDims: range(k),
      scatterDimsToOperandDims: range(k),
      operandBatchingDims: [],
      scatterIndicesBatchingDims: [],
    },
    { mode: "clip" },
  );
};

const scatterElements: Operator = (op) => {
  const x = op.array(0);
  const axis = op.axis(op.int("axis", 0), x.ndim);
  const indices = positions(op, op.value(1), x.shape[axis] as number);
  const updates = op.array(2);
  const reduction = reductionOf(op);
  const components = range(x.ndim).map((a) =>
    a === axis ? indices : lax.broadcastedIota("int32", [...indices.shape], a),
  );
  return SCATTERS[reduction](
    x,
    np.stack(components, -1),
    updates,
    {
      updateWindowDims: [],
      insertedWindowDims: range(x.ndim),
      scatterDimsToOperandDims: range(x.ndim),
      operandBatchingDims: [],
      scatterIndicesBatchingDims: [],
    },
    { mode: "clip" },
  );
};

/** Operators that read and write at places that are computed. */
export const INDEXING_OPERATORS: { readonly [opType: string]: Operator } = {
  Gather: gather,
  GatherElements: gatherElements,
  GatherND: gatherND,
  ScatterElements: scatterElements,
  ScatterND: scatterND,
};
