import { formatShape, type NDArray, type Shape, sameShape } from "../../array/index.ts";
import { ArgumentError, ShapeError } from "../../core/index.ts";
import * as np from "../../numpy/index.ts";
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
import { pointwise } from "./pointwise.ts";

/** How the outputs of branches are put together: added up, or joined along the last axis. */
export type BranchCombination = "sum" | "concatenate";

/** Options of `parallel`. */
export interface ParallelOptions {
  readonly kind?: string;
  /** Default "concatenate". */
  readonly combine?: BranchCombination;
}

const combinedShape = (where: string, shapes: readonly Shape[], combine: BranchCombination): Shape => {
  const first = shapes[0] as Shape;
  const comparable = (shape: Shape): Shape => (combine === "sum" ? shape : shape.slice(0, -1));
  for (const shape of shapes) {
    if (shape.length === first.length && sameShape(comparable(shape), comparable(first))) continue;
    throw new ShapeError(
      `${where}: the branches give ${shapes.map(formatShape).join(" and ")}, which cannot be ` +
        (combine === "sum"
          ? "added: they must have one shape."
          : "joined: they may differ in the last axis only."),
    );
  }
  return combine === "sum"
    ? first
    : [...first.slice(0, -1), shapes.reduce((n, shape) => n + (shape.at(-1) as number), 0)];
};

/**
 * Layers side by side, each applied to the input; what comes out is joined along the last axis or added up.
 *
 * @throws ShapeError if the outputs do not fit together.
 * @example
 * nn.parallel([nn.conv(16, [1, 1]), nn.conv(16, [3, 3])]); // [n, h, w, c] → [n, h, w, 32]
 */
export const parallel = <const L extends readonly AnyLayer[]>(
  layers: L,
  { kind = "parallel", combine = "concatenate" }: ParallelOptions = {},
): Combined<L, ParamsList<L>, StateList<L>> => {
  checkLayers(kind, layers);
  if (layers.length === 0) throw new ArgumentError(`${kind}: needs a layer.`);
  if (combine !== "sum" && combine !== "concatenate") {
    throw new ArgumentError(`${kind}: combine must be "sum" or "concatenate"; got "${String(combine)}".`);
  }
  const shapesFor = (inputShape: Shape): Shape[] => layers.map((layer) => layer.outputShape(inputShape));
  const base = {
    kind,
    parts: (inputShape: Shape): Part[] => layers.map((layer) => ({ layer, inputShape })),
    init: (key: NDArray, inputShape: Shape) =>
      layers.map((layer, i) => layer.init(random.foldIn(key, i), inputShape)),
    outputShape: (inputShape: Shape) => combinedShape(kind, shapesFor(inputShape), combine),
  };
  const applyAll = (
    params: readonly unknown[],
    states: readonly unknown[],
    x: NDArray,
    options: ApplyOptions | undefined,
  ): readonly [NDArray, readonly unknown[]] => {
    const results = layers.map((layer, i) =>
      applyLayer(layer, params[i], states[i], x, optionsFor(options, random.foldIn, i)),
    );
    const outputs = results.map(([y]) => y);
    combinedShape(
      kind,
      outputs.map((y) => y.shape),
      combine,
    );
    const y = combine === "sum" ? outputs.reduce((a, b) => np.add(a, b)) : np.concatenate(outputs, -1);
    return [y, results.map(([, state]) => state)];
  };
  const layer: AnyLayer = layers.some(isStateful)
    ? {
        ...base,
        initState: (inputShape: Shape) => layers.map((each) => initialState(each, inputShape)),
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

/** The input itself. */
const unchanged = pointwise((x) => x, "unchanged");

/** A residual layer: parameters and states of the body and of the shortcut. */
export type Residual<B extends AnyLayer, C extends AnyLayer> = Combined<
  readonly [B, C],
  ParamsList<readonly [B, C]>,
  StateList<readonly [B, C]>
>;

/** The shortcut of a residual layer that has none of its own. */
type Unchanged = typeof unchanged;

/**
 * body(x) + x, or body(x) + shortcut(x) where the body changes the shape. The gradient reaches the input undiminished
 * through the sum. (K. He et al., "Deep residual learning for image recognition", 2015.)
 *
 * @throws ShapeError if the two cannot be added.
 * @example
 * nn.residual(nn.sequential(nn.dense(64), nn.pointwise(nn.relu), nn.dense(64)));
 */
export function residual<B extends AnyLayer>(body: B): Residual<B, Unchanged>;
export function residual<B extends AnyLayer, C extends AnyLayer>(body: B, shortcut: C): Residual<B, C>;
export function residual(body: AnyLayer, shortcut: AnyLayer = unchanged): AnyLayer {
  return parallel([body, shortcut], { kind: "residual", combine: "sum" });
}
