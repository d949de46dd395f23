import { type ConcreteArray, denseData, rowMajorStrides, type Shape, sizeOf } from "../../array/index.ts";
import { type Windows, windowAxes } from "./dimension-numbers.ts";

/**
 * Visit the elements that a gather or scatter moves: index vectors row by row, and for each the elements of its
 * window row by row. `visit` gets the place of the element in the operand and its place in the gather's result or
 * scatter's updates, both counted row by row. A window that does not lie in the operand as a whole is passed over.
 *
 * @param clamp whether windows that stick out are moved inside first.
 */
export const visitWindows = (
  operandShape: Shape,
  indices: ConcreteArray,
  windowedShape: Shape,
  windows: Windows,
  clamp: boolean,
  visit: (inOperand: number, inWindowed: number) => void,
): void => {
  if (sizeOf(windowedShape) === 0 || sizeOf(operandShape) === 0) return;
  const { windowDims, indexMap, operandBatchingDims, indicesBatchingDims, sliceSizes } = windows;
  const operandStrides = rowMajorStrides(operandShape);
  const windowedStrides = rowMajorStrides(windowedShape);
  const axes = windowAxes(operandShape.length, windows);
  const windowShape = pick(sliceSizes, axes);
  const batchShape = indices.shape.slice(0, -1);
  const batchDims = windowedShape.map((_, axis) => axis).filter((axis) => !windowDims.includes(axis));

  const windowInOperand = offsets(windowShape, pick(operandStrides, axes));
  const windowInWindowed = offsets(windowShape, pick(windowedStrides, windowDims));
  const batchInWindowed = offsets(batchShape, pick(windowedStrides, batchDims));
  const batchInOperand = offsets(
    batchShape,
    batchShape.map((_, axis) => {
      const i = indicesBatchingDims.indexOf(axis);
      return i < 0 ? 0 : (operandStrides[operandBatchingDims[i] as number] as number);
    }),
  );

  const vectors = denseData(indices);
  const components = indexMap.length;
  for (let b = 0; b < batchInWindowed.length; b++) {
    let start = batchInOperand[b] as number;
    let isInside = true;
    for (let c = 0; c < components; c++) {
      const axis = indexMap[c] as number;
      const last = (operandShape[axis] as number) - (sliceSizes[axis] as number);
      let index = vectors[b * components + c] as number;
      if (clamp) index = Math.max(0, Math.min(last, index));
      isInside &&= index >= 0 && index <= last;
      start += index * (operandStrides[axis] as number);
    }
    if (!isInside) continue;
    const at = batchInWindowed[b] as number;
    for (let w = 0; w < windowInOperand.length; w++) {
      visit(start + (windowInOperand[w] as number), at + (windowInWindowed[w] as number));
    }
  }
};

const pick = (list: readonly number[], at: readonly number[]): number[] => at.map((i) => list[i] as number);

/** Where each element of an array of `shape` stands, row by row, if neighbours are `strides` apart. */
const offsets = (shape: Shape, strides: readonly number[]): Float64Array => {
  let list = new Float64Array(1);
  shape.forEach((n, axis) => {
    const longer = new Float64Array(list.length * n);
    for (let i = 0; i < longer.length; i++) {
      longer[i] = (list[Math.floor(i / n)] as number) + (i % n) * (strides[axis] as number);
    }
    list = longer;
  });
  return list;
};
