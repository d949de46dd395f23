import { sizeOf } from "../../array/index.ts";
import type { Aval } from "../../core/index.ts";
import { dotGeneralPrimitive } from "../../primitives/dot.ts";
import { fftPrimitive } from "../../primitives/fft/fft.ts";
import type { Value } from "../graph-builder.ts";
import { type Rule, ruleFor } from "../rule.ts";
import { convolved } from "./convolution.ts";

const lengths = (x: Value, axes: readonly number[]): number[] => axes.map((axis) => x.shape[axis] as number);

const others = (x: Value, ...lists: readonly (readonly number[])[]): number[] =>
  x.shape.map((_, axis) => axis).filter((axis) => !lists.some((list) => list.includes(axis)));

/** Products and transforms that sum over an axis. */
export const PRODUCTS: readonly (readonly [string, Rule])[] = [
  ruleFor(dotGeneralPrimitive, ([x, y], { dimensionNumbers: d }, { graph, outAvals, source }) => {
    const { shape, dtype } = outAvals[0] as Aval;
    const [lhs, rhs] = [graph.cast(x as Value, dtype), graph.cast(y as Value, dtype)];
    const contracted = lengths(lhs, d.lhsContracting);
    if (contracted.includes(0)) return graph.filled(dtype, 0, shape);
    const found = convolved(graph, [lhs, rhs], [source(0), source(1)], d);
    if (found !== undefined) return found;
    const isMatrices =
      lhs.shape.length === 2 && rhs.shape.length === 2 && contracted.length === 1 && d.lhsBatch.length === 0;
    const transA = Number(d.lhsContracting[0] === 0);
    const transB = Number(d.rhsContracting[0] === 1);
    if (isMatrices && transA + transB > 0 && (dtype === "float32" || dtype === "float64"))
      return graph.node("Gemm", [lhs, rhs], { type: dtype, shape }, { transA, transB });
    const rows = others(lhs, d.lhsBatch, d.lhsContracting);
    const columns = others(rhs, d.rhsBatch, d.rhsContracting);
    const batch = d.lhsBatch.length === 0 ? [] : [sizeOf(lengths(lhs, d.lhsBatch))];
    const inner = sizeOf(contracted);
    const left = graph.reshape(graph.transpose(lhs, [...d.lhsBatch, ...rows, ...d.lhsContracting]), [
      ...batch,
      sizeOf(lengths(lhs, rows)),
      inner,
    ]);
    const right = graph.reshape(graph.transpose(rhs, [...d.rhsBatch, ...d.rhsContracting, ...columns]), [
      ...batch,
      inner,
      sizeOf(lengths(rhs, columns)),
    ]);
    const [m, n] = [left.shape.at(-2) as number, right.shape.at(-1) as number];
    const product = graph.node("MatMul", [left, right], { type: dtype, shape: [...batch, m, n] });
    return graph.reshape(product, shape);
  }),
  ruleFor(fftPrimitive, ([re, im], { axis }, { graph }) => {
    const [real, imag] = [re as Value, im as Value];
    const rank = real.shape.length;
    const last = others(real, [axis]);
    const forth = [...last, axis];
    const n = real.shape[axis] as number;
    const lines = [sizeOf(lengths(real, last)), n, 1];
    // In double precision, as the reference: kernels for floats lose half of their digits.
    const part = (x: Value): Value => graph.reshape(graph.transpose(graph.cast(x, "float64"), forth), lines);
    const pairs = graph.concat([part(real), part(imag)], 2);
    const transformed = graph.node("DFT", [pairs, undefined, graph.scalar("int64", 1)], pairs);
    const back = Array.from({ length: rank }, (_, a) => forth.indexOf(a));
    return [0, 1].map((which) => {
      const one = graph.slice(transformed, [2], [which], [which + 1], [1]);
      return graph.transpose(graph.reshape(one, lengths(real, forth)), back);
    });
  }),
];
