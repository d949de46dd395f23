import type { ArrayLike, NDArray } from "../array/index.ts";
import { commonShape, promote, toInexact } from "../numpy/operands.ts";
import { broadcastTo, div, exp, log, scalarLike, select, sub } from "../primitives/index.ts";

/** Operands as floats of one dtype and one shape. */
export const together = (name: string, xs: readonly ArrayLike[]): readonly NDArray[] => {
  const arrays = promote(name, xs, toInexact);
  const shape = commonShape(name, arrays);
  return arrays.map((x) => broadcastTo(x, shape));
};

/** A constant of the dtype of `x`. */
export const like = scalarLike;

/** `y` where the condition holds, a constant elsewhere. */
export const orElse = (condition: NDArray, y: NDArray, value: number): NDArray =>
  select(condition, y, like(y, value));

/** A function of (x − loc) / scale. */
export type Located0 = (x: ArrayLike, loc?: ArrayLike, scale?: ArrayLike) => NDArray;
/** A function of (x − loc) / scale and a shape. */
export type Located1 = (x: ArrayLike, a: ArrayLike, loc?: ArrayLike, scale?: ArrayLike) => NDArray;
/** A function of (x − loc) / scale and two shapes. */
export type Located2 = (
  x: ArrayLike,
  a: ArrayLike,
  b: ArrayLike,
  loc?: ArrayLike,
  scale?: ArrayLike,
) => NDArray;

type Standard = (z: NDArray, ...shapes: NDArray[]) => NDArray;

/** How the value for the standard distribution becomes that for a scale. */
type Finish = (value: NDArray, scale: NDArray, loc: NDArray) => NDArray;

const located = (
  name: string,
  f: Standard,
  finish: Finish,
  xs: readonly ArrayLike[],
  start: "x" | "probability" = "x",
): NDArray => {
  const all = together(name, xs);
  const [x, ...rest] = all as readonly [NDArray, ...NDArray[]];
  const [loc, scale] = rest.slice(-2) as [NDArray, NDArray];
  const z = start === "x" ? div(sub(x, loc), scale) : x;
  return finish(f(z, ...rest.slice(0, -2)), scale, loc);
};

const asItIs: Finish = (value) => value;
const logDensity: Finish = (value, scale) => sub(value, log(scale));
const density: Finish = (value, scale) => exp(logDensity(value, scale, scale));

/** A distribution function, its complement, or a logarithm of these: a function of z alone. */
export const probability0 =
  (name: string, f: (z: NDArray) => NDArray): Located0 =>
  (x, loc = 0, scale = 1) =>
    located(name, f, asItIs, [x, loc, scale]);

/** A quantile function of the standard distribution, scaled and moved. */
export const quantile0 =
  (name: string, f: (p: NDArray) => NDArray, finish: Finish): Located0 =>
  (p, loc = 0, scale = 1) =>
    located(name, f, finish, [p, loc, scale], "probability");

/** The logarithm of a density, from that of the standard distribution, and the density. */
export const densities0 = (
  name: string,
  f: (z: NDArray) => NDArray,
): { readonly logpdf: Located0; readonly pdf: Located0 } => ({
  logpdf: (x, loc = 0, scale = 1) => located(`${name}.logpdf`, f, logDensity, [x, loc, scale]),
  pdf: (x, loc = 0, scale = 1) => located(`${name}.pdf`, f, density, [x, loc, scale]),
});

/** As `probability0`, with a shape. */
export const probability1 =
  (name: string, f: (z: NDArray, a: NDArray) => NDArray): Located1 =>
  (x, a, loc = 0, scale = 1) =>
    located(name, f as Standard, asItIs, [x, a, loc, scale]);

/** As `densities0`, with a shape. */
export const densities1 = (
  name: string,
  f: (z: NDArray, a: NDArray) => NDArray,
): { readonly logpdf: Located1; readonly pdf: Located1 } => ({
  logpdf: (x, a, loc = 0, scale = 1) =>
    located(`${name}.logpdf`, f as Standard, logDensity, [x, a, loc, scale]),
  pdf: (x, a, loc = 0, scale = 1) => located(`${name}.pdf`, f as Standard, density, [x, a, loc, scale]),
});

/** As `probability0`, with two shapes. */
export const probability2 =
  (name: string, f: (z: NDArray, a: NDArray, b: NDArray) => NDArray): Located2 =>
  (x, a, b, loc = 0, scale = 1) =>
    located(name, f as Standard, asItIs, [x, a, b, loc, scale]);

/** As `densities0`, with two shapes. */
export const densities2 = (
  name: string,
  f: (z: NDArray, a: NDArray, b: NDArray) => NDArray,
): { readonly logpdf: Located2; readonly pdf: Located2 } => ({
  logpdf: (x, a, b, loc = 0, scale = 1) =>
    located(`${name}.logpdf`, f as Standard, logDensity, [x, a, b, loc, scale]),
  pdf: (x, a, b, loc = 0, scale = 1) => located(`${name}.pdf`, f as Standard, density, [x, a, b, loc, scale]),
});
