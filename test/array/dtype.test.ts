import { fc, test } from "@fast-check/vitest";
import { describe, expect } from "vitest";
import {
  allocate,
  castScalar,
  DTYPES,
  dtypeInfo,
  dtypeOf,
  isDType,
  isFloat,
  isInteger,
} from "../../src/array/dtype.ts";
import { dtypes, elements } from "./arbitraries.ts";

describe("dtypes", () => {
  test("have the facts that storage and jaxprs rely on", () => {
    const facts = DTYPES.map((dtype) => [dtype, dtypeInfo(dtype).short, dtypeInfo(dtype).bytes]);
    expect(facts).toEqual([
      ["bool", "bool", 1],
      ["uint32", "u32", 4],
      ["int32", "i32", 4],
      ["float32", "f32", 4],
      ["float64", "f64", 8],
    ]);
  });

  test("are floats, integers or bool", () => {
    expect(DTYPES.filter(isFloat)).toEqual(["float32", "float64"]);
    expect(DTYPES.filter(isInteger)).toEqual(["uint32", "int32"]);
  });

  test("are told from other values", () => {
    expect(DTYPES.every(isDType)).toBe(true);
    expect(["float16", "toString", "", 32, null, undefined].some(isDType)).toBe(false);
  });

  test("are stored in typed arrays of their width, which start at zero", () => {
    for (const dtype of DTYPES) {
      const data = allocate(dtype, 3);
      expect(data.BYTES_PER_ELEMENT).toBe(dtypeInfo(dtype).bytes);
      expect([...data]).toEqual([0, 0, 0]);
    }
  });

  test("are recognised from typed arrays, but bool, whose bytes might be anything", () => {
    expect(DTYPES.map((dtype) => dtypeOf(allocate(dtype, 1)))).toEqual([
      undefined,
      "uint32",
      "int32",
      "float32",
      "float64",
    ]);
    expect(dtypeOf(new DataView(new ArrayBuffer(8)))).toBeUndefined();
  });
});

describe("castScalar", () => {
  test("rounds, truncates and saturates as XLA does", () => {
    expect(castScalar(0.1, "float32")).toBe(Math.fround(0.1));
    expect(castScalar(0.1, "float64")).toBe(0.1);
    expect([1.9, -1.9, 3e9, -3e9, Number.NaN].map((x) => castScalar(x, "int32"))).toEqual([
      1, -1, 2147483647, -2147483648, 0,
    ]);
    expect([1.9, -1.9, 3e9, 5e9, Number.NaN].map((x) => castScalar(x, "uint32"))).toEqual([
      1, 0, 3e9, 4294967295, 0,
    ]);
    expect([0, -0, 0.5, Number.NaN].map((x) => castScalar(x, "bool"))).toEqual([0, 0, 1, 1]);
  });

  test.prop([dtypes, fc.double()])("gives what storage keeps", (dtype, value) => {
    const data = allocate(dtype, 1);
    const cast = castScalar(value, dtype);
    data[0] = cast;
    expect(data[0] === cast || (Number.isNaN(data[0]) && Number.isNaN(cast))).toBe(true);
  });

  test.prop([dtypes.chain((dtype) => fc.tuple(fc.constant(dtype), elements(dtype)))])(
    "leaves alone what the dtype holds",
    ([dtype, value]) => {
      expect(castScalar(value, dtype)).toBe(value);
    },
  );
});
