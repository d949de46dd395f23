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
});
