/**
 * Training a classifier of points: a compiled step with an optimizer of cotangent/optim, and what is to be seen of it.
 */
import { jit, type NDArray, nn, numpy as np, random, valueAndGrad } from "cotangent";
import { type FlowHistory, type FlowSample, gradientFlow } from "cotangent/inspect";
import { adam, applyUpdates, type GradientTransformation, sgd } from "cotangent/optim";
import { datasetOf, type Points } from "./datasets.ts";
import { extent, gridSize, type Progress } from "./frame.ts";
import type { ClassifierSettings } from "./settings.ts";

/** Points to learn from, and points to test with. */
const TRAIN = 300;
const TEST = 150;
/** Steps of which gradients and losses are kept; beyond that every second is dropped. */
const MOST_KEPT = 120;

const activationOf = { tanh: np.tanh, relu: nn.relu, sigmoid: nn.sigmoid } as const;

const optimizerOf = ({ optimizer, rate }: ClassifierSettings): GradientTransformation<unknown> => {
  switch (optimizer) {
    case "adam":
      return adam(rate);
    case "momentum":
      return sgd(rate, { momentum: 0.9 });
    case "sgd":
      return sgd(rate);
  }
};

const modelOf = ({ width, depth, activation }: ClassifierSettings, classes: number) => {
  const kernelInit = activation === "relu" ? nn.initializers.heNormal() : nn.initializers.glorotNormal();
  const hidden = Array.from({ length: depth }, () => [
    nn.dense(width, { kernelInit }),
    nn.pointwise((x: NDArray) => activationOf[activation](x)),
  ]).flat();
  return nn.sequential(...hidden, nn.dense(classes));
};

/** Losses at one step. */
export interface LossRecord {
  readonly step: number;
  readonly train: number;
  readonly test: number;
}

/** Every second of many, the last one always among them. */
const thinned = <T>(all: readonly T[]): readonly T[] =>
  all.length <= MOST_KEPT ? all : all.filter((_, i) => (all.length - 1 - i) % 2 === 0);

/** Places of the plane, row by row from the top. */
const places = (): NDArray => {
  const along = Array.from({ length: gridSize }, (_, i) => extent * ((2 * (i + 0.5)) / gridSize - 1));
  return np.array(along.toReversed().flatMap((y) => along.map((x) => [x, y])));
};

/** A run: it holds the present state, and each step replaces it. */
export class Training {
  readonly classes: number;
  readonly train: Points;
  readonly test: Points;
  readonly #advance: (state: State) => readonly [State, FlowSample];
  readonly #measure: (params: Params) => readonly NDArray[];
  readonly #colours: (params: Params) => NDArray;
  readonly #flow = gradientFlow({ bins: 24, deadAfter: 1 });
  #state: State;
  #step = 0;
  #history: FlowHistory;
  #losses: readonly LossRecord[] = [];
  #latest: FlowSample | undefined;

  constructor(settings: ClassifierSettings, seed: number) {
    const key = random.key(seed);
    const { classes, draw } = datasetOf(settings.dataset);
    this.classes = classes;
    this.train = draw(random.foldIn(key, 0), TRAIN);
    this.test = draw(random.foldIn(key, 1), TEST);
    const model = modelOf(settings, classes);
    const optimizer = optimizerOf(settings);
    const loss = (params: Params, { x, y }: Points): NDArray =>
      nn.losses.softmaxCrossEntropyWithIntegerLabels(model.apply(params as never, x), y).mean();
    const accuracy = (params: Params, { x, y }: Points): NDArray =>
      nn.metrics.accuracy(model.apply(params as never, x), y);
    const [train, test] = [this.train, this.test];

    this.#advance = jit((state: State) => {
      const [, grads] = valueAndGrad(loss)(state.params, train);
      const [updates, next] = optimizer.update(grads, state.optimizer as never, state.params);
      const sample = this.#flow.measure(state.params, grads, updates);
      return [{ params: applyUpdates(state.params, updates), optimizer: next }, sample] as const;
    }) as (state: State) => readonly [State, FlowSample];
    this.#measure = jit((params: Params) => [
      loss(params, train),
      accuracy(params, train),
      loss(params, test),
      accuracy(params, test),
    ]) as (params: Params) => readonly NDArray[];
    const plane = places();
    this.#colours = jit((params: Params) => nn.softmax(model.apply(params as never, plane))) as (
      params: Params,
    ) => NDArray;

    const params = model.init(random.foldIn(key, 2), [1, 2]) as Params;
    this.#state = { params, optimizer: optimizer.init(params) };
    this.#history = this.#flow.init(params);
    this.#remember();
  }

  /** So many steps of gradient descent on all points; then losses and gradients are kept for the curves. */
  advance(steps: number): Progress {
    for (let i = 0; i < steps; i++) {
      [this.#state, this.#latest] = this.#advance(this.#state);
      this.#step++;
    }
    return this.#remember();
  }

  progress(): Progress {
    const [loss, accuracy, testLoss, testAccuracy] = this.#measure(this.#state.params).map(Number);
    return {
      step: this.#step,
      train: { loss: loss as number, accuracy: accuracy as number },
      test: { loss: testLoss as number, accuracy: testAccuracy as number },
    };
  }

  #remember(): Progress {
    const progress = this.progress();
    const { step, train, test } = progress;
    this.#losses = thinned([...this.#losses, { step, train: train.loss, test: test.loss }]);
    if (this.#latest !== undefined) {
      const history = this.#flow.record(this.#history, this.#latest, step);
      this.#history = { ...history, steps: thinned(history.steps) };
    }
    return progress;
  }

  /** The probability of each class in each place, row by row: float32[gridSize², classes]. */
  probabilities(): NDArray {
    return this.#colours(this.#state.params);
  }

  get losses(): readonly LossRecord[] {
    return this.#losses;
  }

  get history(): FlowHistory {
    return this.#history;
  }
}

type Params = nn.ParamsOf<ReturnType<typeof modelOf>>;

interface State {
  readonly params: Params;
  readonly optimizer: unknown;
}
