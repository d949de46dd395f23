import { fc, test as property } from "@fast-check/vitest";
import { describe, expect, test } from "vitest";
import { arrayFrom, type DType, type NDArray } from "../../src/array/index.ts";
import { DTypeError, ShapeError } from "../../src/core/index.ts";
import { broadcastTo } from "../../src/primitives/broadcast.ts";
import { type DotDimensionNumbers, dotGeneral } from "../../src/primitives/dot.ts";
import { reshape, transpose } from "../../src/primitives/shape.ts";
import { grad } from "../../src/transforms/grad.ts";
import { jvp } from "../../src/transforms/jvp.ts";
import { vjp } from "../../src/transforms/vjp.ts";
import { vmap } from "../../src/transforms/vmap.ts";

const dims = (
  lhsContracting: number[],
  rhsContracting: number[],
  lhsBatch: number[] = [],
  rhsBatch: number[] = [],
): DotDimensionNumbers => ({ lhsContracting, rhsContracting, lhsBatch, rhsBatch });

const MATMUL = dims([1], [0]);

const counting = (shape: readonly number[], dtype: DType = "float64", start = 1): NDArray => {
  const size = shape.reduce((product, n) => product * n, 1);
  return reshape(
    arrayFrom(
      Array.from({ length: size }, (_, i) => start + i),
      dtype,
    ),
    shape,
  );
};

/** The product as nested sums, over matrices given as nested JavaScript arrays. */
const naiveMatmul = (x: number[][], y: number[][], columns: number): number[][] =>
  x.map((row) =>
    Array.from({ length: columns }, (_, j) => row.reduce((sum, v, k) => sum + v * (y[k]?.[j] ?? 0), 0)),
  );

describe("values", () => {
  const length = fc.integer({ min: 0, max: 9 });
  property.prop([length, length, length, fc.constantFrom<DType>("float32", "float64", "int32", "uint32")])(
    "matrices multiply as nested sums do",
    (m, k, n, dtype) => {
      const [x, y] = [counting([m, k], dtype), counting([k, n], dtype, 2)];
      const expected = naiveMatmul(x.toArray() as number[][], y.toArray() as number[][], n);
      const product = dotGeneral(x, y, MATMUL);
      expect(product.toArray()).toEqual(expected);
      expect([product.shape, product.dtype]).toEqual([[m, n], dtype]);
      // The same product of operands stored the other way round.
      const turned = dotGeneral(transpose(y, [1, 0]), transpose(x, [1, 0]), MATMUL);
      expect(transpose(turned, [1, 0]).toArray()).toEqual(expected);
    },
  );

  test("batch axes come first, then the free axes of lhs, then those of rhs", () => {
    const x = counting([2, 3, 4, 5]);
    const y = counting([6, 4, 2, 3]);
    const product = dotGeneral(x, y, dims([3 - 1], [1], [1, 0], [3, 2]));
    expect(product.shape).toEqual([3, 2, 5, 6]);
    const [a, b] = [x.toArray() as number[][][][], y.toArray() as number[][][][]];
    const out = product.toArray() as number[][][][];
    for (let i = 0; i < 3; i++) {
      for (let j = 0; j < 2; j++) {
        for (let p = 0; p < 5; p++) {
          for (let q = 0; q < 6; q++) {
            let sum = 0;
            for (let k = 0; k < 4; k++)
              sum += (a[j]?.[i]?.[k]?.[p] as number) * (b[q]?.[k]?.[j]?.[i] as number);
            expect(out[i]?.[j]?.[p]?.[q]).toBe(sum);
          }
        }
      }
    }
  });

  test("several contracting axes are paired in the order given", () => {
    const x = counting([2, 3]);
    const product = dotGeneral(x, transpose(counting([2, 3], "float64", 7), [1, 0]), dims([0, 1], [1, 0]));
    expect(product.item()).toBe(1 * 7 + 2 * 8 + 3 * 9 + 4 * 10 + 5 * 11 + 6 * 12);
  });

  test("nothing to contract gives the outer product, an empty sum gives zero", () => {
    expect(dotGeneral(arrayFrom([1, 2]), arrayFrom([3, 4]), dims([], [])).toArray()).toEqual([
      [3, 4],
      [6, 8],
    ]);
    expect(dotGeneral(counting([2, 0]), counting([0, 3]), MATMUL).toArray()).toEqual([
      [0, 0, 0],
      [0, 0, 0],
    ]);
  });

  test("zeros are not skipped: they meet infinity and NaN", () => {
    const x = arrayFrom([0, 1]);
    const along = dims([0], [0]);
    expect(dotGeneral(x, arrayFrom([Number.POSITIVE_INFINITY, 1]), along).item()).toBeNaN();
    expect(dotGeneral(x, arrayFrom([Number.NaN, 1]), along).item()).toBeNaN();
  });

  test("repeated (broadcast) operands are read as they look", () => {
    const ones = broadcastTo(arrayFrom([1, 2, 3]), [2, 3]);
    expect(dotGeneral(ones, ones, dims([1], [1])).toArray()).toEqual([
      [14, 14],
      [14, 14],
    ]);
  });

  test("integers wrap exactly at 32 bits", () => {
    const big = 0x7fffffff;
    const along = dims([0], [0]);
    const signed = dotGeneral(arrayFrom([big, big], "int32"), arrayFrom([big, 3], "int32"), along);
    expect(signed.item()).toBe(Number(BigInt.asIntN(32, BigInt(big) * BigInt(big) + 3n * BigInt(big))));
    const unsigned = dotGeneral(
      arrayFrom([4294967295, 5], "uint32"),
      arrayFrom([4294967295, 7], "uint32"),
      along,
    );
    expect(unsigned.item()).toBe(36);
    expect(unsigned.dtype).toBe("uint32");
  });

  test("float32 sums are accumulated in float64 and rounded once", () => {
    const x = arrayFrom([16777216, 1, 1, 1, 1]);
    expect(dotGeneral(x, arrayFrom([1, 1, 1, 1, 1]), dims([0], [0])).item()).toBe(16777220);
  });

  test("preferredElementType widens the result", () => {
    const x = arrayFrom([16777217, 1], "float32");
    const wide = dotGeneral(x, arrayFrom([1, 0.5]), dims([0], [0]), "float64");
    expect([wide.dtype, wide.item()]).toEqual(["float64", 16777216.5]);
  });
});

describe("errors", () => {
  test("unequal lengths, axes that do not exist or are named twice", () => {
    expect(() => dotGeneral(counting([2, 3]), counting([2, 3]), MATMUL)).toThrow(ShapeError);
    expect(() => dotGeneral(counting([2, 3]), counting([2, 3]), MATMUL)).toThrow(
      "dotGeneral: the contracting axes [1] of float64[2, 3] have lengths [3], but those of float64[2, 3], [0], have [2]",
    );
    expect(() => dotGeneral(counting([2, 3]), counting([3]), dims([2], [0]))).toThrow(
      /different axes of lhs/,
    );
    expect(() => dotGeneral(counting([3]), counting([3, 3]), dims([0], [1], [], [1]))).toThrow(
      /different axes of rhs|batch axes/,
    );
    expect(() => dotGeneral(counting([2, 3]), counting([2, 3]), dims([1], [1], [0], []))).toThrow(
      /batch axes/,
    );
  });

  test("dtypes that differ, booleans, a preferred type that is narrower or of another kind", () => {
    const x = arrayFrom([1, 2]);
    const along = dims([0], [0]);
    expect(() => dotGeneral(x, arrayFrom([1, 2], "float64"), along)).toThrow(DTypeError);
    expect(() => dotGeneral(arrayFrom([true]), arrayFrom([true]), along)).toThrow(/booleans have no product/);
    expect(() => dotGeneral(x, x, along, "int32")).toThrow(/preferredElementType/);
    const wide = arrayFrom([1, 2], "float64");
    expect(() => dotGeneral(wide, wide, along, "float32")).toThrow(/at least as wide/);
  });
});

describe("derivatives and batches", () => {
  test("the JVP is the product rule", () => {
    const [x, y, tx, ty] = [
      [2, 3],
      [3, 2],
      [2, 3],
      [3, 2],
    ].map((shape, i) => counting(shape, "float64", i)) as [NDArray, NDArray, NDArray, NDArray];
    const [, tangent] = jvp((a: NDArray, b: NDArray) => dotGeneral(a, b, MATMUL), [x, y], [tx, ty]);
    const one = dotGeneral(tx, y, MATMUL).toArray() as number[][];
    const two = dotGeneral(x, ty, MATMUL).toArray() as number[][];
    expect((tangent as NDArray).toArray()).toEqual(
      one.map((row, i) => row.map((v, j) => v + (two[i]?.[j] as number))),
    );
  });

  test("cotangents come back in the operands' axis order, whatever the dimension numbers", () => {
    const x = counting([4, 2, 3, 5]);
    const y = counting([6, 3, 5, 2]);
    // Contract 3 and 5 in crossed order, batch 2.
    const numbers = dims([3, 2], [2, 1], [1], [3]);
    const [out, pullback] = vjp((a: NDArray, b: NDArray) => dotGeneral(a, b, numbers), [x, y]);
    expect((out as NDArray).shape).toEqual([2, 4, 6]);
    const ct = counting([2, 4, 6], "float64", -20);
    const [cx, cy] = pullback(ct) as unknown as [NDArray, NDArray];
    expect([cx.shape, cy.shape]).toEqual([x.shape, y.shape]);
    const [a, b, c] = [x, y, ct].map((z) => z.toArray()) as [number[][][][], number[][][][], number[][][]];
    const expectedX = a.map((ai, m) =>
      ai.map((_, n) =>
        Array.from({ length: 3 }, (_, k) =>
          Array.from({ length: 5 }, (_, l) =>
            b.reduce((s, bq, q) => s + (c[n]?.[m]?.[q] as number) * (bq[k]?.[l]?.[n] as number), 0),
          ),
        ),
      ),
    );
    const expectedY = b.map((bq, q) =>
      bq.map((_, k) =>
        Array.from({ length: 5 }, (_, l) =>
          Array.from({ length: 2 }, (_, n) =>
            a.reduce((s, am, m) => s + (c[n]?.[m]?.[q] as number) * (am[n]?.[k]?.[l] as number), 0),
          ),
        ),
      ),
    );
    expect(cx.toArray()).toEqual(expectedX);
    expect(cy.toArray()).toEqual(expectedY);
  });

  test("gradients of a widened product have the operands' dtype", () => {
    const x = arrayFrom([1, 2, 3]);
    const y = arrayFrom([4, 5, 6]);
    const df = grad((a: NDArray) => dotGeneral(a, y, dims([0], [0]), "float64"));
    const gradient = df(x) as NDArray;
    expect([gradient.dtype, gradient.toArray()]).toEqual(["float32", [4, 5, 6]]);
  });

  test.each([
    [0, 0],
    [1, 2],
    [2, 1],
    [0, null],
    [2, null],
    [null, 0],
    [null, 1],
  ])("vmap over axes %j and %j is a loop", (xAxis, yAxis) => {
    const x = counting(xAxis === null ? [2, 3] : [2, 3].toSpliced(xAxis, 0, 4));
    const y = counting(yAxis === null ? [3, 5] : [3, 5].toSpliced(yAxis, 0, 4));
    const at = (z: NDArray, axis: number | null, i: number): NDArray => {
      if (axis === null) return z;
      const front = transpose(
        z,
        [axis, ...z.shape.keys()].filter((a, k) => k === 0 || a !== axis),
      );
      return arrayFrom((front.toArray() as number[][][])[i] as number[][], "float64");
    };
    const batched = vmap((a: NDArray, b: NDArray) => dotGeneral(a, b, MATMUL), [xAxis, yAxis])(
      x,
      y,
    ) as NDArray;
    const looped = [0, 1, 2, 3].map((i) => dotGeneral(at(x, xAxis, i), at(y, yAxis, i), MATMUL).toArray());
    expect(batched.toArray()).toEqual(looped);
  });
});
