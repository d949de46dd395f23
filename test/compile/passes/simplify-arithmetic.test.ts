import { describe, expect, test } from "vitest";
import { type DType, type NDArray, scalarArray } from "../../../src/array/index.ts";
import { simplify } from "../../../src/compile/passes/simplify.ts";
import { type Aval, aval, ClosedJaxpr, Equation, Jaxpr, NO_PARAMS, Var } from "../../../src/core/index.ts";
import { broadcastInDim } from "../../../src/primitives/broadcast.ts";
import {
  abs,
  add,
  cos,
  div,
  integerPow,
  max,
  min,
  mul,
  mulPrimitive,
  neg,
  pow,
  square,
  sub,
} from "../../../src/primitives/elementwise/index.ts";
import { body, type Fun, f32, i32, rewritten, u32 } from "./support.ts";

const exact = rewritten(simplify);
const unsigned = rewritten(simplify, { signedZeros: false });
const c = (value: number, dtype: DType = "float32"): NDArray => scalarArray(value, dtype, true);
const int = (value: number): NDArray => c(value, "int32");
const many = (value: number, shape: readonly number[]): NDArray => broadcastInDim(c(value), shape, []);

/** A function, its inputs, and what is left of it. */
type Case = readonly [name: string, fun: Fun, inputs: readonly Aval[], left: readonly string[]];

const check = (rewrite: typeof exact, cases: readonly Case[]): void => {
  for (const [name, fun, inputs, left] of cases)
    test(name, () => expect(rewrite(fun, ...inputs)).toEqual(left));
};

const X = [f32(4)];
const XY = [f32(4), f32(4)];
const N = [i32(4)];

describe("neutral operands", () => {
  check(exact, [
    ["x * 1", (x) => mul(x, c(1)), X, ["in (a,)"]],
    ["1 * x", (x) => mul(c(1), x), X, ["in (a,)"]],
    ["x * 1 as an array", (x) => mul(x, many(1, [4])), X, ["in (a,)"]],
    ["x / 1", (x) => div(x, c(1)), X, ["in (a,)"]],
    ["x - 0", (x) => sub(x, c(0)), X, ["in (a,)"]],
    ["x + -0", (x) => add(x, c(-0)), X, ["in (a,)"]],
    ["max(x, -∞)", (x) => max(x, c(Number.NEGATIVE_INFINITY)), X, ["in (a,)"]],
    ["min(∞, x)", (x) => min(c(Number.POSITIVE_INFINITY), x), X, ["in (a,)"]],
    [
      "integers: x * 1, + 0, - 0, / 1",
      (x) => div(sub(add(mul(x, int(1)), int(0)), int(0)), int(1)),
      N,
      ["in (a,)"],
    ],
    ["max(x, x)", (x) => min(max(x, x), x), X, ["in (a,)"]],
    [
      "a scalar stands for a full array",
      (x) => mul(x, many(1, [3])),
      [f32()],
      ["b:f32[3] = broadcastInDim[broadcastDimensions=() shape=(3,)] a", "in (b,)"],
    ],
  ]);
  check(unsigned, [
    ["x + 0", (x) => add(x, c(0)), X, ["in (a,)"]],
    ["0 + x", (x) => add(c(0), x), X, ["in (a,)"]],
    ["0 - x", (x) => sub(c(0), x), X, ["b:f32[4] = neg a", "in (b,)"]],
  ]);
});

test("a constant that is a scalar is a number like a literal", () => {
  const [v, x, y] = [new Var(aval([], "float32")), new Var(f32(4)), new Var(f32(4))];
  const product = new Equation(mulPrimitive, [x, v], [y], NO_PARAMS);
  const closed = new ClosedJaxpr(new Jaxpr([v], [x], [product], [y]), [c(1)]);
  expect(body(simplify(closed))).toEqual(["in (b,)"]);
});

describe("what integers alone may lose", () => {
  const zeros = "b:i32[4] = broadcastInDim[broadcastDimensions=() shape=(4,)] 0:i32[]";
  check(exact, [
    ["x * 0", (x) => mul(x, int(0)), N, [zeros, "in (b,)"]],
    ["x - x", (x) => sub(x, x), N, [zeros, "in (b,)"]],
    ["x + 2 + 3", (x) => add(add(x, int(2)), int(3)), N, ["b:i32[4] = add a 5:i32[]", "in (b,)"]],
    [
      "x * 3 * 2³¹ wraps",
      (x) => mul(mul(x, int(3)), int(-2147483648)),
      N,
      ["b:i32[4] = mul a -2147483648:i32[]", "in (b,)"],
    ],
    [
      "unsigned -x * 3",
      (x) => mul(neg(x), c(3, "uint32")),
      [u32(4)],
      ["b:u32[4] = mul a 4294967293:u32[]", "in (b,)"],
    ],
    ["floats keep x * 0", (x) => mul(x, c(0)), X, ["b:f32[4] = mul a 0.0:f32[]", "in (b,)"]],
    ["floats keep x - x", (x) => sub(x, x), X, ["b:f32[4] = sub a a", "in (b,)"]],
    [
      "floats keep x + 2 + 3",
      (x) => add(add(x, c(2)), c(3)),
      X,
      ["b:f32[4] = add a 2.0:f32[]", "c:f32[4] = add b 3.0:f32[]", "in (c,)"],
    ],
    ["integers keep x / 2", (x) => div(x, int(2)), N, ["b:i32[4] = div a 2:i32[]", "in (b,)"]],
    [
      "an unsigned integer is its own absolute value",
      (x) => abs(neg(x)),
      [u32(4)],
      ["b:u32[4] = neg a", "in (b,)"],
    ],
  ]);
});

describe("signs", () => {
  check(exact, [
    ["-(-x)", (x) => neg(neg(x)), X, ["in (a,)"]],
    ["x + -y", (x, y) => add(x, neg(y)), XY, ["c:f32[4] = sub a b", "in (c,)"]],
    ["-x + y", (x, y) => add(neg(x), y), XY, ["c:f32[4] = sub b a", "in (c,)"]],
    ["x - -y", (x, y) => sub(x, neg(y)), XY, ["c:f32[4] = add a b", "in (c,)"]],
    ["x * -1", (x) => mul(x, c(-1)), X, ["b:f32[4] = neg a", "in (b,)"]],
    ["x / -1", (x) => div(x, c(-1)), X, ["b:f32[4] = neg a", "in (b,)"]],
    ["-x * -y", (x, y) => mul(neg(x), neg(y)), XY, ["c:f32[4] = mul a b", "in (c,)"]],
    ["-x / -y", (x, y) => div(neg(x), neg(y)), XY, ["c:f32[4] = div a b", "in (c,)"]],
    ["-x * 3", (x) => mul(neg(x), c(3)), X, ["b:f32[4] = mul a -3.0:f32[]", "in (b,)"]],
    ["-x / 3", (x) => div(neg(x), c(3)), X, ["b:f32[4] = div a -3.0:f32[]", "in (b,)"]],
    ["-(3 * x)", (x) => neg(mul(c(3), x)), X, ["b:f32[4] = mul a -3.0:f32[]", "in (b,)"]],
    ["-(x / 3)", (x) => neg(div(x, c(3))), X, ["b:f32[4] = div a -3.0:f32[]", "in (b,)"]],
    ["|-x|", (x) => abs(neg(x)), X, ["b:f32[4] = abs a", "in (b,)"]],
    ["||x||", (x) => abs(abs(x)), X, ["b:f32[4] = abs a", "in (b,)"]],
  ]);

  test("a product that is needed otherwise is not computed twice", () => {
    expect(
      exact(
        (x) => {
          const y = mul(x, c(3));
          return [neg(y), y];
        },
        ...X,
      ),
    ).toEqual(["b:f32[4] = mul a 3.0:f32[]", "c:f32[4] = neg b", "in (c, b)"]);
  });
});

describe("factors", () => {
  check(exact, [
    ["x / 4", (x) => div(x, c(4)), X, ["b:f32[4] = mul a 0.25:f32[]", "in (b,)"]],
    ["x / 3 stays", (x) => div(x, c(3)), X, ["b:f32[4] = div a 3.0:f32[]", "in (b,)"]],
    [
      "x / 2⁻¹²⁷ stays: its reciprocal is not finite in float32 but for rounding",
      (x) => div(x, c(2 ** -127)),
      X,
      ["b:f32[4] = div a 5.8774718e-39:f32[]", "in (b,)"],
    ],
    [
      "3 * (5 * x) stays: 15 is rounded once, not twice",
      (x) => mul(c(3), mul(c(5), x)),
      X,
      ["b:f32[4] = mul 5.0:f32[] a", "c:f32[4] = mul 3.0:f32[] b", "in (c,)"],
    ],
    [
      "a product beyond the range of float32 stays",
      (x) => mul(mul(x, c(2 ** 100)), c(2 ** 100)),
      X,
      ["b:f32[4] = mul a 1.2676506e+30:f32[]", "c:f32[4] = mul b 1.2676506e+30:f32[]", "in (c,)"],
    ],
    [
      "a product of 2^128, which is just beyond it, stays",
      (x) => mul(mul(x, c(2 ** 64)), c(2 ** 64)),
      X,
      [
        "b:f32[4] = mul a 18446744000000000000:f32[]",
        "c:f32[4] = mul b 18446744000000000000:f32[]",
        "in (c,)",
      ],
    ],
    [
      "a product of 3 · 2^126, which is just inside, is one",
      (x) => mul(mul(x, c(2 ** 126)), c(3)),
      X,
      ["b:f32[4] = mul a 2.5521178e+38:f32[]", "in (b,)"],
    ],
    [
      "a product of 2⁻¹²⁶, the least number with all its bits, is one",
      (x) => mul(mul(x, c(2 ** -63)), c(2 ** -63)),
      X,
      ["b:f32[4] = mul a 1.1754944e-38:f32[]", "in (b,)"],
    ],
    [
      "a product of 2⁻¹²⁷ stays",
      (x) => mul(mul(x, c(2 ** -63)), c(2 ** -64)),
      X,
      ["b:f32[4] = mul a 1.0842022e-19:f32[]", "c:f32[4] = mul b 5.4210109e-20:f32[]", "in (c,)"],
    ],
    ["max(max(x, 1), 3)", (x) => max(max(x, c(1)), c(3)), X, ["b:f32[4] = max a 3.0:f32[]", "in (b,)"]],
    ["min(2, min(x, 3))", (x) => min(c(2), min(x, c(3))), X, ["b:f32[4] = min a 2.0:f32[]", "in (b,)"]],
    [
      "5 * (2 * x)",
      (x) => mul(c(5), mul(c(2), cos(x))),
      X,
      ["b:f32[4] = cos a", "c:f32[4] = mul b 10.0:f32[]", "in (c,)"],
    ],
    [
      "2 * (x / 3)",
      (x) => mul(c(2), div(cos(x), c(3))),
      X,
      ["b:f32[4] = cos a", "c:f32[4] = div b 1.5:f32[]", "in (c,)"],
    ],
    [
      "3 * (x / 5) stays",
      (x) => mul(c(3), div(x, c(5))),
      X,
      ["b:f32[4] = div a 5.0:f32[]", "c:f32[4] = mul 3.0:f32[] b", "in (c,)"],
    ],
    [
      "(3 * x) / 5 stays",
      (x) => div(mul(c(3), x), c(5)),
      X,
      ["b:f32[4] = mul 3.0:f32[] a", "c:f32[4] = div b 5.0:f32[]", "in (c,)"],
    ],
    [
      "(2 * x) / 3",
      (x) => div(mul(c(2), cos(x)), c(3)),
      X,
      ["b:f32[4] = cos a", "c:f32[4] = div b 1.5:f32[]", "in (c,)"],
    ],
    ["2 * x / 2", (x) => div(mul(c(2), cos(x)), c(2)), X, ["b:f32[4] = cos a", "in (b,)"]],
  ]);
});

describe("powers", () => {
  const ones = "b:f32[4] = broadcastInDim[broadcastDimensions=() shape=(4,)] 1.0:f32[]";
  check(exact, [
    ["x⁰", (x) => integerPow(x, 0), X, [ones, "in (b,)"]],
    ["x²", (x) => integerPow(x, 2), X, ["b:f32[4] = mul a a", "in (b,)"]],
    ["x² of integers", (x) => integerPow(x, 2), N, ["b:i32[4] = mul a a", "in (b,)"]],
    ["x³ stays", (x) => integerPow(x, 3), X, ["b:f32[4] = integerPow[y=3] a", "in (b,)"]],
    ["square", (x) => square(x), X, ["b:f32[4] = mul a a", "in (b,)"]],
    ["x⁻¹", (x) => integerPow(x, -1), X, ["b:f32[4] = div 1.0:f32[] a", "in (b,)"]],
    ["pow(x, 1)", (x) => pow(x, c(1)), X, ["in (a,)"]],
    ["pow(x, 2)", (x) => pow(x, int(2)), X, ["b:f32[4] = mul a a", "in (b,)"]],
    ["pow(x, 0.5) stays", (x) => pow(x, c(0.5)), X, ["b:f32[4] = pow a 0.5:f32[]", "in (b,)"]],
  ]);
});

test("float64 has a range of its own", () => {
  expect(
    exact((x) => mul(mul(x, c(2 ** 100, "float64")), c(2 ** 100, "float64")), aval([], "float64")),
  ).toEqual(["b:f64[] = mul a 1.6069380442589903e+60:f64[]", "in (b,)"]);
});
