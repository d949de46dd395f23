import { fc, test } from "@fast-check/vitest";
import { describe, expect } from "vitest";
import {
  allocate,
  castScalar,
  computeDType,
  DTYPES,
  decodeElement,
  dtypeInfo,
  encodeElement,
  holdsAllOf,
  isDType,
  isFloat,
  isInteger,
  isStorage,
} from "../../src/array/dtype.ts";
import { dtypes, elements } from "./arbitraries.ts";

describe("dtypes", () => {
  test("have the facts that storage and jaxprs rely on", () => {
    const facts = DTYPES.map((dtype) => [dtype, dtypeInfo(dtype).short, dtypeInfo(dtype).bytes]);
    expect(facts).toEqual([
      ["bool", "bool", 1],
      ["uint8", "u8", 1],
      ["uint16", "u16", 2],
      ["uint32", "u32", 4],
      ["int8", "i8", 1],
      ["int16", "i16", 2],
      ["int32", "i32", 4],
      ["bfloat16", "bf16", 2],
      ["float16", "f16", 2],
      ["float32", "f32", 4],
      ["float64", "f64", 8],
    ]);
  });

  test("are floats, integers or bool", () => {
    expect(DTYPES.filter(isFloat)).toEqual(["bfloat16", "float16", "float32", "float64"]);
    expect(DTYPES.filter(isInteger)).toEqual(["uint8", "uint16", "uint32", "int8", "int16", "int32"]);
  });

  test("are told from other values", () => {
    expect(DTYPES.every(isDType)).toBe(true);
    expect(["float8", "toString", "", 32, null, undefined].some(isDType)).toBe(false);
  });

  test("are stored in typed arrays of their width, which start at zero", () => {
    for (const dtype of DTYPES) {
      const data = allocate(dtype, 3);
      expect(data.BYTES_PER_ELEMENT).toBe(dtypeInfo(dtype).bytes);
      expect([...data]).toEqual([0, 0, 0]);
    }
  });

  test("are computed in a type that holds all their elements", () => {
    for (const dtype of DTYPES) expect(holdsAllOf(computeDType(dtype), dtype)).toBe(true);
    expect(DTYPES.filter(isStorage)).toEqual(["uint8", "uint16", "int8", "int16", "bfloat16", "float16"]);
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
    data[0] = encodeElement(cast, dtype);
    expect(decodeElement(data[0], dtype)).toEqual(cast);
  });

  test.prop([dtypes.chain((dtype) => fc.tuple(fc.constant(dtype), elements(dtype)))])(
    "leaves alone what the dtype holds",
    ([dtype, value]) => {
      expect(castScalar(value, dtype)).toBe(value);
    },
  );
});
