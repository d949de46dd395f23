import { describe, expect, test } from "vitest";
import { arrayFrom, type NDArray } from "../../src/array/index.ts";
import { ArgumentError, ShapeError, TreeError } from "../../src/core/index.ts";
import { broadcastTo, reduceSum } from "../../src/primitives/broadcast.ts";
import { dotGeneral } from "../../src/primitives/dot.ts";
import { add } from "../../src/primitives/elementwise/add.ts";
import { mul } from "../../src/primitives/elementwise/arithmetic.ts";
import { sin } from "../../src/primitives/elementwise/trigonometric.ts";
import { transpose } from "../../src/primitives/shape.ts";
import { grad, jit, jvp, vmap } from "../../src/transforms/index.ts";
import { counted, expectClose, f64, operations, traced } from "./support.ts";

const dot = (x: NDArray, y: NDArray): NDArray => reduceSum(mul(x, y), [0]);
const matrix = f64([
  [1, 2],
  [3, 4],
  [5, 6],
]);

describe("inAxes", () => {
  test("is 0 for all arguments by default", () => {
    expectClose(vmap(dot)(matrix, matrix), [5, 25, 61]);
  });

  test("may be another axis, counted from either end", () => {
    expectClose(vmap((x: NDArray) => reduceSum(x, [0]), 1)(matrix), [9, 12]);
    expectClose(vmap((x: NDArray) => reduceSum(x, [0]), -1)(matrix), [9, 12]);
    expectClose(vmap((x: NDArray) => reduceSum(x, [0]), -2)(matrix), [3, 7, 11]);
  });

  test("may be one for each argument, null for what the batch shares", () => {
    expectClose(vmap(dot, [0, null])(matrix, f64([10, 100])), [210, 430, 650]);
    expectClose(vmap(dot, [null, 1])(f64([10, 100]), transpose(matrix, [1, 0])), [210, 430, 650]);
    expectClose(vmap((x: NDArray, y: NDArray) => [x, y], [0, null], [0, null])(f64([1, 2]), f64(7)), [
      [1, 2],
      7,
    ]);
  });

  test("may be a tree, also of whole subtrees", () => {
    type Tree = { x: NDArray; rest: [NDArray, NDArray] };
    const f = ({ x, rest: [a, b] }: Tree, s: NDArray) => add(mul(x, a), mul(b, s));
    const tree: Tree = { x: f64([1, 2]), rest: [f64([[3, 4]]), f64([[5, 6]])] };
    expectClose(vmap(f, [{ x: 0, rest: 1 }, null])(tree, f64(10)), [[53], [68]]);
    expectClose(
      vmap(f, [{ x: 0, rest: [1, null] }, null])({ ...tree, rest: [f64([[3, 4]]), f64([5])] }, f64(10)),
      [[53], [58]],
    );
  });

  test("leaves null leaves alone", () => {
    expectClose(
      vmap(({ x }: { x: NDArray; none: null }) => ({ x, none: null }))({ x: f64([1, 2]), none: null }),
      {
        x: [1, 2],
        none: null,
      },
    );
  });

  test("must fit the arguments", () => {
    const x = f64([1, 2]);
    expect(() => vmap(dot, [0])(x, x)).toThrow(ArgumentError);
    expect(() => vmap(dot, [0])(x, x)).toThrow(
      "vmap: inAxes has 1 entries for a call with 2 arguments; give one an argument.",
    );
    expect(() => vmap((t: { a: NDArray }) => t.a, [{ b: 0 }])({ a: x })).toThrow(TreeError);
    expect(() => vmap((t: { a: NDArray }) => t.a, [{ b: 0 }])({ a: x })).toThrow(
      /^vmap: the list of arguments must have the structure of inAxes, or begin with it\. They differ at \[0\]/,
    );
    expect(() => vmap(dot, [0, 0.5])(x, x)).toThrow(
      "vmap: inAxes must hold whole numbers and null; got number 0.5.",
    );
    expect(() => vmap(dot, [0, "0" as never])(x, x)).toThrow(/whole numbers and null; got string "0"/);
  });

  test("must name axes that there are", () => {
    const f = ({ a }: { a: NDArray }, x: NDArray) => add(a, x);
    expect(() => vmap(f, [{ a: 2 }, 0])({ a: matrix }, f64([1, 2, 3]))).toThrow(
      "vmap: inAxes for argument 0 at a: axis 2 is out of range for an array of rank 2; expected an integer from -2 to 1.",
    );
    expect(() => vmap(sin)(1)).toThrow(
      "vmap: inAxes for argument 0: axis 0 is out of range for an array of rank 0; a scalar",
    );
    expect(() => vmap(sin, -3)(matrix)).toThrow(/axis -3/);
  });
});

describe("the size of the batch", () => {
  test("must be one for all arguments", () => {
    const f = (x: NDArray, { y }: { y: NDArray }) => add(x, y);
    expect(() => vmap(f)(f64([1, 2]), { y: f64([1, 2, 3]) })).toThrow(ShapeError);
    expect(() => vmap(f)(f64([1, 2]), { y: f64([1, 2, 3]) })).toThrow(
      "vmap: batch axes must have one length; inAxes for argument 0 gives 2, " +
        "inAxes for argument 1 at y gives 3 (float64[3], axis 0).",
    );
    expect(() => vmap(sin, 0, 0, { axisSize: 4 })(matrix)).toThrow(
      "vmap: batch axes must have one length; axisSize gives 4, inAxes for argument 0 gives 3",
    );
  });

  test("is given by axisSize where no argument has a batch axis", () => {
    expectClose(vmap((x: NDArray) => x, null, 0, { axisSize: 3 })(f64(7)), [7, 7, 7]);
    expectClose(vmap(() => f64([1, 2]), 0, 1, { axisSize: 3 })(), [
      [1, 1, 1],
      [2, 2, 2],
    ]);
    expect(() => vmap((x: NDArray) => x, null)(f64([7]))).toThrow(ArgumentError);
    expect(() => vmap((x: NDArray) => x, null)(f64([7]))).toThrow(
      "vmap: no argument has a batch axis (shapes [1]); set one in inAxes, or give axisSize.",
    );
    expect(() => vmap(() => f64(1), 0, 0, { axisSize: -1 })()).toThrow(
      "vmap: axisSize must be a whole number from 0; got -1.",
    );
    expect(() => vmap(() => f64(1), 0, 0, { axisSize: 1.5 })()).toThrow(ArgumentError);
  });

  test("may be 0 or 1", () => {
    const empty = vmap((x: NDArray) => mul(x, f64([1, 2])))(f64([]));
    expect(empty.shape).toEqual([0, 2]);
    expectClose(vmap(sin)(f64([0.5])), [Math.sin(0.5)]);
  });
});

describe("outAxes", () => {
  test("places the batch in the results", () => {
    const f = (x: NDArray) => mul(x, f64([1, 10, 100]));
    expectClose(vmap(f, 0, 1)(f64([1, 2])), [
      [1, 2],
      [10, 20],
      [100, 200],
    ]);
    expectClose(vmap(f, 0, -1)(f64([1, 2])), [
      [1, 2],
      [10, 20],
      [100, 200],
    ]);
    expectClose(vmap(f, 0, -2)(f64([1, 2])), [
      [1, 10, 100],
      [2, 20, 200],
    ]);
  });

  test("may be a tree that fits the result, null for what is the same for the whole batch", () => {
    const f = (x: NDArray) => ({ x: broadcastTo(x, [3]), same: f64([1, 2]), pair: [x, x] });
    expectClose(vmap(f, 0, { x: 1, same: null, pair: 0 })(f64([1, 2])), {
      x: [
        [1, 2],
        [1, 2],
        [1, 2],
      ],
      same: [1, 2],
      pair: [
        [1, 2],
        [1, 2],
      ],
    });
    expectClose(vmap(f)(f64([1, 2])).same, [
      [1, 2],
      [1, 2],
    ]);
  });

  test("must fit the result", () => {
    expect(() => vmap((x: NDArray) => [x, x], 0, [0])(f64([1]))).toThrow(TreeError);
    expect(() => vmap((x: NDArray) => [x, x], 0, [0])(f64([1]))).toThrow(
      /^vmap: the result must have the structure of outAxes/,
    );
    expect(() => vmap(sin, 0, 1)(f64([1]))).toThrow(
      "vmap: outAxes: axis 1 is out of range for an array of rank 1",
    );
    expect(() => vmap(sin, 0, null)(f64([1]))).toThrow(ArgumentError);
    expect(() => vmap(sin, 0, null)(f64([1]))).toThrow(
      "vmap: outAxes is null for a result that differs between the examples of the batch; give it an axis.",
    );
  });
});

describe("vmap", () => {
  test("calls the function once, with one example", () => {
    const shapes: string[] = [];
    const f = counted((x: NDArray) => {
      shapes.push(`${x.dtype}[${x.shape.join()}] ${x.ndim} ${x.size}`);
      return x;
    });
    vmap(f, 1)(matrix);
    expect(shapes).toEqual(["float64[3] 1 3"]);
    expect(f.calls()).toBe(1);
  });

  test("keeps dtypes and weak types", () => {
    const [n, b] = vmap((x: NDArray, y: NDArray) => [x, y])(
      arrayFrom([1, 2], "int32"),
      arrayFrom([true, false]),
    );
    expect([n?.dtype, b?.dtype]).toEqual(["int32", "bool"]);
    let weak: boolean | undefined;
    vmap(
      (x: NDArray, y: NDArray) => {
        weak = y.weakType;
        return mul(x, y);
      },
      [0, null],
    )(arrayFrom([1, 2], "float32"), 2);
    expect(weak).toBe(true);
  });

  test("does not repeat what the batch shares", () => {
    const f = (x: NDArray, w: NDArray) => mul(sin(w), x);
    const closed = traced((x: NDArray, w: NDArray) => vmap(f, [0, null])(x, w))(f64([1, 2]), f64(1));
    expect(closed.jaxpr.equations.map(String)).toEqual(["a:f64[] = sin b", "a:f64[2] = mul b c"]);
  });

  test("turns many vector products into one product of matrices", () => {
    const product = (w: NDArray, x: NDArray) =>
      dotGeneral(w, x, { lhsContracting: [1], rhsContracting: [0], lhsBatch: [], rhsBatch: [] });
    const closed = traced(vmap(product, [null, 0]))(
      f64([
        [1, 2],
        [3, 4],
      ]),
      matrix,
    );
    expect(operations(closed).filter((name) => name === "dotGeneral")).toHaveLength(1);
    expectClose(
      vmap(product, [null, 0])(
        f64([
          [1, 2],
          [3, 4],
        ]),
        matrix,
      ),
      [
        [5, 11],
        [11, 25],
        [17, 39],
      ],
    );
  });

  test("nests", () => {
    const outer = vmap(vmap(mul, [0, null]), [null, 0]);
    expectClose(outer(f64([1, 2, 3]), f64([10, 100])), [
      [10, 20, 30],
      [100, 200, 300],
    ]);
    expectClose(vmap(vmap(mul), 1, 1)(matrix, matrix), [
      [1, 4],
      [9, 16],
      [25, 36],
    ]);
    expectClose(
      vmap(vmap(dot, 1), 0)(
        f64([
          [
            [1, 2],
            [3, 4],
          ],
        ]),
        f64([
          [
            [5, 6],
            [7, 8],
          ],
        ]),
      ),
      [[26, 44]],
    );
  });

  test("closes over batched values of an enclosing vmap", () => {
    const f = (x: NDArray) => vmap((y: NDArray) => mul(x, y))(f64([1, 10]));
    expectClose(vmap(f)(f64([1, 2, 3])), [
      [1, 10],
      [2, 20],
      [3, 30],
    ]);
  });

  test("gives gradients of single examples", () => {
    const loss = (w: NDArray, x: NDArray) => dot(w, mul(x, x));
    expectClose(vmap(grad(loss), [null, 0])(f64([1, 1]), matrix), [
      [1, 4],
      [9, 16],
      [25, 36],
    ]);
    expectClose(
      grad((w: NDArray) => reduceSum(vmap(loss, [null, 0])(w, matrix), [0]))(f64([1, 1])),
      [35, 56],
    );
    expectClose(vmap((x: NDArray) => jvp(sin, [x], [x])[1])(f64([1, 2])), [Math.cos(1), 2 * Math.cos(2)]);
  });

  test("accepts compiled functions and may be compiled", () => {
    const f = jit(dot);
    expectClose(vmap(f)(matrix, matrix), [5, 25, 61]);
    expectClose(jit(vmap(f, [0, null]))(matrix, f64([1, 1])), [3, 7, 11]);
    expect(String(traced(vmap(f))(matrix, matrix))).toContain("jit[");
  });
});
