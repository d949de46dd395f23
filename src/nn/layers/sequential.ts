import type { NDArray, Shape } from "../../array/index.ts";
import * as random from "../../random/index.ts";
import {
  type AnyLayer,
  type ApplyOptions,
  applyLayer,
  type Combined,
  checkLayers,
  initialState,
  isStateful,
  optionsFor,
  type ParamsList,
  type Part,
  type StateList,
} from "./layer.ts";

/**
 * Layers one after another. Parameters (and states) are lists, an entry a layer. Each layer has keys of its own, made of
 * the one that is given.
 *
 * @example
 * const model = nn.sequential(nn.flatten(), nn.dense(128), nn.pointwise(nn.relu), nn.dense(10));
 * const params = model.init(random.key(0), [1, 28, 28]);
 * model.apply(params, images); // float32[n, 28, 28] → float32[n, 10]
 */
export const sequential = <const L extends readonly AnyLayer[]>(
  ...layers: L
): Combined<L, ParamsList<L>, StateList<L>> => {
  checkLayers("sequential", layers);
  const parts = (inputShape: Shape): Part[] => {
    let shape = inputShape;
    return layers.map((layer) => {
      const part = { layer, inputShape: shape };
      shape = layer.outputShape(shape);
      return part;
    });
  };
  const base = {
    kind: "sequential",
    parts,
    init: (key: NDArray, inputShape: Shape) =>
      parts(inputShape).map((part, i) => part.layer.init(random.foldIn(key, i), part.inputShape)),
    outputShape: (inputShape: Shape) => layers.reduce((shape, layer) => layer.outputShape(shape), inputShape),
  };
  const applyAll = (
    params: readonly unknown[],
    states: readonly unknown[],
    x: NDArray,
    options: ApplyOptions | undefined,
  ): readonly [NDArray, readonly unknown[]] => {
    let value = x;
    const next = layers.map((layer, i) => {
      const [y, state] = applyLayer(
        layer,
        params[i],
        states[i],
        value,
        optionsFor(options, random.foldIn, i),
      );
      value = y;
      return state;
    });
    return [value, next];
  };
  const layer: AnyLayer = layers.some(isStateful)
    ? {
        ...base,
        initState: (inputShape: Shape) =>
          parts(inputShape).map((part) => initialState(part.layer, part.inputShape)),
        apply: (params, state, x, options) =>
          applyAll(params as readonly unknown[], state as readonly unknown[], x, options),
      }
    : {
        ...base,
        apply: (params: unknown, x: NDArray, options?: ApplyOptions) =>
          applyAll(params as readonly unknown[], [], x, options)[0],
      };
  return layer as Combined<L, ParamsList<L>, StateList<L>>;
};
