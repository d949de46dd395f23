import { describe, expect, test } from "vitest";
import { type DType, type NDArray, scalarArray } from "../../../src/array/index.ts";
import { checkpointName } from "../../../src/calls/checkpoint-name.ts";
import { simplify } from "../../../src/compile/passes/simplify.ts";
import { type Aval, aval } from "../../../src/core/index.ts";
import { broadcastInDim } from "../../../src/primitives/broadcast.ts";
import {
  and,
  bitcastConvertType,
  convertElementType,
  eq,
  ge,
  gt,
  le,
  lt,
  ne,
  not,
  or,
  selectN,
  stopGradient,
  xor,
} from "../../../src/primitives/elementwise/index.ts";
import { bool, type Fun, f32, i32, rewritten, u32 } from "./support.ts";

const exact = rewritten(simplify);
const c = (value: number, dtype: DType = "bool"): NDArray => scalarArray(value, dtype, true);

type Case = readonly [name: string, fun: Fun, inputs: readonly Aval[], left: readonly string[]];

const check = (cases: readonly Case[]): void => {
  for (const [name, fun, inputs, left] of cases)
    test(name, () => expect(exact(fun, ...inputs)).toEqual(left));
};

const P = [bool(4)];
const N = [i32(4)];
const full = (value: number): NDArray => broadcastInDim(c(value), [4], []);

describe("bits", () => {
  check([
    ["and(p, p)", (p) => and(p, p), P, ["in (a,)"]],
    ["p and true", (p) => and(p, c(1)), P, ["in (a,)"]],
    ["false or p", (p) => or(c(0), p), P, ["in (a,)"]],
    [
      "p and false",
      (p) => and(p, c(0)),
      P,
      ["b:bool[4] = broadcastInDim[broadcastDimensions=() shape=(4,)] false:bool[]", "in (b,)"],
    ],
    [
      "p or true",
      (p) => or(p, c(1)),
      P,
      ["b:bool[4] = broadcastInDim[broadcastDimensions=() shape=(4,)] true:bool[]", "in (b,)"],
    ],
    ["n and -1", (n) => and(n, c(-1, "int32")), N, ["in (a,)"]],
    ["n and 1 stays", (n) => and(n, c(1, "int32")), N, ["b:i32[4] = and a 1:i32[]", "in (b,)"]],
    ["n or 2³² - 1", (n) => and(n, c(4294967295, "uint32")), [u32(4)], ["in (a,)"]],
    [
      "xor(n, n)",
      (n) => xor(n, n),
      N,
      ["b:i32[4] = broadcastInDim[broadcastDimensions=() shape=(4,)] 0:i32[]", "in (b,)"],
    ],
    ["n xor 0", (n) => xor(c(0, "int32"), xor(n, c(0, "int32"))), N, ["in (a,)"]],
    ["not(not(n))", (n) => not(not(n)), N, ["in (a,)"]],
  ]);
});

describe("negated comparisons", () => {
  const X = [f32(4), f32(4)];
  const M = [i32(4), i32(4)];
  check([
    ["not(x = y)", (x, y) => not(eq(x, y)), X, ["c:bool[4] = ne a b", "in (c,)"]],
    ["not(x ≠ y)", (x, y) => not(ne(x, y)), X, ["c:bool[4] = eq a b", "in (c,)"]],
    [
      "not(x < y) of floats stays: both are false with NaN",
      (x, y) => not(lt(x, y)),
      X,
      ["c:bool[4] = lt a b", "d:bool[4] = not c", "in (d,)"],
    ],
    ["not(n < m)", (n, m) => not(lt(n, m)), M, ["c:bool[4] = ge a b", "in (c,)"]],
    ["not(n ≥ m)", (n, m) => not(ge(n, m)), M, ["c:bool[4] = lt a b", "in (c,)"]],
    ["not(n > m)", (n, m) => not(gt(n, m)), M, ["c:bool[4] = le a b", "in (c,)"]],
    ["not(n ≤ m)", (n, m) => not(le(n, m)), M, ["c:bool[4] = gt a b", "in (c,)"]],
  ]);
});

describe("choices", () => {
  const PXY = [bool(4), f32(4), f32(4)];
  check([
    ["a known choice", (_p, x, y) => selectN(c(1), x, y), PXY, ["in (c,)"]],
    [
      "a known choice of several, beyond the last",
      (_p, x, y) => selectN(c(9, "int32"), x, y, x),
      PXY,
      ["in (b,)"],
    ],
    ["no choice", (p, x) => selectN(p, x, x), PXY, ["in (b,)"]],
    ["a choice of one", (p, x) => selectN(p, x), PXY, ["in (b,)"]],
    ["not(p)", (p, x, y) => selectN(not(p), x, y), PXY, ["d:f32[4] = selectN a c b", "in (d,)"]],
    ["p or itself", (p) => selectN(p, c(0), c(1)), P, ["in (a,)"]],
    ["p or its negation", (p) => selectN(p, c(1), c(0)), P, ["b:bool[4] = not a", "in (b,)"]],
    [
      "the same choice inside, where it is false",
      (p, x, y) => selectN(p, selectN(p, x, y), y),
      PXY,
      ["d:f32[4] = selectN a b c", "in (d,)"],
    ],
    [
      "the same choice inside, where it is true",
      (p, x, y) => selectN(p, x, selectN(p, x, y)),
      PXY,
      ["d:f32[4] = selectN a b c", "in (d,)"],
    ],
    [
      "a scalar that is chosen stands for a full array",
      (p, x) => selectN(c(0), x, convertElementType(p, "float32")),
      [bool(4), f32()],
      ["c:f32[4] = broadcastInDim[broadcastDimensions=() shape=(4,)] b", "in (c,)"],
    ],
  ]);
});

describe("conversions", () => {
  const via =
    (between: DType, to: DType): Fun =>
    (x) =>
      convertElementType(convertElementType(x, between), to);
  const left = (dtype: string, from: string): string[] => [
    `b:${from} = convertElementType[newDtype=${dtype} weakType=false] a`,
    "in (b,)",
  ];
  check([
    ["float32 by way of float64 and back", via("float64", "float32"), [f32(4)], ["in (a,)"]],
    ["float32 by way of float64 to int32", via("float64", "int32"), [f32(4)], left("int32", "i32[4]")],
    ["int32 by way of float64 and back", via("float64", "int32"), N, ["in (a,)"]],
    ["int32 by way of uint32 and back", via("uint32", "int32"), N, ["in (a,)"]],
    ["int32 by way of uint32 to bool", via("uint32", "bool"), N, left("bool", "bool[4]")],
    ["bool by way of float32 and back", via("float32", "bool"), P, ["in (a,)"]],
    ["bool by way of uint32 to float64", via("uint32", "float64"), P, left("float64", "f64[4]")],
    [
      "a dtype that it has already",
      (x) => convertElementType(x, "float32"),
      [aval([4], "float32", true)],
      ["in (a,)"],
    ],
    [
      "bits read as integers and back",
      (x) => bitcastConvertType(bitcastConvertType(x, "uint32"), "float32"),
      [f32(4)],
      ["in (a,)"],
    ],
    [
      "what is a constant to derivatives only",
      (x) => stopGradient(checkpointName(x, "h")),
      [f32(4)],
      ["in (a,)"],
    ],
  ]);

  for (const [from, between, to] of [
    ["float64", "float32", "float64"],
    ["int32", "float32", "int32"],
    ["int32", "float64", "uint32"],
    ["uint32", "float64", "int32"],
    ["int32", "uint32", "float32"],
    ["float32", "int32", "float32"],
    ["float32", "bool", "float32"],
  ] as const) {
    test(`${from} by way of ${between} to ${to} loses something, and stays`, () => {
      expect(exact(via(between, to), aval([4], from)).length).toBe(3);
    });
  }
});

describe("choices between constants", () => {
  check([
    ["false and true", (p) => selectN(p, full(0), full(1)), P, ["in (a,)"]],
    ["true and false", (p) => selectN(p, full(1), full(0)), P, ["b:bool[4] = not a", "in (b,)"]],
  ]);

  test.each([
    [0, 0],
    [1, 1],
  ])("both %d", (no, yes) => {
    expect(exact((p) => selectN(p, full(no), full(yes)), ...P)).not.toContain("in (a,)");
  });
});
