import { isFloat } from "../../array/index.ts";
import type { Atom, Equation, Primitive, Var } from "../../core/index.ts";
import { freeAxes, type Side } from "../../primitives/dot-dimensions.ts";
import * as prim from "../../primitives/index.ts";
import { type Convolution, type OperandAxes, writeConvolution } from "./convolution.ts";
import { type Fused, madeBy, type Producers } from "./fused.ts";
import { sliceAxis } from "./ops.ts";
import type { Value } from "./types.ts";

const range = prim.range;

/** `Σ windows(x)[…] · kernel[…]` over the elements of windows, or over the windows themselves. */
export const productOfWindows = (equation: Equation, producers: Producers): Fused | undefined => {
  if (equation.primitive !== (prim.dotGeneralPrimitive as unknown as Primitive)) return undefined;
  const { dimensionNumbers } = equation.params as prim.DotGeneralParams;
  const sides = [
    { batch: dimensionNumbers.lhsBatch, contracting: dimensionNumbers.lhsContracting },
    { batch: dimensionNumbers.rhsBatch, contracting: dimensionNumbers.rhsContracting },
  ];
  for (const at of [0, 1] as const) {
    const made = madeBy(equation.inputs[at], prim.windowsPrimitive, producers);
    if (made === undefined) continue;
    const [mine, other] = [sides[at], sides[1 - at]] as [Side, Side];
    const x = made.equation.inputs[0] as Atom;
    const kernelAtom = equation.inputs[1 - at] as Atom;
    const { windowShape, strides, dilation } = made.params;
    const k = windowShape.length;
    const rank = x.aval.shape.length;
    const counts = range(k).map((i) => rank - k + i);
    const elements = range(k).map((i) => rank + i);
    const isContracted = (axis: number): boolean => mine.contracting.includes(axis);
    const isFree = (axis: number): boolean => !isContracted(axis) && !mine.batch.includes(axis);
    const summed = elements.every(isContracted) && counts.every(isFree) ? elements : counts;
    const kept = summed === elements ? counts : elements;
    const sizes = [x.aval.shape, kernelAtom.aval.shape, (equation.outputs[0] as Var).aval.shape].flat();
    if (k === 0 || !summed.every(isContracted) || !kept.every(isFree)) continue;
    if (sizes.includes(0) || !isFloat(x.aval.dtype)) continue;
    const partner = (axis: number): number => other.contracting[mine.contracting.indexOf(axis)] as number;
    const before = range(rank - k);
    const feature = before.filter(isContracted);
    const operand: OperandAxes = {
      outer: before.filter(isFree),
      group: mine.batch,
      feature,
      spatial: counts,
    };
    const kernel: OperandAxes = {
      outer: freeAxes(kernelAtom.aval.shape.length, other),
      group: other.batch,
      feature: feature.map(partner),
      spatial: summed.map(partner),
    };
    const [b, g, o] = [operand.outer.length, operand.group.length, kernel.outer.length];
    const places = {
      outer: range(b),
      group: range(g).map((i) => b + i),
      features: range(o).map((i) => b + g + i),
      spatial: range(k).map((i) => b + g + o + i),
    };
    const ofWindows = [...places.outer, ...places.spatial];
    const order =
      at === 0
        ? [...places.group, ...ofWindows, ...places.features]
        : [...places.group, ...places.features, ...ofWindows];
    const isByElement = summed === elements;
    const shape = (made.equation.outputs[0] as Var).aval.shape;
    // What no window reaches is cut off, so that there are as many results as asked for.
    const ends = range(k).map(
      (i) =>
        ((shape[counts[i] as number] as number) - 1) * (strides[i] as number) +
        ((windowShape[i] as number) - 1) * (dilation[i] as number) +
        1,
    );
    const convolution: Convolution = {
      operand,
      kernel,
      strides: isByElement ? strides : dilation,
      padding: strides.map(() => [0, 0]),
      operandDilation: strides.map(() => 1),
      kernelDilation: isByElement ? dilation : strides,
      isReversed: false,
      order,
    };
    const write: Fused["write"] = (w, [array, other]) => {
      const cut = ends.reduce((value, end, i) => sliceAxis(w, value, rank - k + i, 0, end), array as Value);
      return [writeConvolution(w, [cut, other as Value], convolution, equation.outputs[0] as Var)];
    };
    return { inputs: [x, kernelAtom], write };
  }
  return undefined;
};
