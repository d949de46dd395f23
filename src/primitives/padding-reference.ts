import { rowMajorStrides, type Shape, type TypedArray } from "../array/index.ts";

/** How one axis is padded: before the first element, after the last, and between neighbours. */
export type PaddingDimension = readonly [low: number, high: number, interior: number];

/** How long an axis of length `n` is with `interior` elements between neighbours. */
export const dilated = (n: number, interior: number): number => (n === 0 ? 0 : n + (n - 1) * interior);

/** Write each element of `data` where it stands in the padded array `out`, unless it is cut off. */
export const copyPadded = (
  data: TypedArray,
  shape: Shape,
  out: TypedArray,
  outShape: Shape,
  config: readonly PaddingDimension[],
): void => {
  const outStrides = rowMajorStrides(outShape);
  let from = 0;
  const visit = (axis: number, to: number, isKept: boolean): void => {
    if (axis === shape.length) {
      if (isKept) out[to] = data[from] as number;
      from++;
      return;
    }
    const [low, , interior] = config[axis] as PaddingDimension;
    const stride = outStrides[axis] as number;
    for (let i = 0, at = low; i < (shape[axis] as number); i++, at += interior + 1) {
      visit(axis + 1, to + at * stride, isKept && at >= 0 && at < (outShape[axis] as number));
    }
  };
  visit(0, 0, true);
};
