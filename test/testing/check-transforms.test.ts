import { customJvp, type DType, jit, lax, type NDArray, numpy as np, random } from "cotangent";
import { type CheckFailure, checkBatching, checkJit, checkLinear } from "cotangent/testing";
import { isRight } from "fp-ts/lib/Either.js";
import { describe, expect, test } from "vitest";
import { type Primitive, registeredPrimitives } from "../../src/core/index.ts";
import { withRules } from "../mutation/mutations.ts";

const array = (values: Parameters<typeof np.array>[0], dtype: DType = "float64"): NDArray =>
  np.array(values, { dtype });

const failureIn = (result: ReturnType<typeof checkJit>): CheckFailure => {
  if (isRight(result)) throw new Error("the error was not found");
  return result.left;
};

const primitive = (name: string): Primitive =>
  registeredPrimitives().find((p) => p.name === name) as Primitive;

describe("checkJit", () => {
  test("accepts functions of trees", () => {
    const f = (p: { w: NDArray }, x: NDArray) => ({ y: np.tanh(x.matmul(p.w)), parts: [np.sum(x)] });
    expect(checkJit(f, [{ w: array([[1, 2]]) }, array([[1], [2]])])).toEqual({
      _tag: "Right",
      right: { compared: 5 },
    });
  });

  test("finds what depends on being traced, and what changes from call to call", () => {
    let calls = 0;
    const counting = (x: NDArray) => ({ a: x, b: [x.add(calls++)] });
    expect(failureIn(checkJit(counting, [array([1, 2])]))).toMatchObject({ path: "b[0]", index: [0] });
    expect(failureIn(checkJit(counting, [array([1, 2])])).message).toMatch(
      /^checkJit: jit\(f\): at b\[0\]\[\d\]: got \S+, expected \S+\.$/,
    );
  });
});

describe("checkBatching", () => {
  const [w, x] = [
    array([
      [1, 2],
      [3, -1],
    ]),
    array([0.5, 1]),
  ];
  const f = (p: NDArray, v: NDArray): NDArray => np.tanh(v.matmul(p));

  test("accepts any of the arguments batched, and integers among them", () => {
    expect(isRight(checkBatching(f, [w, x]))).toBe(true);
    expect(isRight(checkBatching(f, [w, x], { argnums: [1], size: 5, key: random.key(3) }))).toBe(true);
    expect(isRight(checkBatching((v: NDArray, i: NDArray) => v.mul(i), [x, array([1, 2], "int32")]))).toBe(
      true,
    );
    expect(isRight(checkBatching(jit(f), [w, x], { size: 1 }))).toBe(true);
  });

  test("finds a broken batching rule", () => {
    const sin = primitive("sin");
    const right = sin.batch.bind(sin);
    const batch: Primitive["batch"] = (xs, axes, ...rest) => {
      const { outputs, axes: places } = right(xs, axes, ...rest);
      return { outputs: outputs.map((y) => np.flip(y, 0)), axes: places };
    };
    withRules(sin, { batch }, () => {
      expect(failureIn(checkBatching((v: NDArray) => np.sin(v), [x])).message).toMatch(
        /^checkBatching: vmap\(f\): at \[\d, \d\]: got \S+, expected \S+\.$/,
      );
    });
  });

  test("refuses other sizes", () => {
    expect(() => checkBatching(f, [w, x], { size: 0 })).toThrow(
      /size must be a whole number of at least 1; got 0/,
    );
  });
});

describe("checkLinear", () => {
  test("accepts linear functions, of several arguments, in both precisions", () => {
    const f = (p: { a: NDArray }, q: NDArray) => [np.cumsum(p.a).mul(3), np.sum(q).sub(np.sum(p.a))];
    for (const dtype of ["float64", "float32"] as const) {
      expect(isRight(checkLinear(f, [{ a: array([1, 2, 3], dtype) }, array([[1]], dtype)]))).toBe(true);
    }
    expect(isRight(checkLinear((x: NDArray) => np.fft.irfft(np.fft.rfft(x)), [array([1, 2, 3, 4])]))).toBe(
      true,
    );
  });

  test("finds functions that are not", () => {
    const affine = failureIn(checkLinear((x: NDArray) => x.add(1), [array([1, 2])]));
    expect(affine.message).toMatch(
      /^checkLinear: f\(0\.5·x − 2·y\), expected 0\.5·f\(x\) − 2·f\(y\): at \[\d\]/,
    );
    expect(isRight(checkLinear((x: NDArray) => x.mul(x), [array([1, 2])]))).toBe(false);
    expect(isRight(checkLinear((x: NDArray) => np.abs(x), [array([1, 2])]))).toBe(false);
  });

  test("finds a transpose that is not the adjoint", () => {
    const f = customJvp((x: NDArray) => x.mul(2));
    f.defjvp(([x]: [NDArray], [t]: [NDArray]) => [x.mul(2), t.mul(3)]);
    const cumsum = primitive("cumsum");
    const right = cumsum.transpose.bind(cumsum);
    const transpose: Primitive["transpose"] = (cts, xs, params) =>
      right(cts, xs, params).map((ct) => ct?.neg() ?? null);
    withRules(cumsum, { transpose }, () => {
      expect(failureIn(checkLinear((x: NDArray) => lax.cumsum(x, 0), [array([1, 2])])).message).toMatch(
        /⟨fᵀ\(ct\), x⟩ of linearTranspose, expected ⟨ct, f\(x\)⟩/,
      );
    });
  });

  test("refuses integers", () => {
    expect(() => checkLinear((x: NDArray) => x, [array([1, 2], "int32")])).toThrow(
      /checkLinear: every argument must be floating-point; got int32\[2\]/,
    );
  });
});
