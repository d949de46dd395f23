import { type Arbitrary, assert as check, property } from "fast-check";
import type { NDArray } from "../../array/index.ts";
import { describeAval, sameAval } from "../../core/index.ts";
import { applyUpdates } from "../../optim/apply-updates.ts";
import type { GradientTransformation } from "../../optim/transformation.ts";
import { reduceSum } from "../../primitives/broadcast.ts";
import { mul, square, sub } from "../../primitives/elementwise/index.ts";
import { range, scalarLike } from "../../primitives/rules.ts";
import { flattenArrays, requireSameStructure } from "../../transforms/flatten-function.ts";
import { valueAndGrad } from "../../transforms/grad.ts";
import { jit } from "../../transforms/jit.ts";
import { leaves, map, type PyTree, structure } from "../../tree/index.ts";
import { pytrees } from "../arbitraries.ts";
import { findMismatch, type Tolerance } from "../closeness.ts";
import { runOptions } from "./derivative-laws.ts";
import { type LawOptions, LawViolation } from "./law.ts";

/** Options of `laws.optimizer`. */
export interface OptimizerLawOptions extends LawOptions {
  /** Parameters to start from; default: trees of float64 arrays with up to three leaves. */
  readonly params?: Arbitrary<PyTree<NDArray>>;
  /** After how many steps the loss must be less than in the beginning; default 100. 0 leaves this out. */
  readonly steps?: number;
}

type Params = PyTree<NDArray>;

/** Half the squared distance from 1, whose gradient is the distance. */
const bowl = (params: Params): NDArray =>
  (leaves(params) as NDArray[])
    .map((x) => {
      const apart = square(sub(x, scalarLike(x, 1)));
      return mul(reduceSum(apart, range(x.shape.length)), scalarLike(x, 0.5));
    })
    .reduce((sum, term) => sum.add(term));

const requireEqual = (what: string, actual: unknown, expected: unknown, tolerance: Tolerance): void => {
  const mismatch = findMismatch(actual, expected, tolerance);
  if (mismatch !== undefined) throw new LawViolation(`${what}: ${mismatch}`);
};

/** A state of the same structure, shapes and dtypes. */
const requireStable = (before: unknown, after: unknown): void => {
  requireSameStructure(structure(before), structure(after), {
    where: "laws.optimizer, the state after a step",
    names: ["before", "after"],
  });
  const [old] = flattenArrays(before, "laws.optimizer, the state");
  const [now] = flattenArrays(after, "laws.optimizer, the state");
  old.forEach((x, i) => {
    const y = now[i] as NDArray;
    if (sameAval(x, y)) return;
    throw new LawViolation(`the state changes from ${describeAval(x)} to ${describeAval(y)} in a step`);
  });
};

const copied = (tree: unknown): unknown => map((x: NDArray) => x.add(scalarLike(x, 0)), tree as Params);
const EXACT = { rtol: 0, atol: 0 };

/**
 * What is true of an optimizer: `init` and `update` are pure (they give the same again, and leave what they are given
 * alone), the state keeps its structure, shapes and dtypes from step to step, updates are like the parameters, a step under
 * `jit` is the plain step, and a convex loss comes down.
 *
 * @throws Error with the smallest parameters that fail, and what fails there.
 * @example
 * test("my optimizer", () => laws.optimizer(chain(clip(1), adam(0.1))));
 */
export const optimizer = <S>(
  { init, update }: GradientTransformation<S>,
  {
    params = pytrees({ maxLeaves: 3, maxRank: 2, minLength: 1 }),
    steps = 100,
    ...options
  }: OptimizerLawOptions = {},
): void => {
  const loss = valueAndGrad(bowl);
  const law = property(params, (start) => {
    const state = init(start);
    requireEqual("init, called again", init(start), state, EXACT);
    const [value, grads] = loss(start) as readonly [NDArray, Params];
    const before = [copied(start), copied(grads)];
    const extras = { value, grad: grads, valueFn: bowl };
    const [updates, next] = update(grads, state, start, extras);
    const again = update(grads, state, start, extras);
    requireEqual("update, called again", again, [updates, next], EXACT);
    requireEqual("the parameters and gradients after update", [start, grads], before, EXACT);
    requireStable(state, next);
    requireStable(start, updates);
    const step = (p: Params, s: S): readonly [Params, S, NDArray] => {
      const [v, g] = loss(p) as readonly [NDArray, Params];
      const [u, after] = update(g, s, p, { value: v, grad: g, valueFn: bowl });
      return [applyUpdates(p, u), after, v];
    };
    const compiledStep = jit(step as (...xs: readonly unknown[]) => unknown) as unknown as typeof step;
    requireEqual("a step under jit", compiledStep(start, state), step(start, state), {});
    if (steps === 0) return;
    let [p, s] = [start, state];
    for (let i = 0; i < steps; i++) [p, s] = compiledStep(p, s);
    const [first, last] = [value.item() as number, bowl(p).item() as number];
    // At the minimum there is nothing to gain.
    if (last < first || first < 1e-3) return;
    throw new LawViolation(`after ${steps} steps the loss is ${last}, and it was ${first} in the beginning`);
  });
  check(law, runOptions({ numRuns: 20, ...options }));
};
