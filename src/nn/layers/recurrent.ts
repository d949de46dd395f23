import { formatShape, type NDArray, type Shape } from "../../array/index.ts";
import { ShapeError } from "../../core/index.ts";
import { scan } from "../../lax/index.ts";
import * as np from "../../numpy/index.ts";
import {
  type Cell,
  type CellOptions,
  type CellParams,
  type GruParams,
  gruCell,
  type LstmCarry,
  lstmCell,
  simpleCell,
} from "./cells.ts";
import { type Layer, positiveInteger } from "./layer.ts";

/** Options of recurrent layers. */
export interface RecurrentOptions extends CellOptions {
  /** Go through time backwards; outputs stay in the order of the inputs. Default false. */
  readonly reverse?: boolean;
  /** Whether there is an output at each time, or the last one only. Default true. */
  readonly returnSequences?: boolean;
}

/** A layer that goes through time, carrying a `C` from step to step. */
export interface RecurrentLayer<P, C> extends Layer<P> {
  /** What is carried before the first step: zeros, in the shapes and dtype that `x` asks for. */
  initCarry(x: NDArray): C;
  /**
   * Go on from a carry, as for a sequence that comes piece by piece.
   *
   * @returns the last carry, and the output at each time, [...batch, time, features].
   */
  run(params: P, carry: C, x: NDArray): readonly [carry: C, ys: NDArray];
  /** One step: x is [...batch, features]. */
  step(params: P, carry: C, x: NDArray): readonly [carry: C, y: NDArray];
}

/** A cell as a layer over [...batch, time, features]. */
const recurrent = <P, C>(
  cell: Cell<P, C>,
  { reverse = false, returnSequences = true }: RecurrentOptions,
): RecurrentLayer<P, C> => {
  const { kind, features } = cell;
  const check = (shape: Shape): void => {
    if (shape.length >= 2) return;
    throw new ShapeError(`${kind}: the input must be [...batch, time, features]; got ${formatShape(shape)}.`);
  };
  const initCarry = (x: NDArray): C => {
    check(x.shape);
    return cell.initCarry(x.shape.slice(0, -2), x);
  };
  const run = (params: P, carry: C, x: NDArray): readonly [C, NDArray] => {
    check(x.shape);
    const turn = (c: unknown, slice: NDArray): readonly [never, NDArray] =>
      cell.step(params, c as C, slice) as readonly [never, NDArray];
    const [last, ys] = scan(turn, carry, np.moveaxis(x, -2, 0), { reverse });
    return [last as C, np.moveaxis(ys, 0, -2)];
  };
  return {
    kind,
    initCarry,
    run,
    step: cell.step,
    init: (key, inputShape) => {
      check(inputShape);
      return cell.init(key, inputShape.at(-1) as number);
    },
    outputShape: (inputShape) => {
      check(inputShape);
      return returnSequences
        ? [...inputShape.slice(0, -1), features]
        : [...inputShape.slice(0, -2), features];
    },
    apply: (params, x) => {
      const [, ys] = run(params, initCarry(x), x);
      if (returnSequences) return ys;
      return np.take(ys, reverse ? 0 : (x.shape.at(-2) as number) - 1, -2);
    },
  };
};

/**
 * A simple recurrent layer: h' = tanh(x · W + h · U + b).
 *
 * @param features how many numbers it carries and gives.
 * @example
 * nn.rnn(32); // [batch, time, n] → [batch, time, 32]
 */
export const rnn = (
  features: number,
  options: RecurrentOptions = {},
): RecurrentLayer<CellParams, NDArray> => {
  positiveInteger("rnn", "features", features);
  return recurrent(simpleCell(features, options), options);
};

/**
 * A long short-term memory, which keeps a memory from step to step that gates write and read.
 *
 * @example
 * const layer = nn.lstm(64, { returnSequences: false }); // [batch, time, n] → [batch, 64]
 */
export const lstm = (
  features: number,
  options: RecurrentOptions = {},
): RecurrentLayer<CellParams, LstmCarry> => {
  positiveInteger("lstm", "features", features);
  return recurrent(lstmCell(features, options), options);
};

/**
 * A gated recurrent unit: two gates decide how much of what is carried is replaced.
 *
 * @example
 * const layer = nn.gru(32);
 * layer.apply(layer.init(key, [1, 20, 64]), np.zeros([8, 20, 64])); // float32[8, 20, 32]
 */
export const gru = (features: number, options: RecurrentOptions = {}): RecurrentLayer<GruParams, NDArray> => {
  positiveInteger("gru", "features", features);
  return recurrent(gruCell(features, options), options);
};
