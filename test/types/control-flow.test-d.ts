import { describe, expectTypeOf, it } from "vitest";
import type { NDArray } from "../../src/array/index.ts";
import * as lax from "../../src/lax/index.ts";

interface State {
  readonly h: NDArray;
  readonly cells: readonly NDArray[];
  readonly extra?: NDArray;
}

declare const state: State;
declare const x: NDArray;
declare const pair: [NDArray, NDArray];
declare const key: string;

describe("scan", () => {
  it("has the type of the first carry and that of the results", () => {
    const [carry, ys] = lax.scan((s, y) => [s, { y, sum: s.h.add(y) }], state, x);
    expectTypeOf(carry).toEqualTypeOf<State>();
    expectTypeOf(ys).toEqualTypeOf<{ readonly y: NDArray; readonly sum: NDArray }>();
  });

  it("turns numbers into arrays, and keeps tuples and null", () => {
    const [carry, ys] = lax.scan(
      ([n, v], y) => {
        expectTypeOf(n).toEqualTypeOf<NDArray>();
        expectTypeOf(y).toEqualTypeOf<{ a: NDArray; b: NDArray[] }>();
        return [
          [n.add(1), v],
          [y.a, null],
        ];
      },
      [0, x],
      { a: x, b: [x] },
    );
    expectTypeOf(carry).toEqualTypeOf<readonly [NDArray, NDArray]>();
    expectTypeOf(ys).toEqualTypeOf<readonly [NDArray, null]>();
    const [kept] = lax.scan((p) => [p, null], pair, null, { length: 3 });
    expectTypeOf(kept).toEqualTypeOf<[NDArray, NDArray]>();
    const [, none] = lax.scan(
      (c, y) => {
        expectTypeOf(y).toEqualTypeOf<null>();
        return [c, null];
      },
      x,
      null,
      { length: 3 },
    );
    expectTypeOf(none).toEqualTypeOf<null>();
  });

  it("refuses another carry, and functions that return something else", () => {
    // @ts-expect-error: the carry lacks a field
    lax.scan((s) => [{ h: s.h }, null], state, x);
    // @ts-expect-error: no pair
    lax.scan((s) => s, state, x);
    // @ts-expect-error: no option of scan
    lax.scan((c, y) => [c, y], x, x, { forward: true });
  });
});

describe("loops", () => {
  it("keep the type of the carry", () => {
    expectTypeOf(
      lax.whileLoop(
        (s) => s.h.less(1).all(),
        (s) => ({ ...s, h: s.h.mul(2) }),
        state,
      ),
    ).toEqualTypeOf<State>();
    expectTypeOf(
      lax.whileLoop(
        (n) => n.less(3),
        (n) => n.add(1),
        0,
      ),
    ).toEqualTypeOf<NDArray>();
    expectTypeOf(lax.foriLoop(0, 3, (i, [a, b]) => [b, a.add(i)], pair)).toEqualTypeOf<[NDArray, NDArray]>();
    expectTypeOf(lax.foriLoop(0, x, (_i, s) => s, state)).toEqualTypeOf<State>();
    // @ts-expect-error: another carry
    lax.foriLoop(0, 3, (_i, s) => s.h, state);
    const same = (s: State): State => s;
    // @ts-expect-error: a condition is one boolean
    lax.whileLoop(same, same, state);
  });

  it("map functions over trees", () => {
    expectTypeOf(lax.map((y) => ({ twice: y.mul(2) }), x)).toEqualTypeOf<{ readonly twice: NDArray }>();
    expectTypeOf(lax.map((s) => s.h, state, { batchSize: 4 })).toEqualTypeOf<NDArray>();
  });

  it("combine trees of elements", () => {
    expectTypeOf(lax.associativeScan((a, b) => [a[0].mul(b[0]), b[1]], pair)).toEqualTypeOf<
      [NDArray, NDArray]
    >();
    expectTypeOf(lax.reduce({ v: x, n: x }, { v: 0, n: x }, (a) => a, [0])).toEqualTypeOf<{
      readonly v: NDArray;
      readonly n: NDArray;
    }>();
  });
});

describe("branches", () => {
  it("take the operands and return what the first function does", () => {
    const out = lax.cond(
      x.less(0),
      (s, y) => ({ ...s, h: y }),
      (s) => s,
      state,
      x,
    );
    expectTypeOf(out.h).toEqualTypeOf<NDArray>();
    expectTypeOf(
      lax.cond(
        true,
        (y) => y,
        () => 0,
        x,
      ),
    ).toEqualTypeOf<NDArray>();
    expectTypeOf(lax.switch(x, [(y) => [y, y] as const, (y) => [y.mul(2), y] as const], x)).toEqualTypeOf<
      readonly [NDArray, NDArray]
    >();
    const list = (y: NDArray): NDArray[] => [y];
    // @ts-expect-error: the branches differ
    lax.cond(true, (y) => y, list, x);
    // @ts-expect-error: a string is no predicate
    lax.cond(key, list, list, x);
  });
});

describe("implicit differentiation", () => {
  it("keeps the type of the unknown, with results besides", () => {
    const root = lax.customRoot(
      (s) => s,
      state,
      (f, s) => f(s),
      (g, y) => g(y),
    );
    expectTypeOf(root).toEqualTypeOf<State>();
    const [solution, aux] = lax.customLinearSolve(
      (y) => y,
      x,
      (f, b) => [f(b), { steps: 3 }],
      { hasAux: true },
    );
    expectTypeOf(solution).toEqualTypeOf<NDArray>();
    expectTypeOf(aux).toEqualTypeOf<{ readonly steps: NDArray }>();
    const [y] = lax.customRoot(
      (v) => v,
      x,
      (_, v) => [v, null],
      (_, v) => v,
      { hasAux: true },
    );
    expectTypeOf(y).toEqualTypeOf<NDArray>();
  });
});
