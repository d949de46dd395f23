/**
 * A physics-informed network: it is not shown the solution of a partial differential equation, only asked to obey the
 * equation, whose derivatives are those of the network itself. (M. Raissi, P. Perdikaris and G. E. Karniadakis,
 * "Physics-informed neural networks", 2019.)
 *
 * The equation is that of heat in a rod whose ends are kept at 0: ∂u/∂t = κ ∂²u/∂x² for x and t from 0 to 1, with
 * u(x, 0) = sin(πx) + sin(2πx) / 2. Its solution is a sum of two waves that die away.
 */
import { grad, jit, lax, type NDArray, nn, numpy as np, random, valueAndGrad, vmap } from "cotangent";
import { adam, applyUpdates, cosineDecaySchedule } from "cotangent/optim";

const diffusivity = 0.1;

const wave = (k: number, x: NDArray): NDArray => np.sin(x.mul(k * Math.PI));

/** The temperature at the beginning. */
export const initialTemperature = (x: NDArray): NDArray => wave(1, x).add(wave(2, x).div(2));

/** The solution in closed form. */
export const exactTemperature = (x: NDArray, t: NDArray): NDArray => {
  const decayed = (k: number): NDArray => wave(k, x).mul(np.exp(t.mul(-diffusivity * (k * Math.PI) ** 2)));
  return decayed(1).add(decayed(2).div(2));
};

const network = nn.sequential(
  nn.dense(48),
  nn.pointwise(nn.tanh),
  nn.dense(48),
  nn.pointwise(nn.tanh),
  nn.dense(1),
);

export type Params = nn.ParamsOf<typeof network>;

export const initialize = (key: NDArray): Params => network.init(key, [1, 2]);

/** What the network says of one place and time; the beginning and both ends are right whatever it has learned. */
export const temperature = (params: Params, x: NDArray, t: NDArray): NDArray => {
  const [learned] = network.apply(params, np.stack([x, t]).reshape(1, 2)).ravel() as Iterable<NDArray>;
  const bump = x.mul(np.subtract(1, x)).mul(t);
  return initialTemperature(x).add(bump.mul(learned as NDArray));
};

/** By how much the equation is missed at one place and time. */
export const residual = (params: Params, x: NDArray, t: NDArray): NDArray => {
  const u = (place: NDArray, time: NDArray): NDArray => temperature(params, place, time);
  const perTime = grad(u, { argnums: 1 })(x, t);
  const curvature = grad(grad(u))(x, t);
  return perTime.sub(curvature.mul(diffusivity));
};

/** The mean square of what is missed at some places and times, float32[n] each. */
export const loss = (params: Params, x: NDArray, t: NDArray): NDArray =>
  vmap(residual, [null, 0, 0])(params, x, t).square().mean();

export interface TrainingOptions {
  readonly steps: number;
  /** How many places and times are drawn for each step. */
  readonly points: number;
  readonly learningRate: number;
  /** Steps that run as one compiled loop. */
  readonly stepsPerCall?: number;
}

/** Obey the equation at ever new random places and times. */
export const solve = (
  key: NDArray,
  { steps, points, learningRate, stepsPerCall = 100 }: TrainingOptions,
  onLoss: (step: number, loss: number) => void = () => {},
): Params => {
  const optimizer = adam(cosineDecaySchedule(learningRate, steps));
  const params = initialize(random.foldIn(key, 0));
  type State = readonly [Params, ReturnType<typeof optimizer.init>];
  const turn = ([now, optimizerState]: State, turnKey: NDArray): readonly [State, NDArray] => {
    const [x, t] = [0, 1].map((i) => random.uniform(random.foldIn(turnKey, i), [points])) as [
      NDArray,
      NDArray,
    ];
    const [value, grads] = valueAndGrad(loss)(now, x, t);
    const [updates, next] = optimizer.update(grads, optimizerState, now);
    return [[applyUpdates(now, updates), next], value];
  };
  const many = jit((state: State, keys: NDArray) => lax.scan(turn, state, keys));
  let state: State = [params, optimizer.init(params)];
  for (let done = 0; done < steps; done += stepsPerCall) {
    const keys = random.split(random.foldIn(random.foldIn(key, 1), done), stepsPerCall);
    const [next, losses] = many(state, keys);
    state = next;
    onLoss(done + stepsPerCall, Number(losses.mean()));
  }
  return state[0];
};

/** The error on a grid of places and times, relative to the solution: ‖u - exact‖ / ‖exact‖. */
export const relativeError = (params: Params, pointsPerAxis = 50): number => {
  const along = np.linspace(0, 1, pointsPerAxis);
  const [x, t] = np.meshgrid([along, along]).map((axis) => axis.ravel()) as [NDArray, NDArray];
  const error = vmap(temperature, [null, 0, 0])(params, x, t).sub(exactTemperature(x, t));
  return Number(np.linalg.norm(error).div(np.linalg.norm(exactTemperature(x, t))));
};
