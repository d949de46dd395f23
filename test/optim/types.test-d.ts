import { describe, expectTypeOf, test } from "vitest";
import type { NDArray } from "../../src/array/index.ts";
import * as optim from "../../src/optim/index.ts";
import { jit } from "../../src/transforms/jit.ts";

interface Params {
  readonly w: NDArray;
  readonly layers: readonly { readonly b: NDArray }[];
}
declare const params: Params;

describe("types of optimizers", () => {
  test("parameters keep theirs", () => {
    const optimizer = optim.adam(1e-3);
    const state = optimizer.init(params);
    const [updates, next] = optimizer.update(params, state, params);
    expectTypeOf(updates).toEqualTypeOf<Params>();
    expectTypeOf(next).toEqualTypeOf<typeof state>();
    expectTypeOf(optim.applyUpdates(params, updates)).toEqualTypeOf<Params>();
  });

  test("the state of a chain is the tuple of states", () => {
    const optimizer = optim.chain(optim.clip(1), optim.trace(0.9), optim.scaleByAdam());
    expectTypeOf(optimizer.init(params)).toEqualTypeOf<[null, optim.TraceState, optim.AdamState]>();
    // @ts-expect-error: the state of another optimizer
    optimizer.update(params, optim.sgd(0.1).init(params), params);
  });

  test("a step goes through jit and round again", () => {
    const optimizer = optim.chain(optim.clipByGlobalNorm(1), optim.adam(1e-3));
    const step = jit((p: Params, state: ReturnType<typeof optimizer.init>, grads: Params) => {
      const [updates, next] = optimizer.update(grads, state, p);
      return [optim.applyUpdates(p, updates), next] as const;
    });
    let state = optimizer.init(params);
    let p = params;
    [p, state] = step(p, state, params);
    expectTypeOf(p).toEqualTypeOf<Params>();
  });

  test("wrappers hold the state of what they wrap", () => {
    const inner = optim.adam(1e-3);
    type Inner = ReturnType<typeof inner.init>;
    expectTypeOf(optim.masked(inner, true).init(params)).toEqualTypeOf<optim.MaskedState<Inner>>();
    expectTypeOf(optim.multiSteps(inner, 4).init(params)).toEqualTypeOf<optim.MultiStepsState<Inner>>();
    expectTypeOf(optim.applyIfFinite(inner, 4).init(params)).toEqualTypeOf<optim.ApplyIfFiniteState<Inner>>();
    // @ts-expect-error: how many gradients a step takes is missing
    optim.multiSteps(inner);
  });

  test("injected hyperparameters keep their names", () => {
    const optimizer = optim.injectHyperparams(
      ({ learningRate, b1 }) => {
        expectTypeOf(learningRate).toEqualTypeOf<NDArray>();
        return optim.adam(learningRate, { b1 });
      },
      { learningRate: optim.exponentialDecay(1e-3, 1000, 0.9), b1: 0.9 },
    );
    const { hyperparams } = optimizer.init(params);
    expectTypeOf(hyperparams.b1).toEqualTypeOf<NDArray>();
    // @ts-expect-error: no hyperparameter of that name
    hyperparams.b2;
  });

  test("lookahead goes with both kinds of parameters", () => {
    const optimizer = optim.lookahead(optim.sgd(0.1), 5, 0.5);
    const both = optim.initSynced(params);
    expectTypeOf(both).toEqualTypeOf<optim.LookaheadParams<Params>>();
    const [updates] = optimizer.update(params, optimizer.init(both), both);
    expectTypeOf(updates).toEqualTypeOf<optim.LookaheadParams<Params>>();
    // @ts-expect-error: parameters of one kind
    optimizer.init(params);
  });

  test("L-BFGS takes the function that its line search asks", () => {
    const loss = (p: Params): NDArray => p.w;
    const optimizer = optim.lbfgs();
    const state = optimizer.init(params);
    const [value, grads] = optim.valueAndGradFromState(loss)(params, { state });
    expectTypeOf(value).toEqualTypeOf<NDArray>();
    expectTypeOf(grads).toEqualTypeOf<Params>();
    const [updates] = optimizer.update(grads, state, params, { value, grad: grads, valueFn: loss });
    expectTypeOf(updates).toEqualTypeOf<Params>();
  });

  test("a schedule is a function of the count", () => {
    expectTypeOf(optim.cosineDecaySchedule(1e-3, 100)).toEqualTypeOf<optim.Schedule>();
    expectTypeOf(optim.adam).toBeCallableWith(optim.cosineDecaySchedule(1e-3, 100));
    // @ts-expect-error: a schedule gives an array
    optim.sgd(() => "0.1");
  });
});
