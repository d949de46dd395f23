import type { Aval } from "../../../core/index.ts";
import * as prim from "../../../primitives/index.ts";
import { array, broadcast, compare, convert, iota, isNotANumber, reduce, select, transpose } from "../ops.ts";
import { type ElementType, scalar, typeOf, type Value } from "../types.ts";
import type { Writer } from "../writer.ts";
import { type Rule, rule } from "./rule.ts";

/*
 * Products, and what StableHLO has of linear algebra and Fourier transforms.
 */

const list = (axes: readonly number[]): string => `[${axes.join(", ")}]`;

/** `precision_config` of an operation of two operands. */
export const precisionOf = ({ precision }: Writer): string =>
  `precision_config = [#stablehlo<precision ${precision}>, #stablehlo<precision ${precision}>]`;

/** A product of two operands of any type; sums have the type that is computed in. */
const writeDot = (
  w: Writer,
  lhs: Value,
  rhs: Value,
  d: prim.DotDimensionNumbers,
  { shape, dtype }: Aval,
  element: ElementType,
): Value => {
  const product = w.op1(
    "stablehlo.dot_general",
    [lhs, rhs],
    { shape, element },
    `dot_dimension_numbers = #stablehlo.dot<lhs_batching_dimensions = ${list(d.lhsBatch)}, ` +
      `rhs_batching_dimensions = ${list(d.rhsBatch)}, ` +
      `lhs_contracting_dimensions = ${list(d.lhsContracting)}, ` +
      `rhs_contracting_dimensions = ${list(d.rhsContracting)}>, ${precisionOf(w)}`,
  );
  return convert(w, product, typeOf({ shape, dtype }).element);
};

/** The type that products of elements are added up in. */
export const sumElement = ({ element }: Value): ElementType => {
  switch (element) {
    case "bf16":
    case "f16":
      return "f32";
    case "i8":
    case "i16":
      return "i32";
    case "ui8":
    case "ui16":
      return "ui32";
    default:
      return element;
  }
};

/** The lower triangle of a factor, or NaN throughout if there is none. */
const writeCholesky = (w: Writer, a: Value): Value => {
  const { shape, element } = a;
  const rank = shape.length;
  const factor = w.op1("stablehlo.cholesky", [a], a, "lower = true");
  const [rows, columns] = [rank - 2, rank - 1].map((axis) => iota(w, { shape, element: "i32" }, axis));
  const isLower = compare(w, "ge", rows as Value, columns as Value);
  const lower = select(w, isLower, factor, w.splat(0, a));
  const isWrong = reduce(w, "stablehlo.or", isNotANumber(w, lower), w.splat(false, scalar("i1")), [
    rank - 2,
    rank - 1,
  ]);
  const wrong = broadcast(
    w,
    isWrong,
    shape,
    shape.slice(0, -2).map((_, axis) => axis),
  );
  const bad = select(w, isLower, w.splat(Number.NaN, { shape, element }), w.splat(0, a));
  return select(w, wrong, bad, lower);
};

/** The transform along one axis of a pair of parts, which StableHLO takes as complex numbers along the last. */
const writeFft = (w: Writer, real: Value, imag: Value, axis: number): Value[] => {
  const { shape, element } = real;
  const rank = shape.length;
  const order = [...shape.keys()].filter((a) => a !== axis).concat(axis);
  const moved = order.map((a) => shape[a] as number);
  const type = { shape: moved, element: `complex<${element}>` as ElementType };
  const pair = w.op1("stablehlo.complex", [transpose(w, real, order), transpose(w, imag, order)], type);
  const length = `fft_length = ${array([shape[axis] as number])}`;
  const result = w.op1("stablehlo.fft", [pair], type, `fft_type = #stablehlo<fft_type FFT>, ${length}`);
  const back = Array.from({ length: rank }, (_, a) => order.indexOf(a));
  return ["stablehlo.real", "stablehlo.imag"].map((part) =>
    transpose(w, w.op1(part, [result], { shape: moved, element }), back),
  );
};

export const LINALG: readonly Rule[] = [
  rule(
    prim.dotGeneralPrimitive,
    (w, [x, y], { dimensionNumbers }, [output]) => {
      const [lhs, rhs] = [x as Value, y as Value];
      const { dtype, shape } = output as Aval;
      const wide = typeOf({ shape, dtype });
      const sum = sumElement({ ...lhs, element: wide.element });
      return [writeDot(w, lhs, rhs, dimensionNumbers, output as Aval, sum)];
    },
    { storage: true },
  ),
  rule(prim.choleskyPrimitive, (w, [a]) => [writeCholesky(w, a as Value)]),
  rule(prim.triangularSolvePrimitive, (w, [a, b], { lower, unitDiagonal }) => [
    w.op1(
      "stablehlo.triangular_solve",
      [a as Value, b as Value],
      b as Value,
      `left_side = true, lower = ${lower}, unit_diagonal = ${unitDiagonal}, ` +
        "transpose_a = #stablehlo<transpose NO_TRANSPOSE>",
    ),
  ]),
  rule(prim.fftPrimitive, (w, [real, imag], { axis }) => writeFft(w, real as Value, imag as Value, axis)),
];
