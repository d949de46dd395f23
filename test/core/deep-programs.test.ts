import { beforeAll, describe, expect, test, vi } from "vitest";
import type { NDArray } from "../../src/array/index.ts";
import { type ClosedJaxpr, checkJaxpr, jaxprAsFunction } from "../../src/core/index.ts";
import { add } from "../../src/primitives/elementwise/add.ts";
import { mul } from "../../src/primitives/elementwise/arithmetic.ts";
import { scalarLike } from "../../src/primitives/rules.ts";
import { checkpoint, grad, jit, jvp, makeJaxpr, vmap } from "../../src/transforms/index.ts";
import { expectClose, f64 } from "../transforms/support.ts";

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

const LENGTH = 20_000;
const FACTOR = 1 + 1 / LENGTH;

/** x · FACTOR^steps by `steps` multiplications, one after another. */
const chain =
  (steps: number) =>
  (x: NDArray): NDArray => {
    const factor = scalarLike(x, FACTOR);
    let y = x;
    for (let i = 0; i < steps; i++) y = mul(y, factor);
    return y;
  };
const long = chain(LENGTH);
const EXPECTED = FACTOR ** LENGTH;

describe(`a program of ${LENGTH} equations, one behind the other`, () => {
  let closed: ClosedJaxpr;
  beforeAll(() => {
    closed = makeJaxpr(long)(f64(1));
  });

  test("is traced, checked and printed", () => {
    expect(closed.jaxpr.equations.length).toBe(LENGTH);
    checkJaxpr(closed);
    expect(closed.toString().split("\n").length).toBe(LENGTH + 2);
    expect(closed.toString({ maxEquations: 10 }).split("\n").length).toBe(13);
  });

  test("is evaluated, by itself and compiled", () => {
    expectClose(jaxprAsFunction(closed)(f64(1)), [EXPECTED]);
    expectClose(jit(long)(f64(1)), EXPECTED);
  });

  test("is differentiated in both modes, also compiled, checkpointed and batched", () => {
    expectClose(jvp(long, [f64(1)], [f64(1)]), [EXPECTED, EXPECTED]);
    expectClose(grad(long)(f64(1)), EXPECTED);
    expectClose(grad(jit(long))(f64(1)), EXPECTED);
    expectClose(grad(checkpoint(long))(f64(1)), EXPECTED);
    expectClose(vmap(grad(long))(f64([1, 2])), [EXPECTED, EXPECTED]);
  });
});

test("a program of many sums of one value is differentiated", () => {
  const f = (x: NDArray): NDArray => {
    let sum = x;
    for (let i = 1; i < LENGTH; i++) sum = add(sum, x);
    return sum;
  };
  expectClose(grad(f)(f64(1)), LENGTH);
});

describe("time grows with the length of the program, not faster", () => {
  const duration = (body: () => unknown): number => {
    const start = performance.now();
    body();
    return performance.now() - start;
  };
  /** How much longer `run` takes for a program that is eight times as long, at its best. */
  const growth = (run: (f: (x: NDArray) => NDArray) => unknown): number => {
    const [short, long] = [chain(1000), chain(8000)];
    let [fast, slow] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
    for (let i = 0; i < 12 && (i < 3 || slow / fast > 24); i++) {
      fast = Math.min(
        fast,
        duration(() => run(short)),
      );
      slow = Math.min(
        slow,
        duration(() => run(long)),
      );
    }
    return slow / fast;
  };
  const x = f64(1);

  test.each<[string, (f: (x: NDArray) => NDArray) => unknown]>([
    ["tracing", (f) => makeJaxpr(f)(x)],
    ["printing", (f) => String(makeJaxpr(f)(x))],
    ["differentiating", (f) => grad(f)(x)],
    ["differentiating a compiled function", (f) => grad(jit(f))(x)],
    ["checkpointing", (f) => grad(checkpoint(f))(x)],
  ])("%s", (_, run) => {
    // A quadratic algorithm would take 64 times as long.
    expect(growth(run)).toBeLessThan(32);
  });
});
