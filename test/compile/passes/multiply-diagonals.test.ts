import { describe, expect, test } from "vitest";
import { arrayFrom, type NDArray, scalarArray } from "../../../src/array/index.ts";
import { multiplyDiagonals } from "../../../src/compile/passes/multiply-diagonals.ts";
import type { ClosedJaxpr } from "../../../src/core/index.ts";
import { broadcastInDim, reduceSum } from "../../../src/primitives/broadcast.ts";
import { dotGeneral } from "../../../src/primitives/dot.ts";
import { convertElementType } from "../../../src/primitives/elementwise/conversion.ts";
import { add, eq, mul, neg } from "../../../src/primitives/elementwise/index.ts";
import { iota } from "../../../src/primitives/iota.ts";
import { evaluate, f32, i32, nearlyRewritten, ordinary, trace } from "./support.ts";

const nearly = nearlyRewritten(multiplyDiagonals);
const c = (value: number, dtype: "float32" | "int32" = "float32"): NDArray => scalarArray(value, dtype, true);

/** `total` rows and `size` columns; ones where the row is `offset` more than the column. */
const units = (total: number, size = total, offset = 0): NDArray => {
  const columns = iota([total, size], "int32", 1);
  const shifted = offset === 0 ? columns : add(columns, c(offset, "int32"));
  return convertElementType(eq(iota([total, size], "int32", 0), shifted), "float32");
};

const along = (x: NDArray, shape: readonly number[], axis: number): NDArray =>
  broadcastInDim(x, shape, [axis]);

const dot = (x: NDArray, y: NDArray, a: number, b: number): NDArray =>
  dotGeneral(x, y, { lhsContracting: [a], rhsContracting: [b], lhsBatch: [], rhsBatch: [] });

describe("products with an identity", () => {
  test("from the left and from the right", () => {
    expect(nearly((x) => dot(units(3), x, 1, 0), f32(3, 4))).toEqual(["in (a,)"]);
    expect(nearly((x) => dot(x, units(4), 1, 0), f32(3, 4))).toEqual(["in (a,)"]);
    expect(nearly((x) => dot(units(3), x, 0, 0), f32(3))).toEqual(["in (a,)"]);
  });

  test("transpose if another axis is contracted", () => {
    expect(nearly((x) => dot(units(4), x, 1, 1), f32(3, 4))).toEqual([
      "b:f32[4,3] = transpose[permutation=(1, 0)] a",
      "in (b,)",
    ]);
    expect(nearly((x) => dot(x, units(2), 0, 1), f32(2, 3, 4))).toEqual([
      "b:f32[3,4,2] = transpose[permutation=(1, 2, 0)] a",
      "in (b,)",
    ]);
  });

  test("of some unit vectors: rows of zeros, or some of the rows", () => {
    expect(nearly((x) => dot(units(6, 3, 2), x, 1, 0), f32(3, 4))).toEqual([
      "b:f32[6,4] = pad[paddingConfig=((2, 1, 0), (0, 0, 0))] a 0.0:f32[]",
      "in (b,)",
    ]);
    expect(nearly((x) => dot(units(6, 3, 2), x, 0, 0), f32(6, 4))).toEqual([
      "b:f32[3,4] = slice[limitIndices=(5, 4) startIndices=(2, 0) strides=(1, 1)] a",
      "in (b,)",
    ]);
  });

  test("not where rows would be both moved and cut: there would be one more equation", () => {
    expect(nearly((x) => dot(units(6, 3, 2), x, 1, 1), f32(4, 3)).at(-2)).toContain("dotGeneral");
  });

  test("counts that are shifted by what nobody knows are another matter", () => {
    const mask = (n: NDArray): NDArray =>
      eq(iota([3, 3], "int32", 0), add(iota([3, 3], "int32", 1), broadcastInDim(n, [3, 3], [])));
    expect(
      nearly((x, n) => dot(convertElementType(mask(n), "float32"), x, 1, 0), f32(3, 2), i32()).at(-2),
    ).toContain("dotGeneral");
  });

  test("a matrix that is wider than high, or shifted out, is another matter", () => {
    expect(nearly((x) => dot(units(3, 5, 1), x, 1, 0), f32(5, 2)).at(-2)).toContain("dotGeneral");
    expect(nearly((x) => dot(units(4, 4, 1), x, 1, 0), f32(4, 2)).at(-2)).toContain("dotGeneral");
  });

  test("counted from the longer side", () => {
    expect(nearly((x) => dot(units(3, 5), x, 0, 0), f32(3, 2))).toEqual([
      "b:f32[5,2] = pad[paddingConfig=((0, 2, 0), (0, 0, 0))] a 0.0:f32[]",
      "in (b,)",
    ]);
  });
});

describe("products with a diagonal matrix", () => {
  test("scale rows", () => {
    expect(nearly((x, v) => dot(mul(units(3), along(v, [3, 3], 1)), x, 1, 0), f32(3, 4), f32(3))).toEqual([
      "c:f32[3,4] = broadcastInDim[broadcastDimensions=(0,) shape=(3, 4)] b",
      "d:f32[3,4] = mul a c",
      "in (d,)",
    ]);
    expect(nearly((x, v) => dot(mul(along(v, [3, 3], 0), units(3)), x, 0, 0), f32(3), f32(3))).toEqual([
      "c:f32[3] = mul a b",
      "in (c,)",
    ]);
    expect(nearly((x, v) => dot(x, mul(units(3), along(v, [3, 3], 1)), 1, 0), f32(4, 3), f32(3))).toEqual([
      "c:f32[4,3] = broadcastInDim[broadcastDimensions=(1,) shape=(4, 3)] b",
      "d:f32[4,3] = mul a c",
      "in (d,)",
    ]);
    expect(nearly((x, s) => dot(mul(units(3), s), x, 1, 0), f32(3, 2), f32())).toEqual([
      "c:f32[3,2] = mul a b",
      "in (c,)",
    ]);
  });

  test("unless the matrix is needed otherwise and there would be more equations", () => {
    const kept = nearly(
      (x, v) => {
        const d = mul(units(3), along(v, [3, 3], 1));
        return [d, dot(d, x, 1, 0)];
      },
      f32(3, 4),
      f32(3),
    );
    expect(kept.some((line) => line.includes("dotGeneral"))).toBe(true);
    // A vector is multiplied without repeating anything.
    const scaled = nearly(
      (x, v) => {
        const d = mul(units(3), along(v, [3, 3], 1));
        return [d, dot(d, x, 1, 0)];
      },
      f32(3),
      f32(3),
    );
    expect(scaled.some((line) => line.includes("dotGeneral"))).toBe(false);
  });

  test("a factor along the other axis of a matrix that is not square stays", () => {
    expect(
      nearly((x, v) => dot(mul(units(6, 3, 2), along(v, [6, 3], 0)), x, 1, 0), f32(3, 4), f32(6)).at(-2),
    ).toContain("dotGeneral");
  });
});

describe("diagonal matrices", () => {
  const diagonal = (x: NDArray): NDArray => mul(units(40), along(x, [40, 40], 1));
  const counts = [
    "iota[dimension=0 dtype=int32 shape=(40, 40)]",
    "iota[dimension=1 dtype=int32 shape=(40, 40)]",
  ];
  const head = (names: readonly string[]): string[] => [
    `${names[0]}:i32[40,40] = ${counts[1]}`,
    `${names[1]}:i32[40,40] = ${counts[0]}`,
    `${names[2]}:bool[40,40] = eq ${names[1]} ${names[0]}`,
    `${names[3]}:f32[40,40] = convertElementType[newDtype=float32 weakType=false] ${names[2]}`,
  ];
  const repeat = (name: string, vector: string): string =>
    `${name}:f32[40,40] = broadcastInDim[broadcastDimensions=(1,) shape=(40, 40)] ${vector}`;

  test("are scaled, negated and added as vectors", () => {
    expect(nearly((x, y) => mul(diagonal(x), along(y, [40, 40], 0)), f32(40), f32(40))).toEqual([
      ...head(["c", "d", "e", "f"]),
      "g:f32[40] = mul a b",
      repeat("h", "g"),
      "i:f32[40,40] = mul f h",
      "in (i,)",
    ]);
    expect(nearly((x) => neg(diagonal(x)), f32(40))).toEqual([
      ...head(["b", "c", "d", "e"]),
      "f:f32[40] = neg a",
      repeat("g", "f"),
      "h:f32[40,40] = mul e g",
      "in (h,)",
    ]);
    const sum = nearly(
      (x, y) => {
        const one = units(40);
        return add(mul(one, along(x, [40, 40], 1)), mul(one, along(y, [40, 40], 1)));
      },
      f32(40),
      f32(40),
    );
    expect(sum.slice(-4)).toEqual([
      "g:f32[40] = add a b",
      repeat("h", "g"),
      "i:f32[40,40] = mul f h",
      "in (i,)",
    ]);
  });

  test("stay if their repeated vectors are needed otherwise: no equation would be spared", () => {
    const negated = nearly((x) => {
      const repeated = along(x, [40, 40], 1);
      return [neg(mul(units(40), repeated)), repeated];
    }, f32(40));
    expect(negated.at(-2)).toBe("h:f32[40,40] = neg g");
    const scaled = nearly(
      (x, y) => {
        const [p, q] = [along(x, [40, 40], 1), along(y, [40, 40], 0)];
        return [mul(mul(units(40), p), q), p, q];
      },
      f32(40),
      f32(40),
    );
    expect(scaled.filter((line) => line.includes("f32[40] = mul"))).toEqual([]);
  });

  test("are not added to units as they are", () => {
    const sum = nearly((x) => {
      const one = units(40);
      return add(mul(one, along(x, [40, 40], 1)), one);
    }, f32(40));
    expect(sum.at(-2)).toBe("h:f32[40,40] = add g e");
  });

  test("of units have ones for a sum, if they are square", () => {
    expect(nearly((x) => mul(x, reduceSum(units(5), [1])), f32(5))).toEqual([
      "b:f32[5] = broadcastInDim[broadcastDimensions=() shape=(5,)] 1.0:f32[]",
      "c:f32[5] = mul a b",
      "in (c,)",
    ]);
    expect(nearly(() => reduceSum(units(6, 3, 2), [1])).at(-2)).toContain("reduceSum");
  });

  test("have their vector for a sum", () => {
    expect(nearly((x) => reduceSum(diagonal(x), [0]), f32(40))).toEqual(["in (a,)"]);
    expect(nearly((x) => reduceSum(diagonal(x), [1]), f32(40))).toEqual(["in (a,)"]);
    expect(nearly((x) => mul(x, reduceSum(units(5, 3, 1), [0])), f32(3))).toEqual([
      "b:f32[3] = broadcastInDim[broadcastDimensions=() shape=(3,)] 1.0:f32[]",
      "c:f32[3] = mul a b",
      "in (c,)",
    ]);
  });
});

test("where numbers are finite, not a bit changes", () => {
  const closed = trace((x, v) => dot(mul(units(3), along(v, [3, 3], 1)), x, 1, 0), f32(3, 4), f32(3));
  const inputs = [ordinary(f32(3, 4)), ordinary(f32(3), 1)];
  const bits = (program: ClosedJaxpr): unknown => evaluate(program, inputs)[0]?.toArray();
  expect(bits(multiplyDiagonals(closed))).toEqual(bits(closed));
});

test("what is not finite does not spread", () => {
  const closed = trace((x) => dot(units(2), x, 1, 0), f32(2));
  const input = [arrayFrom([Number.POSITIVE_INFINITY, 1])];
  expect(evaluate(closed, input)[0]?.toArray()).toEqual([Number.POSITIVE_INFINITY, Number.NaN]);
  expect(evaluate(multiplyDiagonals(closed), input)[0]?.toArray()).toEqual([Number.POSITIVE_INFINITY, 1]);
});
