import { describe, expect, test } from "vitest";
import { arrayFrom, type NDArray, scalarArray } from "../../src/array/index.ts";
import { DTypeError, ShapeError } from "../../src/core/index.ts";
import { threefry2x32 } from "../../src/primitives/random-bits.ts";
import { vmap } from "../../src/transforms/vmap.ts";

const word = (value: number | string): NDArray => scalarArray(Number(value), "uint32");
const words = (values: readonly number[]): NDArray => arrayFrom([...values], "uint32");
const pairs = (outputs: readonly [NDArray, NDArray]): unknown[] => outputs.map((x) => x.toArray());

describe("known answers of Random123", () => {
  test.each([
    ["0x00000000 0x00000000", "0x00000000 0x00000000", "0x6b200159 0x99ba4efe"],
    ["0xffffffff 0xffffffff", "0xffffffff 0xffffffff", "0x1cb996fc 0xbb002be7"],
    ["0x13198a2e 0x03707344", "0x243f6a88 0x85a308d3", "0xc4923a9c 0x483df7a0"],
  ])("key %s, counter %s", (key, counter, expected) => {
    const [k1, k2] = key.split(" ").map(word) as [NDArray, NDArray];
    const [x1, x2] = counter.split(" ").map(word) as [NDArray, NDArray];
    expect(pairs(threefry2x32(k1, k2, x1, x2))).toEqual(expected.split(" ").map(Number));
  });
});

describe("bits that JAX prints", () => {
  test("random.bits(key(10), [4]) is the exclusive or of both words of counters 0 to 3", () => {
    const [a, b] = threefry2x32(word(0), word(10), word(0), words([0, 1, 2, 3]));
    const [hi, lo] = [a.toTypedArray(), b.toTypedArray()];
    const bits = [...hi].map((x, i) => (x ^ (lo[i] as number)) >>> 0);
    expect(bits).toEqual([169096361, 1572511259, 2689743692, 2228103506]);
  });

  test("random.split(key(1), 3) is the pairs of words of counters 0 to 2", () => {
    const [a, b] = threefry2x32(word(0), word(1), word(0), words([0, 1, 2]));
    const keys = [...a.toTypedArray()].map((x, i) => [x, b.toTypedArray()[i]]);
    expect(keys).toEqual([
      [507451445, 1853169794],
      [1948878966, 4237131848],
      [2441914641, 3819641963],
    ]);
  });
});

describe("shapes", () => {
  test("scalars stand for full arrays, also beside empty ones", () => {
    const full = threefry2x32(words([7, 7]), words([8, 8]), words([0, 0]), words([1, 2]));
    expect(pairs(threefry2x32(word(7), word(8), word(0), words([1, 2])))).toEqual(pairs(full));
    expect(pairs(threefry2x32(word(7), word(8), word(0), words([])))).toEqual([[], []]);
  });

  test("vmap over keys is a loop", () => {
    const keys = words([1, 2, 3]);
    const counters = words([0, 1]);
    const both = (k: NDArray): readonly NDArray[] => threefry2x32(word(0), k, word(0), counters);
    const batched = vmap(both)(keys) as readonly NDArray[];
    const looped = [1, 2, 3].map((k) => pairs(threefry2x32(word(0), word(k), word(0), counters)));
    expect(batched.map((x) => x.toArray())).toEqual([looped.map((p) => p[0]), looped.map((p) => p[1])]);
  });

  test("other dtypes and shapes are refused", () => {
    expect(() => threefry2x32(word(0), word(0), word(0), scalarArray(1, "int32"))).toThrow(DTypeError);
    expect(() => threefry2x32(words([1]), word(0), word(0), words([1, 2]))).toThrow(ShapeError);
  });
});
