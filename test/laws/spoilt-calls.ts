import { NDArray } from "../../src/array/index.ts";
import * as nn from "../../src/nn/index.ts";
import * as np from "../../src/numpy/index.ts";
import * as random from "../../src/random/index.ts";
import { decode } from "../numpy/golden.ts";
import { CALLS, VALUE_SHAPED } from "./calls.ts";
import { FUNCTIONS, GOLDEN } from "./functions.ts";

/*
 * A call of every function of arrays, and the same call with one argument spoilt.
 */

export type AnyFunction = (...args: readonly unknown[]) => unknown;
/** Where something stands in the arguments of a call. */
export type Path = readonly (string | number)[];

const key = random.key(0);
const x = np.array([0.2, 0.5, 0.3]);
const logits = np.array([
  [1, 2, 0.5],
  [0.1, 0.2, 3],
]);
const labels = np.array([1, 2], "int32");
const matrix = np.array([
  [2, 0.5],
  [0.5, 1],
]);

/** Calls of what the other tables leave out. */
const MORE: { readonly [name: string]: readonly unknown[] } = {
  "random.ball": [key, 2, 2, [3]],
  "random.bernoulli": [key, 0.5, [3]],
  "random.beta": [key, 1.5, 2, [3]],
  "random.binomial": [key, 5, 0.5, [3]],
  "random.bits": [key, [3]],
  "random.categorical": [key, logits, { axis: 1 }],
  "random.cauchy": [key, [3]],
  "random.chisquare": [key, 3, [3]],
  "random.choice": [key, x, [2]],
  "random.dirichlet": [key, x, [2]],
  "random.doubleSidedMaxwell": [key, 0, 1, [3]],
  "random.exponential": [key, [3]],
  "random.f": [key, 3, 4, [3]],
  "random.foldIn": [key, 1],
  "random.gamma": [key, 1.5, [3]],
  "random.generalizedNormal": [key, 2, [3]],
  "random.geometric": [key, 0.5, [3]],
  "random.gumbel": [key, [3]],
  "random.laplace": [key, [3]],
  "random.loggamma": [key, 1.5, [3]],
  "random.logistic": [key, [3]],
  "random.lognormal": [key, 1, [3]],
  "random.maxwell": [key, [3]],
  "random.multinomial": [key, 5, x],
  "random.multivariateNormal": [key, np.zeros([2]), matrix, [3]],
  "random.normal": [key, [3]],
  "random.orthogonal": [key, 3, [2]],
  "random.pareto": [key, 2, [3]],
  "random.permutation": [key, x, 0],
  "random.poisson": [key, 2, [3]],
  "random.rademacher": [key, [3]],
  "random.randint": [key, [3], 0, 5],
  "random.rayleigh": [key, 1, [3]],
  "random.split": [key, 3],
  "random.t": [key, 3, [3]],
  "random.triangular": [key, 0, 0.5, 1, [3]],
  "random.truncatedNormal": [key, -1, 1, [3]],
  "random.uniform": [key, [3]],
  "random.wald": [key, 2, [3]],
  "random.weibullMin": [key, 1, 2, [3]],
  "nn.losses.cosineDistance": [logits, logits],
  "nn.losses.hinge": [x, x],
  "nn.losses.huber": [x, x],
  "nn.losses.klDivergence": [logits, logits],
  "nn.losses.mse": [x, x],
  "nn.losses.sigmoidBinaryCrossEntropy": [x, x],
  "nn.losses.softmaxCrossEntropy": [logits, logits],
  "nn.losses.softmaxCrossEntropyWithIntegerLabels": [logits, labels],
  "nn.metrics.accuracy": [logits, labels],
  "nn.metrics.topKAccuracy": [logits, labels, 2],
  "linalg.eig": [matrix],
  "linalg.eigvals": [matrix],
  "lax.linalg.eig": [matrix],
  "lax.linalg.svd": [matrix],
  "lax.linalg.luPivotsToPermutation": [np.array([1, 1], "int32"), 2],
  "np.roots": [x],
  "np.diagIndicesFrom": [matrix],
};

const rooms = { random, "nn.losses": nn.losses, "nn.metrics": nn.metrics };
const more = Object.entries(rooms).flatMap(([prefix, room]) =>
  Object.entries(room).map(([name, f]): [string, AnyFunction] => [`${prefix}.${name}`, f as AnyFunction]),
);

/** Every function by its full name. */
export const everything: ReadonlyMap<string, AnyFunction> = new Map([...FUNCTIONS, ...more]);

/** The arguments of a call that is taken. */
export const argumentsOf = (name: string): readonly unknown[] | undefined => {
  const golden = GOLDEN.get(name)?.[0]?.[1];
  return CALLS[name] ?? VALUE_SHAPED[name] ?? MORE[name] ?? golden?.map(decode);
};

const isPlain = (value: unknown): value is { readonly [name: string]: unknown } =>
  typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype;

/** Where arrays and numbers stand. */
export const places = (value: unknown, path: Path = []): Path[] => {
  if (value instanceof NDArray || typeof value === "number") return [path];
  if (Array.isArray(value)) return value.flatMap((item, i) => places(item, [...path, i]));
  return isPlain(value) ? Object.entries(value).flatMap(([name, v]) => places(v, [...path, name])) : [];
};

/** What stands there. */
export const at = (value: unknown, path: Path): unknown =>
  path.reduce<unknown>((inner, step) => (inner as { readonly [step: string]: unknown })[step], value);

/** The same with something else there. */
export const replaced = (value: unknown, [step, ...rest]: Path, other: unknown): unknown => {
  if (step === undefined) return other;
  if (Array.isArray(value)) return value.map((item, i) => (i === step ? replaced(item, rest, other) : item));
  const object = value as { readonly [name: string]: unknown };
  return { ...object, [step]: replaced(object[step], rest, other) };
};

/** What a call may well refuse in the place of a value. */
export const spoilt = (value: unknown): readonly unknown[] => {
  if (!(value instanceof NDArray)) return [99, -99, 0.5, Number.NaN];
  const shapes = [[7, 5, 4], [4], [], [0], [0, 3]];
  return [
    "text",
    ...shapes.map((shape) => np.zeros(shape, value.dtype)),
    ...(["int32", "bool"] as const).map((dtype) => np.astype(value, dtype)),
  ];
};
