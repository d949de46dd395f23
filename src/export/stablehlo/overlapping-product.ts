import { isFloat } from "../../array/index.ts";
import type { Atom, Equation, Primitive, Var } from "../../core/index.ts";
import { freeAxes } from "../../primitives/dot-dimensions.ts";
import * as prim from "../../primitives/index.ts";
import { type Convolution, type OperandAxes, writeConvolution } from "./convolution.ts";
import { type Fused, madeBy, type Producers } from "./fused.ts";

const range = prim.range;

/** Where an axis of a product comes from. */
type Origin =
  | { readonly kind: "group"; readonly index: number }
  | { readonly kind: "free"; readonly side: 0 | 1; readonly axis: number };

/** Products added up where windows overlap, whose windows come from one operand and their elements from the other. */
export const overlappingProduct = (equation: Equation, producers: Producers): Fused | undefined => {
  if (equation.primitive !== (prim.overlapAddPrimitive as unknown as Primitive)) return undefined;
  const { shape, strides, dilation } = equation.params as prim.OverlapAddParams;
  const given = equation.inputs[0] as Atom;
  const turned = madeBy(given, prim.transposePrimitive, producers);
  const dot = madeBy(turned?.equation.inputs[0] ?? given, prim.dotGeneralPrimitive, producers);
  if (dot === undefined || !isFloat(given.aval.dtype)) return undefined;
  const d = dot.params.dimensionNumbers;
  const inputs = dot.equation.inputs as readonly [Atom, Atom];
  const free = [
    freeAxes(inputs[0].aval.shape.length, { batch: d.lhsBatch, contracting: d.lhsContracting }),
    freeAxes(inputs[1].aval.shape.length, { batch: d.rhsBatch, contracting: d.rhsContracting }),
  ] as const;
  const made: Origin[] = [
    ...d.lhsBatch.map((_, index): Origin => ({ kind: "group", index })),
    ...free[0].map((axis): Origin => ({ kind: "free", side: 0, axis })),
    ...free[1].map((axis): Origin => ({ kind: "free", side: 1, axis })),
  ];
  const permutation = turned?.params.permutation ?? range(made.length);
  const origins = permutation.map((axis) => made[axis] as Origin);
  const k = shape.length;
  const rank = origins.length - k;
  const outer = origins.slice(0, rank - k);
  const [counts, elements] = [origins.slice(rank - k, rank), origins.slice(rank)];
  const sideOf = (list: readonly Origin[]): 0 | 1 | undefined => {
    const [first] = list;
    if (first?.kind !== "free") return undefined;
    return list.every((o) => o.kind === "free" && o.side === first.side) ? first.side : undefined;
  };
  const side = sideOf(counts);
  if (side === undefined || sideOf(elements) !== 1 - side) return undefined;
  const sizes = [...inputs[0].aval.shape, ...inputs[1].aval.shape, ...shape];
  if (sizes.includes(0)) return undefined;
  const axesOf = (list: readonly Origin[], which: 0 | 1): number[] =>
    list.flatMap((o) => (o.kind === "free" && o.side === which ? [o.axis] : []));
  const batch = [d.lhsBatch, d.rhsBatch] as const;
  const contracting = [d.lhsContracting, d.rhsContracting] as const;
  const kernelSide = (1 - side) as 0 | 1;
  const operand: OperandAxes = {
    outer: axesOf(outer, side),
    group: batch[side],
    feature: contracting[side],
    spatial: axesOf(counts, side),
  };
  const kernel: OperandAxes = {
    outer: axesOf(outer, kernelSide),
    group: batch[kernelSide],
    feature: contracting[kernelSide],
    spatial: axesOf(elements, kernelSide),
  };
  const [b, g, o] = [operand.outer.length, operand.group.length, kernel.outer.length];
  const place = (origin: Origin): number => {
    if (origin.kind === "group") return b + origin.index;
    return origin.side === side
      ? operand.outer.indexOf(origin.axis)
      : b + g + kernel.outer.indexOf(origin.axis);
  };
  const { shape: lengths } = given.aval;
  const padding = range(k).map((i) => {
    const reach = ((lengths[rank + i] as number) - 1) * (dilation[i] as number);
    const last = ((lengths[rank - k + i] as number) - 1) * (strides[i] as number) + reach;
    return [reach, reach + (shape[i] as number) - last - 1] as const;
  });
  const convolution: Convolution = {
    operand,
    kernel,
    strides: strides.map(() => 1),
    padding,
    operandDilation: strides,
    kernelDilation: dilation,
    isReversed: true,
    order: [...outer.map(place), ...range(k).map((i) => b + g + o + i)],
  };
  return {
    inputs: [inputs[side], inputs[kernelSide]],
    write: (w, values) => [writeConvolution(w, values, convolution, equation.outputs[0] as Var)],
  };
};
