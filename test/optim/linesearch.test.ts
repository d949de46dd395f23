import { fc, test as property } from "@fast-check/vitest";
import { describe, expect, test } from "vitest";
import { arrayFrom, type NDArray } from "../../src/array/index.ts";
import * as np from "../../src/numpy/index.ts";
import * as optim from "../../src/optim/index.ts";
import { valueAndGrad } from "../../src/transforms/grad.ts";
import { jit } from "../../src/transforms/jit.ts";
import { leaves, structure } from "../../src/tree/index.ts";
import { quadratic, rosenbrock, type SearchParams } from "./problems.ts";

type Loss = (p: SearchParams) => NDArray;
const PROBLEMS: { readonly [name: string]: Loss } = { rosenbrock, quadratic };

const places = fc
  .array(fc.double({ min: -2, max: 2, noNaN: true }), { minLength: 5, maxLength: 5 })
  .map(([y, ...x]): SearchParams => ({ x: arrayFrom(x, "float64"), y: arrayFrom(y as number, "float64") }));

const dot = (a: SearchParams, b: SearchParams): number =>
  np.add(np.sum(np.multiply(a.x, b.x)), np.multiply(a.y, b.y)).item() as number;

/** One step along the negative gradient: what a search promises is checked of it. */
const searcher = <S>(loss: Loss, search: optim.GradientTransformation<S>) => {
  const optimizer = optim.chain(optim.scale(-1), search);
  const step = jit((p: SearchParams) => {
    const [value, grad] = valueAndGrad(loss)(p);
    const [updates, [, state]] = optimizer.update(grad, optimizer.init(p), p, { value, grad, valueFn: loss });
    return { value, grad, updates, state, after: valueAndGrad(loss)(optim.applyUpdates(p, updates)) };
  });
  return (p: SearchParams) => {
    const { value, grad, updates, state, after } = step(p);
    const { learningRate } = state as unknown as { readonly learningRate: NDArray };
    const rate = learningRate.item() as number;
    const slope = -dot(grad, grad);
    return {
      state,
      rate,
      decrease: (after[0].item() as number) - (value.item() as number),
      value: after[0].item() as number,
      promised: rate * slope,
      slope,
      slopeAfter: rate === 0 ? slope : dot(after[1], updates) / rate,
    };
  };
};

describe.each(Object.keys(PROBLEMS))("one search on %s", (name) => {
  const loss = PROBLEMS[name] as Loss;
  const slack = 1e-9;

  const zoom = searcher(loss, optim.scaleByZoomLinesearch(30, { approxDecRtol: null, curvRtol: 0.4 }));
  property.prop([places], { numRuns: 40 })("the zoom finds a place with the strong Wolfe conditions", (p) => {
    const { decrease, promised, slope, slopeAfter, state, value } = zoom(p);
    fc.pre(slope < -1e-6);
    expect(decrease).toBeLessThanOrEqual(1e-4 * promised + slack);
    expect(Math.abs(slopeAfter)).toBeLessThanOrEqual(0.4 * Math.abs(slope) + slack);
    expect(state.value.item()).toBeCloseTo(value, 9);
    expect(state.info.decreaseError.item()).toBe(0);
  });

  const backtracking = searcher(
    loss,
    optim.scaleByBacktrackingLinesearch(60, { slopeRtol: 0.3, storeGrad: true }),
  );
  property.prop([places], { numRuns: 40 })(
    "backtracking finds a place where the loss decreases enough",
    (p) => {
      const { decrease, promised, slope } = backtracking(p);
      fc.pre(slope < -1e-6);
      expect(decrease).toBeLessThanOrEqual(0.3 * promised + slack);
    },
  );
});

describe.each([
  ["zoom", optim.lbfgs()],
  [
    "backtracking",
    optim.lbfgs(null, { linesearch: optim.scaleByBacktrackingLinesearch(30, { storeGrad: true }) }),
  ],
  ["zoom and little memory", optim.lbfgs(null, { memorySize: 4 })],
] as [string, optim.GradientTransformation<unknown>][])("L-BFGS with %s", (_name, optimizer) => {
  test.each(Object.entries(PROBLEMS))("finds the minimum of %s", (_problem, loss) => {
    const known = optim.valueAndGradFromState(loss);
    const step = jit((p: SearchParams, state: unknown) => {
      const [value, grad] = known(p, { state });
      const [updates, next] = optimizer.update(grad, state, p, { value, valueFn: loss });
      return [optim.applyUpdates(p, updates), next] as const;
    });
    let params: SearchParams = {
      x: arrayFrom([-1.2, 1, 0.5, -0.3], "float64"),
      y: arrayFrom(2, "float64"),
    };
    let state = optimizer.init(params);
    const avals = (tree: unknown) =>
      leaves(tree).map((x) => [(x as NDArray).shape, (x as NDArray).dtype, (x as NDArray).weakType]);
    const before = [structure(state).toString(), avals(state)];
    for (let i = 0; i < 60; i++) [params, state] = step(params, state);
    expect(loss(params).item()).toBeLessThan(1e-12);
    for (const x of params.x.toTypedArray()) expect(x).toBeCloseTo(1, 5);
    expect([structure(state).toString(), avals(state)]).toEqual(before);
  });
});

describe("where there is nothing to find", () => {
  const p: SearchParams = { x: arrayFrom([2, 2, 2, 2], "float64"), y: arrayFrom(1, "float64") };
  test.each([
    ["zoom", optim.scaleByZoomLinesearch(5)],
    ["backtracking", optim.scaleByBacktrackingLinesearch(5)],
  ] as [string, optim.GradientTransformation<unknown>][])(
    "%s stays where the loss is NaN everywhere else",
    (_name, search) => {
      const loss: Loss = (q) => np.log(np.negative(np.add(np.sum(np.square(q.x)), np.square(q.y))));
      const [value, updates] = [arrayFrom(0, "float64"), { x: np.onesLike(p.x), y: np.onesLike(p.y) }];
      const [steps] = search.update(updates, search.init(p), p, { value, grad: updates, valueFn: loss });
      expect([...steps.x.toTypedArray(), steps.y.item()]).toEqual([0, 0, 0, 0, 0]);
    },
  );

  test("L-BFGS stays at a minimum", () => {
    const optimizer = optim.lbfgs();
    const at: SearchParams = { x: arrayFrom([1, 1, 1, 1], "float64"), y: arrayFrom(-1, "float64") };
    const [value, grad] = valueAndGrad(quadratic)(at);
    const [updates] = optimizer.update(grad, optimizer.init(at), at, { value, valueFn: quadratic });
    for (const x of [...updates.x.toTypedArray(), updates.y.item() as number]) expect(Math.abs(x)).toBe(0);
  });
});
