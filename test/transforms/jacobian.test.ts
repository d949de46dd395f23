import { describe, expect, test } from "vitest";
import type { NDArray } from "../../src/array/index.ts";
import { ArgumentError, DifferentiationError, DTypeError } from "../../src/core/index.ts";
import { reduceSum } from "../../src/primitives/broadcast.ts";
import { concatenate } from "../../src/primitives/concatenate.ts";
import { add } from "../../src/primitives/elementwise/add.ts";
import { mul } from "../../src/primitives/elementwise/arithmetic.ts";
import { convertElementType } from "../../src/primitives/elementwise/conversion.ts";
import { cos, sin } from "../../src/primitives/elementwise/trigonometric.ts";
import { reshape } from "../../src/primitives/shape.ts";
import { grad, hessian, hvp, jacfwd, jacobian, jacrev, jit, vmap } from "../../src/transforms/index.ts";
import { counted, expectClose, f32, f64, i32 } from "./support.ts";

const { sin: Sin, cos: Cos } = Math;
const sum = (x: NDArray): NDArray =>
  reduceSum(
    x,
    x.shape.map((_, axis) => axis),
  );

const modes = { jacfwd, jacrev } as const;

describe.each(Object.keys(modes) as (keyof typeof modes)[])("%s", (mode) => {
  const jac = modes[mode] as typeof jacrev;

  test("of a function of arrays has the shape of the output, then of the input", () => {
    const f = (x: NDArray) => concatenate([mul(x, x), sin(x)], 0);
    const result = jac(f)(f64([1, 2]));
    expect(result.shape).toEqual([4, 2]);
    expectClose(result, [
      [2, 0],
      [0, 4],
      [Cos(1), 0],
      [0, Cos(2)],
    ]);
    const matrix = jac((x: NDArray) => reshape(x, [3, 2]))(
      f64([
        [1, 2, 3],
        [4, 5, 6],
      ]),
    );
    expect(matrix.shape).toEqual([3, 2, 2, 3]);
    expectClose(
      reshape(matrix, [6, 6]),
      [0, 1, 2, 3, 4, 5].map((i) => [0, 1, 2, 3, 4, 5].map((j) => (i === j ? 1 : 0))),
    );
  });

  test("of scalars is a scalar", () => {
    expectClose(jac(sin)(f64(0.5)), Cos(0.5));
    expect(jac(sin)(f64(0.5)).shape).toEqual([]);
  });

  test("has the tree of the output, each leaf the tree of the argument", () => {
    const f = ({ a, b }: { a: NDArray; b: [NDArray] }) => ({ y: mul(a, b[0]), z: [sum(mul(a, a)), b[0]] });
    const result = jac(f)({ a: f64([1, 2]), b: [f64(3)] });
    expectClose(result, {
      y: {
        a: [
          [3, 0],
          [0, 3],
        ],
        b: [[1, 2]],
      },
      z: [
        { a: [2, 4], b: [0] },
        { a: [0, 0], b: [1] },
      ],
    });
  });

  test("with argnums has one tree, or a list of them, in its leaves", () => {
    const f = (x: NDArray, y: { w: NDArray }) => mul(x, y.w);
    const args = [f64([1, 2]), { w: f64([3, 4]) }] as const;
    expectClose(jac(f, { argnums: 1 })(...args), {
      w: [
        [1, 0],
        [0, 2],
      ],
    });
    expectClose(jac(f, { argnums: [1, 0] })(...args), [
      {
        w: [
          [1, 0],
          [0, 2],
        ],
      },
      [
        [3, 0],
        [0, 4],
      ],
    ]);
    expectClose(jac(f, { argnums: [-1] })(...args), [
      {
        w: [
          [1, 0],
          [0, 2],
        ],
      },
    ]);
    expect(() => jac(f, { argnums: 2 as 0 })(...args)).toThrow(ArgumentError);
    expect(() => jac(f, { argnums: 2 as 0 })(...args)).toThrow(`${mode}: argnums names argument 2`);
  });

  test("passes aux through", () => {
    const f = counted((x: NDArray) => [mul(x, x), { x, n: i32([1, 2]) }] as const);
    expectClose(jac(f, { hasAux: true })(f64([1, 2])), [
      [
        [2, 0],
        [0, 4],
      ],
      { x: [1, 2], n: [1, 2] },
    ]);
    expect(f.calls()).toBe(1);
    expect(() => jac(sin as never, { hasAux: true })(f64(1))).toThrow(DifferentiationError);
  });

  test("of constants, unused arguments and arrays of size 0 is zero or empty", () => {
    expectClose(jac((_: NDArray) => f64([1, 2, 3]))(f64([1, 2])), [
      [0, 0],
      [0, 0],
      [0, 0],
    ]);
    expectClose(jac((x: NDArray, _: NDArray) => x, { argnums: [0, 1] })(f64(1), f64([1, 2])), [1, [0, 0]]);
    expect(jac((x: NDArray) => mul(x, x))(f64([])).shape).toEqual([0, 0]);
    expect(jac((x: NDArray) => sum(x))(f64([])).shape).toEqual([0]);
    expectClose(jac((x: NDArray) => ({ none: null, list: [] as NDArray[], x }))(f64(2)), {
      none: null,
      list: [],
      x: 1,
    });
  });

  test("keeps dtypes apart", () => {
    const f = (x: NDArray, y: NDArray) => ({ single: x, double: add(convertElementType(x, "float64"), y) });
    const result = jac(f, { argnums: [0, 1] })(f32([1]), f64([2])) as {
      single: NDArray[];
      double: NDArray[];
    };
    expectClose(result, { single: [[[1]], [[0]]], double: [[[1]], [[1]]] });
    expect(result.double[1]?.dtype).toBe("float64");
    expect(result.single[0]?.dtype).toBe("float32");
  });

  test("refuses integers", () => {
    expect(() => jac((x: NDArray) => x)(i32(1))).toThrow(DTypeError);
    expect(() => jac((x: NDArray) => x)(i32(1))).toThrow(
      `${mode}: can only differentiate with respect to floats; got int32[].`,
    );
  });

  test("works under other transforms and on compiled functions", () => {
    const f = jit((x: NDArray) => mul(x, sin(x)));
    const derivative = (x: number): number => Sin(x) + x * Cos(x);
    expectClose(jac(f)(f64([1, 2])), [
      [derivative(1), 0],
      [0, derivative(2)],
    ]);
    expectClose(jit(jac(f))(f64([1, 2])), [
      [derivative(1), 0],
      [0, derivative(2)],
    ]);
    expectClose(vmap(jac(f))(f64([[1], [2]])), [[[derivative(1)]], [[derivative(2)]]]);
    expectClose(grad((x: NDArray) => sum(jac((y: NDArray) => mul(y, mul(y, y)))(x)))(f64([1, 2])), [6, 12]);
  });
});

test("jacobian is jacrev", () => {
  expect(jacobian).toBe(jacrev);
});

test("jacrev refuses integer outputs and tells where to put them", () => {
  expect(() => jacrev((x: NDArray) => convertElementType(x, "int32"))(f64(1))).toThrow(
    "jacrev: outputs must be floats; got int32[]. Return it as aux instead.",
  );
});

describe("hessian", () => {
  const f = (x: NDArray) => sum(mul(mul(x, x), x));

  test("is the matrix of second derivatives", () => {
    expectClose(hessian(f)(f64([1, 2])), [
      [6, 0],
      [0, 12],
    ]);
    expectClose(hessian((x: NDArray) => mul(sum(x), sum(mul(x, x))))(f64([1, 2])), [
      [4 + 2 + 4, 2 + 4],
      [2 + 4, 4 * 2 + 2 + 2 * 1 + 2],
    ]);
  });

  test("of trees is a tree of trees; of several arguments a list of lists", () => {
    const g = ({ a, b }: { a: NDArray; b: NDArray }) => mul(mul(a, a), b);
    expectClose(hessian(g)({ a: f64(3), b: f64(5) }), { a: { a: 10, b: 6 }, b: { a: 6, b: 0 } });
    const h = (x: NDArray, y: NDArray) => sum(mul(mul(x, x), y));
    expectClose(hessian(h, { argnums: [0, 1] })(f64([1, 2]), f64([3, 4])), [
      [
        [
          [6, 0],
          [0, 8],
        ],
        [
          [2, 0],
          [0, 4],
        ],
      ],
      [
        [
          [2, 0],
          [0, 4],
        ],
        [
          [0, 0],
          [0, 0],
        ],
      ],
    ]);
  });

  test("of a vector-valued function has its tree and shape first", () => {
    const result = hessian((x: NDArray) => ({ y: mul(x, x) }))(f64([1, 2]));
    expect(result.y.shape).toEqual([2, 2, 2]);
    expectClose(result, {
      y: [
        [
          [2, 0],
          [0, 0],
        ],
        [
          [0, 0],
          [0, 2],
        ],
      ],
    });
  });

  test("passes aux through", () => {
    expectClose(hessian((x: NDArray) => [f(x), { x, c: cos(x) }] as const, { hasAux: true })(f64([1, 2])), [
      [
        [6, 0],
        [0, 12],
      ],
      { x: [1, 2], c: [Cos(1), Cos(2)] },
    ]);
  });

  test("is the same in every order of the modes", () => {
    const g = (x: NDArray) => sum(mul(sin(x), mul(x, sum(x))));
    const x = f64([0.3, -0.7, 1.1]);
    const expected = hessian(g)(x).toArray();
    expectClose(jacrev(jacfwd(g))(x), expected);
    expectClose(jacrev(jacrev(g))(x), expected);
    expectClose(jacfwd(jacfwd(g))(x), expected);
    expectClose(jit(hessian(jit(g)))(x), expected);
  });
});

describe("hvp", () => {
  const g = (x: NDArray) => sum(mul(sin(x), mul(x, sum(x))));

  test("is the Hessian times a vector", () => {
    const [x, v] = [f64([0.3, -0.7, 1.1]), f64([1, 2, -1])];
    const rows = hessian(g)(x).toArray() as number[][];
    const expected = rows.map((row) => row.reduce((s, h, i) => s + h * ([1, 2, -1][i] as number), 0));
    expectClose(hvp(g, [x], [v]), expected);
    expectClose(jit((y: NDArray) => hvp(g, [y], [v]))(x), expected);
  });

  test("differentiates the gradient with respect to the first argument in the direction of all", () => {
    const f = ({ a }: { a: NDArray }, b: NDArray) => mul(mul(a, a), b);
    expectClose(hvp(f, [{ a: f64(3) }, f64(5)], [{ a: f64(1) }, f64(0)]), { a: 10 });
    expectClose(hvp(f, [{ a: f64(3) }, f64(5)], [{ a: f64(0) }, f64(1)]), { a: 6 });
  });
});
