import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { allocate, ConcreteArray, type DType, type Shape, sizeOf } from "../../src/array/index.ts";
import { add, constant, lt } from "../../src/kernel/expr.ts";
import { type Buffer, NestBuilder, type Statement } from "../../src/kernel/nest.ts";
import { runNest } from "../../src/kernel/run-nest.ts";
import "../../src/primitives/index.ts";
import { type Params, type Primitive, registeredPrimitives } from "../../src/core/index.ts";
import { Application, drawApplication } from "../../src/testing/application.ts";
import { drawn } from "../../src/testing/tape.ts";
import { arrayOf } from "./support/golden-indexing.ts";
import { evaluateNest, nestOf } from "./support/nest.ts";

const NESTS = [
  "argmax",
  "argmin",
  "cholesky",
  "concatenate",
  "cumlogsumexp",
  "cummax",
  "cummin",
  "cumprod",
  "cumsum",
  "dynamicSlice",
  "dynamicUpdateSlice",
  "eigh",
  "gather",
  "lu",
  "overlapAdd",
  "pad",
  "qr",
  "scatter",
  "scatterAdd",
  "scatterMax",
  "scatterMin",
  "scatterMul",
  "sort",
  "svd",
  "topK",
  "triangularSolve",
];

/** Factorizations may round in another order. */
const FACTORIZATION = { float32: 1e-5, float64: 1e-13 };

/** Series and continued fractions add up terms that are approximations in both. */
const SERIES = { float32: 2e-6, float64: 1e-12 };

/** The reference is the sum that defines the transform, of up to some ten terms. */
const TRANSFORM = { float32: 1e-5, float64: 1e-13 };

/**
 * How far a nest may be from the reference, relative to 1 and the element. Elements are of size 3 or so. Sums of float32
 * are carried in double precision by the reference, by some nests not; exp and log1p are approximations in both.
 */
const TOLERANCES: { readonly [primitive: string]: { readonly [K in DType]?: number } } = {
  scatterAdd: { float32: 2e-6 },
  scatterMul: { float32: 1e-6 },
  cholesky: FACTORIZATION,
  eigh: FACTORIZATION,
  qr: FACTORIZATION,
  svd: FACTORIZATION,
  lu: FACTORIZATION,
  triangularSolve: FACTORIZATION,
  betainc: SERIES,
  fft: TRANSFORM,
  igamma: SERIES,
  igammaGradA: SERIES,
  igammac: SERIES,
  randomGamma: SERIES,
  randomGammaGrad: SERIES,
  cumlogsumexp: { float32: 1.2e-7, float64: 1e-15 },
};

const requireEqual = ({ primitive, params, inputs }: Application): void => {
  const expected = primitive.evaluate(inputs, params, primitive.abstractEval(inputs, params));
  const got = evaluateNest(primitive, inputs, params);
  expected.forEach((y, i) => {
    const x = got[i] as ConcreteArray;
    const tolerance = TOLERANCES[primitive.name]?.[y.dtype] ?? 0;
    const wanted = y.toTypedArray();
    x.toTypedArray().forEach((a, k) => {
      const e = wanted[k] as number;
      if (!Object.is(a, e) && !(Math.abs(a - e) <= tolerance * (1 + Math.abs(e)))) {
        expect(`${a} at ${k} of output ${i}`).toBe(`${e} at ${k} of output ${i}`);
      }
    });
  });
};

const primitives = registeredPrimitives().filter(({ lowering }) => lowering?.kind === "nest");
const named = (name: string): Primitive => primitives.find((p) => p.name === name) as Primitive;

test("the primitives that are lowered to nests", () => {
  expect(primitives.map(({ name }) => name)).toEqual(expect.arrayContaining(NESTS));
});

describe.each(primitives.map((p) => [p.name, p] as const))("%s", (_name, primitive) => {
  test("its nest gives what its reference evaluation gives", () => {
    const applications = drawn((source) => drawApplication(primitive, source, source.next(2) === 0));
    fc.assert(fc.property(applications, requireEqual), { numRuns: 300 });
  });
});

/** Numbers from 0 to 1 that are the same in every run. */
const randomNumbers = (seed: number) => (): number => {
  seed = (Math.imul(seed, 1664525) + 1013904223) | 0;
  return (seed >>> 0) / 2 ** 32;
};

/** Whole numbers from `min` to `max`. */
const integers = (shape: Shape, dtype: DType, min: number, max: number, seed = 1): ConcreteArray => {
  const random = randomNumbers(seed);
  const data = allocate(dtype, sizeOf(shape)).map(() => min + Math.floor(random() * (max - min + 1)));
  return new ConcreteArray(data, shape, dtype);
};

const check = (name: string, inputs: readonly ConcreteArray[], params: Params): void =>
  requireEqual(new Application(named(name), params, inputs));

/** All statements of a nest, outer ones before inner ones. */
const statements = (body: readonly Statement[]): readonly Statement[] =>
  body.flatMap((s): readonly Statement[] => {
    switch (s.kind) {
      case "for":
        return [s, ...statements(s.body)];
      case "if":
        return [s, ...statements(s.whenTrue), ...statements(s.whenFalse)];
      case "while":
        return [s, ...statements(s.test), ...statements(s.body)];
      default:
        return [s];
    }
  });

const kinds = (name: string, inputs: readonly ConcreteArray[], params: Params): readonly string[] =>
  statements(nestOf(named(name), inputs, params).body).map(({ kind }) => kind);

describe("long runs are copied", () => {
  const wide = integers([3, 40], "float32", -9, 9);

  test("pad along the first axis", () => {
    const inputs = [wide, arrayOf([7], [])];
    const params = {
      paddingConfig: [
        [1, -1, 0],
        [0, 0, 0],
      ],
    };
    check("pad", inputs, params);
    expect(kinds("pad", inputs, params).filter((kind) => kind === "copy")).toHaveLength(1);
    expect(kinds("pad", inputs, params).filter((kind) => kind === "for")).toHaveLength(1);
  });

  test("pad along both axes, with gaps and without", () => {
    for (const interior of [0, 1, 2]) {
      check("pad", [wide, arrayOf([7], [])], {
        paddingConfig: [
          [-1, 2, 0],
          [3, -5, interior],
        ],
      });
    }
  });

  test("rows of a table", () => {
    const dimensionNumbers = {
      offsetDims: [1],
      collapsedSliceDims: [0],
      startIndexMap: [0],
      operandBatchingDims: [],
      startIndicesBatchingDims: [],
    };
    for (const mode of ["clip", "fill", "promise_in_bounds"]) {
      const params = { dimensionNumbers, sliceSizes: [1, 40], mode, fillValue: null };
      const rows = integers([9, 1], "int32", mode === "promise_in_bounds" ? 0 : -1, 2);
      check("gather", [wide, rows], params);
      expect(kinds("gather", [wide, rows], params)).toContain("copy");
    }
  });

  test("dynamicSlice, dynamicUpdateSlice and concatenate", () => {
    const starts = [arrayOf([2], [], "int32"), arrayOf([11], [], "int32")];
    check("dynamicSlice", [wide, ...starts], { sliceSizes: [2, 25] });
    check("dynamicUpdateSlice", [wide, integers([1, 30], "float32", 50, 99), ...starts], {});
    check("concatenate", [wide, integers([3, 2], "float32", 50, 99), wide], { dimension: 1 });
  });
});

describe("windows that are not next to each other", () => {
  const takeColumns = {
    offsetDims: [0],
    collapsedSliceDims: [1],
    startIndexMap: [1],
    operandBatchingDims: [],
    startIndicesBatchingDims: [],
  };
  const putColumns = {
    updateWindowDims: [0],
    insertedWindowDims: [1],
    scatterDimsToOperandDims: [1],
    operandBatchingDims: [],
    scatterIndicesBatchingDims: [],
  };
  const x = integers([5, 7], "int32", -99, 99);

  test("gather along the last axis runs through index vectors inside", () => {
    for (const [mode, indexType] of [
      ["clip", "int32"],
      ["clip", "uint32"],
      ["fill", "int32"],
      ["fill", "uint32"],
    ] as const) {
      const columns = integers([9, 1], indexType, indexType === "int32" ? -2 : 0, 8);
      check("gather", [x, columns], {
        dimensionNumbers: takeColumns,
        sliceSizes: [5, 1],
        mode,
        fillValue: 3,
      });
    }
  });

  test("indices near the ends of their type", () => {
    const columns = arrayOf([2147483647, -2147483648, 3], [3, 1], "int32");
    const unsigned = arrayOf([4294967295, 2147483648, 3], [3, 1], "uint32");
    for (const indices of [columns, unsigned]) {
      for (const mode of ["clip", "fill"]) {
        check("gather", [x, indices], {
          dimensionNumbers: takeColumns,
          sliceSizes: [5, 1],
          mode,
          fillValue: 3,
        });
      }
      for (const mode of ["clip", "drop"]) {
        const updates = integers([5, 3], "int32", 100, 999);
        check("scatter", [x, indices, updates], { dimensionNumbers: putColumns, mode, uniqueIndices: false });
      }
    }
  });

  test.each(["scatter", "scatterAdd", "scatterMul", "scatterMin", "scatterMax"])(
    "%s along the last axis",
    (name) => {
      for (const mode of ["clip", "drop"]) {
        const columns = integers([20, 1], "int32", -1, 8);
        const updates = integers([5, 20], "int32", -99, 99, 2);
        check(name, [x, columns, updates], { dimensionNumbers: putColumns, mode, uniqueIndices: false });
      }
    },
  );

  test("where windows overlap, the last index vector wins", () => {
    const params = {
      dimensionNumbers: { ...putColumns, insertedWindowDims: [], updateWindowDims: [0, 1] },
      mode: "drop",
      uniqueIndices: false,
    };
    const updates = integers([5, 3, 6], "int32", 100, 999);
    check("scatter", [x, integers([6, 1], "int32", 0, 4), updates], params);
  });
});

describe("sums of float32", () => {
  const dimensionNumbers = {
    updateWindowDims: [],
    insertedWindowDims: [0],
    scatterDimsToOperandDims: [0],
    operandBatchingDims: [],
    scatterIndicesBatchingDims: [],
  };
  const tenths = new ConcreteArray(new Float32Array(1000).fill(0.1), [1000], "float32");

  test("of many updates are carried in double precision", () => {
    const places = new ConcreteArray(new Int32Array(1000), [1000, 1], "int32");
    const inputs = [arrayOf([0, 0], [2]), places, tenths];
    const params = { dimensionNumbers, mode: "drop", uniqueIndices: false };
    const [sum] = evaluateNest(named("scatterAdd"), inputs, params);
    expect(sum?.toArray()).toEqual([Math.fround(1000 * Math.fround(0.1)), 0]);
  });

  test("of all elements up to each are carried in double precision", () => {
    const [sums] = evaluateNest(named("cumsum"), [tenths], { axis: 0, reverse: false });
    expect(sums?.toTypedArray()[999]).toBe(Math.fround(1000 * Math.fround(0.1)));
  });
});

describe("order", () => {
  const special = [Number.NaN, 0, -0, 1, -1, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  const floats = (dtype: DType, shape: Shape): ConcreteArray => {
    const random = randomNumbers(5);
    const data = allocate(dtype, sizeOf(shape)).map(
      () => special[Math.floor(random() * special.length)] as number,
    );
    return new ConcreteArray(data, shape, dtype);
  };

  test.each(["float32", "float64"] as const)("%s with NaN, zeros and infinities", (dtype) => {
    // The longest line is sorted digit by digit, the others by merging.
    for (const shape of [[40], [200], [3, 21], [2, 17, 3]]) {
      const count = integers(shape, "int32", 0, 99);
      for (const dimension of [0, shape.length - 1]) {
        check("sort", [floats(dtype, shape), count], { dimension, isStable: true, numKeys: 1 });
        check("sort", [integers(shape, "bool", 0, 1), floats(dtype, shape), count], {
          dimension,
          isStable: true,
          numKeys: 2,
        });
        check("argmax", [floats(dtype, shape)], { axis: dimension, indexDtype: "uint32" });
        check("argmin", [floats(dtype, shape)], { axis: dimension, indexDtype: "int32" });
        for (const name of ["cummax", "cummin", "cumlogsumexp"]) {
          check(name, [floats(dtype, shape)], { axis: dimension, reverse: dimension === 0 });
        }
      }
      for (const k of [0, 1, 3, shape.at(-1) as number]) check("topK", [floats(dtype, shape)], { k });
    }
  });

  test("many equal keys keep their order", () => {
    const x = integers([500], "uint32", 0, 9);
    const places = integers([500], "int32", 0, 999999, 7);
    check("sort", [x, places], { dimension: 0, isStable: true, numKeys: 1 });
  });

  test("of many elements, sorted and reversed ones too", () => {
    const n = 333;
    const up = new ConcreteArray(
      Float64Array.from({ length: n }, (_, i) => i),
      [n],
      "float64",
    );
    const down = new ConcreteArray(
      Float64Array.from({ length: n }, (_, i) => -i),
      [n],
      "float64",
    );
    for (const x of [up, down, integers([n], "float64", -999, 999)]) {
      check("sort", [x], { dimension: 0, isStable: true, numKeys: 1 });
      for (const k of [3, 32, 33, n]) check("topK", [x], { k });
    }
  });
});

describe("the interpreter", () => {
  const run = (write: (nest: NestBuilder, x: Buffer, y: Buffer) => void): unknown => {
    const nest = new NestBuilder([{ type: "i32", size: 4 }], [{ type: "i32", size: 4 }]);
    write(nest, nest.inputs[0] as Buffer, nest.outputs[0] as Buffer);
    return runNest(nest.finish(), [Int32Array.of(1, 2, 3, 4)])[0];
  };

  test("a loop works out its bounds once, a while its condition each time", () => {
    const out = run((nest, x, y) => {
      const end = nest.variable("i32", 2);
      const sum = nest.variable("i32", 0);
      nest.for(end.value, (i) => {
        end.set(4);
        sum.set(add(sum.value, nest.load(x, i)));
      });
      nest.store(y, 0, sum.value);
      const i = nest.variable("i32", 1);
      nest.while(
        () => lt(i.value, end.value),
        () => {
          nest.store(y, i.value, 7);
          i.set(add(i.value, 1));
        },
      );
    });
    expect(out).toEqual(Int32Array.of(3, 7, 7, 7));
  });

  test("what a nest does not define is refused", () => {
    expect(() => run((nest, x) => nest.load(x, 4))).toThrow(RangeError);
    expect(() => run((nest, _x, y) => nest.store(y, -1, 0))).toThrow("index -1 lies outside");
    expect(() => run((nest, x, y) => nest.copy(x, 1, y, 0, 4))).toThrow(RangeError);
    expect(() => run((nest, _x, y) => nest.copy(y, 0, y, 1, 2))).toThrow("onto what it reads");
    expect(() => run((nest, _x, y) => nest.store(y, 0, constant("f32", 1)))).toThrow(TypeError);
    expect(() =>
      run((nest, x, y) => {
        const unset = { op: "input", type: "i32", args: [], index: 99 } as const;
        nest.store(y, 0, add(nest.load(x, 0), unset));
      }),
    ).toThrow("has no value yet");
    expect(() =>
      runNest(new NestBuilder([{ type: "f32", size: 1 }], []).finish(), [Int32Array.of(1)]),
    ).toThrow(TypeError);
  });

  test("outputs and scratch do not start out as zeros", () => {
    expect(run(() => undefined)).not.toEqual(new Int32Array(4));
  });
});
