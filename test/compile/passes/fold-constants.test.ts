import { describe, expect, test } from "vitest";
import { arrayFrom, filledArray, type NDArray, scalarArray } from "../../../src/array/index.ts";
import { eliminateDeadCode } from "../../../src/compile/passes/eliminate-dead-code.ts";
import { foldConstants } from "../../../src/compile/passes/fold-constants.ts";
import { avalOf, bind1, definePrimitive, NO_PARAMS, type Primitive } from "../../../src/core/index.ts";
import { broadcastInDim, reduceSum } from "../../../src/primitives/broadcast.ts";
import { convertElementType } from "../../../src/primitives/elementwise/conversion.ts";
import { add, div, eq, exp, mul, neg, sin } from "../../../src/primitives/elementwise/index.ts";
import { iota } from "../../../src/primitives/iota.ts";
import { pad } from "../../../src/primitives/padding.ts";
import { threefry2x32Primitive } from "../../../src/primitives/random-bits.ts";
import { reshape, transpose } from "../../../src/primitives/shape.ts";
import { sort } from "../../../src/primitives/sort.ts";
import { body, f32, rewritten, trace } from "./support.ts";

const folded = rewritten(foldConstants);
const c = (value: number): NDArray => scalarArray(value, "float32", true);
const u = (value: number): NDArray => scalarArray(value, "uint32");

const NONE = { missing: "for these tests only" };
let calls = 0;
const counted = (name: string, effectful: boolean): Primitive<{ readonly f: unknown }> =>
  definePrimitive<{ readonly f: unknown }>({
    name,
    abstractEval: (inputs) => inputs.map(avalOf),
    evaluate: (inputs) => {
      calls++;
      return inputs;
    },
    jvp: NONE,
    transpose: NONE,
    batch: NONE,
    args: NONE,
    effectful,
  });
const effectful = counted("effectfulInFoldTest", true);
const pure = counted("pureInFoldTest", false);

describe("foldConstants", () => {
  test("evaluates scalars", () => {
    expect(folded((x) => mul(x, div(neg(c(1)), c(8))), f32(3))).toEqual([
      "b:f32[3] = mul a -0.125:f32[]",
      "in (b,)",
    ]);
    expect(folded(() => exp(c(0)))).toEqual(["in (1.0:f32[],)"]);
  });

  test("keeps an array that is one scalar throughout as a broadcast", () => {
    expect(
      folded(() => transpose(reshape(exp(broadcastInDim(c(0), [50, 100], [])), [100, 50]), [1, 0])),
    ).toEqual([
      "a:f32[50,100] = broadcastInDim[broadcastDimensions=() shape=(50, 100)] 1.0:f32[]",
      "in (a,)",
    ]);
    expect(
      folded(
        (x) => add(x, convertElementType(broadcastInDim(scalarArray(3, "int32"), [4], []), "float32")),
        f32(4),
      ),
    ).toEqual([
      "b:f32[4] = broadcastInDim[broadcastDimensions=() shape=(4,)] 3.0:f32[]",
      "c:f32[4] = add a b",
      "in (c,)",
    ]);
  });

  test("sees that a constant is one scalar throughout, if it is small or stores one element", () => {
    const seen = (value: NDArray): string[] =>
      body(eliminateDeadCode(foldConstants(trace((x) => [x, exp(value)], f32()))));
    const ones = (n: number): string[] => [
      `b:f32[${n}] = broadcastInDim[broadcastDimensions=() shape=(${n},)] 1.0:f32[]`,
      "in (a, b)",
    ];
    expect(seen(arrayFrom([0, 0, 0]))).toEqual(ones(3));
    expect(seen(arrayFrom(new Float32Array(1024)))).toEqual(ones(1024));
    expect(seen(filledArray([5000], 0, "float32"))).toEqual(ones(5000));
    expect(seen(arrayFrom(new Float32Array(5000)))).toEqual(["c:f32[5000] = exp a", "in (b, c)"]);
  });

  test("makes constants of small arrays", () => {
    const closed = eliminateDeadCode(
      foldConstants(
        trace(
          (x) =>
            mul(x, convertElementType(eq(iota([2, 2], "int32", 0), iota([2, 2], "int32", 1)), "float32")),
          f32(2, 2),
        ),
      ),
    );
    expect(String(closed)).toBe("{ lambda a:f32[2,2]; b:f32[2,2]. let c:f32[2,2] = mul b a in (c,) }");
    expect(closed.consts.map((x) => x.toArray())).toEqual([
      [
        [1, 0],
        [0, 1],
      ],
    ]);
  });

  test("leaves what is large, and what is cheaper to make than to keep", () => {
    expect(folded(() => sin(iota([1024], "float32", 0))).length).toBe(1);
    expect(folded(() => sin(iota([1025], "float32", 0))).length).toBe(3);
    expect(folded(() => iota([3], "float32", 0))).toEqual([
      "a:f32[3] = iota[dimension=0 dtype=float32 shape=(3,)]",
      "in (a,)",
    ]);
    const row = arrayFrom([1, 2, 3]);
    const repeated = (): NDArray => broadcastInDim(row, [4, 3], [1]);
    expect(body(foldConstants(trace((x) => [x, repeated()], f32())))).toEqual([
      "c:f32[4,3] = broadcastInDim[broadcastDimensions=(1,) shape=(4, 3)] a",
      "in (b, c)",
    ]);
    // But what is made of it is a constant.
    expect(folded(() => reduceSum(repeated(), [0, 1]))).toEqual(["in (24.0:f32[],)"]);
  });

  test("a large sum of a constant takes no time at compilation", () => {
    expect(folded(() => reduceSum(iota([1000], "float32", 0), [0]))).toEqual(["in (499500.0:f32[],)"]);
    expect(folded(() => reduceSum(iota([1024], "float32", 0), [0]))).toEqual(["in (523776.0:f32[],)"]);
    expect(folded(() => reduceSum(iota([1025], "float32", 0), [0])).length).toBe(3);
    const sumOf = (n: number): string[] => folded(() => reduceSum(arrayFrom(new Float32Array(n)), [0]));
    expect(sumOf(1 << 16)).toEqual(["in (0.0:f32[],)"]);
    expect(sumOf((1 << 16) + 1).length).toBe(2);
  });

  test("random bits and sorting of constants", () => {
    expect(folded(() => bind1(threefry2x32Primitive, [u(0), u(0), u(0), u(0)], NO_PARAMS))).toEqual([
      "in (1797259609:u32[],)",
    ]);
    const sorted = foldConstants(trace((x) => [x, ...sort([arrayFrom([3, 1, 2])], 0)], f32()));
    expect(eliminateDeadCode(sorted).consts.map((x) => x.toArray())).toEqual([[1, 2, 3]]);
  });

  test("leaves alone what has effects or carries code", () => {
    calls = 0;
    const applied = (primitive: typeof pure, f: unknown): number =>
      foldConstants(trace(() => bind1(primitive, [c(1)], { f }))).jaxpr.equations.length;
    expect(applied(effectful, 0)).toBe(1);
    expect(applied(pure, () => 0)).toBe(1);
    expect(applied(pure, [{ body: trace((x) => x, f32()) }])).toBe(1);
    expect(calls).toBe(0);
    expect(applied(pure, [{ name: "data" }, null, new Date(0)])).toBe(0);
    expect(calls).toBe(1);
  });

  test("padding a constant", () => {
    const closed = foldConstants(trace((x) => [x, pad(arrayFrom([1, 2]), c(7), [[1, 0, 1]])], f32()));
    expect(closed.consts.map((x) => x.toArray())).toContainEqual([7, 1, 7, 2]);
  });

  test("returns a program without constants as it is", () => {
    const closed = trace((x) => sin(x), f32());
    expect(foldConstants(closed)).toBe(closed);
  });
});
