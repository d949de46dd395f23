/**
 * How large the gradient of each layer of a deep network is: where it vanishes, where it explodes, and what cures it.
 */
import { grad, type NDArray, nn, numpy as np, random } from "cotangent";
import { drawCurves } from "cotangent/inspect";
import { clipByGlobalNorm, globalNorm } from "cotangent/optim";

/** A network of equal layers: what is between its matrices, and how they begin. */
export interface Design {
  readonly activation: (x: NDArray) => NDArray;
  /** The standard deviation of weights, times the root of the width. */
  readonly gain: number;
  /** Whether each layer's sums are standardised over the batch, as batch normalisation does in training. */
  readonly batchNorm?: boolean;
  /** Whether the input of each layer is added to its output. */
  readonly residual?: boolean;
}

export const designs: { readonly [name: string]: Design } = {
  sigmoid: { activation: nn.sigmoid, gain: 1 },
  "sigmoid, batch norm": { activation: nn.sigmoid, gain: 1, batchNorm: true },
  "tanh, small weights": { activation: np.tanh, gain: 0.5 },
  "tanh, small weights, residual": { activation: np.tanh, gain: 0.5, residual: true },
  "tanh, LeCun's weights": { activation: np.tanh, gain: 1 },
  "ReLU, LeCun's weights": { activation: nn.relu, gain: 1 },
  "ReLU, He's weights": { activation: nn.relu, gain: Math.SQRT2 },
  "ReLU, large weights": { activation: nn.relu, gain: 3 },
  "ReLU, large weights, batch norm": { activation: nn.relu, gain: 3, batchNorm: true },
};

const width = 64;
const batch = 64;

const forward = (
  { activation, batchNorm = false, residual = false }: Design,
  weights: readonly NDArray[],
  x: NDArray,
) =>
  weights.reduce((h, w) => {
    const sums = h.matmul(w);
    const y = activation(batchNorm ? nn.standardize(sums, 0) : sums);
    return residual ? h.add(y) : y;
  }, x);

/** ∂L/∂W of each layer, from the first to the last, where L is the mean of the outputs times fixed random numbers. */
export const gradients = (design: Design, depth = 30): readonly NDArray[] => {
  const key = random.key(0);
  const draw = (i: number, shape: readonly number[]): NDArray =>
    random.normal(random.foldIn(key, i), shape, { dtype: "float64" });
  const weights = Array.from({ length: depth }, (_, i) =>
    draw(i + 2, [width, width]).mul(design.gain / Math.sqrt(width)),
  );
  const [x, direction] = [draw(0, [batch, width]), draw(1, [batch, width])];
  const loss = (all: readonly NDArray[]): NDArray => forward(design, all, x).mul(direction).mean();
  return grad(loss)(weights) as readonly NDArray[];
};

export const norms = (grads: readonly NDArray[]): readonly number[] =>
  grads.map((g) => Number(globalNorm(g)));

/** How many times smaller or larger the gradient of the first layer is than that of the last. */
export const firstToLast = (sizes: readonly number[]): number =>
  (sizes[0] as number) / (sizes.at(-1) as number);

/** The lengths of all gradients as one vector, before and after it is clipped to 1. */
export const clipped = (grads: readonly NDArray[]): readonly [number, number] => {
  const rule = clipByGlobalNorm(1);
  const [shortened] = rule.update(grads, rule.init(grads));
  return [Number(globalNorm(grads)), Number(globalNorm(shortened))];
};

/** How large gradients are, layer by layer, of several designs. */
export const drawing = (names: readonly string[]): string =>
  drawCurves(
    Object.fromEntries(
      names.map((name) => [
        name,
        norms(gradients(designs[name] as Design)).map((size, i) => [i + 1, size] as const),
      ]),
    ),
    { xLabel: "layer", yLabel: "‖∂L/∂W‖", log: true, width: 860 },
  );
