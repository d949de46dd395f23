import { allocate, type ConcreteArray, denseData, type Shape, sizeOf } from "../../../src/array/index.ts";
import type { Aval, Combine, DotAxes, Lowering, Params, ViewAxis } from "../../../src/core/index.ts";
import { evaluate } from "../../../src/kernel/evaluate.ts";
import { input, type ScalarValue } from "../../../src/kernel/expr.ts";
import { scalarTypeOf } from "../../../src/kernel/scalar-type.ts";
import { sequence } from "../../../src/kernel/sequence.ts";
import type { Application } from "../../../src/testing/application.ts";

/*
 * What lowerings mean, in plain loops, slow and without WebAssembly. A result is the elements of each output row by row.
 */

type Data = ArrayLike<number>;

/** The index of every element of a shape, row by row. */
export const indicesOf = (shape: Shape): number[][] =>
  Array.from({ length: sizeOf(shape) }, (_, flat) => {
    const index = new Array<number>(shape.length);
    let rest = flat;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      const n = shape[axis] as number;
      index[axis] = rest % n;
      rest = Math.floor(rest / n);
    }
    return index;
  });

const flatIndex = (index: readonly number[], shape: Shape): number => {
  index.forEach((i, axis) => {
    const n = shape[axis] as number;
    if (!(i >= 0 && i < n)) throw new RangeError(`index ${i} of axis ${axis} lies outside its length ${n}`);
  });
  return index.reduce((sum, i, axis) => sum * (shape[axis] as number) + i, 0);
};

const store = (values: readonly (readonly ScalarValue[])[], outputs: readonly Aval[]): Data[] =>
  outputs.map(({ dtype, shape }, k) => {
    const out = allocate(dtype, sizeOf(shape));
    values.forEach((row, i) => {
      out[i] = Number(row[k]);
    });
    return out;
  });

const viewed = (x: ConcreteArray, axes: readonly ViewAxis[], output: Aval): number[] => {
  if (axes.length !== x.shape.length) throw new RangeError(`${axes.length} axes for rank ${x.shape.length}`);
  const data = denseData(x);
  return indicesOf(output.shape).map((index) => {
    const from = axes.map(({ offset, terms }) =>
      terms.reduce((sum, { axis, scale }) => sum + scale * (index[axis] as number), offset),
    );
    return data[flatIndex(from, x.shape)] as number;
  });
};

const combine: { readonly [K in Combine]: (x: number, y: number) => number } = {
  add: (x, y) => x + y,
  mul: (x, y) => x * y,
  min: Math.min,
  max: Math.max,
  and: (x, y) => x & y,
  or: (x, y) => x | y,
  xor: (x, y) => x ^ y,
};

/** The elements that each element of the result is made from; for an empty reduction, none. */
const reduced = (
  x: ConcreteArray,
  axes: readonly number[],
  how: Combine,
  output: Aval,
): (number | undefined)[] => {
  const data = denseData(x);
  const out = new Array<number | undefined>(sizeOf(output.shape)).fill(undefined);
  const wraps = x.dtype === "int32" || x.dtype === "uint32";
  indicesOf(x.shape).forEach((index, i) => {
    const kept = index.filter((_, axis) => !axes.includes(axis));
    const at = flatIndex(kept, output.shape);
    const [sofar, element] = [out[at], data[i] as number];
    if (sofar === undefined) out[at] = element;
    else if (how === "mul" && wraps) out[at] = Math.imul(sofar, element);
    else out[at] = combine[how](sofar, element);
  });
  return out;
};

const product = (x: ConcreteArray, y: ConcreteArray, axes: DotAxes, output: Aval): number[] => {
  const [a, b] = [denseData(x), denseData(y)];
  const lengths = axes.lhsContracting.map((axis) => x.shape[axis] as number);
  const times = x.dtype.startsWith("float") ? (p: number, q: number): number => p * q : Math.imul;
  const free = ({ shape }: Aval, contracting: readonly number[], batch: readonly number[]): number[] =>
    shape.flatMap((_, axis) => (contracting.includes(axis) || batch.includes(axis) ? [] : [axis]));
  const rows = free(x, axes.lhsContracting, axes.lhsBatch);
  const columns = free(y, axes.rhsContracting, axes.rhsBatch);
  const place = (
    rank: number,
    groups: readonly (readonly [readonly number[], readonly number[]])[],
  ): number[] => {
    const index = new Array<number>(rank);
    for (const [where, values] of groups) {
      where.forEach((axis, i) => {
        index[axis] = values[i] as number;
      });
    }
    return index;
  };
  return indicesOf(output.shape).map((index) => {
    const batch = index.slice(0, axes.lhsBatch.length);
    const row = index.slice(batch.length, batch.length + rows.length);
    const column = index.slice(batch.length + rows.length);
    return indicesOf(lengths).reduce((sum, k) => {
      const left = place(x.shape.length, [
        [axes.lhsBatch, batch],
        [rows, row],
        [axes.lhsContracting, k],
      ]);
      const right = place(y.shape.length, [
        [axes.rhsBatch, batch],
        [columns, column],
        [axes.rhsContracting, k],
      ]);
      return sum + times(a[flatIndex(left, x.shape)] as number, b[flatIndex(right, y.shape)] as number);
    }, 0);
  });
};

const asArray = <T>(x: T | readonly T[]): readonly T[] => (Array.isArray(x) ? x : [x as T]);

/** What a lowering makes of an application; `undefined` for the kinds that are programs of their own. */
export const runLowering = (lowering: Lowering<Params>, application: Application): Data[] | undefined => {
  const { inputs, params, outAvals } = application;
  const [x, y] = inputs as readonly [ConcreteArray, ConcreteArray];
  const output = outAvals[0] as Aval;
  switch (lowering.kind) {
    case "elementwise": {
      const operands = inputs.map(({ dtype }, i) => input(i, scalarTypeOf(dtype)));
      const exprs = asArray(lowering.expr(operands, params, outAvals, inputs));
      exprs.forEach(({ type }, i) => {
        const expected = scalarTypeOf((outAvals[i] as Aval).dtype);
        if (type !== expected) throw new TypeError(`output ${i} has type ${type}, not ${expected}`);
      });
      const program = sequence(exprs);
      const data = inputs.map(denseData);
      const values = indicesOf(output.shape).map((_, i) =>
        evaluate(
          program,
          data.map((d, k) => d[inputs[k]?.shape.length === 0 ? 0 : i] as number),
        ),
      );
      return store(values, outAvals);
    }
    case "generate": {
      const indices = output.shape.map((_, axis) => input(axis, "i32"));
      const program = sequence([lowering.expr(indices, params, output)]);
      return store(
        indicesOf(output.shape).map((index) => evaluate(program, index)),
        outAvals,
      );
    }
    case "view":
      return [viewed(x, lowering.axes(params, x, output), output)];
    case "reshape":
    case "identity":
      return [denseData(x)];
    case "reduction": {
      const elements = reduced(x, lowering.axes(params), lowering.combine, output);
      // Of nothing the reference tells what it is.
      const nothing = elements.includes(undefined)
        ? denseData(application.evaluate()[0] as ConcreteArray)
        : [];
      return store(
        elements.map((element, i) => [element ?? (nothing[i] as number)]),
        outAvals,
      );
    }
    case "dot":
      return store(
        product(x, y, lowering.axes(params), output).map((element) => [element]),
        outAvals,
      );
    case "nest":
    case "scan":
    case "while":
    case "branch":
    case "call":
      return undefined;
  }
};
