import { describe, expect, it } from "vitest";
import type { DType, NDArray } from "../../src/array/index.ts";
import { bind } from "../../src/core/index.ts";
import type { GatherDimensionNumbers, GatherMode } from "../../src/primitives/indexing/dimension-numbers.ts";
import { type GatherParams, gather, gatherPrimitive } from "../../src/primitives/indexing/gather.ts";
import { transpose } from "../../src/primitives/shape.ts";
import { jvpFlat } from "../../src/transforms/jvp.ts";
import { vjpFlat } from "../../src/transforms/vjp.ts";
import { arrayOf, elementsOf, expectGolden } from "./support/golden-indexing.ts";
import { checkRules } from "./support/rules.ts";

const ROWS: GatherDimensionNumbers = {
  offsetDims: [1],
  collapsedSliceDims: [0],
  startIndexMap: [0],
  operandBatchingDims: [],
  startIndicesBatchingDims: [],
};

const ints = (elements: number[], shape: number[], dtype: DType = "int32"): NDArray =>
  arrayOf(elements, shape, dtype);
const table = arrayOf([0, 1, 10, 11, 20, 21], [3, 2]);
const rows = (at: number[], mode: GatherMode, operand: NDArray = table): unknown =>
  gather(operand, ints(at, [at.length, 1]), ROWS, [1, 2], { mode }).toArray();

describe("gather", () => {
  it("gives what JAX gives, and so do its derivatives", () => {
    expectGolden<GatherParams>("gather", (inputs, params) => bind(gatherPrimitive, inputs, params));
    expectGolden<GatherParams>(
      "gatherVjp",
      ([x, indices, ct], params) =>
        vjpFlat(
          (x) => bind(gatherPrimitive, [x as NDArray, indices as NDArray], params),
          [x as NDArray],
        ).pullback([ct as NDArray]) as NDArray[],
    );
  });

  it("looks up rows", () => {
    expect(rows([2, 0, 2], "fill")).toEqual([
      [20, 21],
      [0, 1],
      [20, 21],
    ]);
    expect(gather(transpose(table, [1, 0]), ints([1], [1, 1]), ROWS, [1, 3]).toArray()).toEqual([
      [1, 11, 21],
    ]);
  });

  it("treats indices outside as the mode says", () => {
    const fill = [Number.NaN, Number.NaN];
    expect(rows([-1, 3, 1], "fill")).toEqual([fill, fill, [10, 11]]);
    expect(rows([-1, 3, 1], "clip")).toEqual([
      [0, 1],
      [20, 21],
      [10, 11],
    ]);
    expect(rows([-1, 3, 1], "promise_in_bounds")).toEqual(rows([-1, 3, 1], "clip"));
    expect(
      gather(table, ints([2 ** 32 - 1], [1, 1], "uint32"), ROWS, [1, 2], { mode: "clip" }).toArray(),
    ).toEqual([[20, 21]]);
  });

  it("fills with the default of the dtype, or what it is told", () => {
    const outside = (dtype: DType, fillValue: number | null = null): unknown =>
      elementsOf(gather(ints([0, 1], [1, 2], dtype), ints([5], [1, 1]), ROWS, [1, 2], { fillValue }))[0];
    expect(outside("float32")).toBeNaN();
    expect(outside("int32")).toBe(-(2 ** 31));
    expect(outside("uint32")).toBe(2 ** 32 - 1);
    expect(outside("bool")).toBe(1);
    expect(outside("bool", 0)).toBe(0);
    expect(outside("float64", -0.5)).toBe(-0.5);
  });

  it("fills what is read from an empty axis", () => {
    const empty = arrayOf([], [0, 2]);
    for (const mode of ["fill", "clip", "promise_in_bounds"] as const) {
      const y = gather(empty, ints([0], [1, 1]), ROWS, [0, 2], { mode, fillValue: 4 });
      expect(y.toArray(), mode).toEqual([[4, 4]]);
    }
  });

  it("reads each element that the definition of XLA's Gather names", () => {
    // Windows of 2 × 2 in the last two axes of [2, 3, 4], the first being a batch; result axes [window, batch, n, window].
    const operand = arrayOf(
      Array.from({ length: 24 }, (_, i) => i),
      [2, 3, 4],
    );
    const starts = [
      [
        [0, 0],
        [2, 1],
        [1, 0],
      ],
      [
        [1, 1],
        [0, 0],
        [2, 1],
      ],
    ];
    const y = gather(
      operand,
      ints(starts.flat(2), [2, 3, 2]),
      {
        offsetDims: [0, 3],
        collapsedSliceDims: [],
        startIndexMap: [2, 1],
        operandBatchingDims: [0],
        startIndicesBatchingDims: [0],
      },
      [1, 2, 2],
    );
    const expected = [0, 1].map((i) =>
      starts.map((list, b) =>
        list.map(([k, j]) => [0, 1].map((w) => b * 12 + ((j as number) + i) * 4 + (k as number) + w)),
      ),
    );
    expect(y.toArray()).toEqual(expected);
  });

  it("has a derivative of zero where it fills", () => {
    const tangent = arrayOf([1, 2, 3, 4, 5, 6], [3, 2]);
    const { outputs, tangents } = jvpFlat(
      (x) => [gather(x, ints([1, 7], [2, 1]), ROWS, [1, 2])],
      [table],
      [tangent],
    );
    expect(elementsOf(outputs[0] as NDArray)).toEqual([10, 11, Number.NaN, Number.NaN]);
    expect(elementsOf(tangents[0] as NDArray)).toEqual([3, 4, 0, 0]);
  });

  it("refuses dimension numbers that do not fit, and says which", () => {
    const at = ints([0], [1, 1]);
    const attempt =
      (dims: Partial<GatherDimensionNumbers>, sizes = [1, 2], indices: NDArray = at) =>
      () =>
        gather(table, indices, { ...ROWS, ...dims }, sizes);
    expect(attempt({}, [1, 2], arrayOf([0], [1, 1]))).toThrow(
      /indices must be int32 or uint32; got float32\[1, 1\]/,
    );
    expect(attempt({}, [1, 2], ints([0], []))).toThrow(/the last, that holds index vectors/);
    expect(attempt({}, [1, 3])).toThrow(/sliceSizes \[1, 3\].*at most the axis itself/);
    expect(attempt({}, [2, 2])).toThrow(/must be 1 along axis 0/);
    expect(attempt({ offsetDims: [] })).toThrow(/offsetDims \[\] must name one axis/);
    expect(attempt({ offsetDims: [2] })).toThrow(/offsetDims \[2\]/);
    expect(attempt({ collapsedSliceDims: [1, 0] })).toThrow(/collapsedSliceDims \[1, 0\].*increasing/);
    expect(attempt({ startIndexMap: [0, 1] })).toThrow(
      /startIndexMap \[0, 1\] must name one axis for each component/,
    );
    expect(attempt({ startIndexMap: [3] })).toThrow(/startIndexMap \[3\] must be different axes/);
    expect(attempt({ operandBatchingDims: [0], startIndicesBatchingDims: [0] })).toThrow(
      /must be others than/,
    );
    expect(attempt({ operandBatchingDims: [1], startIndicesBatchingDims: [0] })).toThrow(
      /axes of equal lengths/,
    );
    expect(() => gather(table, at, ROWS, [1, 2], { mode: "drop" as GatherMode })).toThrow(
      /mode must be one of/,
    );
  });

  it("keeps its laws", () => checkRules(gatherPrimitive, 300));
});
