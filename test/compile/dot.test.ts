import { describe, expect, test } from "vitest";
import { allocate, ConcreteArray, type DType, type NDArray } from "../../src/array/index.ts";
import { type DotGeneralParams, dotGeneralPrimitive } from "../../src/primitives/dot.ts";
import { mul } from "../../src/primitives/elementwise/arithmetic.ts";
import { Application } from "../../src/testing/application.ts";
import { compiledOf, randoms, requireNear, traced } from "./support.ts";

const random = randoms(7);

/** Small whole numbers: their products and sums are exact, so every order of additions gives the same bits. */
const integers = (shape: readonly number[], dtype: DType): ConcreteArray => {
  const out = allocate(
    dtype,
    shape.reduce((a, b) => a * b, 1),
  );
  for (let i = 0; i < out.length; i++) out[i] = Math.floor(random() * 9) - (dtype === "uint32" ? 0 : 4);
  return new ConcreteArray(out, shape, dtype);
};

interface Product {
  readonly batch: readonly number[];
  readonly m: number;
  readonly n: number;
  readonly k: number;
  readonly lhs: string;
  readonly rhs: string;
}

/** A product whose operands have their axes (b: batch, m, n: free, k: contracted) in the given order. */
const product = ({ batch, m, n, k, lhs, rhs }: Product, dtype: DType): Application => {
  const operand = (order: string, free: number): ConcreteArray =>
    integers(
      [...order].flatMap((axis) => (axis === "b" ? batch : [axis === "k" ? k : free])),
      dtype,
    );
  const place = (order: string, axis: string): number => {
    const at = order.indexOf(axis);
    return order.slice(0, at).includes("b") ? at - 1 + batch.length : at;
  };
  const batchAxes = (order: string): number[] =>
    order.includes("b") ? batch.map((_, i) => order.indexOf("b") + i) : [];
  const params: DotGeneralParams = {
    dimensionNumbers: {
      lhsContracting: [place(lhs, "k")],
      rhsContracting: [place(rhs, "k")],
      lhsBatch: batchAxes(lhs),
      rhsBatch: batchAxes(rhs),
    },
  };
  return new Application(dotGeneralPrimitive, params as never, [operand(lhs, m), operand(rhs, n)]);
};

const requireProduct = (p: Product, dtype: DType): void => {
  const application = product(p, dtype);
  const { inputs, fun } = application;
  const run = compiledOf(traced(fun, inputs));
  // Twice: memory that the first run left behind must not matter.
  run(inputs.map((x) => integers(x.shape, dtype)));
  requireNear(run(inputs), application.evaluate(), { ulps: 0 }, `${JSON.stringify(p)} ${dtype}`);
};

const DTYPES: readonly DType[] = ["float32", "float64", "int32", "uint32"];
const ORDERS = [
  ["mk", "kn"],
  ["km", "kn"],
  ["mk", "nk"],
  ["km", "nk"],
] as const;
const BATCHED = [
  ["bmk", "bkn"],
  ["bkm", "bkn"],
  ["bmk", "bnk"],
  ["mbk", "kbn"],
  ["mkb", "nkb"],
  ["kmb", "bnk"],
] as const;

describe("products equal the reference", () => {
  test.each(DTYPES)("of all sizes from 0 to 9, %s", (dtype) => {
    for (let m = 0; m <= 9; m++)
      for (let n = 0; n <= 9; n++)
        for (let k = 0; k <= 9; k++) {
          const [lhs, rhs] = ORDERS[(m + n + k) % 4] as (typeof ORDERS)[number];
          requireProduct({ batch: [], m, n, k, lhs, rhs }, dtype);
        }
  });

  test.each(DTYPES)("around the edges of tiles and blocks, in all transpositions, %s", (dtype) => {
    const sizes = [
      [1, 300, 40],
      [300, 1, 40],
      [40, 30, 1],
      [1, 1, 1000],
      [95, 17, 255],
      [96, 33, 256],
      [97, 31, 257],
      [193, 40, 3],
      [8, 65, 513],
      [7, 65, 65],
      [12, 9, 191],
      [5, 64, 193],
    ] as const;
    for (const [m, n, k] of sizes)
      for (const [lhs, rhs] of ORDERS) requireProduct({ batch: [], m, n, k, lhs, rhs }, dtype);
  });

  test.each(DTYPES)(
    "of vectors, few rows, few columns and short sums, in all transpositions, %s",
    (dtype) => {
      const sizes = [
        [1, 67, 300],
        [70, 1, 301],
        [1, 1, 9000],
        [9, 1, 4200],
        [1, 18, 4099],
        [6, 300, 90],
        [7, 65, 25],
        [3, 200, 4],
        [50, 17, 3],
        [33, 40, 2],
      ] as const;
      for (const [m, n, k] of sizes)
        for (const [lhs, rhs] of ORDERS) requireProduct({ batch: [], m, n, k, lhs, rhs }, dtype);
      for (const [m, n, k] of [
        [1, 40, 50],
        [40, 1, 50],
        [20, 30, 1],
      ] as const)
        for (const [lhs, rhs] of BATCHED) requireProduct({ batch: [3], m, n, k, lhs, rhs }, dtype);
    },
  );

  test.each(DTYPES)("with batches, first, last and between, %s", (dtype) => {
    for (const batch of [[0], [1], [3], [2, 3], [2, 1, 2]])
      for (const [m, n, k] of [
        [3, 5, 4],
        [1, 9, 2],
        [10, 33, 70],
        [2, 0, 3],
        [2, 3, 0],
      ] as const)
        for (const [lhs, rhs] of BATCHED) requireProduct({ batch, m, n, k, lhs, rhs }, dtype);
  });

  test("in a wider dtype than the operands'", () => {
    for (const [m, n, k] of [
      [3, 4, 5],
      [17, 33, 70],
      [2, 2, 0],
    ] as const) {
      const base = product({ batch: [], m, n, k, lhs: "mk", rhs: "kn" }, "float32");
      const params = { ...base.params, preferredElementType: "float64" } as never;
      const wider = new Application(dotGeneralPrimitive, params, base.inputs);
      requireNear(compiledOf(traced(wider.fun, wider.inputs))(wider.inputs), wider.evaluate(), { ulps: 0 });
    }
  });

  test("of no number that stands beside the operands: infinities in unused memory do no harm", () => {
    const poison = (x: ConcreteArray): ConcreteArray => {
      const out = allocate("float32", x.size);
      out.fill(Number.NaN);
      return new ConcreteArray(out, x.shape, "float32");
    };
    for (const [m, n, k] of [
      [5, 7, 3],
      [13, 35, 66],
    ] as const) {
      const application = product({ batch: [2], m, n, k, lhs: "bmk", rhs: "bnk" }, "float32");
      const run = compiledOf(traced(application.fun, application.inputs));
      run(application.inputs.map(poison));
      // The scratch memory of this larger program is full of NaN when the product runs again.
      const other = new ConcreteArray(new Float32Array(20_000).fill(Number.NaN), [20_000], "float32");
      compiledOf(traced((x) => [mul(x as NDArray, x as NDArray)], [other]))([other]);
      requireNear(run(application.inputs), application.evaluate(), { ulps: 0 });
    }
  });

  test("of random numbers, to rounding errors that grow slowly with the length of sums", () => {
    for (const dtype of ["float32", "float64"] as const)
      for (const k of [10, 1000, 20_000]) {
        const draw = (shape: readonly number[]): ConcreteArray => {
          const x = allocate(dtype, shape[0] as number);
          return new ConcreteArray(x.length === 0 ? x : (x.map(() => random()) as typeof x), shape, dtype);
        };
        const [x, y] = [draw([k]), draw([k])];
        const dims = { lhsContracting: [0], rhsContracting: [0], lhsBatch: [], rhsBatch: [] };
        const application = new Application(dotGeneralPrimitive, { dimensionNumbers: dims } as never, [x, y]);
        const [got] = compiledOf(traced(application.fun, [x, y]))([x, y]);
        const [want] = application.evaluate();
        const error = Math.abs(
          Number((got as ConcreteArray).item()) / Number((want as ConcreteArray).item()) - 1,
        );
        expect(error).toBeLessThan(dtype === "float32" ? 3e-6 : 1e-13);
      }
  });
});
