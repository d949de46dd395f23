/**
 * Chapter 6, optimizers and regularisation: one problem, six optimizers, and a picture; four penalties against overfitting;
 * and why the gradient of an L2 penalty is weight decay for gradient descent but not for Adam.
 *
 *     npx tsx examples/backprop/6-optimizers.ts
 *
 * docs/backprop/6-optimizers.md is the page to it, and shows the picture that this program draws.
 */
import { writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { jit, lax, type NDArray, nn, numpy as np, random, tree, valueAndGrad, vmap } from "cotangent";
import { drawCurves } from "cotangent/inspect";
import {
  adam,
  adamw,
  addDecayedWeights,
  applyUpdates,
  chain,
  type GradientTransformation,
  globalNorm,
  rmsprop,
  scaleByAdam,
  scaleByLearningRate,
  sgd,
} from "cotangent/optim";
import { heading, isProgram, show, table } from "./report.ts";
import { dataLoss, model, type Params } from "./spiral-classifier.ts";
import { type Points, spirals } from "./spirals.ts";

const start: Params = model.init(random.key(0), [1, 2]);

/** An optimizer, whose state may be of any type, for a learning rate that may be traced. */
type OptimizerOf = (learningRate: NDArray) => GradientTransformation<unknown>;

export const optimizers: { readonly [name: string]: OptimizerOf } = {
  SGD: (rate) => sgd(rate),
  momentum: (rate) => sgd(rate, { momentum: 0.9 }),
  Nesterov: (rate) => sgd(rate, { momentum: 0.9, nesterov: true }),
  RMSProp: (rate) => rmsprop(rate),
  Adam: (rate) => adam(rate),
  AdamW: (rate) => adamw(rate, { weightDecay: 0.01 }),
};

/** A run of gradient descent inside one compiled loop: the last parameters, and the loss before each step. */
const run = (
  loss: (params: Params) => NDArray,
  optimizer: GradientTransformation<unknown>,
  steps: number,
): readonly [Params, NDArray] => {
  const turn = ({ params, state }: { params: Params; state: unknown }) => {
    const [value, grads] = valueAndGrad(loss)(params);
    const [updates, next] = optimizer.update(grads, state, params);
    return [{ params: applyUpdates(params, updates), state: next }, value] as const;
  };
  const [last, losses] = lax.scan(
    turn as never,
    { params: start, state: optimizer.init(start) } as never,
    null,
    {
      length: steps,
    },
  ) as readonly [{ params: Params }, NDArray];
  return [last.params, losses];
};

const rates: readonly number[] = [1e-3, 3e-3, 1e-2, 3e-2, 1e-1, 3e-1, 1];

/**
 * 300 points on spirals, squeezed flat in one direction, as features in different units are: the loss is steep along some
 * weights and shallow along others.
 */
const flat = ((): Points => {
  const { x, y } = spirals(random.key(1), 100);
  return { x: x.mul(np.array([1, 0.1])), y };
})();

/** What an optimizer did with the best of the learning rates. */
export interface Trial {
  readonly name: string;
  readonly rate: number;
  /** The loss before each step. */
  readonly losses: readonly number[];
}

/** The losses of all of them, step by step. */
export const drawing = (trials: readonly Pick<Trial, "name" | "losses">[]): string =>
  drawCurves(Object.fromEntries(trials.map(({ name, losses }) => [name, losses])), { log: true });

/** Training with all learning rates at once (the run is vmapped over them), and the one that got lowest. */
export const tryOptimizer = (name: string, steps: number): Trial => {
  const make = optimizers[name];
  if (make === undefined)
    throw new RangeError(`there is no optimizer ${name}: ${Object.keys(optimizers).join(", ")}.`);
  const train = (rate: NDArray): NDArray => run((params) => dataLoss(params, flat), make(rate), steps)[1];
  const curves = jit(vmap(train))(np.array([...rates])).toArray() as number[][];
  // The mean of the last steps, so that one lucky step counts for little. NaN counts as the worst.
  const end = (losses: readonly number[]): number => {
    const mean = losses.slice(-20).reduce((a, b) => a + b, 0) / Math.min(20, losses.length);
    return Number.isNaN(mean) ? Number.POSITIVE_INFINITY : mean;
  };
  const ends = curves.map(end);
  const best = ends.indexOf(Math.min(...ends));
  return { name, rate: rates[best] as number, losses: curves[best] as number[] };
};

/** The step at which a loss is below a bound for the first time; infinity if it never is. */
export const firstBelow = ({ losses }: Pick<Trial, "losses">, bound: number): number => {
  const step = losses.findIndex((loss) => loss < bound);
  return step < 0 ? Number.POSITIVE_INFINITY : step;
};

/** What a penalty did to a network that could learn its few examples by heart. */
export interface Regularised {
  /** The share of the examples that it gets right. */
  readonly train: number;
  /** The same of examples that it has not seen, and their mean cross-entropy. */
  readonly test: number;
  readonly testLoss: number;
  /** ‖W‖ of all weights. */
  readonly norm: number;
  /** The share of weights of less than a thousandth. */
  readonly small: number;
}

export const penalties: { readonly [name: string]: (params: Params) => NDArray } = {
  none: () => np.array(0),
  L2: (params) => nn.regularizers.l2(params, 5e-3),
  L1: (params) => nn.regularizers.l1(params, 1e-3),
  "elastic net": (params) => nn.regularizers.elasticNet(params, 2e-3),
};

/** Adam on 30 noisy points an arm, with a penalty. */
export const regularise = (penalty: (params: Params) => NDArray, steps: number): Regularised => {
  const [few, unseen] = [spirals(random.key(2), 30, 0.6), spirals(random.key(3), 500, 0.6)];
  const train = jit(() => run((params) => dataLoss(params, few).add(penalty(params)), adam(0.01), steps)[0]);
  const params = train();
  const accuracy = ({ x, y }: Points): number => Number(nn.metrics.accuracy(model.apply(params, x), y));
  const weights = np.concatenate(tree.leaves(params).map((w) => (w as NDArray).ravel()));
  return {
    train: accuracy(few),
    test: accuracy(unseen),
    testLoss: Number(dataLoss(params, unseen)),
    norm: Number(globalNorm(params)),
    small: Number(np.abs(weights).less(1e-3).mean()),
  };
};

/** How far λ pulled three weights that began alike, whose gradients are noise of sizes 3, 0.3 and 0.03. */
export const pulls = (steps = 100): { readonly [name: string]: readonly number[] } => {
  const [rate, lambda] = [0.01, 0.1];
  const w = np.array([1, 1, 1], "float64");
  const noise = random
    .normal(random.key(4), [steps, 3], { dtype: "float64" })
    .mul(np.array([3, 0.3, 0.03], "float64"));
  const follow = (optimizer: GradientTransformation<unknown>): NDArray => {
    let [params, state] = [w, optimizer.init(w)];
    for (let i = 0; i < steps; i++) {
      const [updates, next] = optimizer.update(noise.at(i).get(), state, params);
      [params, state] = [applyUpdates(params, updates), next];
    }
    return params;
  };
  const pull = (
    withDecay: GradientTransformation<unknown>,
    without: GradientTransformation<unknown>,
  ): number[] => follow(withDecay).sub(follow(without)).toArray() as number[];
  const step = scaleByLearningRate(rate);
  const decayed = addDecayedWeights(lambda);
  return {
    "SGD, L2 in the gradient": pull(chain(decayed, sgd(rate)), sgd(rate)),
    "SGD, decoupled decay": pull(chain(sgd(rate), addDecayedWeights(-rate * lambda)), sgd(rate)),
    "Adam, L2 in the gradient": pull(chain(decayed, scaleByAdam(), step), adam(rate)),
    "AdamW, decoupled decay": pull(adamw(rate, { weightDecay: lambda }), adam(rate)),
  };
};

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;

const pictureFile = fileURLToPath(new URL("../../docs/backprop/6-optimizers.svg", import.meta.url));

export async function main(): Promise<void> {
  heading("Six optimizers, 300 steps on spirals, each with the best of seven learning rates");
  const trials = Object.keys(optimizers).map((name) => tryOptimizer(name, 300));
  table(
    ["", "rate", "loss after 300 steps", "first below 0.1 at step"],
    trials.map((trial) => [
      trial.name,
      String(trial.rate),
      show(trial.losses.at(-1) ?? Number.NaN, 3),
      firstBelow(trial, 0.1) === Number.POSITIVE_INFINITY ? "never" : String(firstBelow(trial, 0.1)),
    ]),
  );
  await writeFile(pictureFile, drawing(trials));
  console.log("The picture is docs/backprop/6-optimizers.svg.");

  heading("Penalties: 90 noisy points to learn from, 1,500 others to be tested on");
  table(
    ["penalty", "right, seen", "right, unseen", "loss, unseen", "‖W‖", "weights below 0.001"],
    Object.entries(penalties).map(([name, penalty]) => {
      const { train, test, testLoss, norm, small } = regularise(penalty, 1000);
      return [name, percent(train), percent(test), show(testLoss, 3), show(norm, 3), percent(small)];
    }),
  );

  heading("L2 in the gradient, and weight decay");
  console.log("How far λ pulled weights of 1 in 100 steps, by the size of their gradients:");
  table(
    ["", "3", "0.3", "0.03"],
    Object.entries(pulls()).map(([name, values]) => [name, ...values.map((x) => show(x, 3))]),
  );
}

if (isProgram(import.meta.url)) await main();
