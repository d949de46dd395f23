import { describe, expect, it } from "vitest";
import type { DType, NDArray } from "../../src/array/index.ts";
import { bind, type Primitive, type Tangent } from "../../src/core/index.ts";
import type { ScatterParams } from "../../src/primitives/indexing/define-scatter.ts";
import type {
  ScatterDimensionNumbers,
  ScatterMode,
} from "../../src/primitives/indexing/dimension-numbers.ts";
import { scatterAdd, scatterAddPrimitive } from "../../src/primitives/indexing/gather.ts";
import {
  scatter,
  scatterMax,
  scatterMaxPrimitive,
  scatterMin,
  scatterMinPrimitive,
  scatterMul,
  scatterMulPrimitive,
  scatterPrimitive,
} from "../../src/primitives/indexing/scatter.ts";
import { jvpFlat } from "../../src/transforms/jvp.ts";
import { vjpFlat } from "../../src/transforms/vjp.ts";
import { arrayOf, elementsOf, expectGolden } from "./support/golden-indexing.ts";
import { checkRules } from "./support/rules.ts";

/** Elements of a vector, one for each index. */
const POINTS: ScatterDimensionNumbers = {
  updateWindowDims: [],
  insertedWindowDims: [0],
  scatterDimsToOperandDims: [0],
  operandBatchingDims: [],
  scatterIndicesBatchingDims: [],
};

const vector = (elements: number[], dtype: DType = "float32"): NDArray =>
  arrayOf(elements, [elements.length], dtype);
const at = (...indices: number[]): NDArray => arrayOf(indices, [indices.length, 1], "int32");

const ALL: readonly Primitive<ScatterParams>[] = [
  scatterPrimitive,
  scatterAddPrimitive,
  scatterMulPrimitive,
  scatterMinPrimitive,
  scatterMaxPrimitive,
];

/** Plain loops over points: what each scatter means. */
const COMBINE: { readonly [name: string]: (element: number, update: number) => number } = {
  scatter: (_, u) => u,
  scatterAdd: (x, u) => x + u,
  scatterMul: (x, u) => x * u,
  scatterMin: Math.min,
  scatterMax: Math.max,
};

describe.each(ALL.map((primitive) => ({ name: primitive.name, primitive })))(
  "$name",
  ({ name, primitive }) => {
    it("gives what JAX gives", () => {
      expectGolden<ScatterParams>(name, (inputs, params) => bind(primitive, inputs, params));
    });

    it("has the derivatives that JAX gives", () => {
      expectGolden<ScatterParams>(`${name}Vjp`, ([x, i, u, ct], params) => {
        const [operand, indices, updates] = [x, i, u] as [NDArray, NDArray, NDArray];
        if (name === "scatterMul") {
          return vjpFlat(
            (x) => bind(primitive, [x as NDArray, indices, updates], params),
            [operand],
          ).pullback([ct as NDArray]) as NDArray[];
        }
        return vjpFlat(
          (x, u) => bind(primitive, [x as NDArray, indices, u as NDArray], params),
          [operand, updates],
        ).pullback([ct as NDArray]) as NDArray[];
      });
    });

    it.each(["drop", "clip", "promise_in_bounds"] as const)(
      "writes points one after another, mode %s",
      (mode) => {
        const x = [5, -2, 7, 0.5];
        const indices = mode === "promise_in_bounds" ? [3, 1, 1, 0] : [3, -1, 1, 9, 1, 4];
        const updates = indices.map((_, k) => k - 2.5);
        const expected = [...x];
        indices.forEach((i, k) => {
          const place = mode === "clip" ? Math.min(Math.max(i, 0), 3) : i;
          if (expected[place] === undefined) return;
          expected[place] = COMBINE[name]?.(expected[place], updates[k] as number) as number;
        });
        const operand = vector(x, "float64");
        const params = { dimensionNumbers: POINTS, mode, uniqueIndices: false, indicesAreSorted: false };
        const [y] = bind(primitive, [operand, at(...indices), vector(updates, "float64")], params);
        expect(elementsOf(y as NDArray)).toEqual(expected);
        expect(elementsOf(operand)).toEqual(x);
      },
    );

    it("keeps its laws", () => checkRules(primitive, 250));
  },
);

describe("scatter", () => {
  it("lets the last index vector win, also where windows overlap", () => {
    const dims: ScatterDimensionNumbers = {
      ...POINTS,
      updateWindowDims: [0],
      insertedWindowDims: [],
    };
    // Two windows of two elements; axis 0 of the updates runs through the window.
    const updates = arrayOf([1, 10, 2, 20], [2, 2]);
    expect(scatter(vector([0, 0, 0]), at(0, 1), updates, dims).toArray()).toEqual([1, 10, 20]);
    expect(scatter(vector([0, 0, 0]), at(1, 0), updates, dims).toArray()).toEqual([10, 20, 2]);
  });

  it("gives the cotangent to the update that stays", () => {
    const { pullback } = vjpFlat(
      (x, u) => [scatter(x as NDArray, at(1, 1, 7, 0), u as NDArray, POINTS)],
      [vector([1, 2, 3]), vector([4, 5, 6, 7])],
    );
    expect(pullback([vector([10, 20, 30])]).map((ct) => ct?.toArray())).toEqual([
      [0, 0, 30],
      [0, 20, 0, 10],
    ]);
  });

  it("writes booleans and integers", () => {
    expect(scatter(vector([0, 0], "bool"), at(1), vector([1], "bool"), POINTS).toArray()).toEqual([
      false,
      true,
    ]);
    expect(scatterAdd(vector([2 ** 31 - 1], "int32"), at(0), vector([1], "int32"), POINTS).toArray()).toEqual(
      [-(2 ** 31)],
    );
    expect(scatterMul(vector([2 ** 31], "uint32"), at(0), vector([3], "uint32"), POINTS).toArray()).toEqual([
      2 ** 31,
    ]);
  });

  it("refuses what does not fit together, and says what", () => {
    const x = vector([1, 2]);
    const attempt =
      (
        dims: Partial<ScatterDimensionNumbers>,
        indices = at(0),
        updates = vector([1]),
        mode: ScatterMode = "drop",
      ) =>
      () =>
        scatterMax(x, indices, updates, { ...POINTS, ...dims }, { mode });
    expect(attempt({}, vector([0]))).toThrow(/scatterMax: indices must be int32 or uint32/);
    expect(attempt({}, at(0), vector([1], "int32"))).toThrow(/updates must have the operand's dtype/);
    expect(attempt({}, at(0), vector([1, 2]))).toThrow(/must have the axes of the indices but the last/);
    expect(attempt({ insertedWindowDims: [] })).toThrow(/updateWindowDims \[\] must name one axis/);
    expect(attempt({ insertedWindowDims: [1] })).toThrow(/insertedWindowDims \[1\]/);
    expect(attempt({ scatterDimsToOperandDims: [] })).toThrow(/one axis for each component/);
    expect(
      attempt({ updateWindowDims: [0], insertedWindowDims: [] }, at(0), arrayOf([1, 2, 3], [3, 1])),
    ).toThrow(/must not be longer than the operand/);
    expect(attempt({}, at(0), vector([1]), "fill" as ScatterMode)).toThrow(/mode must be one of clip, drop/);
    expect(() => scatterAdd(vector([1], "bool"), at(0), vector([1], "bool"), POINTS)).toThrow(
      /scatterAdd: takes/,
    );
  });
});

describe("scatterAdd", () => {
  it("accumulates float32 in double", () => {
    const many = Array.from({ length: 10 }, () => 2 ** -24);
    const y = scatterAdd(vector([1]), at(...many.map(() => 0)), vector(many), POINTS);
    expect(y.toArray()).toEqual([Math.fround(1 + 10 * 2 ** -24)]);
  });
});

describe("scatterMul", () => {
  const run =
    (uniqueIndices: boolean) =>
    (x: NDArray, u: NDArray): NDArray[] => [scatterMul(x, at(2, 0), u, POINTS, { uniqueIndices })];
  const [x, u] = [vector([2, 3, 4]), vector([0, 6])];

  it("has derivatives by updates that do not meet, zero ones too", () => {
    const { pullback } = vjpFlat(run(true) as (...xs: NDArray[]) => NDArray[], [x, u]);
    expect(pullback([vector([1, 10, 100])]).map((ct) => ct?.toArray())).toEqual([
      [6, 10, 0],
      [400, 2],
    ]);
  });

  it("refuses derivatives by updates that may meet", () => {
    const f = run(false) as (...xs: NDArray[]) => NDArray[];
    expect(() => vjpFlat(f, [x, u])).toThrow(/scatterMul: the derivative.*uniqueIndices: true/);
    const { tangents } = jvpFlat(f, [x, u], [vector([1, 1, 1]), null]);
    expect((tangents[0] as NDArray).toArray()).toEqual([6, 1, 0]);
  });
});

describe("scatterMin and scatterMax", () => {
  it("let NaN win", () => {
    for (const f of [scatterMin, scatterMax]) {
      const y = f(vector([1, Number.NaN]), at(0, 1), vector([Number.NaN, 1]), POINTS);
      expect(elementsOf(y)).toEqual([Number.NaN, Number.NaN]);
    }
  });

  it("share the derivative among ties", () => {
    const gradient = (f: typeof scatterMax, x: number[], u: number[]): (Tangent | unknown)[] =>
      vjpFlat((x, u) => [f(x as NDArray, at(0, 0, 1), u as NDArray, POINTS)], [vector(x), vector(u)])
        .pullback([vector([12, 8])])
        .map((ct) => ct?.toArray());
    expect(gradient(scatterMax, [5, 0], [5, 5, 0])).toEqual([
      [4, 4],
      [4, 4, 4],
    ]);
    expect(gradient(scatterMax, [1, 3], [5, 5, 0])).toEqual([
      [0, 8],
      [6, 6, 0],
    ]);
    expect(gradient(scatterMin, [1, 3], [1, 5, 0])).toEqual([
      [6, 0],
      [6, 0, 8],
    ]);
  });
});
