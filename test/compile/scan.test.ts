import { grad, jit, jvp, lax, type NDArray, numpy as np, vmap } from "cotangent";
import { describe, expect, test } from "vitest";
import { sharedMemory } from "../../src/compile/memory.ts";
import { filled, requireNear } from "./support.ts";

const SAME = { ulps: 64, ofLargest: 1e-5 };
const w = filled([4, 4], "float32", (i) => ((i * 7) % 11) / 12 - 0.4);
const h = filled([4], "float32", (i) => i / 5);
const xs = filled([9, 4], "float32", (i) => ((i * 5) % 13) / 9 - 0.6);

/** A small recurrent network: its states, and a loss of them. */
const states = (weights: NDArray, start: NDArray, inputs: NDArray): NDArray =>
  lax.scan(
    (state: NDArray, x: NDArray): [NDArray, NDArray] => {
      const next = np.tanh(np.add(np.matmul(state, weights), x));
      return [next, next];
    },
    start,
    inputs,
  )[1];
const loss = (weights: NDArray, start: NDArray, inputs: NDArray): NDArray =>
  np.sum(np.square(states(weights, start, inputs)));

describe("a compiled scan equals one that is evaluated", () => {
  test("and so do its gradients, tangents and batches", () => {
    const functions: readonly ((weights: NDArray, start: NDArray, inputs: NDArray) => readonly NDArray[])[] =
      [
        (a, b, c) => [states(a, b, c)],
        (a, b, c) => [
          grad((x: NDArray) => loss(x, b, c))(a),
          grad((x: NDArray) => loss(a, x, c))(b),
          grad((x: NDArray) => loss(a, b, x))(c),
        ],
        (a, b, c) => jvp(loss, [a, b, c], [a, b, c]),
        (a, b, c) => [vmap((s: NDArray) => states(a, s, c))(np.stack([b, np.negative(b), np.sin(b)]))],
        (a, b, c) => [grad((m: NDArray) => np.sum(np.square(grad(loss)(m, b, c))))(a)],
      ];
    for (const f of functions) {
      const compiled = jit(f);
      expect(compiled.lower(w, h, xs).text()).toContain("scan 9 times");
      requireNear(compiled(w, h, xs), f(w, h, xs), SAME);
    }
  });

  test("in reverse, with trees, and within another", () => {
    const f = (start: NDArray, inputs: NDArray): unknown =>
      lax.scan(
        (c: { a: NDArray; n: NDArray }, x: NDArray) => {
          const [last, all] = lax.scan(
            (s: NDArray, y: NDArray) => [np.add(np.multiply(s, 0.5), y), s],
            np.sum(c.a),
            x,
          );
          return [{ a: np.add(c.a, last), n: np.add(c.n, 1) }, [all, c.n]];
        },
        { a: start, n: np.array(0, { dtype: "int32" }) },
        inputs,
        { reverse: true },
      );
    const leaves = (result: unknown): NDArray[] => {
      const [{ a, n }, [all, counts]] = result as [{ a: NDArray; n: NDArray }, [NDArray, NDArray]];
      return [a, n, all, counts];
    };
    requireNear(leaves(jit(f)(h, xs)), leaves(f(h, xs)), SAME);
  });
});

test("many steps of descent in one call are those of as many calls, and take no more memory for being many", () => {
  const step = (p: NDArray): NDArray =>
    np.subtract(
      p,
      np.multiply(0.01, grad((q: NDArray) => np.sum(np.square(np.subtract(np.matmul(w, q), h))))(p)),
    );
  const descend = (n: number) =>
    jit((p: NDArray) => lax.scan((q: NDArray) => [step(q), null], p, null, { length: n })[0]);
  const once = jit(step);
  let p: NDArray = h;
  for (let i = 0; i < 1000; i++) p = once(p);
  requireNear([descend(1000)(h)], [p], SAME);
  const peak = (n: number): number => descend(n).lower(h).costAnalysis().peakBytes;
  expect(peak(1_000_000)).toBe(peak(10));
  const { byteLength } = sharedMemory().memory.buffer;
  expect(Number.isFinite(np.sum(descend(100_000)(h)).item())).toBe(true);
  expect(sharedMemory().memory.buffer.byteLength).toBe(byteLength);
});
