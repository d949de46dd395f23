import type { Aval, Params } from "../../../core/index.ts";
import * as prim from "../../../primitives/index.ts";
import {
  array,
  broadcast,
  compare,
  dynamicSlice,
  dynamicUpdateSlice,
  empty,
  iota,
  isNotANumber,
  pad,
  reduce,
  reshape,
  select,
  sliceAxis,
  unary,
} from "../ops.ts";
import { scalar, type TensorType, type Value } from "../types.ts";
import type { Writer } from "../writer.ts";
import { type Rule, rule, type Write } from "./rule.ts";
import {
  add,
  and,
  columnAt,
  div,
  eachColumn,
  elementAt,
  mul,
  places,
  product,
  spread,
  stacked,
  sub,
} from "./stacks.ts";

/*
 * LU, for which StableHLO has no operation. A loop goes from column to column, and each turn works on whole matrices, all
 * of a stack at once: what an engine for arrays does well, though it multiplies more than it would have to. Of many columns
 * a loop goes from block to block, so that most of the work is products (Golub & Van Loan, "Matrix Computations", 3.2.11).
 */

interface Lu {
  readonly lu: Value;
  readonly pivots: Value;
  readonly permutation: Value;
}

/** The first row from `k` on whose element of a column, [S, m], is greatest in magnitude. NaN stays if it is in row `k`. */
const pivotRow = (w: Writer, column: Value, k: Value): Value => {
  const rows = iota(w, { shape: column.shape, element: "i32" }, 1);
  const current = broadcast(w, k, column.shape);
  const least = w.splat(-1, column);
  const magnitude = unary(w, "stablehlo.abs", column);
  const isMissing = isNotANumber(w, column);
  const isCurrent = compare(w, "eq", rows, current);
  const ofNaN = select(w, isCurrent, w.splat(Number.POSITIVE_INFINITY, column), least);
  const key = select(w, compare(w, "lt", rows, current), least, select(w, isMissing, ofNaN, magnitude));
  const greatest = reduce(w, "stablehlo.maximum", key, w.splat(-1, scalar(column.element)), [1]);
  const isGreatest = compare(w, "eq", key, broadcast(w, greatest, column.shape, [0]));
  const behind = w.splat(column.shape[1] as number, { shape: column.shape, element: "i32" });
  const last = w.splat(column.shape[1] as number, scalar("i32"));
  return reduce(w, "stablehlo.minimum", select(w, isGreatest, rows, behind), last, [1]);
};

/** Gaussian elimination with row exchanges, column by column: column j of [S, m, n] in the rows from `start` + j on. */
const eliminated = (w: Writer, a: Value, start: Value): Lu => {
  const [count, m, n] = a.shape as [number, number, number];
  const rank = Math.min(m, n);
  const zero = w.splat(0, scalar("i32"));
  const [lu, pivots, permutation] = eachColumn(
    w,
    rank,
    [
      a,
      w.splat(0, { shape: [count, rank], element: "i32" }),
      iota(w, { shape: [count, m], element: "i32" }, 1),
    ],
    (j, [before, sofar, order]) => {
      const [x, chosen, rowsOf] = [before as Value, sofar as Value, order as Value];
      const k = add(w, start, j);
      const pivot = pivotRow(w, columnAt(w, x, j), k);
      const [rows, columns] = [places(w, x, 1), places(w, x, 2)];
      const [current, column] = [broadcast(w, k, rows.shape), broadcast(w, j, columns.shape)];
      const isCurrent = compare(w, "eq", rows, current);
      const isPivot = compare(w, "eq", rows, spread(w, pivot, rows, [0]));
      // Exchange rows: of the pivot's row nothing but itself is added up.
      const none = w.splat(0, scalar(x.element));
      const pivotElements = reduce(w, "stablehlo.add", select(w, isPivot, x, w.splat(0, x)), none, [1]);
      const currentElements = dynamicSlice(w, x, [zero, k, zero], [count, 1, n]);
      const down = spread(w, reshape(w, currentElements, [count, n]), x, [0, 2]);
      const up = spread(w, pivotElements, x, [0, 2]);
      const exchanged = select(w, isCurrent, up, select(w, isPivot, down, x));
      // Take multiples of it from those below, unless the pivot is 0.
      const divisor = spread(w, elementAt(w, pivotElements, j), x, [0]);
      const isUsed = and(w, compare(w, "gt", rows, current), compare(w, "ne", divisor, w.splat(0, divisor)));
      const factors = div(w, spread(w, columnAt(w, exchanged, j), x, [0, 1]), divisor);
      const less = sub(w, exchanged, mul(w, factors, up));
      const others = select(w, compare(w, "eq", columns, column), factors, exchanged);
      const changed = select(w, compare(w, "gt", columns, column), less, others);
      return [
        select(w, isUsed, changed, exchanged),
        dynamicUpdateSlice(w, chosen, reshape(w, pivot, [count, 1]), [zero, j]),
        exchangedPlaces(w, rowsOf, k, pivot),
      ];
    },
  );
  return { lu: lu as Value, pivots: pivots as Value, permutation: permutation as Value };
};

/** An order of rows, [S, m], with those in place `k` and in the place of the pivot exchanged. */
const exchangedPlaces = (w: Writer, order: Value, k: Value, pivot: Value): Value => {
  const rows = iota(w, order, 1);
  const isCurrent = compare(w, "eq", rows, broadcast(w, k, order.shape));
  const isPivot = compare(w, "eq", rows, spread(w, pivot, order, [0]));
  const ofPivot = reduce(
    w,
    "stablehlo.add",
    select(w, isPivot, order, w.splat(0, order)),
    w.splat(0, scalar("i32")),
    [1],
  );
  const ofCurrent = elementAt(w, order, k);
  const others = select(w, isPivot, spread(w, ofCurrent, order, [0]), order);
  return select(w, isCurrent, spread(w, ofPivot, order, [0]), others);
};

/** Rows of each matrix of [S, m, n], or elements of each line of [S, m], in another order, [S, m]. */
const inOrder = (w: Writer, x: Value, order: Value): Value => {
  const [count, m] = order.shape as [number, number];
  const first = mul(w, iota(w, order, 0), w.splat(m, order));
  const at = reshape(w, add(w, first, order), [count * m, 1]);
  const rest = x.shape.slice(2);
  const offset = rest.length === 0 ? "" : "offset_dims = [1], ";
  const taken = w.op1(
    "stablehlo.gather",
    [reshape(w, x, [count * m, ...rest]), at],
    { shape: [count * m, ...rest], element: x.element },
    `dimension_numbers = #stablehlo.gather<${offset}collapsed_slice_dims = [0], start_index_map = [0], index_vector_dim = 1>, ` +
      `slice_sizes = ${array([1, ...rest])}, indices_are_sorted = false`,
  );
  return reshape(w, taken, x.shape);
};

/** How many columns are eliminated one by one before a product does the rest. */
const BLOCK = 64;

/** With rows and columns of zeros behind the last: they are eliminated like others, and change nothing. */
const padded = (w: Writer, x: Value, m: number, n: number): Value => {
  const [, rows, columns] = x.shape as [number, number, number];
  const zero = w.splat(0, scalar(x.element));
  return pad(w, x, zero, [
    [0, 0, 0],
    [0, m - rows, 0],
    [0, n - columns, 0],
  ]);
};

/** The same for more columns than a block has: a loop over blocks, each a whole turn of which is written once. */
const eliminatedByBlocks = (w: Writer, a: Value): Lu => {
  const [count, m, n] = a.shape as [number, number, number];
  const rank = Math.min(m, n);
  const zero = w.splat(0, scalar("i32"));
  if (rank <= BLOCK) return eliminated(w, a, zero);
  const whole = BLOCK * Math.ceil(rank / BLOCK);
  const [rows, columns] = [Math.max(m, whole), Math.max(n, whole)];
  const [lu, pivots, permutation] = eachColumn(
    w,
    whole / BLOCK,
    [
      padded(w, a, rows, columns),
      w.splat(0, { shape: [count, whole], element: "i32" }),
      iota(w, { shape: [count, rows], element: "i32" }, 1),
    ],
    (block, [before, chosen, order]) => {
      const start = mul(w, block, w.splat(BLOCK, block));
      const end = add(w, start, w.splat(BLOCK, start));
      const panel = eliminated(
        w,
        dynamicSlice(w, before as Value, [zero, zero, start], [count, rows, BLOCK]),
        start,
      );
      const ordered = inOrder(w, before as Value, panel.permutation);
      const x = dynamicUpdateSlice(w, ordered, panel.lu, [zero, zero, start]);
      const isBehind = (type: TensorType, axis: number): Value =>
        compare(w, "ge", places(w, type, axis), broadcast(w, end, type.shape));
      const top = dynamicSlice(w, x, [zero, start, zero], [count, BLOCK, columns]);
      const solved = w.op1(
        "stablehlo.triangular_solve",
        [dynamicSlice(w, panel.lu, [zero, start, zero], [count, BLOCK, BLOCK]), top],
        top,
        "left_side = true, lower = true, unit_diagonal = true, transpose_a = #stablehlo<transpose NO_TRANSPOSE>",
      );
      const upper = select(w, isBehind(top, 2), solved, top);
      const withUpper = dynamicUpdateSlice(w, x, upper, [zero, start, zero]);
      const less = sub(w, withUpper, product(w, panel.lu, upper, 2, 1, [count, rows, columns]));
      const isRest = and(w, isBehind(x, 1), isBehind(x, 2));
      return [
        select(w, isRest, less, withUpper),
        dynamicUpdateSlice(w, chosen as Value, panel.pivots, [zero, start]),
        inOrder(w, order as Value, panel.permutation),
      ];
    },
  );
  return {
    lu: sliceAxis(w, sliceAxis(w, lu as Value, 1, 0, m), 2, 0, n),
    pivots: sliceAxis(w, pivots as Value, 1, 0, rank),
    permutation: sliceAxis(w, permutation as Value, 1, 0, m),
  };
};

const writeLu: Write<Params> = (w, [x], _params, [lu, pivots, permutation]) => {
  const a = stacked(w, x as Value);
  const [count, m, n] = a.shape as [number, number, number];
  const found: Lu =
    n === 0
      ? {
          lu: a,
          pivots: empty(w, { shape: [count, 0], element: "i32" }),
          permutation: iota(w, { shape: [count, m], element: "i32" }, 1),
        }
      : eliminatedByBlocks(w, a);
  return [
    reshape(w, found.lu, (lu as Aval).shape),
    reshape(w, found.pivots, (pivots as Aval).shape),
    reshape(w, found.permutation, (permutation as Aval).shape),
  ];
};

export const LU: Rule = rule(prim.luPrimitive, writeLu);
