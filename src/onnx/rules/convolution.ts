import { sizeOf } from "../../array/index.ts";
import { type DotGeneralParams, dotGeneralPrimitive } from "../../primitives/dot.ts";
import type { DotDimensionNumbers } from "../../primitives/dot-dimensions.ts";
import { transposePrimitive } from "../../primitives/shape.ts";
import { type OverlapAddParams, type WindowsParams, windowsPrimitive } from "../../primitives/windows.ts";
import type { GraphBuilder, Value } from "../graph-builder.ts";
import { paramsOf, type Source } from "../rule.ts";

/*
 * Convolutions are products of windows here, and so are their derivatives: by the kernel, of the windows with the
 * cotangent; by the operand, windows of products added up. These are found again and written as Conv and ConvTranspose.
 */

const range = (n: number, from = 0): number[] => Array.from({ length: n }, (_, i) => from + i);
const lengths = (x: { readonly shape: readonly number[] }, axes: readonly number[]): number[] =>
  axes.map((axis) => x.shape[axis] as number);

/** Axes in groups, each as one axis. */
const grouped = (
  graph: GraphBuilder,
  x: Value,
  groups: readonly (readonly number[])[],
  kept: readonly number[],
): Value =>
  graph.reshape(graph.transpose(x, [...groups.flat(), ...kept]), [
    ...groups.map((axes) => sizeOf(lengths(x, axes))),
    ...lengths(x, kept),
  ]);

/** The operators are there for single precision, and for one to three spatial axes. */
const isConvolved = (k: number, ...values: readonly Value[]): boolean =>
  k >= 1 && k <= 3 && values.every(({ type, shape }) => type === "float32" && !shape.includes(0));

/** One operand of a product of windows with something. */
interface WindowedSide {
  readonly x: Value;
  readonly other: Value;
  readonly params: WindowsParams;
  /** Axes of the windows that are summed over, and that are batches, and the other's that go with them. */
  readonly contracting: readonly number[];
  readonly otherContracting: readonly number[];
  readonly batch: readonly number[];
  readonly otherBatch: readonly number[];
  readonly isLeft: boolean;
}

/** A product that is a convolution, or the derivative of one by its kernel. */
export const convolved = (
  graph: GraphBuilder,
  operands: readonly [Value, Value],
  sources: readonly [Source | undefined, Source | undefined],
  d: DotDimensionNumbers,
): Value | undefined => {
  for (const isLeft of [true, false]) {
    const source = sources[isLeft ? 0 : 1];
    const params = source && paramsOf(source, windowsPrimitive);
    if (source === undefined || params === undefined) continue;
    const [left, right] = [
      { contracting: d.lhsContracting, batch: d.lhsBatch },
      { contracting: d.rhsContracting, batch: d.rhsBatch },
    ];
    const [own, its] = isLeft ? [left, right] : [right, left];
    const found = convolution(graph, {
      x: source.inputs[0] as Value,
      other: operands[isLeft ? 1 : 0],
      params,
      contracting: own.contracting,
      otherContracting: its.contracting,
      batch: own.batch,
      otherBatch: its.batch,
      isLeft,
    });
    if (found !== undefined) return found;
  }
  return undefined;
};

const convolution = (graph: GraphBuilder, side: WindowedSide): Value | undefined => {
  const { x, other, params, contracting, otherContracting, batch, otherBatch, isLeft } = side;
  const k = params.windowShape.length;
  const b = x.shape.length - k;
  if (!isConvolved(k, x, other)) return undefined;
  const counts = range(k, b);
  const elements = range(k, b + k);
  const isAllOf = (axes: readonly number[]): boolean => axes.every((axis) => contracting.includes(axis));
  const isNoneOf = (axes: readonly number[]): boolean =>
    axes.every((axis) => !contracting.includes(axis) && !batch.includes(axis));
  const forward = isAllOf(elements) && isNoneOf(counts);
  const byKernel = isAllOf(counts) && isNoneOf(elements);
  if (!forward && !byKernel) return undefined;

  // What is summed over besides is the features; what is not is the batch of the convolution.
  const features = contracting.filter((axis) => axis < b);
  const rest = range(b).filter((axis) => !features.includes(axis) && !batch.includes(axis));
  const paired = (axes: readonly number[]): number[] =>
    axes.map((axis) => otherContracting[contracting.indexOf(axis)] as number);
  const outputs = range(other.shape.length).filter(
    (axis) => !otherContracting.includes(axis) && !otherBatch.includes(axis),
  );
  const input = grouped(graph, x, [rest, [...batch, ...features]], range(k, b));
  const kernel = grouped(
    graph,
    other,
    [[...otherBatch, ...outputs], paired(features)],
    paired(forward ? elements : counts),
  );
  const [strides, dilations] = forward
    ? [params.strides, params.dilation]
    : [params.dilation, params.strides];
  const spatial = input.shape
    .slice(2)
    .map(
      (n, i) =>
        Math.floor(
          (n - (((kernel.shape[i + 2] as number) - 1) * (dilations[i] as number) + 1)) /
            (strides[i] as number),
        ) + 1,
    );
  const y = graph.node(
    "Conv",
    [input, kernel],
    { type: "float32", shape: [input.shape[0] as number, kernel.shape[0] as number, ...spatial] },
    { strides, dilations, group: sizeOf(lengths(x, batch)) },
  );
  // By the kernel, what lies behind the last element of it is cut off.
  const cut = forward
    ? y
    : graph.slice(
        y,
        range(k, 2),
        range(k).map(() => 0),
        params.windowShape,
        range(k).map(() => 1),
      );

  // [rest, batch, outputs, spatial] → [batch, ...] with what is left of each operand.
  const parts = [lengths(x, rest), lengths(x, batch), lengths(other, outputs), cut.shape.slice(2)];
  const apart = graph.reshape(cut, parts.flat());
  const starts = parts.map((_, i) => parts.slice(0, i).flat().length);
  const axes = parts.map((part, i) => range(part.length, starts[i] as number));
  const [restAxes, batchAxes, outputAxes, spatialAxes] = axes as [number[], number[], number[], number[]];
  const own = [...restAxes, ...spatialAxes];
  return graph.transpose(apart, [
    ...batchAxes,
    ...(isLeft ? [...own, ...outputAxes] : [...outputAxes, ...own]),
  ]);
};

/** Where an axis of a product comes from. */
interface Origin {
  readonly from: "batch" | "left" | "right";
  /** Its axis in the left operand, or in the right one. */
  readonly axis: number;
}

const originsOf = (left: Value, right: Value, d: DotDimensionNumbers): readonly Origin[] => [
  ...d.lhsBatch.map((axis): Origin => ({ from: "batch", axis })),
  ...freeAxes(left, d.lhsBatch, d.lhsContracting).map((axis): Origin => ({ from: "left", axis })),
  ...freeAxes(right, d.rhsBatch, d.rhsContracting).map((axis): Origin => ({ from: "right", axis })),
];

const freeAxes = (x: Value, ...lists: readonly (readonly number[])[]): number[] =>
  range(x.shape.length).filter((axis) => !lists.some((list) => list.includes(axis)));

/** Windows of products added up, if they are the derivative of a convolution by its operand. */
export const convolvedBack = (
  graph: GraphBuilder,
  source: Source | undefined,
  { shape, strides, dilation }: OverlapAddParams,
): Value | undefined => {
  if (source === undefined) return undefined;
  const turned = paramsOf(source, transposePrimitive);
  const product = turned === undefined ? source : source.source(0);
  const params: DotGeneralParams | undefined = product && paramsOf(product, dotGeneralPrimitive);
  if (product === undefined || params === undefined || params.preferredElementType !== undefined)
    return undefined;
  const [left, right] = product.inputs as readonly [Value, Value];
  const k = shape.length;
  if (!isConvolved(k, left, right)) return undefined;
  const d = params.dimensionNumbers;
  const all = originsOf(left, right, d);
  const origins = turned === undefined ? all : turned.permutation.map((axis) => all[axis] as Origin);
  const b = origins.length - 2 * k;
  const [outer, counts, elements] = [origins.slice(0, b), origins.slice(b, b + k), origins.slice(b + k)];
  const side = counts[0]?.from;
  const isLeft = side === "left";
  const opposite = isLeft ? "right" : "left";
  if (side === "batch" || counts.some(({ from }) => from !== side)) return undefined;
  if (elements.some(({ from }) => from !== opposite)) return undefined;

  const axesFrom = (list: readonly Origin[], from: Origin["from"]): number[] =>
    list.filter((origin) => origin.from === from).map(({ axis }) => axis);
  const [x, w] = isLeft ? [left, right] : [right, left];
  const [xContracting, wContracting] = isLeft
    ? [d.lhsContracting, d.rhsContracting]
    : [d.rhsContracting, d.lhsContracting];
  const [xBatch, wBatch] = isLeft ? [d.lhsBatch, d.rhsBatch] : [d.rhsBatch, d.lhsBatch];
  const [rest, features] = [axesFrom(outer, side as Origin["from"]), axesFrom(outer, opposite)];
  const input = grouped(
    graph,
    x,
    [rest, [...xBatch, ...xContracting]],
    axesFrom(counts, side as Origin["from"]),
  );
  const kernel = grouped(graph, w, [[...wBatch, ...wContracting], features], axesFrom(elements, opposite));
  const spatial = range(k).map(
    (i) =>
      ((input.shape[i + 2] as number) - 1) * (strides[i] as number) +
      ((kernel.shape[i + 2] as number) - 1) * (dilation[i] as number) +
      1,
  );
  const group = sizeOf(lengths(x, xBatch));
  const type = {
    type: "float32" as const,
    shape: [input.shape[0] as number, group * (kernel.shape[1] as number), ...spatial],
  };
  const y = graph.node("ConvTranspose", [input, kernel], type, { strides, dilations: dilation, group });
  // Behind the last window there may be elements that no window has.
  const missing = shape.map((n, i) => n - (spatial[i] as number));
  const padded = missing.every((n) => n === 0)
    ? y
    : graph.node("Pad", [y, graph.list([...range(k + 2).map(() => 0), 0, 0, ...missing])], {
        ...type,
        shape: [...type.shape.slice(0, 2), ...shape],
      });

  const parts = [lengths(x, rest), lengths(x, xBatch), lengths(w, features), shape];
  const apart = graph.reshape(padded, parts.flat());
  const next = { rest: 0, batch: rest.length, features: rest.length + xBatch.length };
  const order = outer.map(({ from, axis }) => {
    if (from === side) return next.rest++;
    if (from === opposite) return next.features++;
    return next.batch + d.lhsBatch.indexOf(axis);
  });
  return graph.transpose(apart, [...order, ...range(k, parts.flat().length - k)]);
};
