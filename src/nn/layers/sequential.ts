import type { Shape } from "../../array/index.ts";
import { combination } from "./combination.ts";
import { type AnyLayer, type Combined, checkLayers, type ParamsList, type StateList } from "./layer.ts";

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
  const layer = combination(layers, {
    kind: "sequential",
    parts: (inputShape) => {
      let shape: Shape = inputShape;
      return layers.map((each) => {
        const part = { layer: each, inputShape: shape };
        shape = each.outputShape(shape);
        return part;
      });
    },
    outputShape: (inputShape) => layers.reduce((shape: Shape, each) => each.outputShape(shape), inputShape),
    apply: (run, x) => layers.reduce((y, _, i) => run(i, y), x),
  });
  return layer as Combined<L, ParamsList<L>, StateList<L>>;
};
