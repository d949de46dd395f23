import { grad, jacfwd, lax, type NDArray, numpy as np, vmap } from "cotangent";
import { describe, test } from "vitest";
import { requireSameResult } from "./run.ts";

const x = np.array([0.3, -1.2, 2.5], "float64");
const xs = np.reshape(np.linspace(-1, 1, 15), [5, 3]).astype("float64");

const running = (reverse: boolean) => (first: NDArray, rows: NDArray) =>
  lax.scan(
    (carry: NDArray, row: NDArray): [NDArray, NDArray] => {
      const next = np.tanh(carry.add(row));
      return [next, next.mul(2)];
    },
    first,
    rows,
    { reverse },
  );

describe("scan", () => {
  test("from first to last, and back", async () => {
    await requireSameResult(running(false), [x, xs]);
    await requireSameResult(running(true), [x, xs]);
  });
  test("its gradient, which goes the other way", async () => {
    const loss = (first: NDArray, rows: NDArray): NDArray => np.sum(running(false)(first, rows)[1]);
    await requireSameResult(grad(loss, { argnums: [0, 1] }), [x, xs], 10);
  });
  test("without arrays, and without turns", async () => {
    const turned = (n: number) => (c: NDArray) =>
      lax.scan((carry: NDArray): [NDArray, NDArray] => [carry.mul(1.5), carry], c, null, { length: n });
    await requireSameResult(turned(4), [x]);
    await requireSameResult(turned(0), [x]);
  });
  test("inside a scan", async () => {
    const f = (rows: NDArray): NDArray =>
      lax.scan(
        (sum: NDArray, row: NDArray): [NDArray, NDArray] => {
          const [inner] = lax.scan(
            (c: NDArray, y: NDArray): [NDArray, null] => [c.mul(0.9).add(y), null],
            sum,
            row,
          );
          return [inner, inner];
        },
        np.zeros([], "float64"),
        rows,
      )[1];
    await requireSameResult(f, [xs]);
  });
});

describe("while", () => {
  const halving = (y: NDArray): NDArray =>
    lax.whileLoop(
      (v: NDArray) => np.max(np.abs(v)).greater(0.01),
      (v: NDArray) => v.mul(0.5),
      y,
    );
  test("until a condition fails, which may be at once", async () => {
    await requireSameResult(halving, [x]);
    await requireSameResult(halving, [np.zeros([3], "float64")]);
  });
  test("its derivative in forward mode", async () => {
    await requireSameResult(jacfwd(halving), [x]);
  });
  test("for a batch whose members stop at different turns", async () => {
    await requireSameResult(vmap(halving), [xs]);
  });
});

describe("branches", () => {
  const chosen = (index: NDArray, y: NDArray): NDArray =>
    lax.switch(index, [(v: NDArray) => np.sin(v), (v: NDArray) => v.mul(3), (v: NDArray) => np.exp(v)], y);
  test("one of three; a number out of range is brought into it", async () => {
    for (const index of [-1, 0, 1, 2, 7]) await requireSameResult(chosen, [np.array(index, "int32"), x]);
  });
  test("a gradient through one of two", async () => {
    const f = (p: NDArray, y: NDArray): NDArray =>
      np.sum(
        lax.cond(
          p.greater(0),
          (v: NDArray) => v.mul(v),
          (v: NDArray) => np.cos(v),
          y,
        ),
      );
    for (const p of [1, -1]) await requireSameResult(grad(f, { argnums: 1 }), [np.array(p, "float64"), x]);
  });
  test("decided for each member of a batch", async () => {
    await requireSameResult(vmap(chosen), [np.array([2, 0, 1, 1, 0], "int32"), xs]);
  });
});

test("products of matrices by any of their axes, batches among them", async () => {
  const [a, b] = [xs, np.reshape(np.linspace(2, -1, 15), [5, 3]).astype("float64")];
  for (const lhsContracting of [[0], [1]])
    for (const rhsContracting of [[0], [1]]) {
      const right = lhsContracting[0] === rhsContracting[0] ? b : b.T;
      for (const batch of [true, false]) {
        const others = (axes: readonly number[]): readonly number[] =>
          batch ? [1 - (axes[0] as number)] : [];
        const dims = [
          [lhsContracting, rhsContracting],
          [others(lhsContracting), others(rhsContracting)],
        ] as const;
        await requireSameResult((x: NDArray, y: NDArray) => lax.dotGeneral(x, y, dims), [a, right]);
      }
    }
});
