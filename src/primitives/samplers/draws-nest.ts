import {
  add,
  bitcast,
  constant,
  convert,
  type Expr,
  max,
  mul,
  type Operand,
  or,
  shl,
  shr,
  xor,
} from "../../kernel/expr.ts";
import { erfInv } from "../../kernel/math/index.ts";
import type { NestBuilder } from "../../kernel/nest.ts";
import { encryptExpr } from "../threefry.ts";
import { ABOVE_MINUS_ONE } from "./draws.ts";

/*
 * Random numbers one by one, for loops: `draws.ts` in expressions. A pair of words is kept in one u64, the first in the
 * upper half: both come of one computation, and a statement computes one value.
 */

/** A pair of words as u64, such as a key. */
export const pairOf = (first: Expr, second: Expr): Expr =>
  or(shl(convert(first, "u64"), 32), convert(second, "u64"));

const wordsOf = (pair: Expr): readonly [Expr, Expr] => [convert(shr(pair, 32), "u32"), convert(pair, "u32")];

const encrypted = (nest: NestBuilder, key: Expr, place: Operand): Expr => {
  const counter = typeof place === "number" ? constant("u32", place) : bitcast(place, "u32");
  return nest.let(pairOf(...encryptExpr(...wordsOf(key), constant("u32", 0), counter)));
};

/** The `i`-th key that `key` is split into. */
export const subkeyExpr = encrypted;

/** The type that numbers are drawn in. */
export type FloatScalar = "f32" | "f64";

/** A uniformly random number in [0, 1). */
export const uniformExpr = (nest: NestBuilder, key: Expr, place: Operand, type: FloatScalar): Expr => {
  const [first, second] = wordsOf(encrypted(nest, key, place));
  if (type === "f32") return nest.let(mul(convert(shr(xor(first, second), 9), "f32"), 2 ** -23));
  const upper = mul(convert(first, "f64"), 2 ** 20);
  return nest.let(mul(add(upper, convert(shr(second, 12), "f64")), 2 ** -52));
};

/** A number of the standard normal distribution. */
export const normalExpr = (nest: NestBuilder, key: Expr, place: Operand, type: FloatScalar): Expr => {
  const least = ABOVE_MINUS_ONE[type === "f32" ? "float32" : "float64"];
  const u = mul(uniformExpr(nest, key, place, type), 2);
  return nest.let(mul(erfInv(max(add(u, least), least)), Math.SQRT2));
};

/** The same number as f64, which decisions are made in. */
export const doubled = (x: Expr): Expr => convert(x, "f64");
