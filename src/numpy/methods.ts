import { installOperations } from "../array/index.ts";
import {
  abs,
  add,
  divide,
  floorDivide,
  multiply,
  negative,
  power,
  remainder,
  sqrt,
  square,
  subtract,
} from "./arithmetic.ts";
import { equal, greater, greaterEqual, less, lessEqual, notEqual } from "./comparison.ts";
import { cumprod, cumsum } from "./cumulative.ts";
import { exp, log } from "./exponential.ts";
import { clip } from "./extrema.ts";
import { at } from "./indexing/at.ts";
import { take } from "./indexing/take.ts";
import { logicalAnd, logicalNot, logicalOr } from "./logic.ts";
import { dot, matmul } from "./products.ts";
import { all, any, argmax, argmin, max, min, prod, sum } from "./reductions.ts";
import { round } from "./rounding.ts";
import { reshape, squeeze, swapaxes, transpose } from "./shaping.ts";
import { argsort, sort } from "./sorting.ts";
import { unstack } from "./splitting.ts";
import { mean, std, var as variance } from "./statistics.ts";
import { astype } from "./types.ts";

/*
 * Imported for its effect: it gives arrays their methods.
 */

installOperations({
  add,
  subtract,
  multiply,
  divide,
  floorDivide,
  remainder,
  power,
  negative,
  abs,
  exp,
  log,
  sqrt,
  square,
  round,
  clip,
  equal,
  notEqual,
  less,
  lessEqual,
  greater,
  greaterEqual,
  logicalAnd,
  logicalOr,
  logicalNot,
  sum,
  prod,
  mean,
  std,
  var: variance,
  max,
  min,
  any,
  all,
  argmax,
  argmin,
  cumsum,
  cumprod,
  sort,
  argsort,
  dot,
  matmul,
  reshape,
  transpose,
  swapaxes,
  squeeze,
  take,
  astype,
  at,
  unstack,
});
