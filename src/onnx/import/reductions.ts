import type { NDArray } from "../../array/index.ts";
import * as lax from "../../lax/index.ts";
import * as np from "../../numpy/index.ts";
import type { Operator } from "./operation.ts";
import { axesOf } from "./shape.ts";
import { combineKnown, Known } from "./value.ts";

interface Axes {
  readonly axes: readonly number[];
  readonly keepdims: boolean;
}

/** A reduction over the axes that are given, or over all. */
const reduce =
  (f: (x: NDArray, axes: Axes) => NDArray): Operator =>
  (op) => {
    const x = op.array(0);
    const given = axesOf(op);
    const keepdims = op.flag("keepdims", true);
    const doesNothing = op.flag("noop_with_empty_axes");
    if (given === undefined || given.length === 0) {
      if (doesNothing) return f(x, { axes: [], keepdims });
      return f(x, { axes: x.shape.map((_, axis) => axis), keepdims });
    }
    return f(x, { axes: op.axes(given, x.ndim), keepdims });
  };

const by =
  (f: (x: NDArray, axes: readonly number[], options: { readonly keepdims: boolean }) => NDArray) =>
  (x: NDArray, { axes, keepdims }: Axes): NDArray =>
    f(x, axes, { keepdims });

const sum = by((x, axes, options) => np.sum(x, [...axes], options));
const max = by((x, axes, options) => np.max(x, [...axes], options));

const product = reduce(by((x, axes, options) => np.prod(x, [...axes], options)));

/** Known lengths multiplied together, as the size of a shape is worked out. */
const knownProduct: Operator = (op) => {
  const x = op.value(0);
  if (!(x instanceof Known) || x.shape.length > 1) return product(op);
  const all = combineKnown(
    [new Known("int64", [], [x.values.reduce((a, b) => a * b, 1)])],
    "int64",
    (n) => n,
  );
  const keepdims = op.flag("keepdims", true);
  axesOf(op);
  op.flag("noop_with_empty_axes");
  return all === undefined ? product(op) : new Known("int64", keepdims ? [1] : [], all.values);
};

const position =
  (f: (x: NDArray, axis: number) => NDArray): Operator =>
  (op) => {
    const x = op.array(0);
    const axis = op.axis(op.int("axis", 0), x.ndim);
    const keepdims = op.flag("keepdims", true);
    const last = op.flag("select_last_index");
    const n = x.shape[axis] as number;
    const found = last ? np.subtract(n - 1, f(np.flip(x, axis), axis)) : f(x, axis);
    return keepdims ? np.expandDims(found, axis) : found;
  };

/** Sums or products of what stands before each element, itself included or not. */
const cumulative =
  (f: (x: NDArray, axis: number, reverse: boolean) => NDArray, nothing: number): Operator =>
  (op) => {
    const x = op.array(0);
    const axis = op.axis(op.integers(1)[0] ?? 0, x.ndim);
    const [exclusive, reverse] = [op.flag("exclusive"), op.flag("reverse")];
    const all = f(x, axis, reverse);
    if (!exclusive) return all;
    const edge: [number, number, number] = reverse ? [-1, 1, 0] : [1, -1, 0];
    return lax.pad(
      all,
      np.array(nothing, x.dtype),
      x.shape.map((_, a) => (a === axis ? edge : [0, 0, 0])),
    );
  };

const topK: Operator = (op) => {
  const x = op.array(0);
  const axis = op.axis(op.int("axis", -1), x.ndim);
  const [largest] = [op.flag("largest", true), op.flag("sorted", true)];
  const k = op.integers(1)[0] ?? op.fail("bad-operands", "it needs k.");
  const n = x.shape[axis] as number;
  if (!(k >= 0 && k <= n))
    return op.fail("bad-operands", `there are no ${k} elements along an axis of ${n}.`);
  if (largest) return [...lax.topK(x, k, axis)];
  // Stable, so that of equal elements the first comes first, as it does among the largest.
  const places = lax.sliceInDim(np.argsort(x, axis), 0, k, 1, axis);
  return [np.takeAlongAxis(x, places, axis), places];
};

const softmax =
  (f: (x: NDArray, axis: number) => NDArray): Operator =>
  (op) => {
    const x = op.array(0);
    if (op.version >= 13) return f(x, op.axis(op.int("axis", -1), x.ndim));
    // In older versions, all axes from the one that is given are one.
    const axis = op.axis(op.int("axis", 1), x.ndim);
    const rows = x.shape.slice(0, axis).reduce((a, b) => a * b, 1);
    const columns = x.shape.slice(axis).reduce((a, b) => a * b, 1);
    return f(x.reshape([rows, columns]), 1).reshape([...x.shape]);
  };

const stable = (x: NDArray, axis: number): NDArray => np.subtract(x, np.max(x, axis, { keepdims: true }));

const logSumExp = (x: NDArray, { axes, keepdims }: Axes): NDArray => {
  const top = np.max(x, [...axes], { keepdims: true });
  const finite = np.where(np.isfinite(top), top, 0);
  const sums = np.add(np.log(np.sum(np.exp(np.subtract(x, finite)), [...axes], { keepdims: true })), finite);
  return keepdims ? sums : np.squeeze(sums, [...axes]);
};

/** Operators that put elements along axes together, or in order. */
export const REDUCTIONS: { readonly [opType: string]: Operator } = {
  ArgMax: position((x, axis) => np.argmax(x, axis)),
  ArgMin: position((x, axis) => np.argmin(x, axis)),
  CumProd: cumulative((x, axis, reverse) => lax.cumprod(x, axis, reverse), 1),
  CumSum: cumulative((x, axis, reverse) => lax.cumsum(x, axis, reverse), 0),
  LogSoftmax: softmax((x, axis) => {
    const z = stable(x, axis);
    return np.subtract(z, np.log(np.sum(np.exp(z), axis, { keepdims: true })));
  }),
  ReduceL1: reduce((x, axes) => sum(np.abs(x), axes)),
  ReduceL2: reduce((x, axes) => np.sqrt(sum(np.multiply(x, x), axes))),
  ReduceLogSum: reduce((x, axes) => np.log(sum(x, axes))),
  ReduceLogSumExp: reduce(logSumExp),
  ReduceMax: reduce(max),
  ReduceMean: reduce(by((x, axes, options) => np.mean(x, [...axes], options))),
  ReduceMin: reduce(by((x, axes, options) => np.min(x, [...axes], options))),
  ReduceProd: knownProduct,
  ReduceSum: reduce(sum),
  ReduceSumSquare: reduce((x, axes) => sum(np.multiply(x, x), axes)),
  Softmax: softmax((x, axis) => {
    const e = np.exp(stable(x, axis));
    return np.divide(e, np.sum(e, axis, { keepdims: true }));
  }),
  TopK: topK,
};
