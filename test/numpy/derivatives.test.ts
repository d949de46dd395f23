import { isLeft } from "fp-ts/lib/Either.js";
import { describe, expect, it } from "vitest";
import type { NDArray } from "../../src/array/index.ts";
import * as np from "../../src/numpy/index.ts";
import { checkGrads } from "../../src/testing/index.ts";
import { grad } from "../../src/transforms/index.ts";

const f64 = (values: np.ArrayInput): NDArray => np.array(values, "float64");
const { inf, nan } = np;

/*
 * First and second derivatives at edges, as JAX gives them.
 */
const EDGES: readonly (readonly [
  name: string,
  f: (x: NDArray) => NDArray,
  x: number,
  first: number,
  second: number,
])[] = [
  ["abs", np.abs, 0, 1, 0],
  ["sqrt", np.sqrt, 0, inf, -inf],
  ["power(x, 2)", (x) => np.power(x, 2), 0, 0, 2],
  ["power(x, 2.0 array)", (x) => np.power(x, np.array(2)), 0, 0, 2],
  ["maximum at a tie", (x) => np.maximum(x, 0), 0, 0.5, 0],
  ["minimum at a tie", (x) => np.minimum(x, 0), 0, 0.5, 0],
  ["fmax at a tie", (x) => np.fmax(x, 0), 0, 0, 0],
  ["clip on its lower bound", (x) => np.clip(x, 0, 1), 0, 0.5, 0],
  ["clip on its upper bound", (x) => np.clip(x, 0, 1), 1, 0.5, 0],
  ["clip inside", (x) => np.clip(x, 0, 1), 0.5, 1, 0],
  ["clip outside", (x) => np.clip(x, 0, 1), 2, 0, 0],
  ["hypot at the origin", (x) => np.hypot(x, 0), 0, 0.5, 0],
  ["hypot(x, x) at the origin", (x) => np.hypot(x, x), 0, 1, 0],
  ["hypot(x, 0)", (x) => np.hypot(x, 0), 2, 1, 0],
  ["logaddexp with -∞", (x) => np.logaddexp(x, -inf), 0, 1, 0],
  ["logaddexp of two -∞", (x) => np.logaddexp(x, -inf), -inf, nan, nan],
  ["logaddexp at ∞", (x) => np.logaddexp(x, -inf), inf, 1, 0],
  ["logaddexp at a tie", (x) => np.logaddexp(x, 0), 0, 0.5, 0.25],
  ["logaddexp far out", (x) => np.logaddexp(x, 0), 800, 1, 0],
  ["logaddexp at -∞", (x) => np.logaddexp(x, 0), -inf, 0, 0],
  ["logaddexp2 at a tie", (x) => np.logaddexp2(x, 0), 0, 0.5, 0.1732868],
  ["logaddexp2", (x) => np.logaddexp2(x, 0), 3, 0.8888889, 0.068458974],
  ["sinc at 0", np.sinc, 0, 0, -3.2898684],
  ["sinc at 1", np.sinc, 1, -1, 2],
  ["copysign", (x) => np.copysign(x, -1), 2, -1, 0],
  ["heaviside", (x) => np.heaviside(x, 0.5), 0, 0, 0],
  ["remainder by its dividend", (x) => np.remainder(x, 3), -4.5, 1, 0],
  ["remainder by its divisor", (x) => np.remainder(7.5, x), -2, 4, 0],
  ["fmod by its divisor", (x) => np.fmod(7.5, x), 2, -3, 0],
  ["floorDivide", (x) => np.floorDivide(x, 2), 3, 0, 0],
  ["round", (x) => np.round(x), 2.3, 0, 0],
  ["modf", (x) => np.modf(x)[0], 2.3, 1, 0],
  ["frexp", (x) => np.frexp(x)[0], 5, 0.125, 0],
  ["ldexp", (x) => np.ldexp(x, 3), 5, 8, 0],
  ["nanToNum of a number", (x) => np.nanToNum(x), 2.3, 1, 0],
  ["nanToNum of ∞", (x) => np.nanToNum(x), inf, 0, 0],
  ["nanToNum of NaN", (x) => np.nanToNum(x), nan, 0, 0],
  ["sign", np.sign, 0, 0, 0],
  ["where with a bad branch", (x) => np.where(np.greater(x, 0), np.sqrt(x), 0), 0, nan, nan],
  ["max of ties", (x) => np.max(np.multiply(np.array([1, 1, 0]), x)), 1, 1, 0],
  ["ptp", (x) => np.ptp(np.multiply(np.array([3, 1, 3]), x)), 1, 2, 0],
  ["prod with a zero", (x) => np.prod(np.add(np.array([-1, 1]), x)), 1, 2, 2],
  [
    "cumprod with a zero",
    (x) =>
      np
        .cumprod(np.add(np.array([-1, 1, 2]), x))
        .at(-1)
        .get(),
    1,
    6,
    10,
  ],
  ["std of equal elements", (x) => np.std(np.multiply(np.array([1, 1]), x)), 1, nan, nan],
  ["var", (x) => np.var(np.multiply(np.array([1, 3]), x)), 1, 2, 2],
  ["median", (x) => np.median(np.multiply(np.array([1, 3, 2, 2]), x)), 1, 2, 0],
  [
    "sort",
    (x) =>
      np
        .sort(np.multiply(np.array([3, 1]), x))
        .at(0)
        .get(),
    1,
    1,
    0,
  ],
  ["norm at 0", (x) => np.linalg.norm(np.multiply(np.array([0, 0]), x)), 1, nan, nan],
];

describe("derivatives at edges are JAX's", () => {
  for (const [name, f, x, first, second] of EDGES) {
    it(name, () => {
      const derivative = grad((z: NDArray) => f(z));
      const got = [derivative(x), grad((z: NDArray) => derivative(z))(x)].map((d) =>
        Number((d as NDArray).item()),
      );
      const close = (a: number, b: number): boolean =>
        Object.is(a, b) || a === b || Math.abs(a - b) <= 1e-5 * Math.abs(b);
      expect(
        close(got[0] as number, first) && close(got[1] as number, second) ? [first, second] : got,
      ).toEqual([first, second]);
    });
  }
});

const X = f64([
  [0.3, -1.2, 2.1, 0.7],
  [1.4, 0.2, -0.6, -2.3],
  [0.9, 1.8, -1.5, 0.5],
]);
const V = f64([0.4, -0.9, 1.6, 0.1]);
const POSITIVE = f64([0.5, 1.3, 2.2, 0.8]);
const I = np.array([2, 0, -1], "int32");

/*
 * Functions that are made of several primitives.
 */
const SMOOTH: readonly (readonly [
  name: string,
  f: (...xs: readonly NDArray[]) => unknown,
  ...args: readonly NDArray[],
])[] = [
  ["reciprocal", np.reciprocal, POSITIVE],
  ["log2, log10, exp2", (x) => [np.log2(x), np.log10(x), np.exp2(x)], POSITIVE],
  ["deg2rad, rad2deg", (x) => [np.deg2rad(x), np.rad2deg(x)], V],
  ["hypot", (x, y) => np.hypot(x, y), V, POSITIVE],
  ["logaddexp", (x, y) => np.logaddexp(x, y), V, POSITIVE],
  ["logaddexp2", (x, y) => np.logaddexp2(x, y), V, POSITIVE],
  ["sinc", np.sinc, f64([0, 0.3, -1.2, 2.5])],
  ["power", (x, y) => np.power(x, y), POSITIVE, V],
  ["power of integers", (x) => np.power(x, np.array([2, -1, 3, 0], "int32")), POSITIVE],
  ["copysign", (x) => np.copysign(x, V), POSITIVE],
  ["broadcasting", (x, y) => np.multiply(np.add(x, y), y), X, V],
  ["mean, var, std", (x) => [np.mean(x, 0), np.var(x, 1), np.std(x, null, { ddof: 1 })], X],
  ["masked mean", (x) => np.mean(x, 1, { where: np.greater(V, 0) }), X],
  ["average", (x, w) => np.average(x, 1, { weights: w }), X, POSITIVE],
  ["prod, cumprod", (x) => [np.prod(x, 0), np.cumprod(x, 1)], X],
  ["nansum, nanvar", (x) => [np.nansum(x), np.nanvar(x, 0)], X],
  ["quantile", (x) => [np.quantile(x, 0.3, 1), np.median(x), np.nanquantile(x, 0.6, 0)], X],
  ["quantile by q", (q) => np.quantile(X, q, 1), f64(0.43)],
  ["sort", (x) => [np.sort(x, 0), np.sort(x, 1, { descending: true })], X],
  ["diff, gradient, trapezoid", (x) => [np.diff(x, 2), np.gradient(x, { axis: 0 }), np.trapezoid(x)], X],
  ["gradient by positions", (x, y) => np.gradient(x, y, { axis: 1 }), X, f64([0, 0.5, 1.7, 2])],
  ["trapezoid by positions", (y, x) => np.trapezoid(y, x), X, f64([0, 0.5, 1.7, 2])],
  ["cov, corrcoef", (x) => [np.cov(x), np.corrcoef(x)], X],
  ["interp", (x, y) => np.interp(x, np.array([-2, 0, 1, 3]), y), V, POSITIVE],
  ["linspace", (a, b) => np.linspace(a, b, 5), f64(1.2), V],
  ["tril, triu, diag", (x) => [np.tril(x), np.triu(x, 1), np.diag(x), np.trace(x, 1)], X],
  ["diag of a vector", (v) => np.diag(v, -1), V],
  [
    "reshape family",
    (x) => [np.reshape(x, [2, -1]), np.moveaxis(x, 0, 1), np.rot90(x), np.roll(x, 3), np.flip(x)],
    X,
  ],
  ["tile, repeat", (x) => [np.tile(x, [2, 1, 2]), np.repeat(x, 2, 1), np.repeat(x, [1, 0, 2], 0)], X],
  [
    "concatenate, stack, split",
    (x, v) => [np.vstack([x, v]), np.stack([v, v], 1), ...np.split(x, 2, 1)],
    X,
    V,
  ],
  [
    "pad",
    (x) => (["constant", "edge", "reflect", "symmetric", "wrap"] as const).map((m) => np.pad(x, 2, m)),
    X,
  ],
  ["matmul, dot, inner", (x, v) => [np.matmul(x, v), np.dot(x, x.T), np.inner(x, v), np.outer(v, v)], X, V],
  ["einsum", (x, v) => [np.einsum("ij,kj,j->ik", x, x, v), np.einsum("ij->j", x)], X, V],
  ["einsum with a diagonal", (x) => np.einsum("ii,ij->j", np.matmul(x, x.T), x), X],
  ["tensordot, kron, cross", (x) => [np.tensordot(x, x), np.kron(x, x), np.cross(x.T, x.T.at(0).get())], X],
  ["convolve, correlate", (x, y) => [np.convolve(x, y), np.correlate(x, y, "full")], V, POSITIVE],
  ["polyval, polymul", (p, x) => [np.polyval(p, x), np.polymul(p, x)], V, POSITIVE],
  [
    "norms",
    (x) => [np.linalg.norm(x), np.linalg.norm(x, 1, 0), np.linalg.norm(x, 3, 1), np.linalg.norm(x, inf)],
    X,
  ],
  ["get by slices", (x) => [x.at(1).get(), x.at("...", np.slice(null, null, -2)).get()], X],
  ["get by arrays", (x) => [x.at(I).get(), x.at(np.slice(1, 3), I).get(), x.at(I, I).get()], X],
  ["take", (x) => [np.take(x, I, 1), np.take(x, 5), np.takeAlongAxis(x, np.argsort(x, 1), 1)], X],
  [
    "set",
    (x, v) => [
      x.at(1).set(v),
      x.at(np.slice(null, null, 2)).set(v),
      x.at(I, np.array([0, 1, 3], "int32")).set(v.at([0, 1, 2]).get()),
    ],
    X,
    V,
  ],
  ["add", (x, v) => [x.at(0).add(v), x.at([0, 0, 2]).add(v), x.at(np.slice(null), 1).add(2)], X, V],
  ["mul at unique places", (x, v) => [x.at(2).mul(v), x.at([0, 2]).mul(v, { uniqueIndices: true })], X, V],
  ["min, max", (x, v) => [x.at(0).min(v), x.at([1, 2]).max(v)], X, V],
  ["apply", (x) => x.at(1).apply((row) => np.exp(row)), X],
  [
    "select, where",
    (x) => [
      np.select([np.greater(x, 1), np.greater(x, 0)], [np.square(x), x]),
      np.where(np.less(x, 0), 1, x),
    ],
    X,
  ],
  ["piecewise", (x) => np.piecewise(x, [np.less(x, 0), np.greater(x, 1)], [0, np.sqrt, np.square]), POSITIVE],
  ["applyAlongAxis", (x) => np.applyAlongAxis((v) => np.multiply(v, np.sum(v)), 0, x), X],
];

describe("derivatives agree with differences", () => {
  for (const [name, f, ...args] of SMOOTH) {
    it(name, () => {
      const checked = checkGrads(f as (...xs: NDArray[]) => unknown, args as NDArray[]);
      expect(isLeft(checked) ? checked.left.message : "right").toBe("right");
    });
  }
});
