import { fc, test } from "@fast-check/vitest";
import { type Either, isLeft, isRight } from "fp-ts/lib/Either.js";
import { describe, expect } from "vitest";
import { type IdxArray, type IdxError, parseIdx } from "../../src/data/idx.ts";

const formats = {
  uint8: { code: 0x08, width: 1, write: (v: DataView, i: number, x: number) => v.setUint8(i, x) },
  int8: { code: 0x09, width: 1, write: (v: DataView, i: number, x: number) => v.setInt8(i, x) },
  int16: { code: 0x0b, width: 2, write: (v: DataView, i: number, x: number) => v.setInt16(i, x) },
  int32: { code: 0x0c, width: 4, write: (v: DataView, i: number, x: number) => v.setInt32(i, x) },
  float32: { code: 0x0d, width: 4, write: (v: DataView, i: number, x: number) => v.setFloat32(i, x) },
  float64: { code: 0x0e, width: 8, write: (v: DataView, i: number, x: number) => v.setFloat64(i, x) },
} as const;

function encode(array: IdxArray): Uint8Array {
  const { code, width, write } = formats[array.dtype];
  const header = 4 + 4 * array.shape.length;
  const bytes = new Uint8Array(header + width * array.data.length);
  const view = new DataView(bytes.buffer);
  view.setUint8(2, code);
  view.setUint8(3, array.shape.length);
  array.shape.forEach((size, axis) => {
    view.setUint32(4 + 4 * axis, size);
  });
  array.data.forEach((x, i) => {
    write(view, header + width * i, x);
  });
  return bytes;
}

/** A header of its own, for files that lie. */
function header(code: number, shape: readonly number[], payload: readonly number[] = []): Uint8Array {
  const sizes = shape.flatMap((s) => [(s >>> 24) & 255, (s >>> 16) & 255, (s >>> 8) & 255, s & 255]);
  return Uint8Array.from([0, 0, code, shape.length, ...sizes, ...payload]);
}

function reasonOf(result: Either<IdxError, IdxArray>): IdxError["reason"] | "accepted" {
  return isLeft(result) ? result.left.reason : "accepted";
}

const shapes = fc.array(fc.nat({ max: 4 }), { maxLength: 4 });
const sizeOf = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);
const exactly = (n: number) => ({ minLength: n, maxLength: n });

const idxArrays: fc.Arbitrary<IdxArray> = shapes.chain((shape) => {
  const n = exactly(sizeOf(shape));
  return fc.oneof(
    fc.uint8Array(n).map((data) => ({ dtype: "uint8" as const, shape, data })),
    fc.int8Array(n).map((data) => ({ dtype: "int8" as const, shape, data })),
    fc.int16Array(n).map((data) => ({ dtype: "int16" as const, shape, data })),
    fc.int32Array(n).map((data) => ({ dtype: "int32" as const, shape, data })),
    fc.float32Array(n).map((data) => ({ dtype: "float32" as const, shape, data })),
    fc.float64Array(n).map((data) => ({ dtype: "float64" as const, shape, data })),
  );
});

describe("parseIdx on files that are right", () => {
  test.prop([idxArrays])("reads what an encoder wrote, for every type and shape", (array) => {
    expect(parseIdx(encode(array))).toEqual({ _tag: "Right", right: array });
  });

  test.prop([idxArrays, fc.nat({ max: 9 }), fc.nat({ max: 9 })])(
    "reads from the middle of a larger buffer",
    (array, before, after) => {
      const bytes = encode(array);
      const larger = new Uint8Array(before + bytes.length + after).fill(0xaa);
      larger.set(bytes, before);
      expect(parseIdx(larger.subarray(before, before + bytes.length))).toEqual(parseIdx(bytes));
    },
  );

  test("reads elements as big-endian", () => {
    const bytes = header(0x0b, [2], [0x01, 0x02, 0xff, 0xfe]);
    expect(parseIdx(bytes)).toEqual({
      _tag: "Right",
      right: { dtype: "int16", shape: [2], data: Int16Array.of(0x0102, -2) },
    });
  });

  test("shares no memory with its input", () => {
    const bytes = header(0x08, [2], [5, 6]);
    const result = parseIdx(bytes);
    bytes.fill(0);
    expect(isRight(result) && [...result.right.data]).toEqual([5, 6]);
  });
});

describe("parseIdx on files that are wrong", () => {
  test.prop([fc.uint8Array({ maxLength: 64 })])("never throws", (bytes) => {
    expect(["Left", "Right"]).toContain(parseIdx(bytes)._tag);
  });

  test.prop([fc.uint8Array({ maxLength: 64 }), fc.constantFrom(8, 9, 11, 12, 13, 14), fc.nat({ max: 6 })])(
    "accepts nothing of another length than its header tells",
    (bytes, code, ndim) => {
      bytes.set([0, 0, code, ndim].slice(0, bytes.length));
      const result = parseIdx(bytes);
      if (isRight(result)) {
        const { shape, data, dtype } = result.right;
        expect(data.length).toBe(sizeOf(shape));
        expect(bytes.length).toBe(4 + 4 * ndim + formats[dtype].width * data.length);
      }
    },
  );

  test.prop([idxArrays, fc.nat()])("refuses every file cut short", (array, seed) => {
    const bytes = encode(array);
    const cut = bytes.subarray(0, seed % bytes.length);
    const headerLength = 4 + 4 * array.shape.length;
    expect(reasonOf(parseIdx(cut))).toBe(cut.length < headerLength ? "truncated-header" : "wrong-length");
  });

  test.prop([idxArrays, fc.uint8Array({ minLength: 1, maxLength: 9 })])(
    "refuses bytes after the end",
    (array, rest) => {
      expect(reasonOf(parseIdx(Uint8Array.from([...encode(array), ...rest])))).toBe("wrong-length");
    },
  );

  test.prop([idxArrays, fc.integer({ min: 1, max: 0xffff })])("refuses another magic", (array, magic) => {
    const bytes = encode(array);
    new DataView(bytes.buffer).setUint16(0, magic);
    expect(reasonOf(parseIdx(bytes))).toBe("bad-magic");
  });

  test.prop([idxArrays, fc.nat({ max: 255 }).filter((c) => c < 8 || c > 14 || c === 10)])(
    "refuses an unknown type",
    (array, code) => {
      const bytes = encode(array);
      bytes[2] = code;
      expect(reasonOf(parseIdx(bytes))).toBe("unknown-type");
    },
  );

  test("refuses sizes whose product wraps around to the right length", () => {
    // 2^31 * 2^31 * 4 = 2^64, which is 0 in 64-bit arithmetic; 65536 * 65536 = 2^32, which is 0 in 32-bit.
    expect(reasonOf(parseIdx(header(0x08, [2 ** 31, 2 ** 31, 4])))).toBe("wrong-length");
    expect(reasonOf(parseIdx(header(0x08, [65536, 65536])))).toBe("wrong-length");
    expect(
      reasonOf(
        parseIdx(
          header(
            0x0e,
            Array.from({ length: 255 }, () => 2 ** 32 - 1),
          ),
        ),
      ),
    ).toBe("wrong-length");
  });

  test("reads a size of 0 beside sizes whose product overflows", () => {
    const shape = [...Array.from({ length: 254 }, () => 2 ** 32 - 1), 0];
    expect(parseIdx(header(0x0e, shape))).toEqual({
      _tag: "Right",
      right: { dtype: "float64", shape, data: new Float64Array(0) },
    });
  });

  test("says what is wrong in words", () => {
    const result = parseIdx(header(0x08, [2, 3], [1, 2]));
    expect(isLeft(result) && result.left.message).toBe(
      "parseIdx: uint8[2,3] does not fill the 2 bytes after the header: the file is cut short.",
    );
  });
});
