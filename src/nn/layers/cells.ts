import { formatShape, type NDArray, type Shape } from "../../array/index.ts";
import { ShapeError } from "../../core/index.ts";
import * as np from "../../numpy/index.ts";
import * as random from "../../random/index.ts";
import { type Initializer, lecunNormal, orthogonal, zeros } from "../initializers.ts";
import { sigmoid } from "../smooth.ts";

/*
 * One step of a recurrent layer. The gates of a cell lie side by side in its weights, so that a step is two products.
 */

/** Parameters of `rnn` and `lstm`: `gates` times as many columns as there are features. */
export interface CellParams {
  /** [inputs, gates · features] */
  readonly kernel: NDArray;
  /** [features, gates · features] */
  readonly recurrentKernel: NDArray;
  /** [gates · features] */
  readonly bias: NDArray;
}

/** Parameters of `gru`, with a bias of the recurrent part of the candidate, [features], besides. */
export interface GruParams extends CellParams {
  readonly recurrentBias: NDArray;
}

/** How the weights of a cell begin. */
export interface CellOptions {
  /** Default `lecunNormal()`. */
  readonly kernelInit?: Initializer;
  /** Default `orthogonal()`, for each gate. */
  readonly recurrentKernelInit?: Initializer;
  /** Default `zeros`. */
  readonly biasInit?: Initializer;
}

/** What a recurrent layer does at each time: from what it carries and an input to what it carries on and an output. */
export interface Cell<P, C> {
  readonly kind: string;
  readonly features: number;
  init(key: NDArray, inputs: number): P;
  /** What is carried before the first step: zeros. `batchShape` is the shape of the inputs without time and features. */
  initCarry(batchShape: Shape, like: NDArray): C;
  step(params: P, carry: C, x: NDArray): readonly [carry: C, y: NDArray];
}

const initCell = (
  key: NDArray,
  inputs: number,
  features: number,
  gates: number,
  { kernelInit = lecunNormal(), recurrentKernelInit = orthogonal(), biasInit = zeros }: CellOptions,
): CellParams => {
  const keys = random.split(random.foldIn(key, 1), gates);
  const recurrent = Array.from(keys, (gateKey) => recurrentKernelInit(gateKey, [features, features]));
  return {
    kernel: kernelInit(random.foldIn(key, 0), [inputs, gates * features]),
    recurrentKernel: np.concatenate(recurrent, -1),
    bias: biasInit(random.foldIn(key, 2), [gates * features]),
  };
};

const zerosCarry = (batchShape: Shape, features: number, like: NDArray): NDArray =>
  np.zeros([...batchShape, features], like.dtype);

/** Refuse an input whose features are not those of the parameters. */
const checkInputs = (kind: string, x: NDArray, kernel: NDArray): void => {
  if (x.shape.at(-1) === kernel.shape[0]) return;
  throw new ShapeError(
    `${kind}: the parameters were made for ${kernel.shape[0]} features (the last axis); a step of the input is ` +
      `${formatShape(x.shape)}.`,
  );
};

/** x · kernel + h · recurrentKernel + bias, cut into gates. */
const gatesOf = (
  kind: string,
  params: CellParams,
  h: NDArray,
  x: NDArray,
  count: number,
): readonly NDArray[] => {
  checkInputs(kind, x, params.kernel);
  const inputs = np.add(np.matmul(x, params.kernel), params.bias);
  return np.split(np.add(inputs, np.matmul(h, params.recurrentKernel)), count, -1);
};

/** h' = tanh(x · W + h · U + b): J. L. Elman, "Finding structure in time", 1990. */
export const simpleCell = (features: number, options: CellOptions = {}): Cell<CellParams, NDArray> => ({
  kind: "rnn",
  features,
  init: (key, inputs) => initCell(key, inputs, features, 1, options),
  initCarry: (batchShape, like) => zerosCarry(batchShape, features, like),
  step: (params, h, x) => {
    const next = np.tanh(gatesOf("rnn", params, h, x, 1)[0] as NDArray);
    return [next, next];
  },
});

/** What an LSTM carries: its memory and its latest output. */
export interface LstmCarry {
  readonly memory: NDArray;
  readonly hidden: NDArray;
}

/**
 * S. Hochreiter and J. Schmidhuber, "Long short-term memory", 1997, with the forget gate of Gers, Schmidhuber and
 * Cummins, 2000. Gates in order: input, forget, candidate, output.
 */
export const lstmCell = (features: number, options: CellOptions = {}): Cell<CellParams, LstmCarry> => ({
  kind: "lstm",
  features,
  init: (key, inputs) => initCell(key, inputs, features, 4, options),
  initCarry: (batchShape, like) => ({
    memory: zerosCarry(batchShape, features, like),
    hidden: zerosCarry(batchShape, features, like),
  }),
  step: (params, { memory, hidden }, x) => {
    const [input, forget, candidate, output] = gatesOf("lstm", params, hidden, x, 4) as Four;
    const kept = np.multiply(sigmoid(forget), memory);
    const next = np.add(kept, np.multiply(sigmoid(input), np.tanh(candidate)));
    const y = np.multiply(sigmoid(output), np.tanh(next));
    return [{ memory: next, hidden: y }, y];
  },
});

type Four = readonly [NDArray, NDArray, NDArray, NDArray];

/**
 * K. Cho et al., "Learning phrase representations using RNN encoder–decoder for statistical machine translation", 2014,
 * with the reset gate behind the product, as in cuDNN and Flax. Gates in order: reset, update, candidate.
 */
export const gruCell = (features: number, options: CellOptions = {}): Cell<GruParams, NDArray> => ({
  kind: "gru",
  features,
  init: (key, inputs) => ({
    ...initCell(key, inputs, features, 3, options),
    recurrentBias: (options.biasInit ?? zeros)(random.foldIn(key, 3), [features]),
  }),
  initCarry: (batchShape, like) => zerosCarry(batchShape, features, like),
  step: (params, h, x) => {
    checkInputs("gru", x, params.kernel);
    const inputs = np.split(np.add(np.matmul(x, params.kernel), params.bias), 3, -1) as Three;
    const recurrent = np.split(np.matmul(h, params.recurrentKernel), 3, -1) as Three;
    const reset = sigmoid(np.add(inputs[0], recurrent[0]));
    const update = sigmoid(np.add(inputs[1], recurrent[1]));
    const old = np.multiply(reset, np.add(recurrent[2], params.recurrentBias));
    const candidate = np.tanh(np.add(inputs[2], old));
    const next = np.add(np.multiply(np.subtract(1, update), candidate), np.multiply(update, h));
    return [next, next];
  },
});

type Three = readonly [NDArray, NDArray, NDArray];
