/**
 * Hamiltonian Monte Carlo: a sample moves as a ball on the surface of -log density, pushed in a random direction, so that
 * it goes far and yet is accepted often. (R. M. Neal, "MCMC using Hamiltonian dynamics", 2011.)
 *
 * A density is a function that `grad` differentiates; a chain is one `lax.scan`; many chains are a `vmap` of it; and `jit`
 * makes one module of all that.
 */
import { jit, lax, type NDArray, numpy as np, random, tree, valueAndGrad, vmap } from "cotangent";

/** The logarithm of a density, up to a constant: float64[d] → float64[]. */
export type LogDensity = (position: NDArray) => NDArray;

/** Where a chain is, and what is known of the density there. */
interface Point {
  /** float64[d] */
  readonly position: NDArray;
  readonly logDensity: NDArray;
  /** float64[d] */
  readonly gradient: NDArray;
}

const pointAt = (logDensity: LogDensity, position: NDArray): Point => {
  const [value, gradient] = valueAndGrad(logDensity)(position);
  return { position, logDensity: value, gradient };
};

/** The energy of motion, with a mass of 1. */
const kinetic = (momentum: NDArray): NDArray => momentum.dot(momentum).div(2);

/**
 * One step of a chain: a random momentum, some leapfrog steps along the level of energy, and the decision of Metropolis,
 * which makes up for the error of the steps. The length of the steps varies by a fifth either way, so that no path closes.
 *
 * @returns where the chain is next, and with which probability the new place was accepted.
 */
const transition = (
  logDensity: LogDensity,
  leapfrogSteps: number,
  key: NDArray,
  start: Point,
  stepSize: NDArray,
): readonly [Point, NDArray] => {
  const { shape, dtype } = start.position;
  const push = random.normal(random.foldIn(key, 0), shape, { dtype });
  const length = stepSize.mul(random.uniform(random.foldIn(key, 1), [], { dtype, minval: 0.8, maxval: 1.2 }));
  const kick = (momentum: NDArray, { gradient }: Point): NDArray => momentum.add(gradient.mul(length.div(2)));

  const leapfrog = ([point, momentum]: readonly [Point, NDArray]): readonly [Point, NDArray] => {
    const halfway = kick(momentum, point);
    const next = pointAt(logDensity, point.position.add(halfway.mul(length)));
    return [next, kick(halfway, next)];
  };
  const [end, momentum] = lax.foriLoop(0, leapfrogSteps, (_, state) => leapfrog(state), [
    start,
    push,
  ] as const);

  const gained = end.logDensity.sub(kinetic(momentum)).sub(start.logDensity.sub(kinetic(push)));
  // A path that left the region of finite densities is refused.
  const probability = np.where(np.isnan(gained), 0, np.exp(np.minimum(gained, 0)));
  const accept = random.uniform(random.foldIn(key, 2), [], { dtype }).less(probability);
  return [tree.map((moved, stayed) => np.where(accept, moved, stayed), end, start), probability];
};

/** What the search for a step size remembers. */
interface Search {
  /** The logarithm of the step size that is tried next. */
  readonly log: NDArray;
  /** A mean of those tried, in which later ones weigh more: the outcome. */
  readonly logMean: NDArray;
  /** By how much acceptance has fallen short of the target, on average. */
  readonly shortfall: NDArray;
}

/**
 * Dual averaging: step sizes are raised while more is accepted than wanted, lowered otherwise, and settle.
 * (M. D. Hoffman and A. Gelman, "The No-U-Turn sampler", 2014, section 3.2, with its constants.)
 */
const adjust = (
  { logMean, shortfall }: Search,
  turn: NDArray,
  accepted: NDArray,
  { target, first }: { readonly target: number; readonly first: number },
): Search => {
  const [gamma, t0, kappa] = [0.05, 10, 0.75];
  const share = np.divide(1, turn.add(t0));
  const nextShortfall = shortfall.mul(np.subtract(1, share)).add(share.mul(np.subtract(target, accepted)));
  const log = np.subtract(Math.log(10 * first), np.sqrt(turn).div(gamma).mul(nextShortfall));
  const weight = np.power(turn, -kappa);
  return {
    log,
    logMean: weight.mul(log).add(np.subtract(1, weight).mul(logMean)),
    shortfall: nextShortfall,
  };
};

/** Options of `sample`. */
export interface SampleOptions {
  readonly chains: number;
  /** How many samples of each chain are kept. */
  readonly draws: number;
  /** How many are drawn before, to get to where the density is and to find a step size. */
  readonly warmup: number;
  readonly leapfrogSteps: number;
  /** How often new places are to be accepted; default 0.8. */
  readonly targetAcceptance?: number;
  /** The step size that is tried first; default 0.1. */
  readonly firstStepSize?: number;
}

/** What all chains brought. */
export interface Samples {
  /** float64[chains, draws, d] */
  readonly positions: NDArray;
  /** How probable acceptance was on average, float64[chains]. */
  readonly acceptance: NDArray;
  /** The step size that each chain found, float64[chains]. */
  readonly stepSizes: NDArray;
}

/**
 * Samples of a density from independent chains, which begin at normal random places.
 *
 * @param dimension how many numbers a position has.
 * @example
 * const { positions } = sample(random.key(0), (x) => x.dot(x).div(-2), 3, { chains: 4, draws: 1000, warmup: 500, leapfrogSteps: 10 });
 */
export const sample = (
  key: NDArray,
  logDensity: LogDensity,
  dimension: number,
  { chains, draws, warmup, leapfrogSteps, targetAcceptance = 0.8, firstStepSize = 0.1 }: SampleOptions,
): Samples => {
  const number = (x: number): NDArray => np.array(x, "float64");
  const move = (turnKey: NDArray, point: Point, stepSize: NDArray): readonly [Point, NDArray] =>
    transition(logDensity, leapfrogSteps, turnKey, point, stepSize);

  const chain = (chainKey: NDArray): Samples => {
    const [startKey, warmupKey, drawKey] = [0, 1, 2].map((i) => random.foldIn(chainKey, i)) as [
      NDArray,
      NDArray,
      NDArray,
    ];
    const start = pointAt(logDensity, random.normal(startKey, [dimension], { dtype: "float64" }));
    const search: Search = { log: number(Math.log(firstStepSize)), logMean: number(0), shortfall: number(0) };
    const [[settled, { logMean }]] = lax.scan(
      ([point, found], { turnKey, turn }) => {
        const [next, accepted] = move(turnKey, point, np.exp(found.log));
        const constants = { target: targetAcceptance, first: firstStepSize };
        return [[next, adjust(found, turn, accepted, constants)], null];
      },
      [start, search] as const,
      { turnKey: random.split(warmupKey, warmup), turn: np.arange(1, warmup + 1).astype("float64") },
    );
    const stepSizes = np.exp(logMean);
    const [, { position, accepted }] = lax.scan(
      (point, turnKey) => {
        const [next, probability] = move(turnKey, point, stepSizes);
        return [next, { position: next.position, accepted: probability }];
      },
      settled,
      random.split(drawKey, draws),
    );
    return { positions: position, acceptance: accepted.mean(), stepSizes };
  };
  return jit(vmap(chain))(random.split(key, chains));
};
