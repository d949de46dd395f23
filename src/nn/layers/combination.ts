import type { NDArray, Shape } from "../../array/index.ts";
import * as random from "../../random/index.ts";
import {
  type AnyLayer,
  type ApplyOptions,
  applyLayer,
  initialState,
  isStateful,
  optionsFor,
  type Part,
} from "./layer.ts";

/** What is particular to one way of putting layers together. */
export interface CombinationRule {
  readonly kind: string;
  /** The layers, each with the shape of what goes into it. */
  parts(inputShape: Shape): readonly Part[];
  outputShape(inputShape: Shape): Shape;
  /** Runs the layers: `run(i, x)` applies the one at `i`. */
  apply(run: (i: number, x: NDArray) => NDArray, x: NDArray): NDArray;
}

/**
 * Layers put together. Parameters and states are lists, an entry a layer; each layer has a key of its own, made of the one
 * that is given. It has a state if one of the layers has.
 */
export const combination = (layers: readonly AnyLayer[], rule: CombinationRule): AnyLayer => {
  const { kind, parts, outputShape } = rule;
  const base = {
    kind,
    parts,
    outputShape,
    init: (key: NDArray, inputShape: Shape) =>
      parts(inputShape).map((part, i) => part.layer.init(random.foldIn(key, i), part.inputShape)),
  };
  const applyAll = (
    params: readonly unknown[],
    states: readonly unknown[],
    x: NDArray,
    options: ApplyOptions | undefined,
  ): readonly [NDArray, readonly unknown[]] => {
    const next: unknown[] = layers.map(() => null);
    const run = (i: number, input: NDArray): NDArray => {
      const own = optionsFor(options, random.foldIn, i);
      const [y, state] = applyLayer(layers[i] as AnyLayer, params[i], states[i], input, own);
      next[i] = state;
      return y;
    };
    return [rule.apply(run, x), next];
  };
  if (!layers.some(isStateful)) {
    return {
      ...base,
      apply: (params: unknown, x: NDArray, options?: ApplyOptions) =>
        applyAll(params as readonly unknown[], [], x, options)[0],
    };
  }
  return {
    ...base,
    initState: (inputShape: Shape) =>
      parts(inputShape).map((part) => initialState(part.layer, part.inputShape)),
    apply: (params: unknown, state: unknown, x: NDArray, options?: ApplyOptions) =>
      applyAll(params as readonly unknown[], state as readonly unknown[], x, options),
  };
};
