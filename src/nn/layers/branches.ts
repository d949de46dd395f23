import { formatShape, type Shape, sameShape } from "../../array/index.ts";
import { ArgumentError, ShapeError } from "../../core/index.ts";
import * as np from "../../numpy/index.ts";
import { combination } from "./combination.ts";
import { type AnyLayer, type Combined, checkLayers, type ParamsList, type StateList } from "./layer.ts";
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
  const layer = combination(layers, {
    kind,
    parts: (inputShape) => layers.map((each) => ({ layer: each, inputShape })),
    outputShape: (inputShape) =>
      combinedShape(
        kind,
        layers.map((each) => each.outputShape(inputShape)),
        combine,
      ),
    apply: (run, x) => {
      const outputs = layers.map((_, i) => run(i, x));
      combinedShape(
        kind,
        outputs.map((y) => y.shape),
        combine,
      );
      return combine === "sum" ? outputs.reduce((a, b) => np.add(a, b)) : np.concatenate(outputs, -1);
    },
  });
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
