import { describeValue, type NDArray, type Shape } from "../../array/index.ts";
import { ArgumentError } from "../../core/index.ts";

/*
 * A layer is a pair of pure functions: one draws parameters, the other computes with them. Nothing is kept inside;
 * what a layer remembers from batch to batch is a state that goes in and comes out.
 */

/** How a layer is applied. */
export interface ApplyOptions {
  /** Dropout drops, and batch normalisation uses the batch's own statistics. Default false. */
  readonly training?: boolean;
  /** What randomness comes from; only layers that need it, in training, ask for it. */
  readonly key?: NDArray | undefined;
}

/** What layers with and without state have in common. Shapes include the batch axis, which no parameter depends on. */
interface LayerBase<P> {
  /** What kind of layer it is, as tables name it. */
  readonly kind: string;
  /** Parameters for inputs of this shape. */
  init(key: NDArray, inputShape: Shape): P;
  /** The shape of what comes out. Throws a ShapeError for inputs that the layer does not take. */
  outputShape(inputShape: Shape): Shape;
  /** The layers it is made of, each with the shape of what goes into it. */
  parts?(inputShape: Shape): readonly Part[];
}

/** A layer inside another. */
export interface Part {
  readonly layer: AnyLayer;
  readonly inputShape: Shape;
}

/**
 * A layer whose output depends on its parameters and its input alone. `P` is the type of its parameters, a tree of
 * arrays; `null` if it has none.
 *
 * @example
 * const layer = nn.dense(10);
 * const params = layer.init(random.key(0), [128, 784]);
 * layer.apply(params, x); // float32[128, 784] → float32[128, 10]
 */
export interface Layer<P = unknown> extends LayerBase<P> {
  apply(params: P, x: NDArray, options?: ApplyOptions): NDArray;
}

/**
 * A layer that remembers something from batch to batch, as batch normalisation does: its state, a tree of arrays of type
 * `S`, goes in and the next one comes out.
 *
 * @example
 * const [y, nextState] = layer.apply(params, state, x, { training: true });
 */
export interface StatefulLayer<P = unknown, S = unknown> extends LayerBase<P> {
  /** The state before the first batch. */
  initState(inputShape: Shape): S;
  apply(params: P, state: S, x: NDArray, options?: ApplyOptions): readonly [y: NDArray, state: S];
}

/** A layer with or without state. */
export type AnyLayer = Layer | StatefulLayer;

/** The type of a layer's parameters. */
export type ParamsOf<L> = L extends { init(key: NDArray, inputShape: Shape): infer P } ? P : never;

/** The type of a layer's state; `null` if it has none. */
export type StateOf<L> = L extends { initState(inputShape: Shape): infer S } ? S : null;

/** The parameters of several layers, in order. */
export type ParamsList<L extends readonly AnyLayer[]> = { readonly [K in keyof L]: ParamsOf<L[K]> };

/** The states of several layers, in order. */
export type StateList<L extends readonly AnyLayer[]> = { readonly [K in keyof L]: StateOf<L[K]> };

/** What several layers make together: a layer without state if none of them has one. */
export type Combined<L extends readonly AnyLayer[], P, S> = L extends readonly Layer[]
  ? Layer<P>
  : StatefulLayer<P, S>;

/** Whether a layer has a state. */
export const isStateful = (layer: AnyLayer): layer is StatefulLayer => "initState" in layer;

/** A layer's state before the first batch; `null` if it has none. */
export const initialState = (layer: AnyLayer, inputShape: Shape): unknown =>
  isStateful(layer) ? layer.initState(inputShape) : null;

/** Apply a layer with or without state. */
export const applyLayer = (
  layer: AnyLayer,
  params: unknown,
  state: unknown,
  x: NDArray,
  options: ApplyOptions | undefined,
): readonly [y: NDArray, state: unknown] =>
  isStateful(layer) ? layer.apply(params, state, x, options) : [layer.apply(params, x, options), null];

/** The options for one of several layers: its key is its own. */
export const optionsFor = (
  options: ApplyOptions | undefined,
  foldIn: (key: NDArray, data: number) => NDArray,
  i: number,
): ApplyOptions | undefined =>
  options?.key === undefined ? options : { ...options, key: foldIn(options.key, i) };

/** Refuse what is no layer, naming the function that got it. */
export const checkLayers = (where: string, layers: readonly unknown[]): void => {
  layers.forEach((layer, i) => {
    const isLayer =
      typeof layer === "object" &&
      layer !== null &&
      "init" in layer &&
      "apply" in layer &&
      "outputShape" in layer;
    if (isLayer) return;
    throw new ArgumentError(
      `${where}: argument ${i} must be a layer; got ${describeValue(layer)}.` +
        (typeof layer === "function" ? " Make a function of arrays a layer with nn.pointwise(f)." : ""),
    );
  });
};

/** A whole number >= 1, or an ArgumentError. */
export const positiveInteger = (where: string, name: string, value: number): number => {
  if (Number.isInteger(value) && value >= 1) return value;
  throw new ArgumentError(`${where}: ${name} must be a whole number >= 1; got ${describeValue(value)}.`);
};
