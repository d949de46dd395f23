import { castScalar, type DType, filledArray, type Shape, sizeOf } from "../../../array/index.ts";
import type { Aval } from "../../../core/index.ts";
import * as prim from "../../../primitives/index.ts";
import { formatDense } from "../literals.ts";
import { array, binary, broadcast, combining, compare, reduce, select, signedIndices } from "../ops.ts";
import { elementOfDType, scalar, typeOf, type Value } from "../types.ts";
import type { Writer } from "../writer.ts";
import { type Rule, rule } from "./rule.ts";

/*
 * Gathers and scatters. XLA moves the windows of a gather inside and drops those of a scatter that stick out; where the
 * opposite is wanted, it is written around them.
 */

/** The greatest legal start of a window along each axis that an index vector points into, for every vector. */
const lastStarts = (
  w: Writer,
  indices: Value,
  operand: Shape,
  map: readonly number[],
  sizes: Shape,
): Value => {
  const last = map.map((axis) => (operand[axis] as number) - (sizes[axis] as number));
  const type = { shape: [map.length], element: indices.element };
  return broadcast(w, w.constant(`[${last.join(", ")}]`, type), indices.shape, [indices.shape.length - 1]);
};

const dimensions = (list: readonly number[]): string => `[${list.join(", ")}]`;

/** Whether a window fits into the operand at all. */
const fits = (operand: Shape, sizes: Shape): boolean =>
  sizes.every((n, axis) => n <= (operand[axis] as number));

const fillOf = (
  w: Writer,
  fillValue: number | null,
  { shape, dtype }: { shape: Shape; dtype: DType },
): Value => {
  const fill = filledArray([], castScalar(fillValue ?? prim.defaultFill(dtype), dtype), dtype);
  // NaN has bits of its own.
  return w.constant(formatDense(fill), { shape, element: elementOfDType(dtype) });
};

const gatherRule = rule(prim.gatherPrimitive, (w, [x, i], params, [output]) => {
  const { dimensionNumbers: dims, sliceSizes, mode, fillValue, indicesAreSorted } = params;
  const [operand, given] = [x as Value, i as Value];
  const { shape, dtype } = output as Aval;
  if (!fits(operand.shape, sliceSizes)) return [fillOf(w, fillValue, { shape, dtype })];
  const indices = signedIndices(w, given);
  const vectorAxis = indices.shape.length - 1;
  const gathered = w.op1(
    "stablehlo.gather",
    [operand, indices],
    typeOf({ shape, dtype }),
    `dimension_numbers = #stablehlo.gather<offset_dims = ${dimensions(dims.offsetDims)}, ` +
      `collapsed_slice_dims = ${dimensions(dims.collapsedSliceDims)}, ` +
      `operand_batching_dims = ${dimensions(dims.operandBatchingDims)}, ` +
      `start_indices_batching_dims = ${dimensions(dims.startIndicesBatchingDims)}, ` +
      `start_index_map = ${dimensions(dims.startIndexMap)}, index_vector_dim = ${vectorAxis}>, ` +
      `slice_sizes = ${array(sliceSizes)}, indices_are_sorted = ${indicesAreSorted}`,
  );
  if (mode !== "fill" || dims.startIndexMap.length === 0) return [gathered];
  const last = lastStarts(w, indices, operand.shape, dims.startIndexMap, sliceSizes);
  const isIn = binary(
    w,
    "stablehlo.and",
    compare(w, "ge", indices, w.splat(0, indices)),
    compare(w, "le", indices, last),
  );
  const allIn = reduce(w, "stablehlo.and", isIn, w.splat(true, scalar("i1")), [vectorAxis]);
  const vectorAxes = shape.flatMap((_, axis) => (dims.offsetDims.includes(axis) ? [] : [axis]));
  return [
    select(w, broadcast(w, allIn, shape, vectorAxes), gathered, fillOf(w, fillValue, { shape, dtype })),
  ];
});

/** What a scatter makes of the element in place and the update. */
const COMBINE: readonly (readonly [typeof prim.scatterPrimitive, string | undefined])[] = [
  [prim.scatterPrimitive, undefined],
  [prim.scatterAddPrimitive, "stablehlo.add"],
  [prim.scatterMulPrimitive, "stablehlo.multiply"],
  [prim.scatterMinPrimitive, "stablehlo.minimum"],
  [prim.scatterMaxPrimitive, "stablehlo.maximum"],
];

const writeScatter = (
  w: Writer,
  [x, i, u]: readonly [Value, Value, Value],
  { dimensionNumbers: dims, mode, uniqueIndices, indicesAreSorted }: prim.ScatterParams,
  operation: string | undefined,
): Value => {
  const { sliceSizes } = prim.scatterWindows(x.shape, u.shape, dims);
  if (!fits(x.shape, sliceSizes) || sizeOf(u.shape) === 0) return x;
  const map = dims.scatterDimsToOperandDims;
  const signed = signedIndices(w, i);
  const clamp = (): Value =>
    binary(
      w,
      "stablehlo.minimum",
      binary(w, "stablehlo.maximum", signed, w.splat(0, signed)),
      lastStarts(w, signed, x.shape, map, sliceSizes),
    );
  const indices = mode === "clip" && map.length > 0 ? clamp() : signed;
  const overwrite = w.isolated(() => {
    const [, update] = w.blockArguments([scalar(x.element), scalar(x.element)]);
    w.return([update as Value]);
  });
  return w.op1(
    "stablehlo.scatter",
    [x, indices, u],
    x,
    `scatter_dimension_numbers = #stablehlo.scatter<update_window_dims = ${dimensions(dims.updateWindowDims)}, ` +
      `inserted_window_dims = ${dimensions(dims.insertedWindowDims)}, ` +
      `input_batching_dims = ${dimensions(dims.operandBatchingDims)}, ` +
      `scatter_indices_batching_dims = ${dimensions(dims.scatterIndicesBatchingDims)}, ` +
      `scatter_dims_to_operand_dims = ${dimensions(map)}, index_vector_dim = ${indices.shape.length - 1}>, ` +
      `indices_are_sorted = ${indicesAreSorted}, unique_indices = ${uniqueIndices}`,
    [operation === undefined ? overwrite : combining(w, operation, x.element)],
  );
};

export const INDEXING: readonly Rule[] = [
  gatherRule,
  ...COMBINE.map(([primitive, operation]) =>
    rule(primitive, (w, inputs, params) => [
      writeScatter(w, inputs as unknown as readonly [Value, Value, Value], params, operation),
    ]),
  ),
];
