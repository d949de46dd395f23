import "cotangent/export";
import { checkpoint, core, debug, grad, jit, lax, type NDArray, numpy as np, tree, vmap } from "cotangent";
import { partition, toStableHLO } from "cotangent/export";
import { describe, expect, test } from "vitest";

const x = np.array([
  [1, 2, 3],
  [4, 5, 6],
]);

/** How often a text stands in another. */
const count = (text: string, part: string): number => text.split(part).length - 1;

describe("toStableHLO", () => {
  test("writes a module with types, constants and names", () => {
    const params = { w: np.zeros([3, 2]), layers: [np.zeros([2]), { "odd key": np.array(1, "int32") }] };
    const apply = (p: typeof params, input: NDArray) => ({
      out: np
        .matmul(input, p.w)
        .add(p.layers[0] as NDArray)
        .mul(0.1),
    });
    const text = toStableHLO(apply)(params, x);
    expect(text).toContain("module @apply attributes {mhlo.num_partitions = 1 : i32");
    expect(text).toContain('%arg0: tensor<2xf32> {jax.arg_info = "p.layers[0]"} loc("p.layers[0]")');
    expect(text).toContain('{jax.arg_info = "p.layers[1][\\"odd key\\"]"}');
    expect(text).toContain('%arg2: tensor<3x2xf32> {jax.arg_info = "p.w"} loc("p.w")');
    expect(text).toContain('%arg3: tensor<2x3xf32> {jax.arg_info = "input"}');
    expect(text).toContain('-> (tensor<2x2xf32> {jax.result_info = "result.out"})');
    expect(text).toContain("dense<0.10000000149011612>");
  });

  test("is what lower(…).stablehlo() gives", () => {
    const f = (a: NDArray, n: number) => np.sin(a).mul(n);
    expect(jit(f, { staticArgnums: 1 }).lower(x, 2).stablehlo()).toBe(
      toStableHLO((a: NDArray) => np.sin(a).mul(2), { name: "f" })(x),
    );
  });

  test("names arguments that are taken apart by their place, and one result alone", () => {
    const text = toStableHLO(({ a }: { a: NDArray }, [b]: [NDArray]) => a.add(b))({ a: x }, [x]);
    expect(text).toContain('"args[0].a"');
    expect(text).toContain('"args[1][0]"');
    expect(text).toContain('jax.result_info = "result"');
  });

  test("writes odd numbers by their bits, and long lists as bytes", () => {
    const odd = np.array([Number.NaN, Number.POSITIVE_INFINITY, -0, 1e-45, 3]);
    const text = toStableHLO((a: NDArray) => a.add(odd))(np.zeros([5]));
    expect(text).toContain(
      "dense<[0x7FC00000, 0x7F800000, -0.0, 1.401298464324817e-45, 3.0]> : tensor<5xf32>",
    );
    const doubles = toStableHLO((a: NDArray) =>
      a.add(np.array([Number.NEGATIVE_INFINITY, 1e300], "float64")),
    )(np.zeros([2], "float64"));
    expect(doubles).toContain("dense<[0xFFF0000000000000, 1.0e+300]> : tensor<2xf64>");
    const long = toStableHLO((a: NDArray) => a.add(np.array([...Array(17).keys()], "int32")))(
      np.zeros([17], "int32"),
    );
    expect(long).toContain('dense<"0x000000000100000002000000');
    const halves = toStableHLO((a: NDArray) => a.add(np.array([1, 2.5], "bfloat16")))(
      np.zeros([2], "bfloat16"),
    );
    expect(halves).toContain("dense<[0x3F80, 0x4020]> : tensor<2xbf16>");
    const flags = toStableHLO((a: NDArray) => np.logicalAnd(a, np.array([true, false])))(
      np.zeros([2], "bool"),
    );
    expect(flags).toContain("dense<[true, false]> : tensor<2xi1>");
  });

  test("computes with storage types in wider ones, rounding each equation once", () => {
    const text = toStableHLO((a: NDArray) => np.exp(a.mul(a)))(np.zeros([2], "bfloat16"));
    expect(count(text, "(tensor<2xbf16>) -> tensor<2xf32>")).toBe(3);
    expect(count(text, "(tensor<2xf32>) -> tensor<2xbf16>")).toBe(2);
    // Products of matrices take them as they are and add up in a wider type.
    const product = toStableHLO((a: NDArray) => np.matmul(a, a))(np.zeros([2, 2], "float16"));
    expect(product).toContain("(tensor<2x2xf16>, tensor<2x2xf16>) -> tensor<2x2xf32>");
  });

  test("leaves out what no result needs", () => {
    const text = toStableHLO((a: NDArray) => {
      np.exp(a);
      return np.sin(a);
    })(x);
    expect(text).not.toContain("exponential");
  });

  test("makes real convolutions of convolutions and of both of their gradients", () => {
    const conv = (image: NDArray, kernel: NDArray): NDArray =>
      np.sum(np.square(lax.convGeneralDilated(image, kernel, [2, 1], "SAME", { rhsDilation: [1, 2] })));
    const text = toStableHLO(grad(conv, { argnums: [0, 1] }))(np.ones([2, 3, 8, 9]), np.ones([4, 3, 3, 2]));
    expect(count(text, '"stablehlo.convolution"')).toBe(3);
    expect(text).not.toContain("dot_general");
    expect(text).not.toContain("concatenate");
    const grouped = toStableHLO((image: NDArray, kernel: NDArray) =>
      lax.convGeneralDilated(image, kernel, [1, 1], "VALID", { featureGroupCount: 2 }),
    )(np.ones([1, 4, 5, 5]), np.ones([6, 2, 3, 3]));
    expect(grouped).toContain("feature_group_count = 2 : i64");
  });

  test("makes reductions of windows of poolings", () => {
    const text = toStableHLO((a: NDArray) =>
      lax.reduceWindow(a, -Infinity, lax.max, [1, 2], [1, 1], "VALID"),
    )(x);
    expect(text).toContain('"stablehlo.reduce_window"');
    expect(text).toContain("0xFF800000");
  });

  test("keeps loops and branches", () => {
    const looped = toStableHLO((xs: NDArray) =>
      lax.scan((sum: NDArray, each: NDArray) => [sum.add(each), sum] as const, np.zeros([]), xs, {
        reverse: true,
      }),
    )(np.ones([5]));
    expect(count(looped, '"stablehlo.while"')).toBe(1);
    expect(count(looped, '"stablehlo.dynamic_update_slice"')).toBe(1);
    const chosen = toStableHLO((i: NDArray, a: NDArray) =>
      lax.switch(i, [(v: NDArray) => np.sin(v), (v: NDArray) => np.cos(v)], a),
    )(np.array(1, "int32"), x);
    expect(count(chosen, '"stablehlo.case"')).toBe(1);
  });

  test("keeps what a checkpoint computes again apart", () => {
    const f = checkpoint((a: NDArray) => np.sum(np.sin(np.sin(a))));
    expect(toStableHLO(grad(f))(x)).toContain('"stablehlo.optimization_barrier"');
  });

  test("asks for exact products unless told otherwise", () => {
    const product = (a: NDArray) => np.matmul(a, a.T);
    expect(toStableHLO(product)(x)).toContain("#stablehlo<precision HIGHEST>");
    expect(toStableHLO(product, { precision: "default" })(x)).toContain("#stablehlo<precision DEFAULT>");
    expect(() => toStableHLO(product, { precision: "low" as "high" })(x)).toThrow(
      /precision must be "default", "high" or "highest"; got "low"/,
    );
  });

  test("escapes names that MLIR strings do not hold", () => {
    const text = toStableHLO((p: Record<string, NDArray>) => p["größe"] as NDArray, { name: "1 step" })({
      größe: x,
    });
    expect(text).toContain("module @_1_step");
    expect(text).toContain('"p.gr\\C3\\B6\\C3\\9Fe"');
  });

  test("is the same every time", () => {
    const f = vmap(grad((a: NDArray) => np.sum(np.sort(np.cumsum(a)))));
    expect(toStableHLO(f)(x)).toBe(toStableHLO(f)(x));
  });
});

describe("shardings", () => {
  const loss = (p: { w: NDArray; b: NDArray }, batch: NDArray) => np.sum(np.matmul(batch, p.w).add(p.b));
  const params = { w: np.zeros([3, 4]), b: np.zeros([4]) };
  const batch = np.zeros([16, 3]);

  test("are a mesh and an attribute of every argument and result", () => {
    const text = toStableHLO(grad(loss), {
      argumentNames: ["p", "batch"],
      mesh: { data: 4, model: 2 },
      inShardings: [{ w: partition(null, "model"), b: partition("model") }, partition(["data"])],
      outShardings: partition(),
    })(params, batch);
    expect(text).toContain("mhlo.num_partitions = 8 : i32");
    expect(text).toContain('sdy.mesh @mesh = <["data"=4, "model"=2]>');
    expect(text).toContain('"p.b", sdy.sharding = #sdy.sharding<@mesh, [{"model"}]>}');
    expect(text).toContain('"p.w", sdy.sharding = #sdy.sharding<@mesh, [{}, {"model"}]>}');
    expect(text).toContain('"batch", sdy.sharding = #sdy.sharding<@mesh, [{"data"}, {}]>}');
    expect(text).toContain('"result.b", sdy.sharding = #sdy.sharding<@mesh, [{}]>}');
  });

  test("split one axis over several of the mesh", () => {
    const text = toStableHLO((a: NDArray) => a.mul(2), {
      mesh: { data: 4, model: 2 },
      inShardings: [partition(["data", "model"])],
    })(batch);
    expect(text).toContain('#sdy.sharding<@mesh, [{"data", "model"}, {}]>');
  });

  test("leave everything whole unless told", () => {
    const text = toStableHLO((a: NDArray) => a.mul(2), { mesh: { data: 4 } })(batch);
    expect(count(text, "#sdy.sharding<@mesh, [{}, {}]>")).toBe(2);
  });

  test("print", () => {
    expect(String(partition("data", null, ["x", "y"]))).toBe('partition("data", null, ["x","y"])');
  });

  const double = (a: NDArray) => a.mul(2);
  test.each([
    [{ inShardings: [partition("data")] }, /shardings name axes of a mesh, and there is none/],
    [{ mesh: {} }, /the mesh has no axes/],
    [{ mesh: { data: 0 } }, /mesh axis "data" must be a whole number >= 1 of devices; got 0/],
    [{ mesh: { "a b": 2 } }, /named by letters, digits and _/],
    [
      { mesh: { data: 2 }, inShardings: [partition("model")] },
      /partition of a names the mesh axis "model"; the mesh has "data"/,
    ],
    [
      { mesh: { data: 3 }, inShardings: [partition("data")] },
      /axis 0 of a, which is float32\[16, 3\], cannot be split evenly over 3/,
    ],
    [{ mesh: { data: 2 }, inShardings: [partition("data", "data")] }, /names the mesh axis "data" twice/],
    [
      { mesh: { data: 2 }, inShardings: [partition(null, null, null)] },
      /has 3 entries, but a is float32\[16, 3\]/,
    ],
    [{ mesh: { data: 2 }, inShardings: ["data"] }, /leaves of inShardings are partitions.*got data/],
    [{ mesh: { data: 2 }, inShardings: [partition(), partition()] }, /prefix/],
  ])("that do not fit are refused: %#", (options, message) => {
    expect(() => toStableHLO(double, options)(batch)).toThrow(message);
  });
});

describe("what cannot be exported", () => {
  test("calls back to JavaScript", () => {
    const f = (a: NDArray) => {
      debug.print("{}", a);
      return a;
    };
    expect(() => toStableHLO(f)(x)).toThrow(/toStableHLO: "debugCallback" calls back to JavaScript/);
  });

  test("is a primitive without a lowering", () => {
    const unlowered = core.definePrimitive({
      name: "exportTestUnlowered",
      abstractEval: ([a]) => [{ shape: a!.shape, dtype: a!.dtype, weakType: a!.weakType }],
      evaluate: ([a]) => [a!],
      jvp: { missing: "a test" },
      transpose: { missing: "a test" },
      batch: { missing: "a test" },
      args: { missing: "a test" },
    });
    expect(() => toStableHLO((a: NDArray) => core.bind1(unlowered, [a], {}))(x)).toThrow(
      /the primitive "exportTestUnlowered" cannot be exported: its lowering is missing/,
    );
  });

  test("closes over what another transform traces", () => {
    const outer = (a: NDArray) => {
      toStableHLO((b: NDArray) => a.add(b))(x);
      return np.sum(a);
    };
    expect(() => grad(outer)(x)).toThrow(/closes over a traced array of float32\[2, 3\]/);
  });
});

test("every argument and result of a tree has a name of its own", () => {
  const args = [{ a: [x, x], b: { c: x } }, x] as const;
  const text = toStableHLO((p: (typeof args)[0], q: NDArray) => ({ p, q }))(...args);
  const names = [...text.matchAll(/jax\.(?:arg|result)_info = "([^"]*)"/g)].map(([, name]) => name);
  expect(new Set(names).size).toBe(2 * tree.leaves(args).length);
});

test("names are text of MLIR, whatever stands in them", () => {
  const text = toStableHLO((x: NDArray) => x, { argumentNames: ['a"b\\c\n\u0001😀'] })(np.ones([2]));
  // Its escapes are those of bytes; it knows no \u0001.
  expect(text).toContain(String.raw`jax.arg_info = "a\"b\\c\0A\01\F0\9F\98\80"`);
});

test("options that are none are refused", () => {
  const x = np.ones([4]);
  const f = (y: NDArray): NDArray => y;
  expect(() => toStableHLO(f, { precision: "constructor" as never })(x)).toThrow(
    'toStableHLO: precision must be "default", "high" or "highest"; got "constructor".',
  );
  expect(() => toStableHLO(f, { mesh: { a: 2 ** 20, b: 2 ** 20 } })(x)).toThrow(
    "toStableHLO: a mesh has at most 2147483647 devices; got 1099511627776.",
  );
  for (const names of [3, undefined, [null]])
    expect(() => partition(names as never)).toThrow(
      "partition: each axis is split by the name of a mesh axis, by a list of names, or by null; got ",
    );
});
