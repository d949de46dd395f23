import { fc, test } from "@fast-check/vitest";
import { describe, expect } from "vitest";
import {
  arrayFrom,
  type ConcreteArray,
  castArray,
  castScalar,
  DTYPES,
  type DType,
  denseData,
  filledArray,
  holdsAllOf,
  isFloat,
  isInteger,
  NDArray,
  type NestedInput,
  scalarArray,
  sizeOf,
  stridesOf,
  viewOf,
  withWeakType,
} from "../../src/array/index.ts";
import { build, descriptions, dtypes, nest, shapes } from "./arbitraries.ts";

/** What TypeScript would refuse. */
const untyped = (value: unknown): NestedInput => value as NestedInput;

const summary = (array: ConcreteArray): readonly unknown[] => [array.dtype, array.shape, array.toArray()];

describe("arrayFrom", () => {
  test.prop([descriptions])("and toArray are inverse", (description) => {
    const nested = nest(description.data, description.shape);
    const array = arrayFrom(untyped(nested), description.dtype);
    expect(array.dtype).toBe(description.dtype);
    expect(array.weakType).toBe(false);
    expect([...array.toTypedArray()]).toEqual(description.data);
    // What follows an empty axis is not in the nested arrays.
    if (description.data.length > 0) expect(array.shape).toEqual(description.shape);
    expect(arrayFrom(array.toArray(), array.dtype).toArray()).toEqual(array.toArray());
  });

  test.prop([descriptions])("copies typed arrays, whatever is done to them later", (description) => {
    const source = build(description).toTypedArray();
    const array = arrayFrom(source, description.dtype);
    const before = [...array.toTypedArray()];
    expect(before).toEqual(description.data);
    source.fill(7);
    expect([...array.toTypedArray()]).toEqual(before);
  });

  test("copies nested arrays", () => {
    const rows = [
      [1, 2],
      [3, 4],
    ];
    const array = arrayFrom(rows);
    rows[0] = [9, 9];
    rows[1]?.fill(9);
    expect(array.toArray()).toEqual([
      [1, 2],
      [3, 4],
    ]);
  });

  test("passes arrays through, weak type and all, and converts them if asked", () => {
    const array = arrayFrom([1.5, -2.5]);
    expect(arrayFrom(array)).toBe(array);
    expect(arrayFrom(array, "float32")).toBe(array);
    expect(arrayFrom(array, "int32").toArray()).toEqual([1, -2]);
    const weak = scalarArray(3, "float32", true);
    expect(arrayFrom(weak)).toBe(weak);
    expect(arrayFrom(weak, "float32").weakType).toBe(false);
  });
});

describe("the dtype when nobody names one", () => {
  const int = scalarArray(3, "int32");
  const cases: readonly (readonly [string, NestedInput, DType])[] = [
    ["a number", 3, "float32"],
    ["a boolean", true, "bool"],
    ["whole numbers", [1, 2], "float32"],
    ["booleans", [[true], [false]], "bool"],
    ["booleans and numbers", [true, 2], "float32"],
    ["nothing", [], "float32"],
    ["int32 arrays", [int, int], "int32"],
    ["int32 and uint32 arrays", [int, scalarArray(3, "uint32")], "int32"],
    ["an int32 array and whole numbers", [int, 4], "int32"],
    ["an int32 array and a fraction", [int, 4.5], "float32"],
    ["an int32 array and booleans", [int, true], "int32"],
    ["a bool array and a number", [scalarArray(1, "bool"), 4], "int32"],
    ["a float64 array and a number", [scalarArray(1, "float64"), 0.1], "float64"],
    [
      "a weak float and a float64 array",
      [scalarArray(1, "float32", true), scalarArray(1, "float64")],
      "float64",
    ],
    ["rows that are typed arrays", [Float64Array.of(1), [2]], "float64"],
  ];

  test.each(cases)("of %s", (_, value, dtype) => {
    const array = arrayFrom(value);
    expect(array.dtype).toBe(dtype);
    expect(array.weakType).toBe(false);
  });

  test.each([
    [new Float32Array(1), "float32"],
    [new Float64Array(1), "float64"],
    [new Int8Array(1), "int8"],
    [new Int16Array(1), "int16"],
    [new Int32Array(1), "int32"],
    [new Uint8Array(1), "uint8"],
    [new Uint8ClampedArray(1), "uint8"],
    [new Uint16Array(1), "uint16"],
    [new Uint32Array(1), "uint32"],
    [Buffer.from([1]), "uint8"],
  ] as const)("of %o", (data, dtype) => {
    expect(arrayFrom(data).dtype).toBe(dtype);
  });
});

describe("what arrays can be made of", () => {
  test("typed arrays keep their values, at the ends of their range too", () => {
    expect(arrayFrom(Int8Array.of(-128, 127)).toArray()).toEqual([-128, 127]);
    expect(arrayFrom(Uint16Array.of(0, 65535)).toArray()).toEqual([0, 65535]);
    expect(arrayFrom(Uint32Array.of(4294967295)).toArray()).toEqual([4294967295]);
    expect(arrayFrom(Uint8Array.of(0, 1, 7), "bool").toArray()).toEqual([false, true, true]);
    expect(arrayFrom(Float64Array.of(0.1), "float32").toArray()).toEqual([Math.fround(0.1)]);
    expect(arrayFrom(Float64Array.of(3, -4), "int32").toArray()).toEqual([3, -4]);
    expect(arrayFrom(new Float32Array([1, 2, 3, 4]).subarray(1, 3)).toArray()).toEqual([2, 3]);
  });

  test("a Buffer is copied, though its slice would not be", () => {
    const buffer = Buffer.from([1, 2]);
    const array = arrayFrom(buffer);
    buffer.fill(9);
    expect(array.toArray()).toEqual([1, 2]);
  });

  test("arrays and typed arrays stand for their elements inside nested arrays", () => {
    const matrix = arrayFrom([
      [1, 2],
      [3, 4],
    ]);
    const transposed = viewOf(matrix, [2, 2], [1, 2]);
    expect(arrayFrom([matrix, transposed]).toArray()).toEqual([
      [
        [1, 2],
        [3, 4],
      ],
      [
        [1, 3],
        [2, 4],
      ],
    ]);
    expect(summary(arrayFrom([[scalarArray(1, "int32"), 2], Int8Array.of(3, 4)]))).toEqual([
      "int32",
      [2, 2],
      [
        [1, 2],
        [3, 4],
      ],
    ]);
    expect(arrayFrom([filledArray([3], 1, "bool"), [0, 5, 0]], "bool").toArray()).toEqual([
      [true, true, true],
      [false, true, false],
    ]);
    expect(arrayFrom([arrayFrom(1.9), 2], "int32").toArray()).toEqual([1, 2]);
  });

  test("empty arrays have shapes too", () => {
    expect(summary(arrayFrom([]))).toEqual(["float32", [0], []]);
    expect(summary(arrayFrom([[], []], "int32"))).toEqual(["int32", [2, 0], [[], []]]);
    expect(summary(arrayFrom([new Int32Array(0)]))).toEqual(["int32", [1, 0], [[]]]);
  });
});

describe("refusals say where and what", () => {
  const holes = [1, 2, 3];
  delete holes[1];

  test.each([
    [
      [
        [1, 2, 3],
        [4, 5],
      ],
      "row [1] has length 2, expected 3",
    ],
    [
      [
        [[1], [2]],
        [[3], [4, 5]],
      ],
      "row [1][1] has length 2, expected 1",
    ],
    [[[1, 2], 3], "row [1] is a single value, expected an array of length 2"],
    [[1, [2]], "row [1] is an array of length 1, expected a single value"],
    [[[], [1]], "row [1] has length 1, expected 0"],
    [
      [
        [[1, 2]],
        [
          [3, 4],
          [5, 6],
        ],
      ],
      "row [1] is an array of shape [2, 2], expected an array of shape [1, 2]",
    ],
    [[[1, 2], Float32Array.of(1)], "row [1] has length 1, expected 2"],
    [[[1, 2], scalarArray(1, "int32")], "row [1] is a single value, expected an array of length 2"],
  ])("ragged: %o", (value, message) => {
    expect(() => arrayFrom(untyped(value))).toThrow(RangeError);
    expect(() => arrayFrom(untyped(value))).toThrow(message);
  });

  test.each([
    ["3", 'the value is the string "3"'],
    [undefined, "the value is undefined"],
    [null, "the value is null"],
    [{ a: 1 }, "the value is an object (Object)"],
    [new Set([1]), "an object (Set)"],
    [() => 1, "the value is a function"],
    [
      [
        [1, 2],
        [3, "x"],
      ],
      'the value at [1][1] is the string "x"',
    ],
    [[[1, undefined]], "the value at [0][1] is undefined"],
    [holes, "the value at [1] is undefined"],
    [[undefined, 1], "the value at [0] is undefined"],
    [1n, "the bigint 1n. There are no 64-bit integers here; convert with Number(…) first."],
    [[1, 2n], "the value at [1] is the bigint 2n."],
    [BigInt64Array.of(1n), "an object (BigInt64Array). There are no 64-bit integers"],
    [new DataView(new ArrayBuffer(4)), "an object (DataView)"],
    [new ArrayBuffer(4), "an object (ArrayBuffer)"],
  ])("not numbers: %o", (value, message) => {
    expect(() => arrayFrom(untyped(value))).toThrow(TypeError);
    expect(() => arrayFrom(untyped(value))).toThrow(message);
  });

  test("an array that contains itself", () => {
    const cyclic: unknown[] = [];
    cyclic.push(cyclic);
    expect(() => arrayFrom(untyped(cyclic))).toThrow(
      new RangeError("array: arrays are nested more than 64 deep."),
    );
  });

  test("arrays without values", () => {
    const tracer: unknown = Object.create(NDArray.prototype, {
      shape: { value: [2] },
      dtype: { value: "float32" },
    });
    expect(() => arrayFrom(untyped([[1, 2], tracer]))).toThrow(/the value at \[1\] .* It is a tracer/);
    expect(() => arrayFrom(untyped(tracer))).toThrow(/the value is .* It is a tracer/);
  });

  test.each([
    [1.5, "int32", "the value is 1.5, which int32 cannot hold"],
    [Number.NaN, "int32", "the value is NaN, which int32 cannot hold"],
    [2 ** 31, "int32", "the value is 2147483648, which int32 cannot hold"],
    [[0, -(2 ** 31) - 1], "int32", "the value at [1] is -2147483649, which int32 cannot hold"],
    [[[0], [2 ** 40]], "int32", "the value at [1][0] is 1099511627776, which int32 cannot hold"],
    [[-1], "uint32", "the value at [0] is -1, which uint32 cannot hold"],
    [2 ** 32, "uint32", "the value is 4294967296, which uint32 cannot hold"],
    [[[1, 2], Float32Array.of(1, 2.5)], "uint32", "the value at [1][1] is 2.5, which uint32 cannot hold"],
    [Uint32Array.of(1, 4e9), "int32", "the value at [1] is 4000000000, which int32 cannot hold"],
    [
      [scalarArray(1, "int32"), 2 ** 40],
      undefined,
      "the value at [1] is 1099511627776, which int32 cannot hold",
    ],
  ] as const)("do not fit: %o as %s", (value, dtype, message) => {
    expect(() => arrayFrom(untyped(value), dtype)).toThrow(RangeError);
    expect(() => arrayFrom(untyped(value), dtype)).toThrow(message);
  });

  test.prop([fc.double(), fc.constantFrom("int32" as const, "uint32" as const)])(
    "a number fits an integer dtype exactly if storing it loses nothing",
    (value, dtype) => {
      const kept = castScalar(value, dtype) === value;
      if (kept) expect(Number(arrayFrom(value, dtype))).toBe(value + 0);
      else expect(() => arrayFrom(value, dtype)).toThrow(RangeError);
    },
  );
});

describe("castArray", () => {
  test("between integers wraps, as XLA does", () => {
    expect(castArray(arrayFrom([-1, 5, -(2 ** 31)], "int32"), "uint32").toArray()).toEqual([
      2 ** 32 - 1,
      5,
      2 ** 31,
    ]);
    expect(castArray(arrayFrom([2 ** 32 - 1, 2 ** 31], "uint32"), "int32").toArray()).toEqual([
      -1,
      -(2 ** 31),
    ]);
  });

  test("of floats truncates and saturates, and NaN is 0", () => {
    const special = [
      -1.5,
      -0.5,
      0.5,
      1.9,
      3e9,
      5e9,
      -3e9,
      Number.NaN,
      Number.POSITIVE_INFINITY,
      Number.NEGATIVE_INFINITY,
    ];
    const max = 2 ** 31 - 1;
    const min = -(2 ** 31);
    for (const dtype of ["float32", "float64"] as const) {
      const array = arrayFrom(special, dtype);
      expect(castArray(array, "int32").toArray()).toEqual([-1, 0, 0, 1, max, max, min, 0, max, min]);
      expect(castArray(array, "uint32").toArray()).toEqual([
        0,
        0,
        0,
        1,
        3e9,
        2 ** 32 - 1,
        0,
        0,
        2 ** 32 - 1,
        0,
      ]);
      expect(castArray(array, "bool").toArray()).toEqual(special.map(() => true));
    }
  });

  test.prop([descriptions, dtypes])("agrees with castScalar, element by element", (description, dtype) => {
    // castScalar does not know whence a number comes; integers wrap into each other instead of saturating.
    fc.pre(!(isInteger(description.dtype) && isInteger(dtype)));
    const cast = castArray(build(description), dtype);
    expect(cast.shape).toEqual(description.shape);
    const zero = isFloat(dtype) ? -0 : 0;
    expect([...cast.toTypedArray()]).toEqual(description.data.map((x) => castScalar(x, dtype) + zero));
  });

  test.prop([descriptions, dtypes])(
    "to a dtype that holds more and back is the identity",
    (description, wide) => {
      fc.pre(holdsAllOf(wide, description.dtype));
      const back = castArray(castArray(build(description), wide), description.dtype);
      expect([...back.toTypedArray()]).toEqual(description.data);
    },
  );

  test.prop([descriptions, dtypes])("of a view is the view of the cast", (description, dtype) => {
    const array = build(description);
    const reversed = (x: ConcreteArray): ConcreteArray =>
      viewOf(x, [...array.shape].reverse(), [...stridesOf(x)].reverse());
    expect(castArray(reversed(array), dtype).toArray()).toEqual(reversed(castArray(array, dtype)).toArray());
  });

  test.prop([shapes, dtypes, dtypes])("stores repeated elements once", (shape, from, to) => {
    const cast = castArray(filledArray(shape, 3, from), to);
    const expected = castScalar(castScalar(3, from), to);
    expect([...cast.toTypedArray()]).toEqual(Array.from({ length: sizeOf(shape) }, () => expected));
    if (sizeOf(shape) > 0) expect(denseData(viewOf(cast, [], [])).buffer.byteLength).toBeLessThanOrEqual(8);
  });

  test("repeats along some axes only", () => {
    const array = viewOf(arrayFrom([1.5, 2.5]), [2, 3, 2], [1, 0, 0]);
    const cast = castArray(array, "int32");
    expect(cast.toArray()).toEqual([1, 2].map((x) => [0, 0, 0].map(() => [x, x])));
    expect(stridesOf(cast)).toEqual([1, 0, 0]);
  });

  test("is strong, and is the array itself if nothing changes", () => {
    const array = arrayFrom([1, 2]);
    expect(castArray(array, "float32")).toBe(array);
    for (const dtype of DTYPES) expect(castArray(withWeakType(array, true), dtype).weakType).toBe(false);
  });
});
