/**
 * Gradient descent with a step size that doubles after ten steps that went down and halves at one that did not, as the
 * evals particle and saddle have it; by either mode of differentiation, within loops that either mode can go through.
 */
import { grad, jacfwd, lax, type NDArray, numpy as np, tree } from "cotangent";

/** A function of an array that returns a number. */
export type Objective = (x: NDArray) => NDArray;

/** How a gradient is had. */
export type Mode = "forward" | "reverse";

export const gradients = {
  forward: (f: Objective): Objective => jacfwd(f),
  reverse: (f: Objective): Objective => grad(f),
} as const satisfies Record<Mode, (f: Objective) => Objective>;

/** `lax.whileLoop` of a tree of arrays. */
export type Loop = <C>(condition: (carry: C) => NDArray, body: (carry: C) => C, init: C) => C;

/** A loop for the forward mode alone: nobody knows how many turns it takes. */
const unbounded: Loop = <C>(condition: (carry: C) => NDArray, body: (carry: C) => C, init: C): C =>
  lax.whileLoop(condition as never, body as never, init) as C;

/**
 * A loop that the reverse mode can go through, since it has a bound on how much that must remember: after `most` turns
 * it ends, and where the condition still holds then, all numbers that come out are NaN.
 */
const bounded =
  (most: number): Loop =>
  <C>(condition: (carry: C) => NDArray, body: (carry: C) => C, init: C): C => {
    const stay = (carry: C): C => carry;
    const turn = (carry: C) => [lax.cond(condition(carry), body as never, stay as never, carry), null];
    const [end] = lax.scan(turn as never, init, null, { length: most }) as [C, null];
    const unfinished = condition(end);
    return tree.map((x: unknown) => np.where(unfinished, Number.NaN, x as NDArray), end as unknown) as C;
  };

/** The loop that a mode can go through. */
export const loopFor = (mode: Mode, most: number): Loop => (mode === "forward" ? unbounded : bounded(most));

const TOLERANCE = 1e-5;
const FIRST_STEP = 1e-5;
const STEPS = 10;

interface Search {
  readonly x: NDArray;
  readonly value: NDArray;
  readonly gradient: NDArray;
  readonly step: NDArray;
  /** Steps since the step size changed. */
  readonly count: NDArray;
}

const norm = (x: NDArray): NDArray => np.sqrt(np.square(x).sum());

/** Where descent from `start` ends: the gradient or the next step is short. */
export const minimize = (f: Objective, start: NDArray, mode: Mode, loop: Loop = unbounded): NDArray => {
  const gradient = gradients[mode](f);
  const number = (x: number): NDArray => np.array(x, "float64");
  const first: Search = {
    x: start,
    value: f(start),
    gradient: gradient(start),
    step: number(FIRST_STEP),
    count: number(0),
  };
  const isFull = ({ count }: Search): NDArray => count.equal(STEPS);
  const goesOn = (search: Search): NDArray => {
    const slope = norm(search.gradient);
    const far = slope.mul(search.step).greater(TOLERANCE);
    return np.logicalAnd(slope.greater(TOLERANCE), np.logicalOr(isFull(search), far));
  };
  const widen = (search: Search): Search => ({ ...search, step: search.step.mul(2), count: number(0) });
  const narrow = (search: Search): Search => ({ ...search, step: search.step.div(2), count: number(0) });
  const move = (search: Search): Search => {
    const x = search.x.sub(search.gradient.mul(search.step));
    const value = f(x);
    const go = (): Search => ({ ...search, x, value, gradient: gradient(x), count: search.count.add(1) });
    return lax.cond(value.less(search.value), go, () => narrow(search));
  };
  return loop<Search>(goesOn, (search) => lax.cond(isFull(search), widen, move, search), first).x;
};

/** Where ascent from `start` ends. */
export const maximize = (f: Objective, start: NDArray, mode: Mode, loop?: Loop): NDArray =>
  minimize((x) => f(x).neg(), start, mode, loop);
