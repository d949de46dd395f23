/**
 * lstm: how badly a small recurrent network foretells the next character of a text, and the gradient by its weights. All
 * its matrices are diagonal, so that every gate is a product element by element. (ADBench's LSTM, with its choices: the
 * input and change gates look at the hidden state alone, and the normalizer of predictions has a 2 added.)
 */
import { grad, lax, type NDArray, nn, numpy as np } from "cotangent";
import type { EvalModule } from "../protocol.ts";
import { compiled, type Runs, repeated } from "../runs.ts";

interface Input extends Runs {
  readonly main_params: readonly (readonly number[])[];
  readonly extra_params: readonly (readonly number[])[];
  readonly state: readonly (readonly number[])[];
  readonly sequence: readonly (readonly number[])[];
}

/** What the loss is differentiated by; b is the number of bits of a character. */
export interface Weights {
  /** Weights and biases in turn, layer by layer, of the gates forget, input, output and change: float64[2·layers, 4·b] */
  readonly main: NDArray;
  /** Weight of the input; weight and bias of the output: float64[3, b] */
  readonly extra: NDArray;
}

/** One layer: hidden and cell state float64[b]. */
interface LayerState {
  readonly hidden: NDArray;
  readonly cell: NDArray;
}

const rows = (x: NDArray): NDArray[] => [...x];

const layer = (weight: NDArray, bias: NDArray, { hidden, cell }: LayerState, input: NDArray): LayerState => {
  const [wForget, wInput, wOutput, wChange] = rows(weight.reshape(4, -1)) as [
    NDArray,
    NDArray,
    NDArray,
    NDArray,
  ];
  const [bForget, bInput, bOutput, bChange] = rows(bias.reshape(4, -1)) as [
    NDArray,
    NDArray,
    NDArray,
    NDArray,
  ];
  const forget = nn.sigmoid(input.mul(wForget).add(bForget));
  const ingate = nn.sigmoid(hidden.mul(wInput).add(bInput));
  const outgate = nn.sigmoid(input.mul(wOutput).add(bOutput));
  const change = np.tanh(hidden.mul(wChange).add(bChange));
  const nextCell = cell.mul(forget).add(ingate.mul(change));
  return { hidden: outgate.mul(np.tanh(nextCell)), cell: nextCell };
};

/**
 * The mean over characters and bits of minus the predicted log-probabilities.
 *
 * @param state hidden and cell states in turn, layer by layer: float64[2·layers, b].
 * @param sequence the bits of characters: float64[characters, b].
 */
export const loss = ({ main, extra }: Weights, state: NDArray, sequence: NDArray): NDArray => {
  const [length, bits] = sequence.shape as [number, number];
  const [inWeight, outWeight, outBias] = rows(extra) as [NDArray, NDArray, NDArray];
  const parameters = rows(main);
  const begin = rows(state);
  const layers = parameters.length / 2;
  const pair = (xs: readonly NDArray[], i: number): [NDArray, NDArray] => [xs[2 * i]!, xs[2 * i + 1]!];
  const states = Array.from({ length: layers }, (_, i): LayerState => {
    const [hidden, cell] = pair(begin, i);
    return { hidden, cell };
  });

  const step = (before: readonly LayerState[], [now, next]: readonly [NDArray, NDArray]) => {
    let signal = now.mul(inWeight);
    const after = before.map((one, i) => {
      const stepped = layer(...pair(parameters, i), one, signal);
      signal = stepped.hidden;
      return stepped;
    });
    const prediction = signal.mul(outWeight).add(outBias);
    const normalizer = np.log(np.exp(prediction).sum().add(2));
    return [after, next.mul(prediction.sub(normalizer)).sum()] as const;
  };
  const [, likelihoods] = lax.scan(
    step,
    states as readonly LayerState[],
    [lax.sliceInDim(sequence, 0, -1), lax.sliceInDim(sequence, 1, length)] as const,
  );
  return likelihoods.sum().div(-(length - 1) * bits);
};

type Arrays = [Weights, NDArray, NDArray];

const arrays = ({ main_params, extra_params, state, sequence }: Input): Arrays => [
  { main: np.array(main_params, "float64"), extra: np.array(extra_params, "float64") },
  np.array(state, "float64"),
  np.array(sequence, "float64"),
];

export const lstm: EvalModule = {
  objective: repeated(
    (input: Input) => compiled(loss, ...arrays(input)),
    (y) => y.item(),
  ),
  jacobian: repeated(
    (input: Input) => compiled(grad(loss), ...arrays(input)),
    ({ main, extra }) => [...main.toTypedArray(), ...extra.toTypedArray()],
  ),
};
