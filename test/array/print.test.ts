import { fc, test } from "@fast-check/vitest";
import { describe, expect } from "vitest";
import { allocate, type DType } from "../../src/array/dtype.ts";
import { formatArray } from "../../src/array/print.ts";
import { sizeOf } from "../../src/array/shape.ts";
import golden from "../golden/print.json" with { type: "json" };
import { build, descriptions } from "./arbitraries.ts";

const numberOf = (entry: number | string): number =>
  typeof entry === "number" ? entry : Number(entry.replace("inf", "Infinity"));

describe("formatArray draws as NumPy does", () => {
  for (const dtype of ["float32", "float64", "int32", "uint32"] as const) {
    test(`${dtype} arrays of many kinds and shapes`, () => {
      const cases = golden.cases.filter((entry) => entry.dtype === dtype);
      expect(cases.length).toBeGreaterThanOrEqual(9);
      for (const { shape, data, text } of cases) {
        const array = allocate(dtype, data.length);
        array.set(data.map(numberOf));
        expect(formatArray(array, shape, dtype)).toBe(text);
      }
    });
  }

  test.each(golden.counted)("an abbreviated $dtype array of shape $shape", ({ dtype, shape, text }) => {
    const data = allocate(dtype as DType, sizeOf(shape)).map((_, i) => i);
    expect(formatArray(data, shape, dtype as DType)).toBe(text);
  });
});

describe("formatArray", () => {
  const draw = (values: readonly number[], shape: readonly number[], dtype: DType): string => {
    const data = allocate(dtype, values.length);
    data.set(values);
    return formatArray(data, shape, dtype);
  };

  test("aligns booleans", () => {
    expect(draw([1, 0, 0, 1], [2, 2], "bool")).toBe("[[ true false]\n [false  true]]");
    expect(draw([1], [], "bool")).toBe("true");
  });

  test("says what shape an empty array has", () => {
    expect(draw([], [0], "float32")).toBe("[]");
    expect(draw([], [2, 0], "int32")).toBe("[] (shape [2, 0])");
  });

  test("puts an empty line between matrices", () => {
    expect(draw([1, 2, 3, 4], [2, 1, 2], "int32")).toBe("[[[1 2]]\n\n [[3 4]]]");
  });

  test("looks only at the elements it shows", () => {
    const data = new Float32Array(5000).fill(1e30);
    data.set([1, 2, 3], 0);
    data.set([4, 5, 6], 4997);
    expect(formatArray(data, [5000], "float32")).toBe("[1. 2. 3. ... 4. 5. 6.]");
  });

  test.prop([descriptions])(
    "is what String gives, and reads back to the same elements, but for rounding",
    (description) => {
      const array = build(description);
      const text = String(array);
      // Eight digits of a float64; as many of other floats as tell them from their neighbours.
      const rounding = { float32: 6e-8, float16: 5e-4, bfloat16: 4e-3 }[description.dtype as string] ?? 6e-9;
      const words = text.replace(/\(.*\)/, "").match(/[^\s[\]]+/g) ?? [];
      expect(words.length).toBe(array.size);
      words.forEach((word, i) => {
        const expected = description.data[i] as number;
        const got = word === "true" ? 1 : word === "false" ? 0 : numberOf(word);
        if (Number.isFinite(expected)) {
          expect(Math.abs(got - expected)).toBeLessThanOrEqual(Math.max(3e-8, Math.abs(expected) * rounding));
        } else expect(got).toBe(expected);
      });
    },
  );

  test.prop([descriptions])("aligns: every element of a column ends at the same place", (description) => {
    fc.pre(description.shape.length === 2 && description.data.length > 0);
    const widths = new Set(
      String(build(description))
        .split("\n")
        .map((line) => line.replace(/\]+$/, "").length),
    );
    expect(widths.size).toBe(1);
  });
});
