import { fc, test as property } from "@fast-check/vitest";
import { describe, expect, test } from "vitest";
import { type ArrayLike, arrayFrom, type NDArray } from "../../src/array/index.ts";
import { ArgumentError, DTypeError, ShapeError } from "../../src/core/index.ts";
import * as nn from "../../src/nn/index.ts";
import * as np from "../../src/numpy/index.ts";
import * as random from "../../src/random/index.ts";
import { grad } from "../../src/transforms/grad.ts";
import { hessian } from "../../src/transforms/hessian.ts";
import { jit } from "../../src/transforms/jit.ts";
import { vmap } from "../../src/transforms/vmap.ts";

const { POSITIVE_INFINITY: INF } = Number;
const numbers = (x: NDArray): number[] => [...x.toTypedArray()];
const logits = fc.array(fc.double({ min: -1e3, max: 1e3, noNaN: true }), { minLength: 1, maxLength: 8 });
const expectAllClose = (got: readonly number[], wanted: readonly number[], digits: number): void => {
  expect(got).toHaveLength(wanted.length);
  for (const [i, x] of got.entries()) expect(x).toBeCloseTo(wanted[i] as number, digits);
};
const doubles = (xs: readonly number[]): NDArray => arrayFrom([...xs], "float64");

const activations = {
  relu: nn.relu,
  relu6: nn.relu6,
  sigmoid: nn.sigmoid,
  softplus: nn.softplus,
  softSign: nn.softSign,
  silu: nn.silu,
  logSigmoid: nn.logSigmoid,
  leakyRelu: nn.leakyRelu,
  hardSigmoid: nn.hardSigmoid,
  hardSilu: nn.hardSilu,
  hardTanh: nn.hardTanh,
  elu: nn.elu,
  celu: nn.celu,
  selu: nn.selu,
  gelu: nn.gelu,
  squareplus: nn.squareplus,
  mish: nn.mish,
  tanh: nn.tanh,
};

describe.each(Object.entries(activations) as [string, (x: NDArray) => NDArray][])("%s", (_name, f) => {
  const extremes = doubles([-1e100, -1e4, -745, -1, -1e-300, 0, 1e-300, 1, 745, 1e4, 1e100]);

  test("and its derivative are finite everywhere", () => {
    expect(numbers(f(extremes)).every(Number.isFinite)).toBe(true);
    expect(numbers(vmap(grad(f))(extremes)).every(Number.isFinite)).toBe(true);
  });

  test("is the same under jit, and of a row and of a number", () => {
    const x = doubles([-2.5, -0.5, 0, 0.5, 4]);
    const values = numbers(f(x));
    expectAllClose(numbers(jit(f)(x)), values, 12);
    expect(numbers(vmap(f)(x))).toEqual(values);
    expect((f as (x: ArrayLike) => NDArray)(0.5).item()).toBeCloseTo(values[3] as number, 6);
  });

  property.prop([fc.double({ min: -5, max: 5, noNaN: true })])(
    "has the derivative that differences show",
    (x) => {
      // Kinks, and places where the second derivative jumps.
      fc.pre([-3, -1, 0, 1, 3, 6].every((kink) => Math.abs(x - kink) > 1e-3));
      const h = 1e-5;
      const [below, above] = numbers(f(doubles([x - h, x + h]))) as [number, number];
      const slope = grad(f)(arrayFrom(x, "float64")).item() as number;
      expect(Math.abs(slope - (above - below) / (2 * h))).toBeLessThan(1e-7);
    },
  );
});

describe("softmax and its kin", () => {
  property.prop([logits])("are positive, add up to 1, and are the exponentials of logSoftmax", (xs) => {
    const x = doubles(xs);
    const p = numbers(nn.softmax(x));
    expect(p.every((v) => v >= 0)).toBe(true);
    expect(p.reduce((a, b) => a + b)).toBeCloseTo(1, 12);
    expectAllClose(numbers(np.exp(nn.logSoftmax(x))), p, 12);
  });

  property.prop([logits, fc.double({ min: -1e3, max: 1e3, noNaN: true })])(
    "do not mind a shift",
    (xs, shift) => {
      const [p, q] = [xs, xs.map((x) => x + shift)].map((v) => numbers(nn.softmax(doubles(v)))) as [
        number[],
        number[],
      ];
      expectAllClose(p, q, 9);
      const [a, b] = [xs, xs.map((x) => x + shift)].map((v) => nn.logsumexp(doubles(v)).item() as number) as [
        number,
        number,
      ];
      expect(b - a).toBeCloseTo(shift, 9);
    },
  );

  property.prop([logits])("have the gradients that theory gives", (xs) => {
    const x = doubles(xs);
    const p = numbers(nn.softmax(x));
    expectAllClose(numbers(grad(nn.logsumexp)(x)), p, 12);
    const first = (y: NDArray): NDArray => nn.logSoftmax(y).at(0).get();
    const expected = p.map((v, i) => (i === 0 ? 1 : 0) - v);
    expectAllClose(numbers(grad(first)(x)), expected, 12);
  });

  test("have the second derivatives that theory gives", () => {
    const x = doubles([0.3, -1, 2]);
    const p = numbers(nn.softmax(x));
    const rows = hessian((y: NDArray) => nn.logsumexp(y))(x).toArray() as number[][];
    for (const [i, row] of rows.entries()) {
      expectAllClose(
        row,
        p.map((v, j) => (i === j ? v : 0) - v * (p[i] as number)),
        12,
      );
    }
  });

  test("leave out elements where they are told to, whatever stands there", () => {
    const x = arrayFrom([1, INF, 2, Number.NaN]);
    const where = arrayFrom([true, false, true, false]);
    const some = arrayFrom([1, 2]);
    const [a, b] = numbers(nn.softmax(some)) as [number, number];
    expect(numbers(nn.softmax(x, -1, { where }))).toEqual([a, 0, b, 0]);
    expect(nn.logsumexp(x, null, { where }).item()).toBe(nn.logsumexp(some).item());
    const loss = (y: NDArray): NDArray => nn.logsumexp(y, null, { where });
    expect(numbers(grad(loss)(x))).toEqual([a, 0, b, 0]);
  });

  test("of logsumexp give the sign of sums that can be negative", () => {
    const b = arrayFrom([1, -1]);
    const [size, sign] = nn.logsumexp(arrayFrom([0, 1]), null, { b, returnSign: true });
    expect(sign.item()).toBe(-1);
    expect(size.item()).toBeCloseTo(Math.log(Math.E - 1), 6);
    expect(nn.logsumexp(arrayFrom([0, 1]), null, { b }).item()).toBeNaN();
  });

  test("of nothing and of infinities", () => {
    expect(nn.logsumexp(arrayFrom([-INF, -INF])).item()).toBe(-INF);
    expect(nn.logsumexp(arrayFrom([])).item()).toBe(-INF);
    expect(nn.logsumexp(arrayFrom([INF, 0])).item()).toBe(INF);
    expect(nn.softmax(np.zeros([0, 3])).shape).toEqual([0, 3]);
    expect(numbers(nn.softmax(arrayFrom([-INF, 0])))).toEqual([0, 1]);
  });
});

describe("squareplus", () => {
  test("keeps its digits far below 0", () => {
    expect(nn.squareplus(-1000).item()).toBeCloseTo(0.000999999, 9);
  });
});

describe("standardize", () => {
  property.prop([fc.array(fc.double({ min: -9, max: 9, noNaN: true }), { minLength: 2, maxLength: 9 })])(
    "gives mean 0 and variance at most 1",
    (xs) => {
      const y = numbers(nn.standardize(doubles(xs)));
      const mean = y.reduce((a, b) => a + b) / y.length;
      expect(mean).toBeCloseTo(0, 9);
      expect(y.reduce((a, b) => a + b * b, 0) / y.length).toBeLessThanOrEqual(1 + 1e-9);
    },
  );
});

describe("initializers", () => {
  test.each([
    ["heNormal", nn.initializers.heNormal(), 2 / 200],
    ["heUniform", nn.initializers.heUniform(), 2 / 200],
    ["glorotNormal", nn.initializers.glorotNormal(), 2 / 300],
    ["glorotUniform", nn.initializers.glorotUniform(), 2 / 300],
    ["lecunNormal", nn.initializers.lecunNormal(), 1 / 200],
    ["lecunUniform", nn.initializers.lecunUniform(), 1 / 200],
  ])("%s has mean 0 and its variance", (_name, initializer, variance) => {
    const weights = numbers(initializer(random.key(0), [200, 100]));
    const n = weights.length;
    const mean = weights.reduce((a, b) => a + b) / n;
    expect(Math.abs(mean)).toBeLessThan(4 * Math.sqrt(variance / n));
    expect(weights.reduce((a, b) => a + b * b, 0) / n / variance).toBeCloseTo(1, 1);
  });

  test("take the dtype of the call, else that of the options", () => {
    const initializer = nn.initializers.normal(1, { dtype: "float64" });
    expect(initializer(random.key(0), [2]).dtype).toBe("float64");
    expect(initializer(random.key(0), [2], "float32").dtype).toBe("float32");
  });
});

describe("refusals", () => {
  test.each([
    [
      "an odd axis to halve",
      () => nn.glu(arrayFrom([1, 2, 3])),
      ShapeError,
      /glu: axis -1 must have an even length/,
    ],
    [
      "classes that are booleans",
      () => nn.oneHot(arrayFrom([true]), 2),
      DTypeError,
      /numbered from 0; got bool/,
    ],
    [
      "weights without inputs",
      () => nn.initializers.heNormal()(random.key(0), [3]),
      ShapeError,
      /at least two axes/,
    ],
    [
      "an unknown mode",
      () => nn.initializers.varianceScaling(1, "fan" as "fan_in", "normal"),
      ArgumentError,
      /mode must be one of fan_in, fan_out, fan_avg, fan_geo_avg; got "fan"/,
    ],
    ["what is no number", () => nn.relu("1" as never), TypeError, /expected an array, a number or a boolean/],
  ] as const)("%s", (_what, f, error, message) => {
    expect(f).toThrow(error);
    expect(f).toThrow(message);
  });
});
