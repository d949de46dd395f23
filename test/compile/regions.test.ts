import { type NDArray, numpy as np } from "cotangent";
import { describe, expect, test } from "vitest";
import type { ConcreteArray, DType } from "../../src/array/index.ts";
import { formatLowered, lowerJaxpr } from "../../src/compile/compile.ts";
import { type Body, branch, scan, whileLoop } from "./loop-primitives.ts";
import { compiledOf, evaluate, filled, requireNear, traced, unoptimized } from "./support.ts";

type Fun = (...xs: NDArray[]) => readonly NDArray[];

/** Compiled, with and without passes, equals evaluated. */
const requireSame = (fun: Fun, ...inputs: ConcreteArray[]): void => {
  const closed = traced(fun, inputs);
  const expected = evaluate(closed, inputs);
  requireNear(compiledOf(closed)(inputs), expected, { ulps: 8, ofLargest: 1e-5 }, `${closed}`);
  requireNear(unoptimized(closed)(inputs), expected, { ulps: 8, ofLargest: 1e-5 }, `${closed}`);
};

const array = (shape: readonly number[], dtype: DType, of: (i: number) => number): ConcreteArray =>
  np.asarray(filled(shape, "float64", of), { dtype }) as ConcreteArray;
const integers = (shape: readonly number[], of: (i: number) => number): ConcreteArray =>
  array(shape, "int32", of);
const scalar = (value: number): ConcreteArray => filled([], "float32", () => value);
const vector = filled([5], "float32", (i) => i / 4 - 0.5);
const matrix = filled([7, 5], "float32", (i) => ((i * 5) % 11) / 8 - 0.6);

describe("scan", () => {
  const running: Body = (_, [c], [x]) => [np.add(c as NDArray, x as NDArray), np.multiply(c as NDArray, 2)];

  test.each([false, true])("adds up rows, reverse %s", (reverse) => {
    for (const length of [0, 1, 2, 7]) {
      const xs = filled([length, 5], "float32", (i) => i / 3);
      requireSame((c, x) => scan(running, [], [c as NDArray], [x as NDArray], length, reverse), vector, xs);
    }
  });

  test.each([false, true])("of scalars, reverse %s", (reverse) => {
    const xs = filled([6], "float32", (i) => i / 3);
    requireSame((c, x) => scan(running, [], [c as NDArray], [x as NDArray], 6, reverse), scalar(0.5), xs);
  });

  test("swaps, keeps, forgets and repeats parts of its carry", () => {
    const body: Body = (_, [a, b, c, d]) =>
      [b, a, c, np.ones([5], { dtype: "float32" }), a, a, np.sin(b as NDArray), d] as NDArray[];
    for (const length of [1, 4, 5])
      requireSame(
        (a, b) => scan(body, [], [a, b, np.add(a as NDArray, 3), b] as NDArray[], [], length),
        vector,
        filled([5], "float32", (i) => i),
      );
  });

  test("returns constants, literals and slices as they are", () => {
    const body: Body = ([k], [c], [x]) =>
      [c, k, x, np.multiply(np.ones([2, 2], { dtype: "float32" }), 3), k] as NDArray[];
    requireSame((k, x) => scan(body, [k as NDArray], [k as NDArray], [x as NDArray], 7), vector, matrix);
  });

  test("reads views of what is outside: transposed, flipped, broadcast, of every other row", () => {
    const body: Body = ([k], [c], [x, y, z, w]) => [
      np.add(np.multiply(c as NDArray, 0.5), np.sum(np.multiply(x as NDArray, k as NDArray))),
      np.add(np.add(y as NDArray, z as NDArray), np.multiply(w as NDArray, c as NDArray)),
    ];
    requireSame((m) => {
      const square = np.matmul(np.transpose(m as NDArray), m as NDArray);
      const flipped = np.flip(square, 0);
      const turned = np.flip(np.transpose(square), 1);
      const same = np.broadcastTo(np.sum(m as NDArray, 0), [5, 5]);
      const other = np.flip(np.broadcastTo(np.reshape(np.sum(m as NDArray, 0), [5, 1]), [5, 5]), [0, 1]);
      return scan(body, [np.sum(square, 1)], [np.sum(m as NDArray)], [flipped, turned, same, other], 5);
    }, matrix);
  });

  test("around products, nests and reductions", () => {
    const body: Body = ([w], [h], [x]) => {
      const next = np.tanh(np.add(np.matmul(h as NDArray, w as NDArray), x as NDArray));
      return [next, np.cumsum(next), np.sort(next), np.sum(next), np.add(np.max(next), next)];
    };
    const w = filled([5, 5], "float32", (i) => ((i * 7) % 13) / 20 - 0.3);
    requireSame(
      (k, c, x) => scan(body, [k as NDArray], [c as NDArray], [x as NDArray], 7),
      w,
      vector,
      matrix,
    );
  });

  test("in a scan, over slices of slices", () => {
    const inner: Body = ([k], [c], [x]) => [
      np.add(np.multiply(c as NDArray, k as NDArray), x as NDArray),
      np.subtract(x as NDArray, c as NDArray),
    ];
    const outer: Body = (_, [c], [x]) => {
      const [last, all] = scan(inner, [c as NDArray], [np.sum(x as NDArray)], [x as NDArray], 5, true);
      return [np.sin(last as NDArray), all, last] as NDArray[];
    };
    requireSame((c, x) => scan(outer, [], [c as NDArray], [x as NDArray], 7), scalar(0.3), matrix);
    requireSame((c, x) => scan(outer, [], [c as NDArray], [x as NDArray], 7, true), scalar(0.3), matrix);
  });

  test("of nothing: no carry, no rows, no elements", () => {
    requireSame((x) => scan((_, __, [y]) => [np.exp(y as NDArray)], [], [], [x as NDArray], 7), matrix);
    requireSame(
      (c) => scan((_, [y]) => [np.exp(y as NDArray), y as NDArray], [], [c as NDArray], [], 3),
      filled([0, 4], "float32", () => 0),
    );
    requireSame(
      (x) =>
        scan(
          (_, [c], [y]) => [np.add(c as NDArray, np.sum(y as NDArray))],
          [],
          [np.sum(x as NDArray)],
          [x as NDArray],
          4,
        ),
      filled([4, 0], "float32", () => 0),
    );
  });

  test("results of a scan are used behind it while another runs", () => {
    requireSame((x) => {
      const row = np.sum(x as NDArray, 0);
      const [a, as] = scan(running, [], [row], [x as NDArray], 7);
      const [b, bs] = scan(running, [], [a as NDArray], [as as NDArray], 7, true);
      return [np.add(a as NDArray, b as NDArray), np.multiply(as as NDArray, bs as NDArray), row];
    }, matrix);
  });

  test("other dtypes", () => {
    for (const dtype of ["float64", "int32", "uint32", "bool"] as const) {
      const body: Body = (_, [c], [x]) =>
        dtype === "bool"
          ? [np.logicalXor(c as NDArray, x as NDArray), np.logicalAnd(c as NDArray, x as NDArray)]
          : [np.add(c as NDArray, x as NDArray), np.multiply(c as NDArray, x as NDArray)];
      requireSame(
        (c, x) => scan(body, [], [c as NDArray], [x as NDArray], 9),
        array([3], dtype, (i) => i & 1),
        array([9, 3], dtype, (i) => ((i * i) % 5) & (dtype === "bool" ? 1 : 7)),
      );
    }
  });
});

describe("while", () => {
  const below = ([limit]: readonly NDArray[], [i]: readonly NDArray[]): NDArray =>
    np.less(i as NDArray, limit as NDArray);

  test("runs as often as it holds: never, once, an even and an odd number of times", () => {
    for (const n of [0, 1, 6, 7])
      requireSame(
        (limit, x) =>
          whileLoop(
            below,
            (_, [i, y, z]) => [np.add(i as NDArray, 1), z as NDArray, np.multiply(y as NDArray, 1.5)],
            [limit as NDArray],
            [np.array(0, { dtype: "int32" }), x as NDArray, np.exp(x as NDArray)],
          ),
        integers([], () => n),
        vector,
      );
  });

  test("in a scan, a number of times that depends on the row", () => {
    const body: Body = (_, [c], [x]) => {
      const [n, y] = whileLoop(
        below,
        ([k], [i, z]) => [np.add(i as NDArray, 1), np.add(z as NDArray, k as NDArray)],
        [x as NDArray],
        [np.array(0, { dtype: "int32" }), c as NDArray],
      );
      return [y as NDArray, n as NDArray];
    };
    const limits = integers([6], (i) => (i * 5) % 4);
    requireSame(
      (c, x) => scan(body, [], [c as NDArray], [x as NDArray], 6),
      integers([], () => 2),
      limits,
    );
  });
});

describe("branch", () => {
  const branches: readonly Fun[] = [
    (x, y) => [np.sin(x as NDArray), y as NDArray],
    (x, y) => [np.multiply(x as NDArray, np.sum(y as NDArray)), np.cumsum(y as NDArray)],
    (x) => [x as NDArray, np.ones([5], { dtype: "float32" })],
  ];

  test("runs the one that the index says, brought into range", () => {
    for (const k of [-3, 0, 1, 2, 9])
      requireSame(
        (index, x) => branch(index as NDArray, branches, [x, np.flip(x as NDArray)] as NDArray[]),
        integers([], () => k),
        vector,
      );
  });

  test("in a scan, and a scan in it", () => {
    const inner: Body = (_, [p], [q]) => [np.cos(np.add(p as NDArray, q as NDArray)), p as NDArray];
    const ofRow: readonly Fun[] = [
      (u, v, w) => [np.add(u as NDArray, np.max(v as NDArray)), w as NDArray],
      (u, v) => scan(inner, [], [u as NDArray], [v as NDArray], 5),
      (_, v) => [np.prod(v as NDArray), np.sort(v as NDArray)],
    ];
    const body: Body = ([y], [c], [k, x]) => branch(k as NDArray, ofRow, [c, x, y] as NDArray[]);
    const choices = integers([7], (i) => i % 3);
    requireSame(
      (c, x, k) => scan(body, [np.sum(x as NDArray, 0)], [c as NDArray], [k as NDArray, x as NDArray], 7),
      scalar(0.1),
      matrix,
      choices,
    );
  });
});

test("the program says what is inside what", () => {
  const closed = traced(
    (c, x) =>
      scan(
        (_, [a], [b]) => [np.add(a as NDArray, b as NDArray), a as NDArray],
        [],
        [c as NDArray],
        [x as NDArray],
        7,
      ),
    [vector, matrix],
  );
  expect(formatLowered(lowerJaxpr(closed))).toContain("scan 7 times");
});
