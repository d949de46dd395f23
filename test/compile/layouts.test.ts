import { describe, expect, test } from "vitest";
import type { NDArray } from "../../src/array/index.ts";
import { lowerJaxpr } from "../../src/compile/compile.ts";
import { evalJaxpr } from "../../src/core/index.ts";
import { lax, nn, numpy as np, valueAndGrad } from "../../src/index.ts";
import { compiledOf, filled, randoms, requireNear, traced } from "./support.ts";

/*
 * Loops that follow the order of what they read, short reductions written out, and windows put in their places.
 */

const random = randoms(11);
const array = (...shape: number[]): NDArray => filled(shape, "float32", () => Math.round(8 * random() - 4));

const requireSame = (f: (...xs: NDArray[]) => NDArray[], ...inputs: NDArray[]): void => {
  const closed = traced(f, inputs as never);
  requireNear(compiledOf(closed)(inputs as never), evalJaxpr(closed.jaxpr, closed.consts, inputs), {
    ulps: 8,
    ofLargest: 1e-6,
  });
};

const kernelsOf = (f: (...xs: NDArray[]) => NDArray[], ...inputs: NDArray[]) =>
  lowerJaxpr(traced(f, inputs as never)).program.kernels;

describe("pooling and its gradient", () => {
  const pool =
    (reduce: (x: NDArray) => NDArray) =>
    (x: NDArray): NDArray[] => {
      const [value, gradient] = valueAndGrad((y: NDArray) => {
        const h = reduce(y);
        return h.mul(np.sin(h)).sum();
      })(x);
      return [value, gradient as NDArray];
    };
  const max = (window: number, stride: number) => (x: NDArray) =>
    lax.reduceWindowMax(x, [1, 1, window, window], [1, 1, stride, stride]);

  test.each([
    [2, 2, 8],
    [2, 2, 9],
    [2, 3, 10],
    [3, 3, 9],
    [3, 2, 9],
    [1, 2, 7],
    [4, 4, 3],
    [5, 5, 11],
  ])("windows of %i, %i apart, of %i elements", (window, stride, n) => {
    requireSame(pool(max(window, stride)), array(2, 3, n, n));
  });

  test("of an array whose axes lie in another order", () => {
    requireSame((x) => pool(max(2, 2))(np.transpose(x, [0, 3, 1, 2])), array(2, 8, 8, 5));
    requireSame(
      (x, w) => pool((y) => max(2, 2)(np.transpose(np.matmul(y, w), [0, 3, 1, 2])))(x),
      array(2, 6, 6, 3),
      array(3, 4),
    );
  });

  test("takes loops over windows, not over their elements", () => {
    const kernels = kernelsOf(pool(max(2, 2)), array(2, 3, 8, 8));
    expect(kernels.every((kernel) => kernel.kind === "loop")).toBe(true);
    expect(kernels.filter((kernel) => kernel.kind === "loop" && kernel.shape.length > 4)).toEqual([]);
  });
});

describe("a rectified convolution, pooled", () => {
  const loss =
    (window: number, stride: number) =>
    (kernel: NDArray, bias: NDArray, x: NDArray): NDArray => {
      const h = nn.relu(lax.conv(x, kernel, [1, 1], "SAME").add(bias.reshape(5, 1, 1)));
      const pooled = lax.reduceWindowMax(h, [1, 1, window, window], [1, 1, stride, stride]);
      return pooled.mul(np.sin(pooled)).sum();
    };
  const step =
    (window: number, stride: number) =>
    (...args: NDArray[]): NDArray[] => {
      const f = loss(window, stride) as (...xs: NDArray[]) => NDArray;
      const [value, gradient] = valueAndGrad(f, { argnums: [0, 1, 2] })(...args);
      return [value, ...(gradient as NDArray[])];
    };

  test.each([
    [2, 2, 8],
    [2, 2, 9],
    [2, 3, 10],
    [3, 2, 9],
  ])("windows of %i, %i apart, of %i elements", (window, stride, n) => {
    requireSame(step(window, stride), array(5, 2, 3, 3), array(5), array(3, 2, n, n));
  });

  test("cuts the gradient off, and adds it up, where its windows are put together", () => {
    const kernels = kernelsOf(step(2, 2), array(5, 2, 3, 3), array(5), array(3, 2, 8, 8));
    const whole = kernels.filter((kernel) => kernel.kind === "loop" && `${kernel.shape}` === "3,5,8,8");
    expect(whole).toHaveLength(1);
  });
});

describe("loops over arrays whose axes lie in another order", () => {
  test("of all element types, stored and reduced", () => {
    for (const dtype of ["float32", "float64", "int32", "uint32", "bool"] as const)
      for (const [rows, columns] of [
        [5, 7],
        [8, 8],
        [1, 9],
        [17, 2],
      ] as const) {
        const x = array(rows, 3, columns).astype(dtype);
        const y = array(columns, rows, 3).astype(dtype);
        requireSame(
          (a, b) => {
            const t = np.transpose(a, [2, 0, 1]);
            const both = np.equal(t, b);
            return [both, np.transpose(both, [1, 2, 0]), np.where(both, t, b).astype("float32").sum(1)];
          },
          x,
          y,
        );
        requireSame((a) => [np.transpose(a, [2, 1, 0]).astype("float32").add(1)], x);
      }
  });

  test("sums over the last axis of a transposed array are added up in rows", () => {
    requireSame((x) => [np.transpose(x).mul(2).sum(1), np.transpose(x).mul(x.sum()).max(0)], array(2000, 33));
  });
});

test("windows are copied once for a convolution and its gradient", () => {
  const loss = (kernel: NDArray, x: NDArray): NDArray => np.tanh(lax.conv(x, kernel, [1, 1], "VALID")).sum();
  const step = (kernel: NDArray, x: NDArray): NDArray[] => [valueAndGrad(loss)(kernel, x)[1] as NDArray];
  const [kernel, x] = [array(4, 2, 3, 3), array(3, 2, 9, 9)];
  requireSame(step, kernel, x);
  const copies = kernelsOf(step, kernel, x).filter((k) => k.kind === "loop" && k.shape.length === 6);
  expect(copies).toHaveLength(1);
});
