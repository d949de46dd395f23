import { fc, test as property } from "@fast-check/vitest";
import { describe, expect, test } from "vitest";
import { arrayFrom, type DType, type NDArray } from "../../src/array/index.ts";
import { DTypeError, ShapeError } from "../../src/core/index.ts";
import { reduceSum } from "../../src/primitives/broadcast.ts";
import { mul } from "../../src/primitives/elementwise/arithmetic.ts";
import { convertElementType } from "../../src/primitives/elementwise/conversion.ts";
import {
  argmax,
  argmin,
  cumlogsumexp,
  cummax,
  cummin,
  cumprod,
  cumsum,
  reduceAnd,
  reduceMax,
  reduceMin,
  reduceOr,
  reduceProd,
  reduceXor,
} from "../../src/primitives/reduction/index.ts";
import { reshape } from "../../src/primitives/shape.ts";
import { grad } from "../../src/transforms/grad.ts";
import { hessian } from "../../src/transforms/hessian.ts";
import { jacfwd, jacrev } from "../../src/transforms/jacobian.ts";
import { vmap } from "../../src/transforms/vmap.ts";

const { NaN: NAN, POSITIVE_INFINITY: INF } = Number;

const doubles = (values: readonly number[]): NDArray => arrayFrom([...values], "float64");
const list = (x: unknown): number[] => (x as NDArray).toArray() as number[];
const matrix = (x: unknown): number[][] => (x as NDArray).toArray() as number[][];
const expectClose = (actual: readonly number[], expected: readonly number[]): void => {
  expect(actual.length).toBe(expected.length);
  actual.forEach((x, i) => {
    expect(x).toBeCloseTo(expected[i] as number, 9);
  });
};

const element = fc.double({ min: -4, max: 4, noNaN: true });
const vector = fc.array(element, { minLength: 0, maxLength: 9 });

describe("reductions", () => {
  property.prop([vector])("of a vector are folds", (xs) => {
    const x = doubles(xs);
    expect(reduceProd(x, [0]).item()).toBeCloseTo(
      xs.reduce((p, v) => p * v, 1),
      9,
    );
    expect(reduceMax(x, [0]).item()).toBe(Math.max(...xs));
    expect(reduceMin(x, [0]).item()).toBe(Math.min(...xs));
  });

  test("over some axes of three", () => {
    const x = reshape(doubles(Array.from({ length: 24 }, (_, i) => (i * 7) % 24)), [2, 3, 4]);
    const a = x.toArray() as number[][][];
    expect(reduceMax(x, [0, 2]).toArray()).toEqual(
      [0, 1, 2].map((j) => Math.max(...a.flatMap((m) => m[j] as number[]))),
    );
    expect(reduceMin(x, [1]).toArray()).toEqual(
      a.map((m) => [0, 1, 2, 3].map((k) => Math.min(...m.map((row) => row[k] as number)))),
    );
    expect(reduceProd(x, [0, 1, 2]).item()).toBe(0);
  });

  test("of nothing are the neutral elements", () => {
    const of = (dtype: DType): NDArray => reshape(arrayFrom([], dtype), [0, 2]);
    expect(reduceProd(of("float32"), [0]).toArray()).toEqual([1, 1]);
    expect(reduceMax(of("float32"), [0]).toArray()).toEqual([-INF, -INF]);
    expect(reduceMin(of("float64"), [0]).toArray()).toEqual([INF, INF]);
    expect(reduceMax(of("int32"), [0]).toArray()).toEqual([-2147483648, -2147483648]);
    expect(reduceMin(of("int32"), [0]).toArray()).toEqual([2147483647, 2147483647]);
    expect(reduceMax(of("uint32"), [0]).toArray()).toEqual([0, 0]);
    expect(reduceMin(of("uint32"), [0]).toArray()).toEqual([4294967295, 4294967295]);
    expect(reduceAnd(of("bool"), [0]).toArray()).toEqual([true, true]);
    expect(reduceOr(of("bool"), [0]).toArray()).toEqual([false, false]);
    expect(reduceAnd(of("int32"), [0]).toArray()).toEqual([-1, -1]);
    expect(reduceAnd(of("uint32"), [0]).toArray()).toEqual([4294967295, 4294967295]);
    expect(reduceMax(of("float32"), [1]).toArray()).toEqual([]);
  });

  test("NaN wins over everything", () => {
    expect(reduceMax(arrayFrom([1, NAN, INF]), [0]).item()).toBeNaN();
    expect(reduceMin(arrayFrom([-INF, NAN, 1]), [0]).item()).toBeNaN();
  });

  test("integer products wrap exactly", () => {
    expect(reduceProd(arrayFrom([65537, 65537, 3], "int32"), [0]).item()).toBe(
      Number(BigInt.asIntN(32, 65537n * 65537n * 3n)),
    );
    expect(reduceProd(arrayFrom([4294967295, 4294967295, 5], "uint32"), [0]).item()).toBe(5);
  });

  test("float32 products are folded in float64", () => {
    expect(reduceProd(arrayFrom([1e30, 1e30, 1e-30]), [0]).item()).toBeCloseTo(Math.fround(1e30), -24);
  });

  test("logical ones work bit by bit", () => {
    const bits = arrayFrom(
      [
        [true, true],
        [true, false],
        [true, false],
      ],
      "bool",
    );
    expect(reduceAnd(bits, [0]).toArray()).toEqual([true, false]);
    expect(reduceOr(bits, [1]).toArray()).toEqual([true, true, true]);
    expect(reduceXor(bits, [0]).toArray()).toEqual([true, true]);
    expect(reduceXor(bits, [0, 1]).item()).toBe(false);
    const words = arrayFrom([0xf0000001, 0xf000000f], "uint32");
    expect([reduceAnd, reduceOr, reduceXor].map((f) => f(words, [0]).item())).toEqual([
      0xf0000001, 0xf000000f, 0xe,
    ]);
  });

  test("refuse dtypes and axes that they cannot take", () => {
    expect(() => reduceProd(arrayFrom([true]), [0])).toThrow(DTypeError);
    expect(() => reduceAnd(arrayFrom([1.5]), [0])).toThrow(DTypeError);
    expect(() => reduceMax(arrayFrom([1]), [1])).toThrow(ShapeError);
    expect(() => reduceMax(arrayFrom([1]), [1])).toThrow(
      "reduceMax: axes [1] must be different axes of float32[1].",
    );
  });
});

describe("derivative of the product", () => {
  const product = (x: NDArray): NDArray => reduceProd(x, [0]);
  /** The products of all others, and of all others but two. */
  const others = (xs: readonly number[], ...but: number[]): number =>
    xs.reduce((p, v, i) => (but.includes(i) ? p : p * v), 1);

  test.each([[[2, 3, 4]], [[2, 0, 4]], [[0, 0, 4]], [[0, 0, 0, 5]], [[-1.5]], [[1, 2, 0.5, -3, 0, 7, 1.25]]])(
    "of %j, first and second",
    (xs) => {
      const x = doubles(xs);
      expectClose(
        list(grad(product)(x)),
        xs.map((_, i) => others(xs, i)),
      );
      const second = matrix(hessian(product)(x));
      xs.forEach((_, i) => {
        expectClose(
          second[i] as number[],
          xs.map((_, j) => (i === j ? 0 : others(xs, i, j))),
        );
      });
    },
  );

  test("over the first and last of three axes", () => {
    const x = reshape(doubles([2, 3, 0, 5, 7, 1, 4, 6]), [2, 2, 2]);
    const df = jacrev((y: NDArray) => reduceProd(y, [0, 2]))(x) as NDArray;
    // Groups: [2, 3, 7, 1] and [0, 5, 4, 6].
    expect(df.toArray()).toEqual([
      [
        [
          [21, 14],
          [0, 0],
        ],
        [
          [6, 42],
          [0, 0],
        ],
      ],
      [
        [
          [0, 0],
          [120, 0],
        ],
        [
          [0, 0],
          [0, 0],
        ],
      ],
    ]);
  });
});

describe("derivative of the extrema", () => {
  const gradMax = grad((x: NDArray) => reduceMax(x, [0]));
  const gradMin = grad((x: NDArray) => reduceMin(x, [0]));

  test("goes to the extreme element, shared equally among ties", () => {
    expect(list(gradMax(doubles([1, 3, 2])))).toEqual([0, 1, 0]);
    expect(list(gradMax(doubles([3, 1, 3, 3, 3])))).toEqual([0.25, 0, 0.25, 0.25, 0.25]);
    expect(list(gradMin(doubles([1, 1, 2])))).toEqual([0.5, 0.5, 0]);
  });

  test("is NaN where the value is", () => {
    expect(list(gradMax(doubles([1, NAN])))).toEqual([NAN, NAN]);
  });
});

describe("argmax and argmin", () => {
  test("give the first of ties, the first NaN", () => {
    const x = arrayFrom([
      [1, 5, 5],
      [4, 2, 2],
      [NAN, 9, NAN],
    ]);
    expect(argmax(x, 1).toArray()).toEqual([1, 0, 0]);
    expect(argmin(x, 1).toArray()).toEqual([0, 1, 0]);
    expect(argmax(arrayFrom([-INF, NAN, INF, NAN]), 0).item()).toBe(1);
    expect(argmax(x, 0).toArray()).toEqual([2, 2, 2]);
    expect(argmin(x, 0).toArray()).toEqual([2, 1, 2]);
    expect(argmax(arrayFrom([false, true, true], "bool"), 0).item()).toBe(1);
  });

  test("positions are int32, or uint32 if wanted; an empty axis has none", () => {
    expect(argmax(arrayFrom([1]), 0).dtype).toBe("int32");
    expect(argmin(arrayFrom([1]), 0, "uint32").dtype).toBe("uint32");
    expect(() => argmax(arrayFrom([1]), 0, "float32")).toThrow(DTypeError);
    expect(() => argmax(reshape(arrayFrom([]), [2, 0]), 1)).toThrow(
      "argmax: axis 1 of float32[2, 0] is empty",
    );
    expect(argmax(reshape(arrayFrom([]), [0, 2]), 1).shape).toEqual([0]);
  });

  test("are locally constant: nothing flows through them", () => {
    const weighted = grad((x: NDArray) =>
      reduceSum(mul(x, convertElementType(argmax(x, 0), "float64")), [0]),
    );
    expect(list(weighted(doubles([1, 5, 3])))).toEqual([1, 1, 1]);
  });

  test("vmap is a loop over either axis", () => {
    const x = arrayFrom([
      [1, 5, 0],
      [4, 2, 9],
    ]);
    expect(list(vmap((row: NDArray) => argmax(row, 0))(x))).toEqual([1, 2]);
    expect(list(vmap((column: NDArray) => argmin(column, 0), 1)(x))).toEqual([0, 1, 0]);
  });
});

describe("cumulative primitives", () => {
  const folds: readonly [
    string,
    (x: NDArray, axis: number, reverse?: boolean) => NDArray,
    (xs: number[]) => number,
  ][] = [
    ["cumsum", cumsum, (xs) => xs.reduce((s, v) => s + v, 0)],
    ["cumprod", cumprod, (xs) => xs.reduce((s, v) => s * v, 1)],
    ["cummax", cummax, (xs) => Math.max(...xs)],
    ["cummin", cummin, (xs) => Math.min(...xs)],
    ["cumlogsumexp", cumlogsumexp, (xs) => Math.log(xs.reduce((s, v) => s + Math.exp(v), 0))],
  ];

  describe.each(folds)("%s", (_name, cumulative, fold) => {
    property.prop([vector])("folds every beginning, or every end", (xs) => {
      const x = doubles(xs);
      expectClose(
        list(cumulative(x, 0)),
        xs.map((_, k) => fold(xs.slice(0, k + 1))),
      );
      expectClose(
        list(cumulative(x, 0, true)),
        xs.map((_, k) => fold(xs.slice(k))),
      );
    });

    test("goes along any axis", () => {
      const x = reshape(doubles([3, 1, 4, 1.5, 9, 2, 6, 5, 3.5, 8, 9.5, 7]), [2, 3, 2]);
      const a = x.toArray() as number[][][];
      const out = cumulative(x, 1).toArray() as number[][][];
      a.forEach((m, i) => {
        m.forEach((row, j) => {
          row.forEach((_, k) => {
            const beginning = m.slice(0, j + 1).map((r) => r[k] as number);
            expect(out[i]?.[j]?.[k]).toBeCloseTo(fold(beginning), 9);
          });
        });
      });
    });

    property.prop([
      fc.uniqueArray(fc.integer({ min: -30, max: 30 }), { minLength: 1, maxLength: 9 }),
      fc.boolean(),
    ])("has the Jacobian that central differences give", (wholes, reverse) => {
      const xs = wholes.map((n) => n / 10);
      const f = (x: NDArray): NDArray => cumulative(x, 0, reverse);
      const forward = matrix(jacfwd(f)(doubles(xs)));
      const backward = matrix(jacrev(f)(doubles(xs)));
      const step = 1e-5;
      xs.forEach((_, j) => {
        const [up, down] = [step, -step].map((d) => list(f(doubles(xs.with(j, (xs[j] as number) + d))))) as [
          number[],
          number[],
        ];
        xs.forEach((_, i) => {
          const slope = ((up[i] as number) - (down[i] as number)) / (2 * step);
          const scale = Math.max(1, Math.abs(slope));
          expect((forward[i]?.[j] as number) / scale).toBeCloseTo(slope / scale, 5);
          expect((backward[i]?.[j] as number) / scale).toBeCloseTo(slope / scale, 5);
        });
      });
    });

    test("vmap is a loop over either axis", () => {
      const x = arrayFrom(
        [
          [1, 3, 2],
          [5, 4, 6],
        ],
        "float64",
      );
      const rows = matrix(x).map((row) => list(cumulative(doubles(row), 0)));
      expect((vmap((r: NDArray) => cumulative(r, 0))(x) as NDArray).toArray()).toEqual(rows);
      const columns = [0, 1, 2].map((j) =>
        list(cumulative(doubles(matrix(x).map((row) => row[j] as number)), 0)),
      );
      expect((vmap((c: NDArray) => cumulative(c, 0), 1)(x) as NDArray).toArray()).toEqual(columns);
    });
  });

  test("cumprod is differentiable at zeros, twice", () => {
    const xs = [2, 0, 3, 0, 5];
    const last = (x: NDArray): NDArray => reduceSum(cumprod(x, 0), [0]);
    // f = x0 + x0 x1 + x0 x1 x2 + x0 x1 x2 x3 + x0 x1 x2 x3 x4
    expect(list(grad(last)(doubles(xs)))).toEqual([1, 2 + 6, 0, 0, 0]);
    const second = matrix(hessian(last)(doubles(xs)));
    expect(second[0]).toEqual([0, 1 + 3, 0, 0, 0]);
    expect(second[1]).toEqual([1 + 3, 0, 2, 6 + 30, 0]);
    expect(second[3]).toEqual([0, 6 + 30, 0, 0, 0]);
  });

  test("ties of cummax share the derivative", () => {
    const jacobian = matrix(jacfwd((x: NDArray) => cummax(x, 0))(doubles([1, 2, 2, 0, 2])));
    expect(jacobian).toEqual([
      [1, 0, 0, 0, 0],
      [0, 1, 0, 0, 0],
      [0, 0.5, 0.5, 0, 0],
      [0, 0.5, 0.5, 0, 0],
      [0, 1 / 3, 1 / 3, 0, 1 / 3],
    ]);
  });

  test("cummax keeps NaN", () => {
    expect(list(cummax(arrayFrom([1, NAN, 2]), 0))).toEqual([1, NAN, NAN]);
    expect(list(cummin(arrayFrom([1, NAN, 2]), 0, true))).toEqual([NAN, NAN, 2]);
  });

  test("cumlogsumexp neither overflows nor loses infinities", () => {
    expectClose(list(cumlogsumexp(doubles([1000, 1000]), 0)), [1000, 1000 + Math.LN2]);
    expect(list(cumlogsumexp(doubles([-INF, -INF, 0]), 0))).toEqual([-INF, -INF, 0]);
    expect(list(cumlogsumexp(doubles([0, INF, 0]), 0))).toEqual([0, INF, INF]);
    const jacobian = matrix(jacfwd((x: NDArray) => cumlogsumexp(x, 0))(doubles([-INF, -1000, -1000])));
    expect(jacobian.slice(0, 2)).toEqual([
      [0, 0, 0],
      [0, 1, 0],
    ]);
    expectClose(jacobian[2] as number[], [0, 0.5, 0.5]);
  });

  test("integers wrap", () => {
    expect(list(cumsum(arrayFrom([2147483647, 1], "int32"), 0))).toEqual([2147483647, -2147483648]);
    expect(list(cumsum(arrayFrom([4294967295, 2], "uint32"), 0))).toEqual([4294967295, 1]);
    expect(list(cumprod(arrayFrom([65536, 65537], "uint32"), 0))).toEqual([65536, 65536]);
    expect(list(cummax(arrayFrom([-5, -7], "int32"), 0))).toEqual([-5, -5]);
  });

  test("float32 sums are accumulated in float64", () => {
    expect(list(cumsum(arrayFrom([16777216, 1, 1]), 0))).toEqual([16777216, 16777216, 16777218]);
  });

  test("refuse booleans and axes that do not exist", () => {
    expect(() => cumsum(arrayFrom([true]), 0)).toThrow(DTypeError);
    expect(() => cumlogsumexp(arrayFrom([1], "int32"), 0)).toThrow(DTypeError);
    expect(() => cumprod(arrayFrom([1]), 1)).toThrow("cumprod: 1 is not an axis of float32[1].");
  });
});
