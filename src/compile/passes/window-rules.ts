import { type Shape, sameShape } from "../../array/index.ts";
import { type Atom, Literal } from "../../core/index.ts";
import { broadcastInDimPrimitive } from "../../primitives/broadcast.ts";
import { concatenatePrimitive } from "../../primitives/concatenate.ts";
import { addPrimitive } from "../../primitives/elementwise/add.ts";
import {
  dynamicSlicePrimitive,
  dynamicUpdateSlicePrimitive,
} from "../../primitives/indexing/dynamic-slice.ts";
import {
  type PaddingDimension,
  type PadParams,
  padPrimitive,
  type SliceParams,
  slicePrimitive,
} from "../../primitives/padding.ts";
import { on, type Rewriter, type RuleEntry, type Site } from "./rewrite.ts";

/*
 * Windows: slices, padding and concatenation. All rules keep every bit, but that padded arrays which are added without
 * overlapping are put side by side: -0 + 0 is 0 there, and stays -0 here.
 */

/** Concatenations of more arrays are not merged with others, so that merging a long chain takes no square of its length. */
const MOST_PARTS = 64;

/** The operands of a concatenation that nobody else uses, if they are few. */
const joinedParts = (
  program: Rewriter,
  x: Atom,
  siblings: readonly Atom[],
  dimension: number,
): readonly Atom[] | undefined => {
  const joined = program.madeBy(x, concatenatePrimitive);
  const isMerged =
    joined?.params.dimension === dimension &&
    joined.inputs.length <= MOST_PARTS &&
    program.isUsedHereOnly(x, siblings);
  return isMerged ? joined.inputs : undefined;
};

/** The parameters of a slice that takes everything. */
const whole = (shape: Shape): SliceParams => ({
  startIndices: shape.map(() => 0),
  limitIndices: shape,
  strides: shape.map(() => 1),
});

/** A window with some axes changed. */
const slice = (program: Rewriter, x: Atom, params: SliceParams): Atom =>
  program.emit(slicePrimitive, [x], params);

const isWholeAxis = (
  { startIndices, limitIndices, strides }: SliceParams,
  shape: Shape,
  axis: number,
): boolean => startIndices[axis] === 0 && limitIndices[axis] === shape[axis] && strides[axis] === 1;

/** The slice that does what two do one after the other. */
const composed = (inner: SliceParams, outer: SliceParams, shape: Shape): SliceParams => {
  const strides = inner.strides.map((stride, axis) => stride * (outer.strides[axis] as number));
  const startIndices = inner.startIndices.map(
    (start, axis) => start + (outer.startIndices[axis] as number) * (inner.strides[axis] as number),
  );
  // Past the last element taken: a limit that stays inside whatever the strides.
  const limitIndices = startIndices.map((start, axis) =>
    shape[axis] === 0 ? start : start + ((shape[axis] as number) - 1) * (strides[axis] as number) + 1,
  );
  return { startIndices, limitIndices, strides };
};

/** A slice of a broadcast is a broadcast, of a slice where the operand has the axes that are sliced. */
const ofBroadcast = ({ program, inputs, params, output }: Site<SliceParams>, x: Atom): Atom | undefined => {
  const repeated = program.madeBy(x, broadcastInDimPrimitive);
  if (repeated === undefined) return undefined;
  const [operand] = repeated.inputs as readonly [Atom];
  const { broadcastDimensions } = repeated.params;
  const all = whole(operand.aval.shape);
  const pick = (own: readonly number[], sliced: readonly number[]): number[] =>
    broadcastDimensions.map((axis, i) => (operand.aval.shape[i] === 1 ? own[i] : sliced[axis]) as number);
  const part: SliceParams = {
    startIndices: pick(all.startIndices, params.startIndices),
    limitIndices: pick(all.limitIndices, params.limitIndices),
    strides: pick(all.strides, params.strides),
  };
  const isWhole = operand.aval.shape.every((_, axis) => isWholeAxis(part, operand.aval.shape, axis));
  if (!isWhole && !program.isUsedHereOnly(x, inputs)) return undefined;
  const source = isWhole ? operand : slice(program, operand, part);
  return program.emit(broadcastInDimPrimitive, [source], { shape: output.shape, broadcastDimensions });
};

/** A slice that lies in one of the operands of a concatenation is a slice of that operand. */
const ofConcatenation = ({ program, params }: Site<SliceParams>, x: Atom): Atom | undefined => {
  const joined = program.madeBy(x, concatenatePrimitive);
  if (joined === undefined) return undefined;
  const { dimension } = joined.params;
  let first = 0;
  for (const operand of joined.inputs) {
    const end = first + (operand.aval.shape[dimension] as number);
    const [start, limit] = [
      params.startIndices[dimension] as number,
      params.limitIndices[dimension] as number,
    ];
    if (start >= first && limit <= end) {
      const moved = (list: readonly number[]): number[] =>
        list.map((n, axis) => (axis === dimension ? n - first : n));
      return slice(program, operand, {
        startIndices: moved(params.startIndices),
        limitIndices: moved(params.limitIndices),
        strides: params.strides,
      });
    }
    first = end;
  }
  return undefined;
};

/** An array of zeros but for a stretch of one axis, where some arrays stand one after another. */
interface Stretch {
  readonly parts: readonly Atom[];
  readonly length: number;
  readonly axis: number;
  readonly start: number;
  readonly zero: Literal;
}

const asStretch = ({ program, inputs, output }: Site, atom: Atom): Stretch | undefined => {
  const padded = program.madeBy(atom, padPrimitive);
  if (
    padded === undefined ||
    !program.isUsedHereOnly(atom, inputs) ||
    !sameShape(atom.aval.shape, output.shape)
  )
    return undefined;
  const [x, zero] = padded.inputs as readonly [Atom, Atom];
  const axes = padded.params.paddingConfig.flatMap((edges, axis) =>
    edges.some((n) => n !== 0) ? [axis] : [],
  );
  const [axis, ...others] = axes;
  if (axis === undefined || others.length > 0) return undefined;
  const [low, high, interior] = padded.params.paddingConfig[axis] as PaddingDimension;
  if (low < 0 || high < 0 || interior !== 0) return undefined;
  if (!(zero instanceof Literal) || program.numberOf(zero) !== 0) return undefined;
  const joined = program.isUsedHereOnly(x, padded.inputs)
    ? program.madeBy(x, concatenatePrimitive)
    : undefined;
  const parts = joined?.params.dimension === axis ? joined.inputs : [x];
  return { parts, length: x.aval.shape[axis] as number, axis, start: low, zero };
};

/** The sum of two stretches that follow each other: gradients of arrays that were taken apart are such sums. */
const sumOfStretches = (site: Site, a: Atom, b: Atom): Atom | undefined => {
  const { program, output } = site;
  const [x, y] = [asStretch(site, a), asStretch(site, b)];
  if (x === undefined || y === undefined || x.axis !== y.axis) return undefined;
  const { axis } = x;
  const [first, second] = x.start <= y.start ? [x, y] : [y, x];
  if (first.start + first.length !== second.start) return undefined;
  const joined = program.emit(concatenatePrimitive, [...first.parts, ...second.parts], { dimension: axis });
  const paddingConfig = output.shape.map(
    (n, i): PaddingDimension => (i === axis ? [first.start, n - second.start - second.length, 0] : [0, 0, 0]),
  );
  return program.emit(padPrimitive, [joined, x.zero], { paddingConfig });
};

/** Padding that only cuts off is a slice. */
const ofCuts = (
  { program, output }: Site<PadParams>,
  x: Atom,
  config: readonly PaddingDimension[],
): Atom | undefined => {
  if (config.some(([low, high, interior]) => low > 0 || high > 0 || interior > 0)) return undefined;
  const startIndices = config.map(([low]) => 0 - low);
  return slice(program, x, {
    startIndices,
    limitIndices: startIndices.map((start, axis) => start + (output.shape[axis] as number)),
    strides: config.map(() => 1),
  });
};

/** The rules of `slice`, `pad`, `concatenate` and the slices whose places are computed. */
export const windowRules: readonly RuleEntry[] = [
  on(slicePrimitive, (site, x) => {
    const { program, params, output } = site;
    if (
      sameShape(x.aval.shape, output.shape) &&
      x.aval.shape.every((_, axis) => isWholeAxis(params, output.shape, axis))
    ) {
      return x;
    }
    const inner = program.madeBy(x, slicePrimitive);
    if (inner !== undefined)
      return slice(program, inner.inputs[0] as Atom, composed(inner.params, params, output.shape));
    return ofBroadcast(site, x) ?? ofConcatenation(site, x);
  }),
  on(padPrimitive, (site, x) => {
    const { paddingConfig } = site.params;
    // Between less than two elements there is nothing.
    const config = paddingConfig.map(
      ([low, high, interior], axis): PaddingDimension => [
        low,
        high,
        (x.aval.shape[axis] as number) < 2 ? 0 : interior,
      ],
    );
    return ofCuts(site, x, config);
  }),
  on(concatenatePrimitive, ({ program, params, inputs }, ...operands) => {
    const { dimension } = params;
    const parts = operands
      .flatMap((x) => joinedParts(program, x, inputs, dimension) ?? [x])
      .filter(({ aval }) => aval.shape[dimension] !== 0);
    if (parts.length === 1) return parts[0];
    const isNew = parts.length !== operands.length || parts.some((x, i) => x !== operands[i]);
    return isNew ? program.emit(concatenatePrimitive, parts, params) : undefined;
  }),
  on(addPrimitive, sumOfStretches),
  on(dynamicSlicePrimitive, ({ program, params: { sliceSizes } }, x, ...indices) => {
    const starts = indices.map((index, axis) => {
      const most = (x.aval.shape[axis] as number) - (sliceSizes[axis] as number);
      const start = most === 0 ? 0 : program.numberOf(index);
      return start === undefined ? undefined : Math.max(0, Math.min(start, most));
    });
    const startIndices = starts.filter((start) => start !== undefined);
    if (startIndices.length < starts.length) return undefined;
    const limitIndices = startIndices.map((start, axis) => start + (sliceSizes[axis] as number));
    return slice(program, x, { startIndices, limitIndices, strides: sliceSizes.map(() => 1) });
  }),
  on(dynamicUpdateSlicePrimitive, (_site, x, update) =>
    sameShape(x.aval.shape, update.aval.shape) ? update : undefined,
  ),
];
