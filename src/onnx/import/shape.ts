import { type NDArray, type Shape, sizeOf } from "../../array/index.ts";
import * as lax from "../../lax/index.ts";
import * as np from "../../numpy/index.ts";
import type { Operation, Operator } from "./operation.ts";
import {
  arrayOf,
  broadcastKnown,
  checkSize,
  type ImportedValue,
  Known,
  knownNumbers,
  MAX_KNOWN,
  valueOfTensor,
} from "./value.ts";

const shapeOf = (value: ImportedValue): Shape => value.shape;

/** The same elements in another shape, be they known or not. */
const reshaped = (value: ImportedValue, shape: Shape): ImportedValue =>
  value instanceof Known ? new Known(value.type, shape, value.values) : np.reshape(value, [...shape]);

const reshape: Operator = (op) => {
  const x = op.value(0);
  const keepsZeros = op.flag("allowzero");
  const asked = op.integers(1);
  const from = shapeOf(x);
  const given = asked.map((n, axis) => (n === 0 && !keepsZeros ? (from[axis] ?? 0) : n));
  const free = given.filter((n) => n === -1).length;
  const rest = given.filter((n) => n !== -1).reduce((product, n) => product * n, 1);
  const shape = given.map((n) => (n === -1 ? (rest === 0 ? 0 : sizeOf(from) / rest) : n));
  if (free > 1 || shape.some((n) => !(Number.isInteger(n) && n >= 0)) || sizeOf(shape) !== sizeOf(from))
    return op.fail("bad-operands", `[${from}] cannot take the shape [${asked.slice(0, 12)}].`);
  return reshaped(x, shape);
};

const expand: Operator = (op) => {
  const x = op.value(0);
  const asked = op.integers(1);
  if (asked.some((n) => n < 0)) return op.fail("bad-operands", "a shape has no negative lengths.");
  const shape = np.broadcastShapes([...shapeOf(x)], [...asked]);
  checkSize(shape);
  if (x instanceof Known && sizeOf(shape) <= MAX_KNOWN) return broadcastKnown(x, shape);
  return np.broadcastTo(arrayOf(x), shape);
};

/** Axes that are an attribute in older versions and an operand in newer ones. */
export const axesOf = (op: Operation, at = 1): readonly number[] | undefined =>
  op.optionalIntegers(at) ?? op.ints("axes");

const squeeze: Operator = (op) => {
  const x = op.value(0);
  const shape = shapeOf(x);
  const given = axesOf(op);
  const axes =
    given === undefined ? shape.flatMap((n, a) => (n === 1 ? [a] : [])) : op.axes(given, shape.length);
  if (axes.some((axis) => shape[axis] !== 1))
    return op.fail("bad-operands", `[${shape}] has another length than 1 there.`);
  return reshaped(
    x,
    shape.filter((_, axis) => !axes.includes(axis)),
  );
};

const unsqueeze: Operator = (op) => {
  const x = op.value(0);
  const given = axesOf(op) ?? op.fail("bad-operands", "it needs axes.");
  const shape = [...shapeOf(x)];
  for (const axis of op.axes(given, shape.length + given.length).sort((a, b) => a - b))
    shape.splice(axis, 0, 1);
  return reshaped(x, shape);
};

const flatten: Operator = (op) => {
  const x = op.value(0);
  const shape = shapeOf(x);
  const given = op.int("axis", 1);
  const axis = given === shape.length ? given : op.axis(given, Math.max(1, shape.length));
  return reshaped(x, [sizeOf(shape.slice(0, axis)), sizeOf(shape.slice(axis))]);
};

const concat: Operator = (op) => {
  const values = op.values();
  const given = op.int("axis") ?? op.fail("bad-attribute", "it needs an axis.");
  const rank = shapeOf(op.value(0)).length;
  const axis = op.axis(given, rank);
  const total = values.reduce((sum, { shape }) => sum + (shape[axis] ?? 0), 0);
  const [first] = values;
  const isAlike = (value: ImportedValue): value is Known =>
    value instanceof Known && value.shape.length === 1 && first instanceof Known && value.type === first.type;
  if (first instanceof Known && values.every(isAlike) && total <= MAX_KNOWN)
    return new Known(
      first.type,
      [total],
      values.flatMap((value) => value.values),
    );
  return np.concatenate(op.arrays(), axis);
};

const split: Operator = (op) => {
  const x = op.array(0);
  const axis = op.axis(op.int("axis", 0), x.ndim);
  const count = op.int("num_outputs", op.outputCount);
  if (count !== op.outputCount)
    return op.fail("bad-attribute", `num_outputs is ${count}, and there are ${op.outputCount}.`);
  const n = x.shape[axis] as number;
  const part = Math.ceil(n / count);
  const lengths =
    op.optionalIntegers(1) ??
    op.ints("split") ??
    Array.from({ length: count }, (_, i) => Math.max(0, Math.min(part, n - i * part)));
  if (
    lengths.length !== op.outputCount ||
    lengths.some((l) => l < 0) ||
    lengths.reduce((a, b) => a + b, 0) !== n
  )
    return op.fail(
      "bad-operands",
      `the lengths [${lengths.slice(0, 12)}] do not make up ${n} in ${op.outputCount} parts.`,
    );
  let from = 0;
  return lengths.map((length) => {
    const piece = lax.sliceInDim(x, from, from + length, 1, axis);
    from += length;
    return piece;
  });
};

const slice: Operator = (op) => {
  const x = op.value(0);
  const shape = shapeOf(x);
  const [starts, ends] = [op.integers(1), op.integers(2)];
  const axes = op.axes(op.optionalIntegers(3) ?? starts.map((_, i) => i), shape.length);
  const steps = op.optionalIntegers(4) ?? starts.map(() => 1);
  if ([ends, axes, steps].some((list) => list.length !== starts.length) || steps.includes(0))
    return op.fail("bad-operands", "there must be a start, an end and a step other than 0 for each axis.");
  const backwards: number[] = [];
  const [from, to, by] = [shape.map(() => 0), [...shape], shape.map(() => 1)];
  axes.forEach((axis, i) => {
    const n = shape[axis] as number;
    const step = steps[i] as number;
    const place = (at: number): number => (at < 0 ? at + n : at);
    const [start, end] = [place(starts[i] as number), place(ends[i] as number)];
    const clamp = (at: number, low: number, high: number): number => Math.min(Math.max(at, low), high);
    if (step > 0) {
      from[axis] = clamp(start, 0, n);
      to[axis] = Math.max(from[axis] as number, clamp(end, 0, n));
    } else {
      // Read from the other end, it goes forwards.
      backwards.push(axis);
      const last = n - 1;
      from[axis] = clamp(last - clamp(start, -1, last), 0, n);
      to[axis] = Math.max(from[axis] as number, clamp(last - clamp(end, -1, last), 0, n));
    }
    by[axis] = Math.min(Math.abs(step), Math.max(1, n));
  });
  if (x instanceof Known && shape.length === 1) {
    const line = backwards.length > 0 ? [...x.values].reverse() : x.values;
    const kept = line.slice(from[0], to[0]).filter((_, i) => i % (by[0] as number) === 0);
    return new Known(x.type, [kept.length], kept);
  }
  const array = arrayOf(x);
  return lax.slice(backwards.length === 0 ? array : np.flip(array, backwards), from, to, by);
};

const pad: Operator = (op) => {
  const x = op.array(0);
  const given = op.optionalIntegers(1) ?? op.ints("pads") ?? op.fail("bad-operands", "it needs pads.");
  const filling = op.optional(2);
  const value = op.float("value");
  const axes = op.axes(op.optionalIntegers(3) ?? x.shape.map((_, axis) => axis), x.ndim);
  if (given.length !== 2 * axes.length) return op.fail("bad-operands", "there must be two pads an axis.");
  const widths = x.shape.map((): [number, number] => [0, 0]);
  axes.forEach((axis, i) => {
    widths[axis] = [given[i] as number, given[axes.length + i] as number];
  });
  checkSize(x.shape.map((n, axis) => Math.max(0, n + (widths[axis]?.[0] ?? 0) + (widths[axis]?.[1] ?? 0))));
  const mode = op.text("mode", "constant");
  if (mode === "constant") {
    const fill = filling === undefined ? np.array(value ?? 0, x.dtype) : arrayOf(filling).reshape([]);
    return lax.pad(
      x,
      fill,
      widths.map(([low, high]) => [low, high, 0]),
    );
  }
  if (mode === "reflect" || mode === "edge" || mode === "wrap") return np.pad(x, widths, mode);
  return op.fail("bad-attribute", `the mode "${mode}" is not known.`);
};

const range: Operator = (op) => {
  const [start, limit, step] = [0, 1, 2].map((i) => knownNumbers(op.value(i))?.[0]);
  if (start === undefined || limit === undefined || step === undefined || step === 0)
    return op.fail("unsupported", "its operands must be known, and the step other than 0.");
  const length = Math.max(0, Math.ceil((limit - start) / step));
  checkSize([length]);
  const isKnown = op.values().every((value) => value instanceof Known);
  const at = (i: number): number => start + i * step;
  if (isKnown && length <= MAX_KNOWN)
    return new Known(
      "int64",
      [length],
      Array.from({ length }, (_, i) => at(i)),
    );
  // Refused unless its ends are int32.
  if (isKnown) arrayOf(new Known("int64", [2], [start, at(length - 1)]));
  return np.arange(start, limit, step, isKnown ? "int32" : op.array(0).dtype);
};

const constant: Operator = (op) => {
  const tensor = op.tensor("value");
  const [int, float] = [op.int("value_int"), op.float("value_float")];
  const [ints, floats] = [op.ints("value_ints"), op.floats("value_floats")];
  if (tensor !== undefined) return valueOfTensor(tensor);
  if (int !== undefined) return new Known("int64", [], [int]);
  if (ints !== undefined) return new Known("int64", [ints.length], ints);
  if (float !== undefined) return np.array(float, "float32");
  if (floats !== undefined) return np.array([...floats], "float32");
  return op.fail("bad-attribute", "it has no value that is read.");
};

const constantOfShape: Operator = (op) => {
  const shape = op.integers(0);
  if (shape.some((n) => n < 0)) return op.fail("bad-operands", "a shape has no negative lengths.");
  checkSize(shape);
  const tensor = op.tensor("value");
  const value = tensor === undefined ? np.zeros([]) : valueOfTensor(tensor);
  if (sizeOf(value.shape) !== 1) return op.fail("bad-attribute", "the value must be one number.");
  const scalar = reshaped(value, []);
  if (scalar instanceof Known && sizeOf(shape) <= MAX_KNOWN) return broadcastKnown(scalar, shape);
  return np.broadcastTo(arrayOf(scalar), [...shape]);
};

const transpose: Operator = (op) => {
  const x = op.array(0);
  const axes = op.axes(op.ints("perm") ?? x.shape.map((_, axis) => x.ndim - 1 - axis), x.ndim);
  if (axes.length !== x.ndim) return op.fail("bad-attribute", "perm must name every axis.");
  return np.transpose(x, axes);
};

const tile: Operator = (op) => {
  const x = op.array(0);
  const repeats = op.integers(1);
  if (repeats.length !== x.ndim || repeats.some((n) => n < 0))
    return op.fail("bad-operands", "there must be one number of repetitions an axis.");
  checkSize(x.shape.map((n, axis) => n * (repeats[axis] as number)));
  return np.tile(x, [...repeats]);
};

const triangle: Operator = (op) => {
  const x = op.array(0);
  const k = op.optionalIntegers(1)?.[0] ?? 0;
  return op.flag("upper", true) ? np.triu(x, k) : np.tril(x, k);
};

/** Blocks of features as blocks of space, or back. */
const depthToSpace: Operator = (op) => {
  const x = op.array(0);
  const [b, mode] = [op.int("blocksize", 0), op.text("mode", "DCR")];
  if (x.ndim !== 4 || b < 1)
    return op.fail("bad-operands", "it takes four axes and a blocksize of at least 1.");
  const [n, c, h, w] = x.shape as [number, number, number, number];
  const inner = c / (b * b);
  const isDcr = mode === "DCR";
  const blocks = x.reshape(isDcr ? [n, b, b, inner, h, w] : [n, inner, b, b, h, w]);
  return np
    .transpose(blocks, isDcr ? [0, 3, 4, 1, 5, 2] : [0, 1, 4, 2, 5, 3])
    .reshape([n, inner, h * b, w * b]);
};

const spaceToDepth: Operator = (op) => {
  const x = op.array(0);
  const b = op.int("blocksize", 0);
  if (x.ndim !== 4 || b < 1)
    return op.fail("bad-operands", "it takes four axes and a blocksize of at least 1.");
  const [n, c, h, w] = x.shape as [number, number, number, number];
  const blocks = x.reshape([n, c, h / b, b, w / b, b]);
  return np.transpose(blocks, [0, 3, 5, 1, 2, 4]).reshape([n, c * b * b, h / b, w / b]);
};

const dropout: Operator = (op) => {
  op.float("ratio", 0.5);
  op.int("seed");
  const training = op.optional(2);
  if (training !== undefined && knownNumbers(training)?.[0] !== 0)
    return op.fail(
      "unsupported",
      "it drops nothing in a model that is imported; export the model for inference.",
    );
  const x = op.value(0);
  const mask = (): NDArray => np.ones([...shapeOf(x)], "bool");
  return op.outputCount > 1 ? [x, mask()] : x;
};

const shape: Operator = (op) => {
  const lengths = shapeOf(op.value(0));
  const place = (at: number): number => Math.max(0, at < 0 ? at + lengths.length : at);
  const kept = lengths.slice(place(op.int("start", 0)), place(op.int("end", lengths.length)));
  return new Known("int64", [kept.length], kept);
};

/** Operators that rearrange, make and measure arrays. */
export const SHAPE_OPERATORS: { readonly [opType: string]: Operator } = {
  Concat: concat,
  Constant: constant,
  ConstantOfShape: constantOfShape,
  DepthToSpace: depthToSpace,
  Dropout: dropout,
  Expand: expand,
  Flatten: flatten,
  Identity: (op) => op.value(0),
  Pad: pad,
  Range: range,
  Reshape: reshape,
  Shape: shape,
  Size: (op) => new Known("int64", [], [sizeOf(shapeOf(op.value(0)))]),
  Slice: slice,
  SpaceToDepth: spaceToDepth,
  Split: split,
  Squeeze: squeeze,
  Tile: tile,
  Transpose: transpose,
  Trilu: triangle,
  Unsqueeze: unsqueeze,
};
