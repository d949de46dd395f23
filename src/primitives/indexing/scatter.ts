import { type NDArray, sizeOf } from "../../array/index.ts";
import {
  bind,
  bind1,
  DifferentiationError,
  definePrimitive,
  isLinearInput,
  type Primitive,
  type TransposeInput,
} from "../../core/index.ts";
import { zerosLike } from "../broadcast.ts";
import { addTangents } from "../elementwise/add.ts";
import { div, mul } from "../elementwise/arithmetic.ts";
import { ANY, NUMBER } from "../elementwise/base.ts";
import { eq } from "../elementwise/comparison.ts";
import { convertElementType } from "../elementwise/conversion.ts";
import { selectN } from "../elementwise/select.ts";
import { iota } from "../iota.ts";
import { NOT_LINEAR } from "../rules.ts";
import { reshape } from "../shape.ts";
import {
  batchScatter,
  type Combine,
  evaluateScatter,
  type ScatterOptions,
  type ScatterParams,
  scatterArgs,
  scatterAval,
  scatterParams,
} from "./define-scatter.ts";
import type { ScatterDimensionNumbers } from "./dimension-numbers.ts";
import { gatherWritten, scatterAddPrimitive } from "./gather.ts";
import { buildScatter } from "./scatter-nest.ts";

/*
 * Scatters other than addition: overwriting, multiplication, minimum and maximum.
 */

/**
 * The operand with windows of it overwritten. Where index vectors meet, the last one wins: the order is row by row,
 * for every backend. So which update stays does not depend on the values, and scatter is linear in operand and
 * updates together.
 */
export const scatterPrimitive: Primitive<ScatterParams> = definePrimitive<ScatterParams>({
  name: "scatter",
  storage: true,
  abstractEval: scatterAval("scatter", ANY),
  evaluate: evaluateScatter((_element, update) => update),
  jvp: (primals, [tx, , tu], params) => {
    const [x, indices, updates] = primals as readonly [NDArray, NDArray, NDArray];
    return {
      outputs: bind(scatterPrimitive, primals, params),
      tangents: bind(scatterPrimitive, [tx ?? zerosLike(x), indices, tu ?? zerosLike(updates)], params),
    };
  },
  transpose: ([ct], [x, indices, updates], params) => {
    if (!ct || !x || !indices || !updates || isLinearInput(indices)) return [null, null, null];
    const { shape } = abstract(updates);
    let updatesCt: NDArray | null = null;
    if (isLinearInput(updates)) {
      const written = gatherWritten(ct, indices, updates.aval, params, 0);
      updatesCt = params.uniqueIndices
        ? written
        : selectN(winners(ct, indices, shape, params), zerosLike(written), written);
    }
    const zeros = zerosLike({ shape, dtype: ct.dtype });
    return [isLinearInput(x) ? bind1(scatterPrimitive, [ct, indices, zeros], params) : null, null, updatesCt];
  },
  batch: (inputs, axes, size, params) => batchScatter(scatterPrimitive, inputs, axes, size, params),
  lowering: { kind: "nest", build: (nest, params, inputs) => buildScatter(nest, "set", params, inputs) },
  args: scatterArgs({ otherDTypes: ["int32", "uint32", "bool"] }),
});

const abstract = (x: TransposeInput): Pick<NDArray, "shape" | "dtype"> => (isLinearInput(x) ? x.aval : x);

/** Which updates are not overwritten by later ones: scatter their numbers and see which are still there. */
const winners = (
  operand: NDArray,
  indices: NDArray,
  shape: readonly number[],
  params: ScatterParams,
): NDArray => {
  const ids = reshape(iota([sizeOf(shape)], "int32", 0), shape);
  const scattered = bind1(
    scatterPrimitive,
    [zerosLike({ shape: operand.shape, dtype: "int32" }), indices, ids],
    params,
  );
  return eq(gatherWritten(scattered, indices, ids, params, -1), ids);
};

/**
 * `operand` with windows of it replaced by `updates`, where the index vectors along the last axis of `indices` say
 * (XLA's Scatter). Where windows meet, the last index vector wins, counted row by row. Windows that do not lie in the
 * operand as a whole are dropped (`mode: "drop"`, the default) or moved inside (`"clip"`).
 *
 * @throws ShapeError or DTypeError if arrays and dimension numbers do not fit together.
 * @example
 * // Replace the rows of a float32[10, 4] named by int32[3, 1] with those of a float32[3, 4]
 * scatter(table, rows, updates, { updateWindowDims: [1], insertedWindowDims: [0],
 *   scatterDimsToOperandDims: [0], operandBatchingDims: [], scatterIndicesBatchingDims: [] });
 */
export const scatter = (
  operand: NDArray,
  indices: NDArray,
  updates: NDArray,
  dimensionNumbers: ScatterDimensionNumbers,
  options?: ScatterOptions,
): NDArray => bind1(scatterPrimitive, [operand, indices, updates], scatterParams(dimensionNumbers, options));

const needsUniqueIndices = (what: string): DifferentiationError =>
  new DifferentiationError(
    `scatterMul: ${what} with respect to updates needs uniqueIndices: true, because where updates meet, the derivative ` +
      "by one is the product of the others. If no element is met twice, say so; else multiply without a scatter.",
  );

/** The operand with windows of it multiplied by updates. */
export const scatterMulPrimitive: Primitive<ScatterParams> = definePrimitive<ScatterParams>({
  name: "scatterMul",
  abstractEval: scatterAval("scatterMul", NUMBER),
  evaluate: evaluateScatter({ float: (element, update) => element * update, other: Math.imul }),
  jvp: (primals, [tx, , tu], params) => {
    const [x, indices, updates] = primals as readonly [NDArray, NDArray, NDArray];
    if (tu && !params.uniqueIndices) throw needsUniqueIndices("the derivative");
    const byOperand = tx ? bind1(scatterMulPrimitive, [tx, indices, updates], params) : null;
    const byUpdates = tu ? mul(x, bind1(scatterAddPrimitive, [zerosLike(x), indices, tu], params)) : null;
    return {
      outputs: bind(scatterMulPrimitive, primals, params),
      tangents: [addTangents(byOperand, byUpdates)],
    };
  },
  transpose: ([ct], [x, indices, updates], params) => {
    if (!ct || !x || !indices || !updates || isLinearInput(indices)) return [null, null, null];
    if (!isLinearInput(updates))
      return [bind1(scatterMulPrimitive, [ct, indices, updates], params), null, null];
    if (isLinearInput(x)) return [null, null, null];
    if (!params.uniqueIndices) throw needsUniqueIndices("the transpose");
    return [null, null, gatherWritten(mul(ct, x), indices, updates.aval, params, 0)];
  },
  batch: (inputs, axes, size, params) => batchScatter(scatterMulPrimitive, inputs, axes, size, params),
  lowering: { kind: "nest", build: (nest, params, inputs) => buildScatter(nest, "mul", params, inputs) },
  args: scatterArgs({ otherDTypes: ["int32", "uint32"], once: true }),
});

/**
 * `scatter` that multiplies what stands in the operand by the updates. Elements met more than once receive the
 * product; derivatives by the updates need `uniqueIndices: true`.
 *
 * @example
 * lax.scatterMul(np.ones([3]), np.array([[1]], "int32"), np.array([5]), { updateWindowDims: [], insertedWindowDims: [0],
 *   scatterDimsToOperandDims: [0], operandBatchingDims: [], scatterIndicesBatchingDims: [] }); // [1, 5, 1]
 */
export const scatterMul = (
  operand: NDArray,
  indices: NDArray,
  updates: NDArray,
  dimensionNumbers: ScatterDimensionNumbers,
  options?: ScatterOptions,
): NDArray =>
  bind1(scatterMulPrimitive, [operand, indices, updates], scatterParams(dimensionNumbers, options));

/** A scatter that keeps one of the values that meet. Ties share the derivative equally. */
const defineExtremal = (name: string, kind: "min" | "max", combine: Combine): Primitive<ScatterParams> => {
  const primitive: Primitive<ScatterParams> = definePrimitive<ScatterParams>({
    name,
    abstractEval: scatterAval(name, ANY),
    evaluate: evaluateScatter(combine),
    jvp: (primals, [tx, , tu], params) => {
      const [x, indices, updates] = primals as readonly [NDArray, NDArray, NDArray];
      const output = bind1(primitive, primals, params);
      const scatterAdd = (operand: NDArray, values: NDArray): NDArray =>
        bind1(scatterAddPrimitive, [operand, indices, values], params);
      const operandStays = eq(x, output);
      const updateWins = eq(gatherWritten(output, indices, updates, params, Number.NaN), updates);
      const count = scatterAdd(
        convertElementType(operandStays, x.dtype),
        convertElementType(updateWins, x.dtype),
      );
      const fromOperand = tx ? selectN(operandStays, zerosLike(x), tx) : zerosLike(x);
      const total = tu ? scatterAdd(fromOperand, selectN(updateWins, zerosLike(updates), tu)) : fromOperand;
      return { outputs: [output], tangents: [div(total, count)] };
    },
    transpose: { missing: NOT_LINEAR },
    batch: (inputs, axes, size, params) => batchScatter(primitive, inputs, axes, size, params),
    lowering: { kind: "nest", build: (nest, params, inputs) => buildScatter(nest, kind, params, inputs) },
    args: scatterArgs({
      otherDTypes: ["int32", "uint32", "bool"],
      ranges: [
        { min: -3, max: -1 },
        { min: 1, max: 11, distinct: true },
      ],
    }),
  });
  return primitive;
};

/** The operand with windows of it replaced by smaller updates. */
export const scatterMinPrimitive: Primitive<ScatterParams> = defineExtremal("scatterMin", "min", Math.min);

/** The operand with windows of it replaced by greater updates. */
export const scatterMaxPrimitive: Primitive<ScatterParams> = defineExtremal("scatterMax", "max", Math.max);

/**
 * `scatter` that keeps the least of what stands in the operand and the updates that meet there; NaN wins.
 *
 * @example
 * lax.scatterMin(np.zeros([3]), np.array([[1]], "int32"), np.array([-5]), { updateWindowDims: [], insertedWindowDims: [0],
 *   scatterDimsToOperandDims: [0], operandBatchingDims: [], scatterIndicesBatchingDims: [] }); // [0, -5, 0]
 */
export const scatterMin = (
  operand: NDArray,
  indices: NDArray,
  updates: NDArray,
  dimensionNumbers: ScatterDimensionNumbers,
  options?: ScatterOptions,
): NDArray =>
  bind1(scatterMinPrimitive, [operand, indices, updates], scatterParams(dimensionNumbers, options));

/**
 * `scatter` that keeps the greatest of what stands in the operand and the updates that meet there; NaN wins.
 *
 * @example
 * lax.scatterMax(np.zeros([3]), np.array([[1]], "int32"), np.array([5]), { updateWindowDims: [], insertedWindowDims: [0],
 *   scatterDimsToOperandDims: [0], operandBatchingDims: [], scatterIndicesBatchingDims: [] }); // [0, 5, 0]
 */
export const scatterMax = (
  operand: NDArray,
  indices: NDArray,
  updates: NDArray,
  dimensionNumbers: ScatterDimensionNumbers,
  options?: ScatterOptions,
): NDArray =>
  bind1(scatterMaxPrimitive, [operand, indices, updates], scatterParams(dimensionNumbers, options));
