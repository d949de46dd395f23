import { grad, jit, type NDArray, numpy as np, vmap } from "cotangent";
import { onnxJit, toOnnx } from "cotangent/onnx";
import * as runtime from "onnxruntime-node";
import { describe, expect, test } from "vitest";

const scaled = (params: { readonly w: NDArray; readonly b: NDArray }, x: NDArray) => ({
  y: params.w.mul(x).add(params.b),
  parts: [params.b, x] as const,
});
const params = { w: np.array([2, 3]), b: np.array([1, 1]) };
const x = np.array([10, 20]);

describe("onnxJit", () => {
  test("the same tree in and out; inputs that are outputs too", async () => {
    const f = await onnxJit(scaled)(params, x);
    const { y, parts } = await f(params, x);
    expect(y.toArray()).toEqual([21, 61]);
    expect(parts.map((part) => part.toArray())).toEqual([
      [1, 1],
      [10, 20],
    ]);
    await f.release();
  });

  test("names are paths, which ONNX Runtime sees", async () => {
    const session = await runtime.InferenceSession.create(toOnnx(scaled)(params, x));
    expect(session.inputNames).toEqual(["params.b", "params.w", "x"]);
    expect(session.outputNames).toEqual(["out.parts[0]", "out.parts[1]", "out.y"]);
    await session.release();
  });

  test("names that would be alike are numbered", async () => {
    const f = (out: NDArray, { a }: { readonly a: NDArray }): NDArray => out.add(a);
    const session = await runtime.InferenceSession.create(toOnnx(f)(x, { a: x }));
    expect([...session.inputNames, ...session.outputNames]).toEqual(["out", "args[1].a", "out_2"]);
    await session.release();
  });

  test("results keep weak types, numbers are taken for arrays", async () => {
    const f = await onnxJit((a: NDArray, s: NDArray) => [a.mul(s), s.mul(s)] as const)(x, 3);
    const [y, s] = await f(x, 4);
    expect([y.toArray(), s.item(), s.weakType]).toEqual([[40, 80], 16, true]);
    await f.release();
  });

  test("a loaded module runs it, with options of the session", async () => {
    const f = await onnxJit((a: NDArray) => a.add(1), {
      runtime,
      intraOpNumThreads: 2,
      session: { graphOptimizationLevel: "disabled" },
    })(x);
    expect((await f(x)).toArray()).toEqual([11, 21]);
    await f.release();
  });

  test("results of size 0, and arguments that nothing reads", async () => {
    const f = await onnxJit((a: NDArray, _b: NDArray) => [np.zeros([0, 3]).add(1), a.mul(0)] as const)(x, x);
    const [empty, zeros] = await f(x, x);
    expect([empty.shape, zeros.toArray()]).toEqual([
      [0, 3],
      [0, 0],
    ]);
    await f.release();
  });

  test("other shapes, dtypes and trees are refused", async () => {
    const f = await onnxJit(scaled)(params, x);
    await expect(f(params, np.array([1, 2, 3]))).rejects.toThrow(
      'the argument "x" is float32[3], but the example was float32[2]',
    );
    await expect(f(params, x.astype("int32"))).rejects.toThrow('"x" is int32[2]');
    // @ts-expect-error: the tree lacks a leaf
    await expect(f({ w: x }, x)).rejects.toThrow("onnxJit");
    await f.release();
  });

  test("it cannot be called while tracing, nor export what an enclosing transform traces", async () => {
    const f = await onnxJit((a: NDArray) => a.mul(2))(x);
    const calls: Promise<NDArray>[] = [];
    jit((a: NDArray) => {
      calls.push(f(a));
      return a;
    })(x);
    await expect(calls[0]).rejects.toThrow("is traced: ONNX Runtime needs its numbers");
    await f.release();
    expect(() =>
      vmap((a: NDArray) => {
        toOnnx((b: NDArray) => b.mul(a))(1);
        return a;
      })(x),
    ).toThrow("closes over a value that an enclosing transform traces");
  });

  test("a package that is not there is named", async () => {
    await expect(onnxJit((a: NDArray) => a, { runtime: "onnxruntime-web" })(x)).rejects.toThrow(
      "needs the package onnxruntime-web, which could not be loaded. Install it",
    );
  });
});

describe("what cannot be exported", () => {
  test("bfloat16", () => {
    expect(() => toOnnx((a: NDArray) => a.mul(2))(x.astype("bfloat16"))).toThrow(
      "no bfloat16 kernels on CPUs; got bfloat16[2]",
    );
    expect(() => toOnnx((a: NDArray) => a.astype("bfloat16").astype("float32"))(x)).toThrow("bfloat16");
  });
  test("calls back to JavaScript", async () => {
    const { debug } = await import("cotangent");
    const f = (a: NDArray): NDArray => {
      debug.print("{}", a);
      return a.mul(2);
    };
    expect(() => toOnnx(f)(x)).toThrow(
      '"debugCallback" of (float32[2]) cannot be exported: a file cannot call back',
    );
  });
});

test("a gradient with a custom rule is exported as its rule", async () => {
  const { customJvp } = await import("cotangent");
  const f = customJvp((a: NDArray) => np.sum(a.mul(a)));
  f.defjvp(([a]: [NDArray], [t]: [NDArray]) => [f(a), np.sum(t.mul(100))]);
  const g = await onnxJit(grad((a: NDArray) => f(a)))(x);
  expect((await g(x)).toArray()).toEqual([100, 100]);
  await g.release();
});
