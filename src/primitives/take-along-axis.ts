import type { NDArray } from "../array/index.ts";
import { type GatherOptions, gather } from "./indexing/gather.ts";
import { range, without } from "./rules.ts";
import { reshape } from "./shape.ts";

/**
 * For each place of `indices` the element of `x` that has that index along `axis` and the same place along all other
 * axes. The other axes of `x` and `indices` must have equal lengths. Indices must lie within `axis` unless
 * `options.mode` says what becomes of others.
 *
 * @throws ShapeError if the other axes differ in length; DTypeError if `indices` are not integers.
 * @example
 * takeAlongAxis(x, places, 1); // float32[2, 5] and int32[2, 3] → float32[2, 3]: some of each row
 */
export const takeAlongAxis = (
  x: NDArray,
  indices: NDArray,
  axis: number,
  options: GatherOptions = {},
): NDArray => {
  const others = without(range(x.shape.length), axis);
  return gather(
    x,
    reshape(indices, [...indices.shape, 1]),
    {
      offsetDims: [],
      collapsedSliceDims: [axis],
      startIndexMap: [axis],
      operandBatchingDims: others,
      startIndicesBatchingDims: others,
    },
    x.shape.map((n) => Math.min(1, n)),
    { mode: "promise_in_bounds", ...options },
  );
};
