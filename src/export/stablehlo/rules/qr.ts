import type { Aval } from "../../../core/index.ts";
import * as prim from "../../../primitives/index.ts";
import { bitcast, broadcast, compare, iota, reduce, reshape, select, sliceAxis, unary } from "../ops.ts";
import { scalar, type Value } from "../types.ts";
import type { Writer } from "../writer.ts";
import { type Rule, rule, type Write } from "./rule.ts";
import {
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
 * QR by Householder's reflections (Golub & Van Loan, "Matrix Computations", 5.1), for which StableHLO has no operation: a
 * loop from column to column, each turn of which works on whole matrices, all of a stack at once.
 */

/** Householder's reflections, which make A, [S, m, n], upper triangular, and their product. */
const reflected = (w: Writer, a: Value): readonly [q: Value, r: Value] => {
  const [count, m, n] = a.shape as [number, number, number];
  const { element } = a;
  const square = { shape: [count, m, m], element };
  const isDiagonal = compare(w, "eq", places(w, square, 1), places(w, square, 2));
  const identity = select(w, isDiagonal, w.splat(1, square), w.splat(0, square));
  if (Math.min(m, n) === 0) return [identity, a];
  const word = element === "f64" ? "i64" : "i32";
  const none = w.splat(0, scalar(element));
  const sums = (x: Value): Value => reduce(w, "stablehlo.add", x, none, [1]);
  const [q, r] = eachColumn(w, Math.min(m, n), [identity, a], (j, [left, right]) => {
    const column = columnAt(w, right as Value, j);
    const rows = iota(w, { shape: column.shape, element: "i32" }, 1);
    const current = broadcast(w, j, rows.shape);
    const isCurrent = compare(w, "eq", rows, current);
    const below = select(w, compare(w, "gt", rows, current), column, w.splat(0, column));
    const alpha = elementAt(w, column, j);
    // Scaled by the greatest, so that squares neither overflow nor vanish.
    const from = select(w, isCurrent, column, below);
    const largest = reduce(w, "stablehlo.maximum", unary(w, "stablehlo.abs", from), none, [1]);
    const scaled = div(w, from, spread(w, largest, from, [0]));
    const norm = mul(w, largest, unary(w, "stablehlo.sqrt", sums(mul(w, scaled, scaled))));
    const isNegative = compare(
      w,
      "lt",
      bitcast(w, alpha, word),
      w.splat(0, { shape: [count], element: word }),
    );
    const beta = select(w, isNegative, norm, unary(w, "stablehlo.negate", norm));
    // I - tau u uᵀ; u is 1 in place j.
    const first = sub(w, alpha, beta);
    const u = select(w, isCurrent, w.splat(1, column), div(w, below, spread(w, first, column, [0])));
    const tau = unary(w, "stablehlo.negate", div(w, first, beta));
    const steps = mul(w, u, spread(w, tau, u, [0]));
    // A column with nothing below its diagonal is left as it is. NaN is not 0.
    const isAny = reduce(
      w,
      "stablehlo.or",
      compare(w, "ne", below, w.splat(0, below)),
      w.splat(false, scalar("i1")),
      [1],
    );
    const changed = (x: Value, along: number): Value => {
      const other = 3 - along;
      const products = product(w, u, x, 1, along, [count, x.shape[other] as number]);
      const less = mul(w, spread(w, steps, x, [0, along]), spread(w, products, x, [0, other]));
      return select(w, spread(w, isAny, x, [0]), sub(w, x, less), x);
    };
    return [changed(left as Value, 2), changed(right as Value, 1)];
  });
  return [q as Value, r as Value];
};

const writeQr: Write<prim.QrParams> = (w, [x], _params, [q, r]) => {
  const k = (q as Aval).shape.at(-1) as number;
  const [full, upper] = reflected(w, stacked(w, x as Value));
  const kept = sliceAxis(w, upper, 1, 0, k);
  const isBelow = compare(w, "gt", places(w, kept, 1), places(w, kept, 2));
  return [
    reshape(w, sliceAxis(w, full, 2, 0, k), (q as Aval).shape),
    reshape(w, select(w, isBelow, w.splat(0, kept), kept), (r as Aval).shape),
  ];
};

export const QR: Rule = rule(prim.qrPrimitive, writeQr);
