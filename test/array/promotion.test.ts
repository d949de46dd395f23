import { fc, test } from "@fast-check/vitest";
import { describe, expect } from "vitest";
import { scalarArray } from "../../src/array/concrete.ts";
import { type DType, isFloat } from "../../src/array/dtype.ts";
import {
  type Promotable,
  promoteTypes,
  resultType,
  resultType2,
  type Typed,
} from "../../src/array/promotion.ts";
import golden from "../golden/promotion.json" with { type: "json" };
import { dtypes } from "./arbitraries.ts";

const scalars: { readonly [name: string]: Promotable } = {
  true: true,
  "2": 2,
  "0.5": 0.5,
  nan: Number.NaN,
  inf: Number.POSITIVE_INFINITY,
};

const typeOf = (name: string): Typed => ({
  dtype: name.replace("*", "") as DType,
  weakType: name.endsWith("*"),
});

const operandOf = (name: string): Promotable => scalars[name] ?? typeOf(name);

const typed = fc.record({ dtype: dtypes, weakType: fc.boolean() });
const promotable: fc.Arbitrary<Promotable> = fc.oneof(
  typed,
  typed.map(({ dtype, weakType }) => scalarArray(1, dtype, weakType)),
  fc.double(),
  fc.integer(),
  fc.boolean(),
);

describe("the table of JAX", () => {
  test.each(Object.entries(golden.pairs))("%s is %s", (sum, expected) => {
    const [a, b] = sum.split(" + ").map(operandOf) as [Promotable, Promotable];
    expect(resultType(a, b)).toEqual(typeOf(expected));
    expect(resultType2(a, b)).toEqual(typeOf(expected));
    if (!sum.includes("*")) {
      expect(promoteTypes(...(sum.split(" + ") as [DType, DType]))).toBe(expected);
    }
  });

  test.each(Object.entries(golden.scalars))("with a scalar: %s is %s", (sum, expected) => {
    const [a, b] = sum.split(" + ").map(operandOf) as [Promotable, Promotable];
    expect(resultType(a, b)).toEqual(typeOf(expected));
    expect(resultType2(b, a)).toEqual(typeOf(expected));
  });

  test("of three operands, which is that of two applied twice", () => {
    const names = Object.keys(golden.triples);
    const pairs = names.flatMap((b) => names.map((c) => `${b} + ${c}`));
    const entries = Object.entries(golden.triples).flatMap(([a, results]) =>
      results.split(" ").map((expected, i) => [`${a} + ${pairs[i]}`, expected] as const),
    );
    expect(entries.length).toBe(13 ** 3);
    for (const [sum, expected] of entries) {
      const [a, b, c] = sum.split(" + ").map(operandOf) as [Promotable, Promotable, Promotable];
      expect([sum, resultType(a, b, c)]).toEqual([sum, typeOf(expected)]);
      expect([sum, resultType2(resultType2(a, b), c)]).toEqual([sum, typeOf(expected)]);
    }
  });
});

describe("JavaScript scalars among themselves", () => {
  const weakFloat = { dtype: "float32", weakType: true };

  test("are weak floats if all are numbers, whole or not", () => {
    for (const operands of [[1], [1, 2], [1, 0.5], [Number.NaN, 3, -0]]) {
      expect(resultType(...operands)).toEqual(weakFloat);
    }
    expect(resultType2(1, 2)).toEqual(weakFloat);
  });

  test("are bool if all are booleans, and a whole number with a boolean is a weak int", () => {
    expect(resultType(true)).toEqual({ dtype: "bool", weakType: false });
    expect(resultType2(true, false)).toEqual({ dtype: "bool", weakType: false });
    expect(resultType2(true, 2)).toEqual({ dtype: "int32", weakType: true });
    expect(resultType2(true, 2.5)).toEqual(weakFloat);
  });
});

describe("laws", () => {
  test.prop([promotable, promotable])("order does not matter", (a, b) => {
    expect(resultType2(a, b)).toBe(resultType2(b, a));
    expect(resultType(a, b)).toBe(resultType2(a, b));
  });

  test.prop([
    fc
      .array(promotable, { minLength: 1 })
      .chain((list) => fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length }))),
  ])("nor does it among many", ([list, shuffled]) => {
    expect(resultType(...list)).toBe(resultType(...shuffled));
  });

  test.prop([typed, typed, typed])("nor does grouping", (a, b, c) => {
    expect(resultType2(resultType2(a, b), c)).toBe(resultType2(a, resultType2(b, c)));
  });

  test.prop([dtypes, dtypes])("a weak operand never changes a float, nor its own dtype", (a, b) => {
    const weak = { dtype: a, weakType: true };
    for (const dtype of ["float32", "float64", a] as const) {
      expect(resultType2(weak, { dtype, weakType: false })).toEqual({ dtype, weakType: false });
    }
    const stays = a !== "bool" && ((isFloat(a) && !isFloat(b)) || b === "bool");
    expect(resultType2(weak, { dtype: b, weakType: false }).weakType).toBe(stays);
  });

  test.prop([dtypes, dtypes])("promoteTypes gives a type of the wider kind, whatever the order", (a, b) => {
    const kinds = [a, b, promoteTypes(a, b)].map((dtype) => (isFloat(dtype) ? 2 : Number(dtype !== "bool")));
    expect(kinds[2]).toBe(Math.max(kinds[0] as number, kinds[1] as number));
    expect(promoteTypes(a, b)).toBe(promoteTypes(b, a));
    expect(promoteTypes(a, a)).toBe(a);
  });
});

describe("refusals", () => {
  test("no operand, and operands that are no numbers", () => {
    expect(() => resultType()).toThrow("resultType: at least one operand is needed");
    expect(() => resultType2("3" as unknown as number, 1)).toThrow(/got a value of type string/);
    expect(() => resultType(null as unknown as number)).toThrow(/got null/);
  });

  test("results are shared, so nobody can change them", () => {
    expect(Object.isFrozen(resultType2(1, 2))).toBe(true);
  });
});
