import { sizeOf } from "../array/index.ts";
import type { Aval, Combine } from "../core/index.ts";
import { add, and, constant, type Expr, max, min, mul, or, xor } from "../kernel/expr.ts";
import { windowAt } from "./layout.ts";
import { type Pending, pending, type Stored, type Value } from "./scheduled-value.ts";

/*
 * Short axes written out: a reduction over the four elements of a window is three operations on elements, and joins
 * loops like any other, where a loop of its own over two axes of length 2 would mostly count.
 */

/** Most elements that are written out, and most operations they may take altogether. */
const MOST_TERMS = 16;
const MOST_OPERATIONS = 96;
/** How far apart neighbouring results may read: further apart, a loop along the reduced axes reads memory in better order. */
const MOST_DISTANCE = 4;

const OPERATIONS: { readonly [K in Combine]: (a: Expr, b: Expr) => Expr } = {
  add,
  mul,
  min,
  max,
  and,
  or,
  xor,
};

/** Everything that is read for a value, and how many operations it takes. */
const survey = (value: Value): { readonly reads: readonly Stored[]; readonly operations: number } => {
  const seen = new Set<Value>();
  const reads: Stored[] = [];
  const open = [value];
  for (let v = open.pop(); v !== undefined && seen.size <= MOST_OPERATIONS; v = open.pop()) {
    if (seen.has(v)) continue;
    seen.add(v);
    if (v.kind === "stored") reads.push(v);
    else if (v.kind === "pending") open.push(...(v.stored === undefined ? v.inputs : [v.stored]));
  }
  return { reads, operations: seen.size };
};

const without = <T>(list: readonly T[], axes: readonly number[]): T[] =>
  list.filter((_, axis) => !axes.includes(axis));

/** All indices of some axes, row by row. */
const indicesOf = (lengths: readonly number[]): number[][] =>
  lengths.reduce<number[][]>(
    (all, n) => all.flatMap((index) => Array.from({ length: n }, (_, i) => [...index, i])),
    [[]],
  );

/** A value at one index of some axes, which are gone. */
const at = (whole: Value, axes: readonly number[], index: readonly number[]): Value => {
  const made = new Map<Value, Value>();
  const take = (value: Value): Value => {
    // Scalars stand for full arrays.
    if (value.aval.shape.length === 0) return value;
    let taken = made.get(value);
    if (taken === undefined) {
      taken = takeNew(value);
      made.set(value, taken);
    }
    return taken;
  };
  const takeNew = (value: Value): Value => {
    const aval: Aval = { ...value.aval, shape: without(value.aval.shape, axes) };
    switch (value.kind) {
      case "stored": {
        return { kind: "stored", layout: windowAt(value.layout, axes, index), after: value.after, aval };
      }
      case "generated":
        return {
          kind: "generated",
          aval,
          expr: (indices) => {
            const rest = [...indices];
            return value.expr(
              value.aval.shape.map((_, axis) => {
                const i = axes.indexOf(axis);
                return i < 0 ? (rest.shift() as Expr) : constant("i32", index[i] as number);
              }),
            );
          },
        };
      case "pending":
        return value.stored === undefined
          ? pending(aval, value.inputs.map(take), value.expr)
          : take(value.stored);
    }
  };
  return take(whole);
};

/** A value at one index of some of its axes. */
export interface Piece {
  readonly index: readonly number[];
  readonly value: Value;
}

/**
 * A value at every index of some of its axes, row by row, or `undefined` if that is not worth it: if there are many, or
 * if neighbours along the other axes lie far apart in all that is read.
 */
export const pieces = (value: Value, axes: readonly number[]): readonly Piece[] | undefined => {
  const { shape } = value.aval;
  const lengths = axes.map((axis) => shape[axis] as number);
  const terms = sizeOf(lengths);
  if (terms === 0 || terms > MOST_TERMS || sizeOf(shape) === terms) return undefined;
  const { reads, operations } = survey(value);
  if (operations * terms > MOST_OPERATIONS) return undefined;
  const kept = shape.flatMap((n, axis) => (n === 1 || axes.includes(axis) ? [] : [axis]));
  const isNear = reads.some(
    ({ layout }) =>
      layout.shape.length === shape.length &&
      axes.some((axis) => shape[axis] !== 1 && layout.strides[axis] !== 0) &&
      kept.some((axis) => {
        const distance = Math.abs(layout.strides[axis] as number);
        return distance > 0 && distance <= MOST_DISTANCE;
      }),
  );
  return isNear ? indicesOf(lengths).map((index) => ({ index, value: at(value, axes, index) })) : undefined;
};

/** A reduction over a few elements that lie side by side, as element-by-element operations. */
export const unrolledReduction = (
  value: Value,
  combine: Combine,
  axes: readonly number[],
  aval: Aval,
): Pending | undefined => {
  if (value.aval.dtype === "bool") return undefined;
  const terms = pieces(value, axes);
  if (terms === undefined) return undefined;
  const together = (exprs: readonly Expr[]): Expr => {
    if (exprs.length === 1) return exprs[0] as Expr;
    const half = exprs.length >> 1;
    return OPERATIONS[combine](together(exprs.slice(0, half)), together(exprs.slice(half)));
  };
  return pending(
    aval,
    terms.map((term) => term.value),
    together,
  );
};

/**
 * Those of the reduced axes that are short and lie, in memory, outside of axes that are kept: written out, they make the
 * rest a reduction of fewer elements.
 */
export const shortAxes = (value: Value, axes: readonly number[]): readonly number[] | undefined => {
  const { shape } = value.aval;
  const short = axes.filter((axis) => (shape[axis] as number) <= 4);
  if (short.length === 0 || short.length === axes.length) return undefined;
  const distance = (strides: readonly number[], axis: number): number => Math.abs(strides[axis] as number);
  const isOutside = survey(value).reads.some(({ layout: { strides } }) => {
    if (strides.length !== shape.length) return false;
    const nearest = Math.min(...short.map((axis) => distance(strides, axis)));
    return shape.some((n, axis) => {
      const own = distance(strides, axis);
      return n > 1 && !axes.includes(axis) && own > 0 && own < nearest;
    });
  });
  return isOutside ? short : undefined;
};
