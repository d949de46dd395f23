import { describe, expect, test } from "vitest";
import { arrayFrom, type NDArray, scalarArray } from "../../../src/array/index.ts";
import { eliminateCommonSubexpressions } from "../../../src/compile/passes/eliminate-common-subexpressions.ts";
import { eliminateDeadCode } from "../../../src/compile/passes/eliminate-dead-code.ts";
import {
  aval,
  avalOf,
  bind1,
  ClosedJaxpr,
  definePrimitive,
  Equation,
  Jaxpr,
  NO_PARAMS,
  type Params,
  type Primitive,
  Var,
} from "../../../src/core/index.ts";
import { reduceSum } from "../../../src/primitives/broadcast.ts";
import { add, div, integerPow, max, mul, sin, sub } from "../../../src/primitives/elementwise/index.ts";
import { threefry2x32Primitive } from "../../../src/primitives/random-bits.ts";
import { rev } from "../../../src/primitives/shape.ts";
import { body, f32, trace, u32 } from "./support.ts";

const NONE = { missing: "for these tests only" };

/** Somebody outside can see how often it runs. */
const seen: Primitive = definePrimitive<Params>({
  name: "seenInTest",
  abstractEval: (inputs) => inputs.map(avalOf),
  evaluate: (inputs) => inputs,
  jvp: NONE,
  transpose: NONE,
  batch: NONE,
  args: NONE,
  effectful: true,
});

/** The identity, with whatever parameters. */
const tagged: Primitive<{ readonly tag: unknown }> = definePrimitive<{ readonly tag: unknown }>({
  name: "taggedInTest",
  abstractEval: (inputs) => inputs.map(avalOf),
  evaluate: (inputs) => inputs,
  jvp: NONE,
  transpose: NONE,
  batch: NONE,
  args: NONE,
});

describe("eliminateDeadCode", () => {
  /** `{ lambda k l ; a b. let c = sin a; d = mul c k; e = mul c l in (d,) }`, which tracing would not record. */
  const withWaste = (): ClosedJaxpr => {
    const [k, l, a, b, c, d, e] = Array.from({ length: 7 }, () => new Var(aval([2], "float32")));
    const equation = (name: NDArray, inputs: readonly Var[], output: Var): Equation => {
      const [made] = trace((x, y) => (name.size === 1 ? sin(x) : mul(x, y)), f32(2), f32(2)).jaxpr.equations;
      return new Equation((made as Equation).primitive, inputs, [output], NO_PARAMS);
    };
    const [one, two] = [arrayFrom(1), arrayFrom([1, 2])];
    return new ClosedJaxpr(
      new Jaxpr(
        [k as Var, l as Var],
        [a as Var, b as Var],
        [
          equation(one, [a as Var], c as Var),
          equation(two, [c as Var, k as Var], d as Var),
          equation(two, [c as Var, l as Var], e as Var),
        ],
        [d as Var],
      ),
      [arrayFrom([1, 2]), arrayFrom([3, 4])],
    );
  };

  test("drops equations and constants, not inputs", () => {
    const result = eliminateDeadCode(withWaste());
    expect(String(result)).toBe(
      "{ lambda a:f32[2]; b:f32[2] c:f32[2]. let d:f32[2] = sin b; e:f32[2] = mul d a in (e,) }",
    );
    expect(result.consts.map((x) => x.toArray?.())).toEqual([[1, 2]]);
  });

  test("keeps what has an effect, and what that needs", () => {
    const closed = trace((x) => {
      bind1(seen, [sin(x)], NO_PARAMS);
      return mul(x, x);
    }, f32());
    expect(body(eliminateDeadCode(closed))).toEqual([
      "b:f32[] = sin a",
      "c:f32[] = seenInTest b",
      "d:f32[] = mul a a",
      "in (d,)",
    ]);
  });

  test("returns a program without waste as it is", () => {
    const closed = trace((x) => sin(x), f32());
    expect(eliminateDeadCode(closed)).toBe(closed);
  });
});

describe("eliminateCommonSubexpressions", () => {
  const merged = (
    fun: (...xs: NDArray[]) => NDArray | NDArray[],
    ...inputs: Parameters<typeof trace>[1][]
  ): string[] => body(eliminateCommonSubexpressions(trace(fun, ...inputs)));
  const names = (
    fun: (...xs: NDArray[]) => NDArray | NDArray[],
    ...inputs: Parameters<typeof trace>[1][]
  ): string =>
    eliminateCommonSubexpressions(trace(fun, ...inputs))
      .jaxpr.equations.map((e) => e.primitive.name)
      .join(" ");

  test("merges chains of equal equations", () => {
    expect(merged((x) => add(sin(sin(x)), sin(sin(x))), f32(2))).toEqual([
      "b:f32[2] = sin a",
      "c:f32[2] = sin b",
      "d:f32[2] = add c c",
      "in (d,)",
    ]);
  });

  test("exchanges the operands of what commutes, and of nothing else", () => {
    expect(names((x, y) => [add(x, y), add(y, x), max(x, y), max(y, x)], f32(), f32())).toBe("add max");
    expect(names((x, y) => [sub(x, y), sub(y, x), div(x, y), div(y, x)], f32(), f32())).toBe(
      "sub sub div div",
    );
  });

  test("takes constants of the same bits for one, whatever array they are in", () => {
    const vector = (...xs: number[]): NDArray => arrayFrom(xs, "float32");
    const f = (x: NDArray): NDArray => add(mul(x, vector(1, 2)), mul(x, vector(1, 2)));
    const program = eliminateCommonSubexpressions(trace(f, f32(2)));
    expect(program.jaxpr.equations.map((e) => e.primitive.name)).toEqual(["mul", "add"]);
    expect(program.consts).toHaveLength(1);
    const count = (...constants: NDArray[]): number =>
      eliminateCommonSubexpressions(trace((x) => constants.map((c) => mul(x, c)), f32(2))).jaxpr.equations
        .length;
    expect(count(vector(0, 1), vector(-0, 1))).toBe(2);
    expect(count(vector(Number.NaN, 1), vector(Number.NaN, 1))).toBe(1);
    expect(count(vector(1, 2), vector(2, 1))).toBe(2);
    expect(count(vector(1, 2), rev(vector(2, 1), [0]))).toBe(1);
    const long = (n: number): number =>
      eliminateCommonSubexpressions(
        trace((x) => [0, 1].map(() => mul(x, arrayFrom(new Float32Array(n)))), f32(n)),
      ).jaxpr.equations.length;
    expect([long(1024), long(1025)]).toEqual([1, 2]);
  });

  test("compares parameters by what they say", () => {
    expect(names((x) => [reduceSum(x, [0]), reduceSum(x, [0]), reduceSum(x, [1])], f32(2, 2))).toBe(
      "reduceSum reduceSum",
    );
    expect(names((x) => [integerPow(x, 3), integerPow(x, -3), integerPow(x, 3)], f32())).toBe(
      "integerPow integerPow",
    );
    const tag =
      (value: unknown): ((x: NDArray) => NDArray) =>
      (x) =>
        bind1(tagged, [x], { tag: value });
    const count = (...tags: unknown[]): number =>
      eliminateCommonSubexpressions(trace((x) => tags.map((t) => tag(t)(x)), f32())).jaxpr.equations.length;
    expect(count({ a: 1, b: [2, "3"] }, { b: [2, "3"], a: 1 })).toBe(1);
    expect(count({ a: 1 }, { a: 1, b: undefined })).toBe(1);
    expect(count({ b: [2, 3] }, { b: [2, "3"] }, { b: [[2], 3] }, { b: [2, 3, null] })).toBe(4);
    expect(count(0, -0)).toBe(2);
    expect(count(true, "true")).toBe(2);
    const f = (): number => 1;
    const g = (): number => 1;
    expect(count(f, f)).toBe(1);
    expect(count(f, g)).toBe(2);
    const closed = trace((x) => sin(x), f32());
    expect(count(closed, closed)).toBe(1);
    expect(
      count(
        closed,
        trace((x) => sin(x), f32()),
      ),
    ).toBe(2);
    expect(count(arrayFrom([1]), arrayFrom([1]))).toBe(2);
  });

  test("compares literals by dtype and bits", () => {
    const c = (value: number, dtype: "float32" | "float64" = "float32"): NDArray =>
      scalarArray(value, dtype, true);
    expect(names((x) => [add(x, c(1)), add(x, c(1)), add(x, c(2))], f32())).toBe("add add");
    expect(names((x) => [mul(x, c(0)), mul(x, c(-0))], f32())).toBe("mul mul");
    expect(names((x) => [mul(x, c(Number.NaN)), mul(x, c(Number.NaN))], f32())).toBe("mul");
    const tag = (x: NDArray): NDArray => bind1(tagged, [x], { tag: 0 });
    expect(names(() => [tag(c(1)), tag(c(1, "float64"))])).toBe("taggedInTest taggedInTest");
  });

  test("merges equations with several results", () => {
    const random = (x: NDArray): readonly NDArray[] => {
      const closed = [x, x, x, x];
      return [
        bind1(threefry2x32Primitive, closed, NO_PARAMS),
        bind1(threefry2x32Primitive, closed, NO_PARAMS),
      ];
    };
    expect(names((x) => [...random(x)], u32(3))).toBe("threefry2x32");
  });

  test("leaves what has an effect", () => {
    const look = (x: NDArray): NDArray => bind1(seen, [x], NO_PARAMS);
    expect(names((x) => [look(x), look(x)], f32())).toBe("seenInTest seenInTest");
  });

  test("keeps where equations come from", () => {
    const closed = eliminateCommonSubexpressions(trace((x) => add(sin(x), sin(x)), f32()));
    expect(closed.jaxpr.equations.map((e) => e.source?.file.endsWith("eliminate.test.ts"))).toEqual([
      true,
      true,
    ]);
  });

  test("returns a program without duplicates as it is", () => {
    const closed = trace((x) => sin(sin(x)), f32());
    expect(eliminateCommonSubexpressions(closed)).toBe(closed);
  });
});
