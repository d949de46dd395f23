import type { Primitive } from "../../src/core/index.ts";
import { type Expr, input } from "../../src/kernel/expr.ts";
import * as math from "../../src/kernel/math/index.ts";
import {
  besselI0eOf,
  besselI1eOf,
  betaincOf,
  igammacOf,
  igammaOf,
} from "../../src/primitives/elementwise/numeric/index.ts";
import { betaincPrimitive, igammacPrimitive, igammaPrimitive } from "../../src/primitives/index.ts";
import { mapKernel } from "./harness.ts";

interface Case {
  /** Good to 1e-10 or better for every f32. */
  readonly reference: (x: number, y: number, z: number) => number;
  /** Where a dense sweep is worth while, for each argument or for all. */
  readonly dense: readonly (readonly [number, number])[];
}

/** A function that is one expression. */
export interface FunctionCase extends Case {
  readonly arity: 1 | 2;
  readonly build: (...args: Expr[]) => Expr;
  /** Units in the last place that it may be off. */
  readonly bound: number;
}

/** A function that takes steps until it is done, and so exists as a primitive only. */
export interface StepsCase extends Case {
  readonly arity: 2 | 3;
  readonly primitive: Primitive;
  /** Units in the last place that it may be off, of f32 and of f64. */
  readonly bounds: readonly [f32: number, f64: number];
}

const one = (
  build: (x: Expr) => Expr,
  reference: (x: number) => number,
  dense: readonly [number, number] = [-4, 4],
  bound = 2,
): FunctionCase => ({ arity: 1, build: (x) => build(x as Expr), reference, dense: [dense], bound });

const two = (
  build: (x: Expr, y: Expr) => Expr,
  reference: (x: number, y: number) => number,
  dense: readonly [number, number],
  bound = 2,
): FunctionCase => ({
  arity: 2,
  build: (x, y) => build(x as Expr, y as Expr),
  reference,
  dense: [dense, dense],
  bound,
});

/** The f64 function, which the golden values vouch for. */
function inDouble(build: (x: Expr) => Expr): (x: number) => number {
  const kernel = mapKernel(build(input(0, "f64")), ["f64"], 1);
  return (x) => {
    (kernel.inputs[0] as Float64Array)[0] = x;
    kernel.runScalar(1);
    return Number(kernel.output[0]);
  };
}

/** C's rule for 1 to any power, which JavaScript does not follow. */
const power = (x: number, y: number): number =>
  x === 1 || (x === -1 && Math.abs(y) === Infinity) ? 1 : x ** y;

export const functions: Readonly<Record<string, FunctionCase>> = {
  exp: one(math.exp, Math.exp),
  exp2: one(math.exp2, (x) => 2 ** x),
  expm1: one(math.expm1, Math.expm1),
  log: one(math.log, Math.log, [0.3, 3]),
  log2: one(math.log2, Math.log2, [0.3, 3]),
  log10: one(math.log10, Math.log10, [0.3, 3]),
  log1p: one(math.log1p, Math.log1p, [-0.7, 2]),
  sin: one(math.sin, Math.sin, [-40, 40]),
  cos: one(math.cos, Math.cos, [-40, 40]),
  tan: one(math.tan, Math.tan, [-40, 40], 4),
  asin: one(math.asin, Math.asin, [-1, 1]),
  acos: one(math.acos, Math.acos, [-1, 1]),
  atan: one(math.atan, Math.atan),
  sinh: one(math.sinh, Math.sinh),
  cosh: one(math.cosh, Math.cosh),
  tanh: one(math.tanh, Math.tanh),
  asinh: one(math.asinh, Math.asinh),
  acosh: one(math.acosh, Math.acosh, [1, 4]),
  atanh: one(math.atanh, Math.atanh, [-1, 1]),
  logistic: one(math.logistic, (x) => 1 / (1 + Math.exp(-x)), [-10, 4]),
  cbrt: one(math.cbrt, Math.cbrt),
  rsqrt: one(math.rsqrt, (x) => 1 / Math.sqrt(x), [0.2, 5]),
  pow: two(math.pow, power, [0.1, 10], 4),
  atan2: two(math.atan2, Math.atan2, [-3, 3]),
  erf: one(math.erf, inDouble(math.erf), [-4, 4], 4),
  erfc: one(math.erfc, inDouble(math.erfc), [-4, 10], 4),
  erfInv: one(math.erfInv, inDouble(math.erfInv), [-1, 1], 4),
  lgamma: one(math.lgamma, inDouble(math.lgamma), [-4, 10], 4),
  digamma: one(math.digamma, inDouble(math.digamma), [-4, 10], 4),
  besselI0e: one(math.besselI0e, besselI0eOf, [-30, 30]),
  besselI1e: one(math.besselI1e, besselI1eOf, [-30, 30]),
  ndtri: one(math.ndtri, inDouble(math.ndtri), [0, 1]),
};

export const stepFunctions: Readonly<Record<string, StepsCase>> = {
  igamma: {
    arity: 2,
    primitive: igammaPrimitive,
    reference: igammaOf,
    dense: [
      [0, 40],
      [0, 60],
    ],
    bounds: [1, 512],
  },
  igammac: {
    arity: 2,
    primitive: igammacPrimitive,
    reference: igammacOf,
    dense: [
      [0, 40],
      [0, 60],
    ],
    bounds: [1, 512],
  },
  betainc: {
    arity: 3,
    primitive: betaincPrimitive,
    reference: betaincOf,
    dense: [
      [0, 20],
      [0, 20],
      [0, 1],
    ],
    bounds: [1, 1024],
  },
};
