import { allocate, ConcreteArray, denseData, type NDArray, rowMajorStrides, sizeOf } from "../array/index.ts";

/** Arrays of one shape and dtype as one array, along a new axis in front. */
export const stack = (arrays: readonly NDArray[], like: NDArray): NDArray => {
  const { shape, dtype } = like;
  const size = sizeOf(shape);
  const data = allocate(dtype, arrays.length * size);
  arrays.forEach((x, i) => {
    data.set(denseData(x as ConcreteArray), i * size);
  });
  const stacked = [arrays.length, ...shape];
  return new ConcreteArray(data, stacked, dtype, false, rowMajorStrides(stacked));
};
