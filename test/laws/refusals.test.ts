import { describe, expect, it } from "vitest";
import { NDArray } from "../../src/array/index.ts";
import { CotangentError } from "../../src/core/index.ts";
import * as nn from "../../src/nn/index.ts";
import * as np from "../../src/numpy/index.ts";
import * as random from "../../src/random/index.ts";
import { decode } from "../numpy/golden.ts";
import { CALLS, VALUE_SHAPED } from "./calls.ts";
import { FUNCTIONS, GOLDEN } from "./functions.ts";

/*
 * Every function, called with one argument spoilt at a time: it may take it, or refuse it by an error of ours that names the
 * function that was called. What families of functions refuse, and the words for it are in numpy/families.test.ts.
 */

type Function = (...args: readonly unknown[]) => unknown;
type Path = readonly (string | number)[];

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
  Object.entries(room).map(([name, f]): [string, Function] => [`${prefix}.${name}`, f as Function]),
);

const everything: ReadonlyMap<string, Function> = new Map([...FUNCTIONS, ...more]);

const argumentsOf = (name: string): readonly unknown[] | undefined => {
  const golden = GOLDEN.get(name)?.[0]?.[1];
  return CALLS[name] ?? VALUE_SHAPED[name] ?? MORE[name] ?? golden?.map(decode);
};

const isPlain = (value: unknown): value is { readonly [name: string]: unknown } =>
  typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype;

/** Where arrays and numbers stand. */
const places = (value: unknown, path: Path = []): Path[] => {
  if (value instanceof NDArray || typeof value === "number") return [path];
  if (Array.isArray(value)) return value.flatMap((item, i) => places(item, [...path, i]));
  return isPlain(value) ? Object.entries(value).flatMap(([name, v]) => places(v, [...path, name])) : [];
};

const at = (value: unknown, path: Path): unknown =>
  path.reduce<unknown>((inner, step) => (inner as { readonly [step: string]: unknown })[step], value);

const replaced = (value: unknown, [step, ...rest]: Path, other: unknown): unknown => {
  if (step === undefined) return other;
  if (Array.isArray(value)) return value.map((item, i) => (i === step ? replaced(item, rest, other) : item));
  const object = value as { readonly [name: string]: unknown };
  return { ...object, [step]: replaced(object[step], rest, other) };
};

const spoilt = (value: unknown): readonly unknown[] => {
  if (!(value instanceof NDArray)) return [99, -99, 0.5, Number.NaN];
  const shapes = [[7, 5, 4], [4], [], [0], [0, 3]];
  return [
    "text",
    ...shapes.map((shape) => np.zeros(shape, value.dtype)),
    ...(["int32", "bool"] as const).map((dtype) => np.astype(value, dtype)),
  ];
};

/** What a call with one argument spoilt refuses without naming the function. */
const anonymous = (names: readonly string[], f: Function, args: readonly unknown[]): string[] =>
  places(args).flatMap((path) =>
    spoilt(at(args, path)).flatMap((other) => {
      try {
        f(...(replaced(args, path, other) as readonly unknown[]));
      } catch (error) {
        const { message } = error as Error;
        const isNamed = names.some((name) => new RegExp(`\\b${name}\\b`).test(message));
        const isOurs =
          error instanceof CotangentError || error instanceof RangeError || error instanceof TypeError;
        return isNamed && isOurs ? [] : [`${path.join(".")} = ${String(other)}: ${String(error)}`];
      }
      return other === "text" ? [`${path.join(".")} = "text" is taken`] : [];
    }),
  );

const shortName = (name: string): string => name.split(".").at(-1) as string;

describe("a spoilt argument is refused in the name of the function that was called", () => {
  for (const [name, f] of everything) {
    const args = argumentsOf(name);
    // Functions of functions: what those refuse is theirs to name.
    if (args === undefined || args.flat().some((value) => typeof value === "function")) continue;
    const names = [...everything].filter(([, g]) => g === f).map(([alias]) => shortName(alias));
    it(name, () => expect(anonymous(names, f, args)).toEqual([]));
  }

  it("is asked of nearly all functions", () => {
    const called = [...everything.keys()].filter((name) => argumentsOf(name) !== undefined);
    expect(called.length).toBeGreaterThan(560);
  });
});
