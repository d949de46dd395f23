import { formatShape, normalizeAxes, type Shape, sizeOf } from "../array/index.ts";
import { ShapeError } from "../core/index.ts";

/** Which axes of an array of weights are which. All others belong to the receptive field, as in convolutions. */
export interface WeightAxes {
  /** The axes of what goes in; default -2. */
  readonly inAxis?: number | readonly number[];
  /** The axes of what comes out; default -1. */
  readonly outAxis?: number | readonly number[];
  /** Axes of weights that are used independently of one another; default none. */
  readonly batchAxis?: number | readonly number[];
}

/** How many inputs each output has, and how many outputs each input. */
export const fansOf = (
  shape: Shape,
  { inAxis = -2, outAxis = -1, batchAxis = [] }: WeightAxes,
  where: string,
): { readonly fanIn: number; readonly fanOut: number } => {
  if (inAxis === -2 && shape.length < 2) {
    throw new ShapeError(
      `${where}: weights need an axis of inputs and one of outputs, but the shape is ${formatShape(shape)}. Give a ` +
        "shape of at least two axes, or say with inAxis and outAxis which axes are which.",
    );
  }
  const product = (axes: number | readonly number[]): number =>
    normalizeAxes(axes, shape.length, where).reduce((n, axis) => n * (shape[axis] as number), 1);
  const field = sizeOf(shape) / product(inAxis) / product(outAxis) / product(batchAxis);
  return { fanIn: product(inAxis) * field, fanOut: product(outAxis) * field };
};
