import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { arrayFrom, type DType, type NDArray, sizeOf } from "../../src/array/index.ts";
import * as nn from "../../src/nn/index.ts";
import * as np from "../../src/numpy/index.ts";
import * as random from "../../src/random/index.ts";
import { grad } from "../../src/transforms/grad.ts";
import { vmap } from "../../src/transforms/vmap.ts";
import { NN } from "../numpy/tolerances.ts";

/** What JAX gives; `golden/nn.py` says how it is written. */
interface Golden {
  readonly points: readonly number[];
  readonly wild: readonly string[];
  readonly activations: readonly {
    readonly call: string;
    readonly args: readonly unknown[];
    readonly dtype: DType;
    readonly values: unknown;
    readonly derivatives: unknown;
    readonly wild: unknown;
  }[];
  readonly reductions: readonly {
    readonly call: string;
    readonly x: unknown;
    readonly dtype: DType;
    readonly args: readonly unknown[];
    readonly value: unknown;
    readonly weights: unknown;
    readonly gradient: unknown;
  }[];
  readonly initializers: readonly {
    readonly call: string;
    readonly args: readonly unknown[] | null;
    readonly shape: readonly number[];
    readonly seed: number;
    readonly value: unknown;
  }[];
  readonly oneHot: readonly {
    readonly x: unknown;
    readonly n: number;
    readonly options: nn.OneHotOptions;
    readonly value: unknown;
  }[];
}

const golden = JSON.parse(readFileSync(new URL("../golden/nn.json", import.meta.url), "utf8")) as Golden;

type Call = (...args: readonly unknown[]) => NDArray;
const lookUp = (room: object, name: string): Call => {
  const f = new Map(Object.entries(room)).get(name) as Call | undefined;
  if (f === undefined) throw new Error(`there is no ${name}`);
  return f;
};

/** Nested lists in which text stands for what is not finite. */
const decode = (value: unknown): number | number[] =>
  Array.isArray(value) ? (value.map(decode) as number[]) : Number(String(value).replace("inf", "Infinity"));

const asArray = (value: unknown, dtype: DType): NDArray => arrayFrom(decode(value), dtype);

/** Options in which lists stand for arrays. */
const decodeArgument = (argument: unknown): unknown => {
  if (typeof argument !== "object" || argument === null || Array.isArray(argument)) return argument;
  const { where, b, ...rest } = argument as { readonly where?: boolean[][]; readonly b?: number[] };
  return { ...rest, ...(where && { where: arrayFrom(where) }), ...(b && { b: arrayFrom(b) }) };
};

/** XLA makes 0 of what is less than the least normal number. */
const LEAST: { readonly [dtype: string]: number } = { float32: 2 ** -126, float64: 2 ** -1022 };

/** Equal shape and dtype, and elements close, relative to the greater of themselves and those of `scale`. */
const expectClose = (x: NDArray, expected: unknown, dtype: DType, scale: readonly number[] = []): void => {
  const wanted = asArray(expected, dtype).toTypedArray();
  expect([x.dtype, x.shape]).toEqual([dtype, asArray(expected, dtype).shape]);
  const tolerance = NN[dtype] ?? 0;
  x.toTypedArray().forEach((value: number, i: number) => {
    const y = wanted[i] as number;
    const error = Math.abs(value - y) - (LEAST[dtype] ?? 0);
    if (!Number.isFinite(y)) expect(value).toBe(y);
    else expect(error).toBeLessThanOrEqual(tolerance * Math.max(Math.abs(y), scale[i] ?? 0));
  });
};

/** Functions for which JAX's formula, or XLA's tanh and expm1, lose digits where the result is small; so do all in float32. */
const COARSE = ["squareplus", "gelu", "tanh", "elu", "celu", "selu", "mish"];

describe("activations", () => {
  const titled = golden.activations.map(
    (c) => [`${c.call} ${JSON.stringify(c.args)} ${c.dtype}`, c] as const,
  );
  test.each(titled)("%s", (_title, { call, args, dtype, values, derivatives, wild }) => {
    const f = (x: NDArray): NDArray => lookUp(nn, call)(x, ...args);
    const points = arrayFrom([...golden.points], dtype);
    const scale = dtype === "float32" || COARSE.includes(call) ? golden.points.map((x) => Math.abs(x)) : [];
    expectClose(f(points), values, dtype, scale);
    expectClose(vmap(grad(f))(points), derivatives, dtype, scale);
    // JAX's squareplus cancels: NaN at -Infinity.
    const results = (wild as unknown[]).map((y, i) => (call === "squareplus" && i === 1 ? 0 : y));
    expectClose(f(asArray(golden.wild, dtype)), results, dtype);
  });
});

describe("reductions", () => {
  const titled = golden.reductions.map(
    (c) => [`${c.call} ${JSON.stringify([c.x, ...c.args])} ${c.dtype}`, c] as const,
  );
  test.each(titled)("%s", (_title, { call, x, dtype, args, value, weights, gradient }) => {
    const f = (y: NDArray): NDArray => lookUp(nn, call)(y, ...args.map(decodeArgument));
    const at = asArray(x, dtype);
    const result = f(at);
    const ones = new Array<number>(at.size).fill(1);
    expectClose(result, value, dtype, ones);
    const total = (y: NDArray): NDArray => {
      const out = f(y);
      return np.sum(np.where(np.isfinite(out), out, 0).mul(asArray(weights, dtype)));
    };
    expectClose(grad(total)(at), gradient, dtype, ones);
  });
});

describe("initializers", () => {
  const titled = golden.initializers.map(
    (c) => [`${c.call} ${JSON.stringify(c.args)} ${c.shape}`, c] as const,
  );
  test.each(titled)("%s", (_title, { call, args, shape, seed, value }) => {
    const named = lookUp(nn.initializers, call) as unknown;
    const initializer = (args === null ? named : (named as Call)(...args)) as nn.initializers.Initializer;
    expectClose(
      initializer(random.key(seed), shape),
      value,
      "float32",
      new Array<number>(sizeOf(shape)).fill(1),
    );
    const doubles = initializer(random.key(seed), shape, "float64");
    expect([doubles.dtype, doubles.shape]).toEqual(["float64", shape]);
  });
});

describe("oneHot", () => {
  test.each(golden.oneHot)("$x in $n $options", ({ x, n, options, value }) => {
    const dtype = options.dtype ?? "float32";
    expectClose(nn.oneHot(asArray(x, "int32"), n, options), value, dtype);
    expectClose(nn.oneHot(asArray(x, "float32"), n, options), value, dtype);
  });
});
