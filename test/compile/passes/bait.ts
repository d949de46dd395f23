import {
  type DType,
  isFloat,
  type NDArray,
  type Shape,
  sameShape,
  sizeOf,
} from "../../../src/array/index.ts";
import {
  type Aval,
  type Chooser,
  type ClosedJaxpr,
  CotangentError,
  type FlatFunction,
  traceToJaxpr,
} from "../../../src/core/index.ts";
import * as p from "../../../src/primitives/index.ts";
import { chooserFrom } from "../../../src/testing/chooser.ts";
import type { Source } from "../../../src/testing/tape.ts";
import { ordinary } from "./support.ts";

/*
 * Programs of what rewriting rules look for: few small arrays, each used again and again, much that is constant, the same
 * operations in a row, and such as nearly fit a rule. Two values meet that no person would put together, on purpose.
 */

/** A value of the program being traced. */
interface Value {
  readonly x: NDArray;
  /** How large its elements may be. */
  readonly bound: number;
}

type Operation = (choose: Chooser, pick: (fits?: (x: NDArray) => boolean) => Value) => Value;

/** Values larger than this are not computed with, so that float32 has all bits that sums need. */
const GREATEST = 1e4;
const GREATEST_SIZE = 60;

const CONSTANTS = [0, 1, -1, 2, 0.5, -2, 3, 4];

const number = (x: NDArray, value: number): NDArray =>
  p.scalarLike(x, isFloat(x.dtype) ? value : Math.trunc(value));

const isNumeric = ({ dtype }: NDArray): boolean => dtype !== "bool";
const isBoolean = ({ dtype }: NDArray): boolean => dtype === "bool";
const isFloating = ({ dtype }: NDArray): boolean => isFloat(dtype);
const hasAxes = ({ shape }: NDArray): boolean => shape.length > 0;

/** One operand, and a partner of its shape and dtype, or a scalar, or itself. */
const pair = (
  pick: Parameters<Operation>[1],
  fits: (x: NDArray) => boolean = isNumeric,
): readonly [Value, Value] => {
  const left = pick(fits);
  const { shape, dtype } = left.x;
  const right = pick((y) => y.dtype === dtype && (sameShape(y.shape, shape) || y.shape.length === 0));
  return [left, right];
};

const one =
  (
    f: (x: NDArray, choose: Chooser) => NDArray,
    fits = isNumeric,
    bound = (b: number): number => b,
  ): Operation =>
  (choose, pick) => {
    const value = pick(fits);
    return { x: f(value.x, choose), bound: bound(value.bound) };
  };

const two =
  (
    f: (x: NDArray, y: NDArray) => NDArray,
    bound: (a: number, b: number) => number,
    fits = isNumeric,
  ): Operation =>
  (choose, pick) => {
    const [a, b] = pair(pick, fits);
    const isTurned = choose.bool();
    return { x: isTurned ? f(b.x, a.x) : f(a.x, b.x), bound: bound(a.bound, b.bound) };
  };

const constant: Operation = (choose, pick) => {
  const { x } = pick(isNumeric);
  const value = number(x, choose.pick(CONSTANTS));
  return {
    x: choose.bool() ? value : p.broadcastInDim(value, x.shape, []),
    bound: 4,
  };
};

/** An identity, square or not, or the like of it with its axes in other places. */
const diagonal: Operation = (choose, pick) => {
  const { x } = pick(isFloating);
  const shape = x.shape.length === 2 ? x.shape : [3, choose.pick([3, 2])];
  const [row, column] = choose.pick([
    [0, 1],
    [1, 0],
  ] as const);
  const equal = p.eq(p.iota(shape, "int32", row), p.iota(shape, "int32", column));
  return { x: p.convertElementType(equal, x.dtype), bound: 1 };
};

const axesOf = (choose: Chooser, x: NDArray): number[] => choose.subset(p.range(x.shape.length));

const ELEMENTWISE: readonly Operation[] = [
  constant,
  constant,
  one(p.neg),
  one(p.abs),
  one(p.square, isNumeric, (b) => b * b),
  one(
    (x, choose) => p.integerPow(x, choose.int(0, 3)),
    isNumeric,
    (b) => Math.max(1, b ** 3),
  ),
  one(
    (x, choose) => p.pow(p.abs(x), number(x, choose.int(0, 2))),
    isFloating,
    (b) => Math.max(1, b * b),
  ),
  one(
    (x, choose) => p.div(x, number(x, choose.pick([1, -1, 2, 0.5, -4, 3]))),
    isFloating,
    (b) => 2 * b,
  ),
  one(
    (x, choose) => p.mul(x, number(x, choose.pick(CONSTANTS))),
    isNumeric,
    (b) => 4 * b,
  ),
  one(p.stopGradient),
  one(p.sign, isNumeric, () => 1),
  two(p.add, (a, b) => a + b),
  two(p.sub, (a, b) => a + b),
  two(p.mul, (a, b) => a * b),
  two(p.max, Math.max),
  two(p.min, Math.max),
  one((x, choose) => choose.pick([p.max, p.min])(x, number(x, choose.pick(CONSTANTS)))),
];

const LOGIC: readonly Operation[] = [
  one(p.not, isBoolean),
  two(p.and, () => 1, isBoolean),
  two(p.or, () => 1, isBoolean),
  two(p.eq, () => 1),
  two(p.ne, () => 1),
  two(p.lt, () => 1),
  two(p.ge, () => 1),
  one(
    (x) => p.lt(x, number(x, 1)),
    isNumeric,
    () => 1,
  ),
  one(
    (x) => p.broadcastInDim(p.eq(number(x, 0), number(x, 0)), x.shape, []),
    isNumeric,
    () => 1,
  ),
  (choose, pick) => {
    const [a, b] = pair(pick);
    const which = pick((q) => q.dtype === "bool" && (q.shape.length === 0 || sameShape(q.shape, a.x.shape)));
    // A scalar beside an array is no case of a choice.
    const [left, right] = [
      a.x,
      p.broadcastInDim(b.x, a.x.shape, b.x.shape.length === 0 ? [] : p.range(a.x.shape.length)),
    ];
    const x = choose.bool() ? p.select(which.x, left, right) : p.select(which.x, right, left);
    return { x, bound: a.bound + b.bound };
  },
  (choose, pick) => {
    const a = pick(isNumeric);
    const which = pick((q) => q.dtype === "bool" && sameShape(q.shape, a.x.shape));
    const other = p.broadcastInDim(number(a.x, choose.pick([0, 0, 1])), a.x.shape, []);
    return {
      x: choose.bool() ? p.select(which.x, a.x, other) : p.select(which.x, other, a.x),
      bound: a.bound + 1,
    };
  },
  one(
    (x, choose) => p.convertElementType(x, choose.pick(["float32", "float64", "int32", "bool"] as const)),
    () => true,
  ),
];

const MOVING: readonly Operation[] = [
  one(
    (x, choose) => {
      const { shape } = x;
      const target = choose.pick([
        [sizeOf(shape)],
        [1, ...shape],
        [...shape, 1],
        shape.filter((n) => n !== 1),
        [...shape].reverse(),
      ]);
      return p.reshape(x, target);
    },
    () => true,
  ),
  one((x, choose) => p.transpose(x, choose.permutation(p.range(x.shape.length))), hasAxes),
  one((x, choose) => p.rev(x, axesOf(choose, x)), hasAxes),
  one(
    (x, choose) => {
      const { shape } = x;
      const at = choose.int(0, shape.length);
      const places = p.range(shape.length).map((axis) => (axis >= at ? axis + 1 : axis));
      return p.broadcastInDim(x, [...shape.slice(0, at), choose.pick([1, 2, 3]), ...shape.slice(at)], places);
    },
    () => true,
  ),
  one((x, choose) => {
    const grown = x.shape.map((n) => (n === 1 ? choose.pick([1, 3]) : n));
    return p.broadcastInDim(x, grown, p.range(grown.length));
  }, hasAxes),
  one((x, choose) => {
    const starts = x.shape.map((n) => choose.pick([0, 0, Math.min(1, n)]));
    const limits = x.shape.map((n, axis) => choose.pick([n, n, Math.max(starts[axis] as number, n - 1)]));
    return p.slice(
      x,
      starts,
      limits,
      x.shape.map(() => choose.pick([1, 1, 2])),
    );
  }, hasAxes),
  one(
    (x, choose) => {
      const padded = choose.int(0, x.shape.length - 1);
      const edges = [-1, 0, 0, 1, 2];
      const config = x.shape.map((_, axis) =>
        axis === padded || choose.int(0, 4) === 0
          ? ([choose.pick(edges), choose.pick(edges), choose.pick([0, 0, 1])] as const)
          : ([0, 0, 0] as const),
      );
      return p.pad(x, number(x, choose.pick([0, 0, 1])), config);
    },
    (x) => hasAxes(x) && isNumeric(x),
    (b) => b + 1,
  ),
  // Halves of an array side by side again, as gradients of joined arrays are.
  one(
    (x, choose) => {
      const axis = choose.int(0, x.shape.length - 1);
      const n = x.shape[axis] as number;
      const [cut, from] = [choose.int(0, n), choose.int(0, n)];
      const part = (start: number, limit: number): NDArray =>
        p.slice(
          x,
          x.shape.map((_, i) => (i === axis ? start : 0)),
          x.shape.map((length, i) => (i === axis ? limit : length)),
        );
      const zeros = (low: number, high: number, piece: NDArray): NDArray =>
        p.pad(
          piece,
          number(x, 0),
          x.shape.map((_, i) => (i === axis ? ([low, high, 0] as const) : ([0, 0, 0] as const))),
        );
      const first = zeros(0, n - cut, part(0, cut));
      return p.add(first, choose.bool() ? zeros(cut, 0, part(cut, n)) : zeros(from, 0, part(from, n)));
    },
    (x) => hasAxes(x) && isNumeric(x),
    (b) => 2 * b,
  ),
  (choose, pick) => {
    const a = pick(hasAxes);
    const axis = choose.int(0, a.x.shape.length - 1);
    const others = [0, 1].map(() =>
      pick(
        ({ dtype, shape }) =>
          dtype === a.x.dtype &&
          shape.length === a.x.shape.length &&
          shape.every((n, i) => i === axis || n === a.x.shape[i]),
      ),
    );
    const parts = [a, ...others.slice(choose.int(0, 1))];
    return {
      x: p.concatenate(
        parts.map(({ x }) => x),
        axis,
      ),
      bound: Math.max(...parts.map(({ bound }) => bound)),
    };
  },
  (choose, pick) => {
    const { x, bound } = pick(hasAxes);
    const index = pick(({ dtype, shape }) => dtype === "int32" && shape.length === 0);
    const sizes = x.shape.map((n) => choose.pick([n, Math.max(0, n - 1)]));
    const starts = x.shape.map(() => (choose.bool() ? index.x : number(index.x, choose.int(-1, 2))));
    return { x: p.dynamicSlice(x, starts, sizes), bound };
  },
  (choose, pick) => {
    const { x, bound } = pick(hasAxes);
    const update = pick(
      ({ dtype, shape }) =>
        dtype === x.dtype &&
        shape.length === x.shape.length &&
        shape.every((n, i) => n <= (x.shape[i] as number)),
    );
    const index = pick(({ dtype, shape }) => dtype === "int32" && shape.length === 0);
    const starts = x.shape.map(() => (choose.bool() ? index.x : number(index.x, choose.int(-1, 2))));
    return { x: p.dynamicUpdateSlice(x, update.x, starts), bound: Math.max(bound, update.bound) };
  },
];

const REDUCING: readonly Operation[] = [
  one(
    (x, choose) => p.reduceSum(x, axesOf(choose, x)),
    isNumeric,
    (b) => GREATEST_SIZE * b,
  ),
  one(
    (x, choose) => p.reduceSum(x, axesOf(choose, x)),
    isNumeric,
    (b) => GREATEST_SIZE * b,
  ),
  one(
    (x, choose) => choose.pick([p.reduceMax, p.reduceMin])(x, axesOf(choose, x)),
    (x) => isNumeric(x) && sizeOf(x.shape) > 0,
  ),
  one((x, choose) => choose.pick([p.reduceAnd, p.reduceOr])(x, axesOf(choose, x)), isBoolean),
  one(
    (x, choose) => p.cumsum(x, choose.int(0, x.shape.length - 1), choose.bool()),
    (x) => hasAxes(x) && isNumeric(x),
    (b) => 3 * b,
  ),
  (choose, pick) => {
    const a = pick(isFloating);
    const b = pick(({ dtype }) => dtype === a.x.dtype);
    const axes = (x: NDArray): number[] => p.range(x.shape.length);
    const [left, right] = [choose.permutation(axes(a.x)), choose.permutation(axes(b.x))];
    const pairs = choose.int(0, Math.min(2, left.length, right.length));
    const batches = choose.int(0, pairs);
    return {
      x: p.dotGeneral(a.x, b.x, {
        lhsBatch: left.slice(0, batches),
        rhsBatch: right.slice(0, batches),
        lhsContracting: left.slice(batches, pairs),
        rhsContracting: right.slice(batches, pairs),
      }),
      bound: 9 * a.bound * b.bound,
    };
  },
  (choose, pick) => {
    const value = pick((x) => isFloating(x) && hasAxes(x));
    const [size, stride, dilation] = [choose.int(1, 2), choose.int(1, 2), choose.int(1, 2)];
    const windows = p.windows(value.x, [size], [stride], [dilation]);
    const rank = windows.shape.length;
    const which = choose.int(0, 2);
    if (which === 0) return { x: windows, bound: value.bound };
    if (which === 1) return { x: p.reduceMax(windows, [rank - 1]), bound: value.bound };
    const last = value.x.shape.at(-1) as number;
    return { x: p.overlapAdd(windows, [last], [stride], [dilation]), bound: 2 * value.bound };
  },
];

const FAMILIES = [
  ELEMENTWISE,
  ELEMENTWISE,
  ELEMENTWISE,
  LOGIC,
  LOGIC,
  MOVING,
  MOVING,
  MOVING,
  REDUCING,
  REDUCING,
  [diagonal],
];

const INPUTS: readonly Aval[] = (
  [
    [[2, 3], "float32"],
    [[3], "float32"],
    [[3, 3], "float32"],
    [[], "float32"],
    [[1, 3], "float32"],
    [[2, 3], "bool"],
    [[3], "int32"],
    [[], "int32"],
    [[2, 2, 3], "float64"],
    [[3], "float64"],
  ] as readonly (readonly [Shape, DType])[]
).map(([shape, dtype]) => ({ shape, dtype, weakType: false }));

/** No value fits; another operation may. */
class NoneFits extends Error {}

const MOST_STEPS = 16;

/** Draw a program, and arguments for it. */
export const drawBait = (
  source: Source,
): { readonly closed: ClosedJaxpr; readonly inputs: readonly NDArray[] } => {
  const choose = chooserFrom(source);
  const avals = Array.from({ length: choose.int(1, 4) }, () => choose.pick(INPUTS));
  const fun: FlatFunction = (...xs) => {
    const values: Value[] = xs.map((x) => ({ x, bound: 3 }));
    const pick = (fits: (x: NDArray) => boolean = () => true): Value => {
      const fitting = values.filter(({ x }) => fits(x)).reverse();
      if (fitting.length === 0) throw new NoneFits();
      return choose.pick(fitting.slice(0, choose.int(1, fitting.length)));
    };
    for (let k = choose.int(2, MOST_STEPS); k > 0; k--) {
      source.span(() => {
        try {
          const value = choose.pick(choose.pick(FAMILIES))(choose, pick);
          if (value.bound <= GREATEST && sizeOf(value.x.shape) <= GREATEST_SIZE) values.push(value);
        } catch (error) {
          if (!(error instanceof NoneFits || error instanceof CotangentError)) throw error;
        }
      });
    }
    const made = values.slice(xs.length).reverse();
    return [made[0] ?? (values[0] as Value), ...made.slice(1, choose.int(1, 4))].map(({ x }) => x);
  };
  return {
    closed: traceToJaxpr(fun, avals, "makeJaxpr"),
    inputs: avals.map((aval, i) => ordinary(aval, i)),
  };
};
