import { type ArrayLike, type NDArray, type Shape, scalarArray } from "../array/index.ts";
import { inNameOf } from "../core/index.ts";
import {
  add,
  div,
  exp,
  le,
  mul,
  reduceSum,
  scalarLike,
  select,
  sqrt,
  square,
  sub,
} from "../primitives/index.ts";
import { splitKey } from "./key.ts";
import { normal } from "./normal.ts";
import {
  asType,
  type DTypeOptions,
  dtypeOfParameters,
  floatDType,
  sampleShape,
  sampleSpec,
  shapeOfParameters,
} from "./operands.ts";
import { signsOf } from "./rademacher.ts";
import { uniformBetween } from "./uniform.ts";

/*
 * Distributions made of normal numbers.
 */

/**
 * Numbers whose logarithms are normally distributed with mean 0 and standard deviation `sigma`.
 *
 * @param sigma default 1.
 * @param shape default: that of `sigma`, which must broadcast to it.
 * @example
 * random.lognormal(key, 0.5, [1000]);
 * @see https://docs.jax.dev/en/latest/_autosummary/jax.random.lognormal.html
 */
export const lognormal = (
  key: NDArray,
  sigma: ArrayLike = 1,
  shape?: Shape | null,
  options: DTypeOptions = {},
): NDArray => {
  const { shape: full, dtype, parameters } = sampleSpec("lognormal", { sigma }, shape, options);
  const drawn = inNameOf("lognormal", () => normal(key, full, { dtype }));
  return exp(mul(drawn, parameters[0] as NDArray));
};

/**
 * Numbers of the Maxwell distribution: lengths of vectors of three normal numbers, with density proportional to
 * x^2 exp(-x^2 / 2) for x >= 0.
 *
 * @example
 * random.maxwell(key, [1000]); // float32[1000]
 * @see https://docs.jax.dev/en/latest/_autosummary/jax.random.maxwell.html
 */
export const maxwell = (
  key: NDArray,
  shape: Shape = [],
  { dtype = "float32" }: DTypeOptions = {},
): NDArray => {
  const full = [...sampleShape(shape, "maxwell"), 3];
  const vectors = inNameOf("maxwell", () => normal(key, full, { dtype: floatDType(dtype, "maxwell") }));
  return sqrt(reduceSum(square(vectors), [shape.length]));
};

/**
 * Numbers of the Maxwell distribution with random signs, scaled and moved: density proportional to
 * z^2 exp(-z^2 / 2) for z = (x − loc) / scale.
 *
 * @param shape of the batch, to which the shape of the parameters is appended; an empty one stands, as in JAX, for the
 * shape of the parameters.
 * @example
 * random.doubleSidedMaxwell(key, 0, 1, [1000]); // float32[1000]
 * @see https://docs.jax.dev/en/latest/_autosummary/jax.random.double_sided_maxwell.html
 */
export const doubleSidedMaxwell = (
  key: NDArray,
  loc: ArrayLike,
  scale: ArrayLike,
  shape: Shape = [],
  { dtype = dtypeOfParameters([loc, scale]) }: DTypeOptions = {},
): NDArray => {
  const where = "doubleSidedMaxwell";
  const own = shapeOfParameters(
    [loc, scale].map((x) => asType(x, floatDType(dtype, where), where)),
    where,
  );
  const full = [...(sampleShape(shape, where).length === 0 ? own : shape), ...own];
  const spec = sampleSpec(where, { loc, scale }, full, { dtype });
  const [location, width] = spec.parameters as [NDArray, NDArray];
  const [forSize, forSign] = splitKey(key, 2, where) as [NDArray, NDArray];
  const sizes = mul(signsOf(forSign, full, dtype, where), maxwell(forSize, full, { dtype }));
  return add(mul(sizes, width), location);
};

/**
 * Numbers of the Wald (inverse Gaussian) distribution with scale 1: density
 * (2 pi x^3)^(-1/2) exp(-(x − mean)^2 / (2 mean^2 x)) for x > 0.
 *
 * @param shape default: that of `mean`, which must broadcast to it.
 * @example
 * random.wald(key, 2, [1000]);
 * @see https://docs.jax.dev/en/latest/_autosummary/jax.random.wald.html
 */
export const wald = (
  key: NDArray,
  mean: ArrayLike,
  shape?: Shape | null,
  options: DTypeOptions = {},
): NDArray => {
  const where = "wald";
  const { shape: full, dtype, parameters } = sampleSpec(where, { mean }, shape, options);
  const mu = parameters[0] as NDArray;
  const [forNormal, forUniform] = splitKey(key, 2, where) as [NDArray, NDArray];
  const y = square(normal(forNormal, full, { dtype }));
  const z = uniformBetween(forUniform, full, dtype, 0, 1, where);
  const number = (value: number): NDArray => scalarArray(value, dtype);
  // J. R. Michael, W. R. Schucany, R. W. Haas, "Generating random variates using transformations with multiple
  // roots", 1976: y is a function of the sample that two numbers share, and z says which of them it is.
  const root = sqrt(add(mul(mul(number(4), mu), y), mul(square(mu), square(y))));
  const halves = div(mul(square(mu), y), number(2));
  const x = sub(add(mu, halves), mul(div(mu, scalarLike(mu, 2)), root));
  return select(le(z, div(mu, add(mu, x))), x, div(square(mu), x));
};
