import {
  ConcretizationError,
  customVjp,
  DifferentiationError,
  DTypeError,
  grad,
  hessian,
  jacfwd,
  jacrev,
  jit,
  jvp,
  LeakedTracerError,
  type NDArray,
  type NestedArray,
  nn,
  numpy as np,
  tree,
  valueAndGrad,
  vjp,
  vmap,
} from "cotangent";
import { describe, expect, test } from "vitest";
import { findMismatch } from "../../src/testing/closeness.ts";

/*
 * Where systems of automatic differentiation are known to go wrong. What is expected at kinks and ties is what JAX gives.
 */

const f64 = (values: Parameters<typeof np.array>[0]): NDArray => np.array(values, { dtype: "float64" });

/** Expects an array, or a list of arrays, near to nested numbers. */
const expectNear = (actual: unknown, expected: Parameters<typeof np.array>[0], tolerance = 1e-9): void => {
  const nested = tree.map((leaf: unknown) => (leaf as NDArray).toArray(), actual as NDArray);
  const mismatch = findMismatch(f64(nested as NestedArray), f64(expected), {
    rtol: tolerance,
    atol: tolerance,
  });
  expect(mismatch).toBeUndefined();
};

describe("perturbation confusion", () => {
  test("an inner derivative does not take the outer variable for its own", () => {
    // d/dx [x · d/dy (x + y)] = d/dx [x · 1] = 1; a system that mixes the two up says 2.
    const f = (x: NDArray): NDArray => x.mul(grad((y: NDArray) => x.add(y))(f64(1)));
    expectNear(grad(f)(f64(1)), 1);
    expectNear(jvp(f, [f64(1)], [f64(1)])[1], 1);
    expectNear(grad((x: NDArray) => x.mul(jvp((y: NDArray) => x.add(y), [f64(1)], [f64(1)])[1]))(f64(1)), 1);
    expectNear(jvp((x: NDArray) => x.mul(grad((y: NDArray) => x.mul(y))(f64(3))), [f64(5)], [f64(1)])[1], 10);
  });

  test("nested derivatives of one function with respect to one variable", () => {
    // d/dx (x · d/dx x³) = d/dx 3x³ = 9x²
    const cube = (x: NDArray): NDArray => x.mul(x).mul(x);
    expectNear(grad((x: NDArray) => x.mul(grad(cube)(x)))(f64(2)), 36);
    expectNear(jit(grad((x: NDArray) => x.mul(jit(grad(cube))(x))))(f64(2)), 36);
  });

  test("a tangent that is a value of the outer derivative", () => {
    // d/dx of the directional derivative of y² at x along x, which is 2x²
    expectNear(grad((x: NDArray) => jvp((y: NDArray) => y.mul(y), [x], [x])[1])(f64(3)), 12);
  });
});

describe("values that are not a number in a branch that was not taken", () => {
  test("poison the gradient if the branch is evaluated there, and not if its argument is made safe", () => {
    const plain = (x: NDArray): NDArray => np.where(x.greater(0), np.sqrt(x), 0);
    const safe = (x: NDArray): NDArray => np.where(x.greater(0), np.sqrt(np.where(x.greater(0), x, 1)), 0);
    const [value, slope] = valueAndGrad(plain)(f64(-1));
    expectNear(value, 0);
    expectNear(slope, Number.NaN);
    for (const derive of [grad(safe), jit(grad(safe)), grad(jit(safe))]) {
      expectNear(derive(f64(-1)), 0);
      expectNear(derive(f64(0)), 0);
      expectNear(derive(f64(4)), 0.25);
    }
    expectNear(vmap(grad(safe))(f64([-1, 0, 4])), [0, 0, 0.25]);
    expectNear(jvp(safe, [f64(-1)], [f64(1)])[1], 0);
  });

  test("do not reach the other branch's arguments", () => {
    const f = (x: NDArray, y: NDArray): NDArray => np.where(x.greater(0), x, np.log(y));
    expectNear(grad(f)(f64(2), f64(-1)), 1);
    expectNear(vjp((x: NDArray) => np.where(false, np.divide(1, x), x.mul(3)), [f64(2)])[1](f64(1))[0], 3);
  });
});

describe("ties and kinks have JAX's derivatives", () => {
  test("the greatest of equal elements share it", () => {
    expectNear(grad((x: NDArray) => np.max(x))(f64([2, 1, 2, 2])), [1 / 3, 0, 1 / 3, 1 / 3]);
    expectNear(grad((x: NDArray) => np.min(x))(f64([1, 1])), [0.5, 0.5]);
    expectNear(
      grad((x: NDArray) => np.sum(np.max(x, 1)))(
        f64([
          [1, 1],
          [0, 3],
        ]),
      ),
      [
        [0.5, 0.5],
        [0, 1],
      ],
    );
  });

  test("two equal operands share it", () => {
    expectNear(grad((x: NDArray) => np.maximum(x, 1))(f64(1)), 0.5);
    expectNear(grad((x: NDArray) => np.minimum(x, 1))(f64(1)), 0.5);
    // The same value on both sides has all of it.
    expectNear(grad((x: NDArray) => np.maximum(x, x))(f64(1)), 1);
  });

  test("the square root at 0 is infinitely steep", () => {
    expectNear(grad((x: NDArray) => np.sqrt(x))(f64(0)), Number.POSITIVE_INFINITY);
  });

  test("the absolute value at 0 goes up", () => {
    expectNear(grad((x: NDArray) => np.abs(x))(f64(0)), 1);
    expectNear(grad((x: NDArray) => np.abs(x))(f64(-0)), 1);
    expectNear(grad((x: NDArray) => np.sign(x))(f64(0)), 0);
  });

  test("the norm of a zero vector is not differentiable", () => {
    expectNear(grad((x: NDArray) => np.linalg.norm(x))(f64([0, 0])), [Number.NaN, Number.NaN]);
    expectNear(grad((x: NDArray) => np.linalg.norm(x))(f64([3, 4])), [0.6, 0.8]);
  });

  test("a rectifier is flat at 0", () => {
    expectNear(grad((x: NDArray) => nn.relu(x))(f64(0)), 0);
    expectNear(grad((x: NDArray) => nn.relu(x))(f64(2)), 1);
  });

  test("rounding is flat everywhere", () => {
    expectNear(grad((x: NDArray) => np.floor(x).add(np.round(x)))(f64(2)), 0);
  });
});

describe("leaves that are not floats", () => {
  const params = { w: f64([1, 2]), index: np.array([1, 0], { dtype: "int32" }), on: np.array([true, false]) };
  const loss = (p: typeof params): NDArray => np.sum(np.where(p.on, p.w.mul(p.index), p.w));

  test("have gradients of zeros where they are allowed", () => {
    const g = grad(loss, { allowInt: true })(params);
    expectNear(g.w, [1, 1]);
    expect([g.index.dtype, g.index.toArray()]).toEqual(["int32", [0, 0]]);
    expect([g.on.dtype, g.on.toArray()]).toEqual(["bool", [false, false]]);
  });

  test("are refused by name where they are not", () => {
    expect(() => grad(loss)(params)).toThrow(DTypeError);
    expect(() => grad(loss)(params)).toThrow(/argument 0 at index is int32\[2\]/);
  });

  test("carry no tangents through integers", () => {
    const f = (x: NDArray): NDArray => x.mul(x.astype("int32").astype("float64"));
    expectNear(grad(f)(f64(2.5)), 2);
    expectNear(grad((x: NDArray) => np.sum(np.take(x, np.argmax(x))))(f64([1, 5, 2])), [0, 1, 0]);
  });
});

describe("arguments", () => {
  test("given twice receive both derivatives", () => {
    const x = f64(3);
    const [dx, dy] = grad((a: NDArray, b: NDArray) => a.mul(b).mul(b), { argnums: [0, 1] })(x, x);
    expectNear([dx, dy], [9, 18]);
    expectNear(grad((a: NDArray) => ((p, q) => p.mul(q))(a, a))(x), 6);
    const shared = f64([1, 2]);
    const g = grad((p: { a: NDArray; b: NDArray }) => np.sum(p.a.mul(p.b)))({ a: shared, b: shared });
    expectNear(
      [g.a, g.b],
      [
        [1, 2],
        [1, 2],
      ],
    );
  });

  test("not used have gradients of zeros", () => {
    const [dx, dy] = grad((x: NDArray, _y: NDArray) => x, { argnums: [0, 1] })(f64(1), f64([1, 2]));
    expectNear(dx, 1);
    expectNear(dy, [0, 0]);
    expect((dy as NDArray).shape).toEqual([2]);
  });

  test("closed over belong to the derivative around", () => {
    const f = (x: NDArray): NDArray => {
      const inner = (y: NDArray): NDArray => y.mul(x).mul(x);
      return grad(inner)(f64(7))
        .add(jit(inner)(x))
        .add(np.sum(vmap(inner)(f64([1, 2]))));
    };
    // x² + x³ + 3x²
    expectNear(grad(f)(f64(2)), 2 * 2 + 3 * 4 + 6 * 2);
    expectNear(jit(grad(f))(f64(2)), 28);
    expectNear(vmap(grad(f))(f64([2, 2])), [28, 28]);
  });
});

describe("results", () => {
  test("with aux are passed through, also traced ones", () => {
    const f = (x: NDArray): [NDArray, { y: NDArray; n: number }] => [x.mul(x), { y: x.mul(2), n: 1 }];
    const [g, aux] = grad(f, { hasAux: true })(f64(3));
    expectNear([g, aux.y, aux.n], [6, 6, 1]);
    const [[value, more], slope] = valueAndGrad(f, { hasAux: true })(f64(3));
    expectNear([value, more.y, slope], [9, 6, 6]);
    // aux of an inner derivative still depends on the outer variable.
    expectNear(grad((x: NDArray) => grad(f, { hasAux: true })(x)[1].y)(f64(3)), 2);
  });

  test("that are constant have gradients of zeros", () => {
    expectNear(grad((_: NDArray) => f64(3))(f64(2)), 0);
    expectNear(grad((_: NDArray) => 3)(f64(2)), 0);
    expectNear(jacrev((x: NDArray) => [x, f64(1)])(f64(2)), [1, 0]);
    expectNear(jacfwd((x: NDArray) => [x, f64(1)])(f64(2)), [1, 0]);
    expectNear(jit(grad((_: NDArray) => 3))(f64(2)), 0);
    expectNear(hessian((x: NDArray) => np.sum(x))(f64([1, 2])), [
      [0, 0],
      [0, 0],
    ]);
  });

  test("of size 0 or from arrays of size 0", () => {
    const empty = np.zeros([0, 3], { dtype: "float64" });
    expect(grad((x: NDArray) => np.sum(np.sin(x)))(empty).shape).toEqual([0, 3]);
    expectNear(grad((x: NDArray) => np.sum(x.mul(np.sum(empty))))(f64([1, 2])), [0, 0]);
    expectNear(grad((x: NDArray) => np.prod(x.reshape([0])).mul(2))(np.zeros([0], { dtype: "float64" })), []);
    expect(vmap(grad((x: NDArray) => np.sum(x.mul(x))))(empty).shape).toEqual([0, 3]);
    expect(jacrev((x: NDArray) => x.mul(2))(np.zeros([0], { dtype: "float64" })).shape).toEqual([0, 0]);
  });

  test("must be scalars", () => {
    expect(() => grad((x: NDArray) => x.mul(2))(f64([1, 2]))).toThrow(DifferentiationError);
  });
});

describe("high orders", () => {
  test("the fourth derivative of tanh", () => {
    const x = 0.3;
    const t = Math.tanh(x);
    // As a polynomial in t = tanh x, from t′ = 1 − t².
    const expected = 16 * t - 40 * t ** 3 + 24 * t ** 5;
    const tanh = (y: NDArray): NDArray => np.tanh(y);
    expectNear(grad(grad(grad(grad(tanh))))(f64(x)), expected, 1e-8);
    expectNear(jit(grad(jit(grad(grad(jit(grad(tanh)))))))(f64(x)), expected, 1e-8);
    expectNear(jacfwd(jacrev(jacfwd(jacrev(tanh))))(f64(x)), expected, 1e-8);
    expectNear(vmap(grad(grad(grad(grad(tanh)))))(f64([x, -x])), [expected, -expected], 1e-8);
  });

  test("powers at 0", () => {
    const square = (x: NDArray): NDArray => np.power(x, 2);
    expectNear(grad(square)(f64(0)), 0);
    expectNear(grad(grad(square))(f64(0)), 2);
    expectNear(grad(grad(grad(square)))(f64(0)), 0);
    expectNear(grad((x: NDArray) => np.power(x, f64(0)))(f64(0)), 0);
  });
});

describe("a function with a VJP rule of its own", () => {
  /** The identity, whose cotangents are clipped. */
  const clipped = customVjp((x: NDArray) => x);
  clipped.defvjp(
    (x: NDArray) => [x, null],
    (_: null, ct: NDArray) => [np.clip(ct, -1, 1)],
  );
  const loss = (x: NDArray): NDArray => np.sum(clipped(x).mul(5));

  test("keeps it under vmap, jit and both, in both orders", () => {
    const xs = f64([
      [1, 2],
      [3, 4],
    ]);
    const ones = [
      [1, 1],
      [1, 1],
    ];
    expectNear(vmap(grad(loss))(xs), ones);
    expectNear(jit(vmap(grad(loss)))(xs), ones);
    expectNear(vmap(jit(grad(loss)))(xs), ones);
    expectNear(grad(jit(loss))(xs), ones);
    expectNear(grad((x: NDArray) => np.sum(vmap(loss)(x)))(xs), ones);
    expectNear(grad((x: NDArray) => np.sum(jit(vmap(jit(loss)))(x)))(xs), ones);
  });

  test("behind a constant is no obstacle", () => {
    expectNear(
      grad((x: NDArray) => clipped(np.sum(x.mul(0).astype("int32")).astype("float64")))(f64([1, 2])),
      [0, 0],
    );
  });
});

describe("impure functions are refused", () => {
  test("a tracer that is used after its transform", () => {
    let kept: NDArray | undefined;
    grad((x: NDArray) => {
      kept = x;
      return x.mul(2);
    })(f64(1));
    expect(() => (kept as NDArray).add(1)).toThrow(LeakedTracerError);
    expect(() => (kept as NDArray).add(1)).toThrow(/grad/);
    jit((x: NDArray) => {
      kept = x;
      return x.mul(2);
    })(f64(1));
    expect(() => grad((y: NDArray) => y.mul(kept as NDArray))(f64(1))).toThrow(LeakedTracerError);
  });

  test("an async function", () => {
    const f = async (x: NDArray): Promise<NDArray> => x;
    expect(() => jit(f)(f64(1))).toThrow(/async.*Promise/);
    expect(() => grad(f as unknown as (x: NDArray) => NDArray)(f64(1))).toThrow(TypeError);
    expect(() => vmap(f)(f64([1]))).toThrow(TypeError);
  });

  test("branching on a traced value, with a word on what to do", () => {
    const f = (x: NDArray): NDArray => (x.greater(0).item() ? x : x.neg());
    expect(() => jit(f)(f64(1))).toThrow(ConcretizationError);
    expect(() => jit(f)(f64(1))).toThrow(/np\.where.*lax\.cond/);
    expect(() => vmap(f)(f64([1, 2]))).toThrow(ConcretizationError);
    expect(() => jit((x: NDArray) => (Number(x) > 0 ? x : x.neg()))(f64(1))).toThrow(ConcretizationError);
    // Without jit the values are known, and a branch is a branch, as in JAX.
    expectNear(grad(f)(f64(-2)), -1);
  });
});
