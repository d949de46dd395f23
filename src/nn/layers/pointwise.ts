import { type NDArray, type Shape, sizeOf } from "../../array/index.ts";
import { ArgumentError } from "../../core/index.ts";
import * as np from "../../numpy/index.ts";
import type { Layer } from "./layer.ts";

/**
 * A function of arrays that keeps the shape, such as an activation, as a layer without parameters.
 *
 * @example
 * nn.sequential(nn.dense(128), nn.pointwise(nn.relu), nn.dense(10));
 */
export const pointwise = (f: (x: NDArray) => NDArray, name: string = f.name): Layer<null> => {
  if (typeof f !== "function")
    throw new ArgumentError(`pointwise: expected a function of arrays, got ${typeof f}.`);
  return {
    kind: name === "" ? "pointwise" : name,
    init: () => null,
    outputShape: (inputShape) => inputShape,
    apply: (_params, x) => f(x),
  };
};

/**
 * All axes but the first, the batch, become one.
 *
 * @example
 * nn.flatten().apply(null, np.zeros([8, 28, 28, 1])); // float32[8, 784]
 */
export const flatten = (): Layer<null> => {
  const outputShape = (shape: Shape): Shape => [...shape.slice(0, 1), sizeOf(shape.slice(1))];
  return {
    kind: "flatten",
    init: () => null,
    outputShape,
    apply: (_params, x) => np.reshape(x, outputShape(x.shape)),
  };
};
