import {
  allocate,
  ConcreteArray,
  type DType,
  denseData,
  dtypeInfo,
  formatShape,
  type NDArray,
  sizeOf,
  stridesOf,
  type TypedArray,
  viewOf,
} from "../array/index.ts";
import {
  type Aval,
  aval,
  bind1,
  type Chooser,
  DTypeError,
  definePrimitive,
  describeAval,
  type ExampleSpec,
  isLinearInput,
  type Primitive,
} from "../core/index.ts";
import {
  checkPairs,
  checkSide,
  type DotDimensionNumbers,
  dimensionNumbersOf,
  freeAxes,
  lengths,
  lhsSide,
  rhsSide,
  type Side,
} from "./dot-dimensions.ts";
import { multiplyFloats, multiplyIntegers, type ProductSize } from "./dot-reference.ts";
import { addTangents } from "./elementwise/add.ts";
import { allWeak } from "./elementwise/base.ts";
import { convertElementType } from "./elementwise/conversion.ts";
import { range } from "./rules.ts";
import { transpose } from "./shape.ts";

export type { DotDimensionNumbers } from "./dot-dimensions.ts";

/** Parameters of `dotGeneral`. */
export interface DotGeneralParams {
  readonly dimensionNumbers: DotDimensionNumbers;
  /** The dtype of the result, at least as wide as the operands' and of the same kind; default: theirs. */
  readonly preferredElementType?: DType;
}

/** The places of `list`'s items in increasing order. */
const argsort = (list: readonly number[]): number[] =>
  range(list.length).sort((i, j) => (list[i] as number) - (list[j] as number));

const resultDType = (lhs: Aval, rhs: Aval, preferred: DType | undefined): DType => {
  if (lhs.dtype !== rhs.dtype) {
    throw new DTypeError(
      `dotGeneral: operands must have one dtype; got ${describeAval(lhs)} and ${describeAval(rhs)}. Convert with astype.`,
    );
  }
  if (lhs.dtype === "bool") {
    throw new DTypeError("dotGeneral: booleans have no product; convert to int32 or a float first (astype).");
  }
  if (preferred === undefined) return lhs.dtype;
  const [from, to] = [dtypeInfo(lhs.dtype), dtypeInfo(preferred)];
  if (from.kind !== to.kind || to.bytes < from.bytes) {
    throw new DTypeError(
      `dotGeneral: preferredElementType must be of the operands' kind and at least as wide; got ${preferred} for ` +
        `${lhs.dtype} operands.`,
    );
  }
  return preferred;
};

/** The elements of `x` row by row after its axes have been put in the order `axes`. */
const arranged = (x: ConcreteArray, axes: readonly number[]): TypedArray =>
  denseData(viewOf(x, lengths(x.shape, axes), lengths(stridesOf(x), axes)));

const asDoubles = (data: TypedArray): Float64Array =>
  data instanceof Float64Array ? data : new Float64Array(data);

const asWords = (data: TypedArray): Int32Array => new Int32Array(data.buffer, data.byteOffset, data.length);

/**
 * The general product of two arrays: sums of products along paired axes, for each place of paired batch axes. The
 * result has the batch axes, then the free axes of `lhs`, then those of `rhs`. Floats are accumulated in float64;
 * integers wrap.
 */
export const dotGeneralPrimitive: Primitive<DotGeneralParams> = definePrimitive<DotGeneralParams>({
  name: "dotGeneral",
  abstractEval: ([x, y], { dimensionNumbers, preferredElementType }) => {
    const [lhs, rhs] = [x as Aval, y as Aval];
    const dtype = resultDType(lhs, rhs, preferredElementType);
    const [left, right] = [lhsSide(dimensionNumbers), rhsSide(dimensionNumbers)];
    checkSide("lhs", lhs, left);
    checkSide("rhs", rhs, right);
    checkPairs("contracting", lhs, rhs, left.contracting, right.contracting);
    checkPairs("batch", lhs, rhs, left.batch, right.batch);
    const shape = [
      ...lengths(lhs.shape, left.batch),
      ...lengths(lhs.shape, freeAxes(lhs.shape.length, left)),
      ...lengths(rhs.shape, freeAxes(rhs.shape.length, right)),
    ];
    return [aval(shape, dtype, preferredElementType === undefined && allWeak([lhs, rhs]))];
  },
  evaluate: ([x, y], { dimensionNumbers }, [output]) => {
    const [lhs, rhs] = [x as ConcreteArray, y as ConcreteArray];
    const { shape, dtype, weakType } = output as Aval;
    const [left, right] = [lhsSide(dimensionNumbers), rhsSide(dimensionNumbers)];
    const rows = freeAxes(lhs.shape.length, left);
    const columns = freeAxes(rhs.shape.length, right);
    const lhsData = arranged(lhs, [...left.batch, ...rows, ...left.contracting]);
    const rhsData = arranged(rhs, [...right.batch, ...right.contracting, ...columns]);
    const size: ProductSize = {
      batch: sizeOf(lengths(lhs.shape, left.batch)),
      rows: sizeOf(lengths(lhs.shape, rows)),
      inner: sizeOf(lengths(lhs.shape, left.contracting)),
      columns: sizeOf(lengths(rhs.shape, columns)),
    };
    const out = allocate(dtype, sizeOf(shape));
    if (out instanceof Float32Array || out instanceof Float64Array) {
      multiplyFloats(asDoubles(lhsData), asDoubles(rhsData), size, out);
    } else multiplyIntegers(asWords(lhsData), asWords(rhsData), size, asWords(out));
    return [new ConcreteArray(out, shape, dtype, weakType)];
  },
  jvp: ([x, y], [tx, ty], params) => {
    const dot = (lhs: NDArray, rhs: NDArray): NDArray => bind1(dotGeneralPrimitive, [lhs, rhs], params);
    const [lhs, rhs] = [x as NDArray, y as NDArray];
    return {
      outputs: [dot(lhs, rhs)],
      tangents: [addTangents(tx ? dot(tx, rhs) : null, ty ? dot(lhs, ty) : null)],
    };
  },
  transpose: ([ct], [x, y], { dimensionNumbers }) => {
    if (!ct || !x || !y) return [null, null];
    const [left, right] = [lhsSide(dimensionNumbers), rhsSide(dimensionNumbers)];
    if (isLinearInput(x))
      return isLinearInput(y) ? [null, null] : [operandCotangent(ct, x.aval, left, y, right, true), null];
    return [null, isLinearInput(y) ? operandCotangent(ct, y.aval, right, x, left, false) : null];
  },
  batch: ([x, y], [xAxis, yAxis], _size, { dimensionNumbers, ...rest }) => {
    const [lhs, rhs] = [x as NDArray, y as NDArray];
    const left = shifted(lhsSide(dimensionNumbers), xAxis ?? null);
    const right = shifted(rhsSide(dimensionNumbers), yAxis ?? null);
    const bindWith = (l: Side, r: Side): readonly NDArray[] => [
      bind1(dotGeneralPrimitive, [lhs, rhs], { ...rest, dimensionNumbers: dimensionNumbersOf(l, r) }),
    ];
    if (typeof xAxis === "number" && typeof yAxis === "number") {
      const outputs = bindWith(
        { ...left, batch: [xAxis, ...left.batch] },
        { ...right, batch: [yAxis, ...right.batch] },
      );
      return { outputs, axes: [0] };
    }
    // The batch of one operand is one more of its free axes.
    const rows = freeAxes(lhs.shape.length, left);
    const place =
      typeof xAxis === "number"
        ? rows.indexOf(xAxis)
        : rows.length + freeAxes(rhs.shape.length, right).indexOf(yAxis as number);
    return { outputs: bindWith(left, right), axes: [left.batch.length + place] };
  },
  lowering: { kind: "dot", axes: ({ dimensionNumbers }) => dimensionNumbers },
  args: {
    example: (choose) => drawProduct(choose, choose.floatDType()),
    otherDTypes: (choose) => drawProduct(choose, choose.pick(["int32", "uint32"])),
  },
  formatParams: ({ dimensionNumbers: d, preferredElementType }) => [
    `dimensionNumbers=((${formatShape(d.lhsContracting)}, ${formatShape(d.rhsContracting)}), ` +
      `(${formatShape(d.lhsBatch)}, ${formatShape(d.rhsBatch)}))`,
    ...(preferredElementType === undefined ? [] : [`preferredElementType=${preferredElementType}`]),
  ],
});

/** Dimension numbers of one operand that has got another axis at `axis`. */
const shifted = ({ contracting, batch }: Side, axis: number | null): Side => {
  const shift = (axes: readonly number[]): number[] =>
    axes.map((a) => (axis !== null && a >= axis ? a + 1 : a));
  return { contracting: shift(contracting), batch: shift(batch) };
};

/**
 * The cotangent of one operand: the product of the result's cotangent with the other operand, summed over the other's
 * free axes, with its axes put in the operand's order.
 */
const operandCotangent = (
  ct: NDArray,
  operand: Aval,
  side: Side,
  other: NDArray,
  otherSide: Side,
  isLhs: boolean,
): NDArray => {
  const batches = side.batch.length;
  const kept = freeAxes(operand.shape.length, side);
  const otherKept = freeAxes(other.shape.length, otherSide);
  const otherStart = isLhs ? batches + kept.length : batches;
  const product = dotGeneral(
    ct,
    other.dtype === ct.dtype ? other : convertElementType(other, ct.dtype),
    dimensionNumbersOf(
      { contracting: otherKept.map((_, i) => otherStart + i), batch: range(batches) },
      { contracting: otherKept, batch: otherSide.batch },
    ),
  );
  // What is left of the other operand are its contracting axes in increasing order.
  const contracted = argsort(otherSide.contracting).map((i) => side.contracting[i] as number);
  const result = transpose(product, argsort([...side.batch, ...kept, ...contracted]));
  return result.dtype === operand.dtype ? result : convertElementType(result, operand.dtype);
};

/** Operands whose batch, contracting and free axes stand in any order. */
const drawProduct = (choose: Chooser, dtype: DType): ExampleSpec<DotGeneralParams> => {
  const batch = choose.shape({ maxRank: 1 });
  const contracting = choose.shape({ maxRank: 2 });
  const operand = () => {
    const free = choose.shape({ maxRank: 1 });
    const order = choose.permutation(range(batch.length + contracting.length + free.length));
    const shape = lengths([...batch, ...contracting, ...free], order);
    const axes = range(order.length).map((i) => order.indexOf(i));
    const side: Side = {
      batch: axes.slice(0, batch.length),
      contracting: axes.slice(batch.length, batch.length + contracting.length),
    };
    return { input: { shape, dtype }, side };
  };
  const [lhs, rhs] = [operand(), operand()];
  return {
    inputs: [lhs.input, rhs.input],
    params: { dimensionNumbers: dimensionNumbersOf(lhs.side, rhs.side) },
  };
};

/**
 * The general product of two arrays, JAX's `lax.dot_general`: the result has the paired batch axes, then the free axes
 * of `x`, then those of `y`.
 *
 * @throws ShapeError if paired axes differ in length, DTypeError for booleans or unequal dtypes.
 * @example
 * const rows = { lhsContracting: [1], rhsContracting: [0], lhsBatch: [], rhsBatch: [] };
 * dotGeneral(x, y, rows); // the matrix product of float32[2, 3] and float32[3, 4]: float32[2, 4]
 */
export const dotGeneral = (
  x: NDArray,
  y: NDArray,
  dimensionNumbers: DotDimensionNumbers,
  preferredElementType?: DType,
): NDArray =>
  bind1(
    dotGeneralPrimitive,
    [x, y],
    preferredElementType === undefined ? { dimensionNumbers } : { dimensionNumbers, preferredElementType },
  );
