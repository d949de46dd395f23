import { describe, expect, test } from "vitest";
import type { NDArray } from "../../src/array/index.ts";
import { ArgumentError, DifferentiationError, DTypeError } from "../../src/core/index.ts";
import { reduceSum } from "../../src/primitives/broadcast.ts";
import { add } from "../../src/primitives/elementwise/add.ts";
import { div, mul, neg } from "../../src/primitives/elementwise/arithmetic.ts";
import { gt } from "../../src/primitives/elementwise/comparison.ts";
import { convertElementType } from "../../src/primitives/elementwise/conversion.ts";
import { sqrt } from "../../src/primitives/elementwise/exponential.ts";
import { tanh } from "../../src/primitives/elementwise/hyperbolic.ts";
import { select } from "../../src/primitives/elementwise/select.ts";
import { cos, sin } from "../../src/primitives/elementwise/trigonometric.ts";
import { scalarLike } from "../../src/primitives/rules.ts";
import { grad, jit, valueAndGrad, vmap } from "../../src/transforms/index.ts";
import { counted, expectClose, f32, f64, i32, operations, traced, untyped } from "./support.ts";

const { sin: Sin, cos: Cos, tanh: Tanh } = Math;
const sum = (x: NDArray): NDArray => reduceSum(x, [0]);

describe("grad", () => {
  test("is the derivative with respect to the first argument", () => {
    expectClose(grad((x: NDArray) => mul(sin(x), x))(f64(2)), Sin(2) + 2 * Cos(2));
    expectClose(grad((x: NDArray, y: NDArray) => sum(mul(x, y)))(f64([1, 2]), f64([3, 4])), [3, 4]);
  });

  test("has the tree, the shapes and the dtypes of that argument", () => {
    const loss = ({ w, b }: { w: NDArray[]; b: NDArray | null }, x: NDArray) =>
      sum(
        mul(mul(w[0] as NDArray, convertElementType(w[1] as NDArray, "float64")), b === null ? x : add(x, b)),
      );
    const params = { w: [f64([1, 2]), f32([3, 4])], b: null };
    const grads = grad(loss)(params, f64([5, 6]));
    expectClose(grads, {
      w: [
        [15, 24],
        [5, 12],
      ],
      b: null,
    });
    expect(grads.w.map((g) => g.dtype)).toEqual(["float64", "float32"]);
    expectClose(grad(loss)({ ...params, b: f64([1, 1]) }, f64([5, 6])), {
      w: [
        [18, 28],
        [6, 14],
      ],
      b: [3, 8],
    });
  });

  test("takes numbers for what it differentiates", () => {
    expectClose(grad((x: NDArray) => mul(x, x))(3), 6);
    expectClose(grad(({ a, b }: { a: NDArray; b: NDArray }) => mul(a, b))({ a: 3, b: 4 }), { a: 4, b: 3 });
  });

  test("hands arguments that it does not differentiate on as they are", () => {
    const received: unknown[] = [];
    const f = (x: NDArray, n: number, ...rest: unknown[]) => {
      received.push(n, ...rest);
      let y = x;
      for (let i = 1; i < n; i++) y = mul(y, x);
      return y;
    };
    const date = new Date();
    expectClose(grad(f)(f64(2), 3, "name", date, null), 12);
    expect(received).toEqual([3, "name", date, null]);
  });

  test("of a function that returns a constant or a plain number is zero", () => {
    expectClose(grad((_: NDArray) => f64(5))(f64([1, 2])), [0, 0]);
    expectClose(grad((_: NDArray) => 5)(f64([1, 2])), [0, 0]);
    expectClose(valueAndGrad((x: NDArray) => x)(3), [3, 1]);
  });

  test("of an array of size 0 is one", () => {
    const [value, gradient] = valueAndGrad((x: NDArray) => sum(mul(x, x)))(f64([]));
    expectClose([value, gradient], [0, []]);
    expect(gradient.shape).toEqual([0]);
  });

  test("repeated gives higher derivatives: the fourth of tanh", () => {
    type Unary = (x: NDArray) => NDArray;
    const fourth = [1, 2, 3, 4].reduce<Unary>((f) => grad(f) as Unary, tanh);
    const t = Tanh(0.4);
    const s = 1 - t * t;
    expectClose(fourth(f64(0.4)), 16 * t * s * s - 8 * t * t * t * s);
  });

  test("through a choice takes the branch that was chosen, and NaN in the other does no harm when it is guarded", () => {
    const safe = (x: NDArray): NDArray => {
      const positive = gt(x, scalarLike(x, 0));
      return select(positive, sqrt(select(positive, x, scalarLike(x, 1))), neg(x));
    };
    expectClose(grad(safe)(f64(4)), 0.25);
    expectClose(grad(safe)(f64(-4)), -1);
    expectClose(grad(safe)(f64(0)), -1);
  });

  test("of closed-over arrays, of one argument twice", () => {
    const x = f64(3);
    expectClose(grad((y: NDArray) => mul(x, y))(f64(5)), 3);
    expectClose(grad((a: NDArray, b: NDArray) => mul(a, mul(b, b)), { argnums: [0, 1] })(x, x), [9, 18]);
  });
});

describe("argnums", () => {
  const f = (a: NDArray, b: { x: NDArray }, c: NDArray) => mul(mul(a, b.x), mul(c, c));
  const args = [f64(2), { x: f64(3) }, f64(5)] as const;

  test("names one argument, or several in any order", () => {
    expectClose(grad(f, { argnums: 1 })(...args), { x: 50 });
    expectClose(grad(f, { argnums: 2 })(...args), 60);
    expectClose(grad(f, { argnums: [2, 0] })(...args), [60, 75]);
    expectClose(grad(f, { argnums: [1] })(...args), [{ x: 50 }]);
    expectClose(grad(f, { argnums: [] })(...args), []);
  });

  test("counts negative ones from the end", () => {
    expectClose(grad(f, { argnums: -1 })(...args), 60);
    expectClose(grad(f, { argnums: [-3, -1] })(...args), [75, 60]);
  });

  test("must name arguments that there are, each once", () => {
    expect(() => grad(f, { argnums: 3 as 0 })(...args)).toThrow(ArgumentError);
    expect(() => grad(f, { argnums: 3 as 0 })(...args)).toThrow(
      "grad: argnums names argument 3, but the function was called with 3.",
    );
    expect(() => grad(f, { argnums: -4 as 0 })(...args)).toThrow(/argument -4/);
    expect(() => grad(f, { argnums: 0.5 as 0 })(...args)).toThrow(/argument 0\.5/);
    expect(() => grad(f, { argnums: [1, -2] })(...args)).toThrow(
      "grad: argnums [1, -2] names an argument twice.",
    );
    expect(() => untyped(grad((x: NDArray) => x))()).toThrow(
      "names argument 0, but the function was called with 0",
    );
  });
});

describe("valueAndGrad", () => {
  const f = counted((w: NDArray, x: NDArray) => sum(sin(mul(w, x))));
  const [w, x] = [f64([1, 2]), f64([0.5, 0.25])];

  test("gives both from one evaluation", () => {
    const before = f.calls();
    expectClose(valueAndGrad(f)(w, x), [2 * Sin(0.5), [0.5 * Cos(0.5), 0.25 * Cos(0.5)]]);
    expectClose(valueAndGrad(f, { argnums: [0, 1] })(w, x)[1], [
      [0.5 * Cos(0.5), 0.25 * Cos(0.5)],
      [Cos(0.5), 2 * Cos(0.5)],
    ]);
    expect(f.calls()).toBe(before + 2);
  });

  test("computes the primal once", () => {
    const closed = traced(valueAndGrad((y: NDArray) => sin(sin(mul(y, y)))))(f64(1));
    expect(operations(closed)).toEqual([
      "mul",
      "sin",
      "cos",
      "sin",
      "cos",
      "mul",
      "mul",
      "mul",
      "mul",
      "add",
    ]);
    // grad alone drops what only the value needs.
    const alone = traced(grad((y: NDArray) => sin(sin(mul(y, y)))))(f64(1));
    expect(operations(alone)).toEqual(["mul", "sin", "cos", "cos", "mul", "mul", "mul", "mul", "add"]);
  });

  test("passes aux through", () => {
    const g = (y: NDArray) => [mul(y, y), { y, tree: [cos(y), null] }] as const;
    expectClose(valueAndGrad(g, { hasAux: true })(f64(3)), [[9, { y: 3, tree: [Cos(3), null] }], 6]);
    expectClose(grad(g, { hasAux: true })(f64(3)), [6, { y: 3, tree: [Cos(3), null] }]);
    expectClose(grad(g, { hasAux: true, argnums: [0] })(f64(3))[0], [6]);
    // Aux may carry what an enclosing transform traces.
    expectClose(grad((z: NDArray) => mul(grad(g, { hasAux: true })(z)[1].y, z))(f64(3)), 6);
  });
});

describe("refuses, saying what it got", () => {
  const names = { grad, valueAndGrad } as unknown as Record<string, typeof grad>;
  test.each(Object.keys(names))("%s", (name) => {
    const transform = names[name] as typeof grad;
    const id = (x: NDArray): NDArray => x;
    expect(() => transform(id)(f32([1, 2]))).toThrow(DifferentiationError);
    expect(() => transform(id)(f32([1, 2]))).toThrow(
      `${name}: the function must return a scalar; it returned float32[2]. Reduce it (sum or mean), or use jacrev or vjp`,
    );
    expect(() => untyped(transform(((x: NDArray) => [x, x]) as never))(f32(1))).toThrow(
      `${name}: the function must return one scalar; it returned a tree of 2 arrays. Use hasAux`,
    );
    expect(() => untyped(transform((() => null) as never))(f32(1))).toThrow(/a tree of 0 arrays/);
    expect(() => transform((x: NDArray) => convertElementType(x, "int32"))(f32(1))).toThrow(DTypeError);
    expect(() => transform((x: NDArray) => convertElementType(x, "int32"))(f32(1))).toThrow(
      `${name}: the function must return a float; it returned int32[].`,
    );
    expect(() => transform(id)(i32(1))).toThrow(DTypeError);
    expect(() => transform(id)(i32(1))).toThrow(
      `${name}: can only differentiate with respect to floats; argument 0 is int32[]. Convert it with astype("float32")`,
    );
    expect(() =>
      transform((_: NDArray, p: { a: NDArray[] }) => p.a[0] as NDArray, { argnums: [0, 1] })(f32(1), {
        a: [i32([1])],
      }),
    ).toThrow(`${name}: can only differentiate with respect to floats; argument 1 at a[0] is int32[1].`);
    expect(() => untyped(transform(((x: NDArray) => x) as never, { hasAux: true }))(f32(1))).toThrow(
      `${name}: with hasAux the function must return [output, aux]; it returned the tree *.`,
    );
    expect(() => untyped(transform(7 as never))(1)).toThrow(`${name}: expected a function, got number.`);
  });
});

describe("allowInt", () => {
  test("accepts integers and booleans, whose gradients are zeros of their dtype", () => {
    const f = ({ x, n, b }: { x: NDArray; n: NDArray; b: NDArray }) =>
      select(b, mul(x, convertElementType(n, "float64")), x);
    const gradient = grad(f, { allowInt: true })({ x: f64(2), n: i32(3), b: true });
    expectClose(gradient, { x: 3, n: 0, b: false });
    expect([gradient.n.dtype, gradient.b.dtype]).toEqual(["int32", "bool"]);
  });
});

test("the scalar circuit has the gradient that calculus gives", () => {
  const logistic = (x: NDArray) => div(scalarLike(x, 1), add(scalarLike(x, 1), sin(x)));
  const circuit = (w0: NDArray, x0: NDArray, w1: NDArray, x1: NDArray, w2: NDArray) =>
    logistic(add(add(mul(w0, x0), mul(w1, x1)), w2));
  const [w0, x0, w1, x1, w2] = [0.2, -0.1, 0.3, 0.2, 0.3];
  const z = w0 * x0 + w1 * x1 + w2;
  const d = -Cos(z) / (1 + Sin(z)) ** 2;
  const run = valueAndGrad(circuit, { argnums: [0, 1, 2, 3, 4] });
  const args = [f64(w0), f64(x0), f64(w1), f64(x1), f64(w2)] as const;
  const expected = [1 / (1 + Sin(z)), [d * x0, d * w0, d * x1, d * w1, d]];
  expectClose(run(...args), expected);
  expectClose(jit(run)(...args), expected);
  const [, ...rest] = args;
  expectClose(vmap(grad(circuit), [0, null, null, null, null])(f64([w0, w0]), ...rest), [d * x0, d * x0]);
});
