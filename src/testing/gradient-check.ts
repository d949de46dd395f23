import { type Either, left, right } from "fp-ts/lib/Either.js";
import { isFloat, type NDArray, sizeOf } from "../array/index.ts";
import {
  ArgumentError,
  DTypeError,
  describeAval,
  type FlatFunction,
  sameAval,
  type Tangent,
} from "../core/index.ts";
import { zerosLike } from "../primitives/broadcast.ts";
import { flattenArrays, flattenFunction } from "../transforms/flatten-function.ts";
import { jvpFlat } from "../transforms/jvp.ts";
import { vjpFlat } from "../transforms/vjp.ts";
import { formatPath, leafPaths, type TreeDef } from "../tree/index.ts";
import { elementsOf } from "./closeness.ts";
import { drawDirection } from "./elements.ts";
import { directionalDifference, stepFor } from "./finite-differences.ts";
import { fixedSource } from "./fixed-source.ts";
import type { Source } from "./tape.ts";

/** Forward mode (`jvp`) or reverse mode (`vjp`). */
export type GradCheckMode = "fwd" | "rev";

/** Options of `checkGrads`. */
export interface GradCheckOptions {
  /** Up to which derivative to check; default 2. */
  readonly order?: number;
  /** Which modes, and for higher orders all compositions of them; default both. */
  readonly modes?: readonly GradCheckMode[];
  /** Allowed relative error; default 1e-5, or 2e-2 where float32 takes part. */
  readonly rtol?: number;
  /** Allowed absolute error; default as `rtol`. */
  readonly atol?: number;
  /** The step of the differences; default 2⁻⁹, or 2⁻⁵ where float32 takes part. */
  readonly eps?: number;
  /** Where the random directions start; default 0. */
  readonly seed?: number;
}

/** One comparison: a derivative along a random direction. */
export interface GradCheckEntry {
  /** The modes from the outermost on: `["rev", "fwd"]` is the VJP of a JVP. */
  readonly modes: readonly GradCheckMode[];
  /** The greatest difference from the numerical derivative, as a multiple of what is allowed. */
  readonly error: number;
}

/** All comparisons that were made, none of which failed. */
export interface GradCheckReport {
  readonly entries: readonly GradCheckEntry[];
  /** The greatest error of all. */
  readonly worst: number;
}

/** The first derivative that is not what differences say. */
export interface GradCheckFailure {
  readonly modes: readonly GradCheckMode[];
  /** What was compared: an output (forward mode), or the inner product with a cotangent (reverse mode). */
  readonly where: string;
  readonly actual: number;
  readonly expected: number;
  readonly tolerance: number;
  /** All of this in a sentence. */
  readonly message: string;
}

interface Settings {
  readonly order: number;
  readonly modes: readonly GradCheckMode[];
  readonly rtol: number;
  readonly atol: number;
  readonly eps: number;
  readonly source: Source;
}

/** A flat function under check, with names for its outputs. */
interface Checked {
  readonly fun: FlatFunction;
  readonly inputs: readonly NDArray[];
  readonly modes: readonly GradCheckMode[];
  readonly nameOf: (output: number) => string;
}

/** Raised inside, and turned into a `Left` at the border. */
class Refuted {
  readonly failure: GradCheckFailure;
  constructor(failure: GradCheckFailure) {
    this.failure = failure;
  }
}

const MODE_NAMES: { readonly [M in GradCheckMode]: string } = { fwd: "forward mode", rev: "reverse mode" };

/** Compare numbers; returns the error as a multiple of what is allowed. */
const compare = (
  { rtol, atol }: Settings,
  modes: readonly GradCheckMode[],
  where: string,
  actual: number,
  expected: number,
  scale: number,
): number => {
  const tolerance = atol * Math.max(1, scale) + rtol * Math.abs(expected);
  const error = Math.abs(actual - expected);
  if (error <= tolerance || Object.is(actual, expected)) return error / tolerance;
  const order = modes.length === 1 ? "" : ` of order ${modes.length}`;
  const message =
    `The derivative${order} by ${modes.map((m) => MODE_NAMES[m]).join(" over ")} is wrong at ${where}: got ${actual}, ` +
    `but differences of the function give ${expected} (allowed error ${tolerance.toPrecision(2)}).`;
  throw new Refuted({ modes, where, actual, expected, tolerance, message });
};

const randomTangents = (source: Source, arrays: readonly NDArray[]): readonly Tangent[] =>
  arrays.map((x) => (isFloat(x.dtype) ? drawDirection(source, x) : null));

const instantiated = (tangents: readonly Tangent[], like: readonly NDArray[]): readonly NDArray[] =>
  like.map((x, i) => tangents[i] ?? zerosLike(x));

/** Forward mode against differences, output by output. */
const checkForward = ({ fun, inputs, modes, nameOf }: Checked, settings: Settings): GradCheckEntry => {
  const tangents = randomTangents(settings.source, inputs);
  const { outputs, tangents: outTangents } = jvpFlat(fun, inputs, tangents);
  const differences = directionalDifference(fun, inputs, tangents, settings.eps);
  let worst = 0;
  outputs.forEach((y, k) => {
    if (!isFloat(y.dtype)) return;
    const slopes = elementsOf(outTangents[k] ?? zerosLike(y));
    differences[k]?.values.forEach((expected, i) => {
      const where = `${nameOf(k)}${y.shape.length === 0 ? "" : `, element ${i}`}`;
      worst = Math.max(worst, compare(settings, modes, where, slopes[i] as number, expected, 0));
    });
  });
  return { modes, error: worst };
};

const innerProduct = (
  xs: readonly Tangent[],
  ys: readonly (ArrayLike<number> | null)[],
): { value: number; size: number } => {
  let value = 0;
  let size = 0;
  xs.forEach((x, k) => {
    const y = ys[k] ?? null;
    if (x === null || y === null) return;
    elementsOf(x).forEach((a: number, i: number) => {
      value += a * (y[i] as number);
      size += Math.abs(a * (y[i] as number));
    });
  });
  return { value, size };
};

/** Reverse mode against differences: ⟨Jᵀ ct, v⟩ should be ⟨ct, J v⟩. */
const checkReverse = ({ fun, inputs, modes }: Checked, settings: Settings): GradCheckEntry => {
  const tangents = randomTangents(settings.source, inputs);
  const { outputs, pullback } = vjpFlat(fun, inputs);
  const cotangents = randomTangents(settings.source, outputs);
  const inCotangents = pullback(cotangents);
  inCotangents.forEach((ct, i) => {
    const x = inputs[i] as NDArray;
    if (ct !== null && !sameAval(ct, x)) {
      throw new DTypeError(`checkGrads: the cotangent of ${describeAval(x)} is ${describeAval(ct)}.`);
    }
  });
  const differences = directionalDifference(fun, inputs, tangents, settings.eps);
  const expected = innerProduct(
    cotangents,
    differences.map((d) => d.values),
  );
  const actual = innerProduct(
    inCotangents,
    tangents.map((t) => (t === null ? null : elementsOf(t))),
  );
  const scale = Math.max(expected.size, actual.size);
  const error = compare(settings, modes, "the inner product ⟨Jᵀ ct, v⟩", actual.value, expected.value, scale);
  return { modes, error };
};

const checkOrder = (checked: Checked, order: number, settings: Settings, entries: GradCheckEntry[]): void => {
  for (const mode of settings.modes) {
    const modes = [mode, ...checked.modes];
    const here = { ...checked, modes };
    entries.push(mode === "fwd" ? checkForward(here, settings) : checkReverse(here, settings));
    if (order === 1) continue;
    const derivative = mode === "fwd" ? pushed(here, settings) : pulled(here, settings);
    checkOrder(derivative, order - 1, settings, entries);
  }
};

/** The JVP along a fixed direction, as a function of the point. */
const pushed = (checked: Checked, { source }: Settings): Checked => {
  const tangents = randomTangents(source, checked.inputs);
  return {
    ...checked,
    fun: (...xs) => {
      const result = jvpFlat(checked.fun, xs, tangents);
      return instantiated(result.tangents, result.outputs);
    },
    nameOf: (k) => `the tangent of ${checked.nameOf(k)}`,
  };
};

/** The VJP of a fixed cotangent, as a function of the point. */
const pulled = (checked: Checked, { source }: Settings): Checked => {
  const cotangents = randomTangents(source, checked.fun(...checked.inputs));
  return {
    ...checked,
    fun: (...xs) => instantiated(vjpFlat(checked.fun, xs).pullback(cotangents), xs),
    nameOf: (k) => `the cotangent of input ${k}`,
  };
};

const outputNames = (tree: TreeDef): ((output: number) => string) => {
  const paths = leafPaths(tree);
  return (k) => {
    const path = formatPath(paths[k] ?? []);
    return path === "" ? "the output" : `the output ${path}`;
  };
};

/**
 * Check the derivatives of `f` at `args` against central differences of `f`, along random directions: by forward mode,
 * by reverse mode, and for `order` 2 and more by all compositions of them. `f` takes and returns trees of arrays;
 * leaves that are not floats are held fast. Take float64 arrays where you can: in float32, differences are right to two
 * digits at most. Keep away from kinks and poles by more than 2⁻⁹ (2⁻⁵ in float32).
 *
 * @returns `Right` of what was compared, or `Left` of the first derivative that is wrong, with a message.
 * @throws ArgumentError for an order that is not a whole number of at least 1, or if no argument is a float.
 * @example
 * const result = checkGrads(loss, [params, batch], { order: 2 });
 * if (isLeft(result)) throw new Error(result.left.message);
 * @see https://docs.jax.dev/en/latest/_autosummary/jax.test_util.check_grads.html
 */
export const checkGrads = <A extends readonly unknown[]>(
  f: (...args: A) => unknown,
  args: A,
  options: GradCheckOptions = {},
): Either<GradCheckFailure, GradCheckReport> => {
  const { order = 2, modes = ["fwd", "rev"], seed = 0 } = options;
  if (!(Number.isInteger(order) && order >= 1)) {
    throw new ArgumentError(`checkGrads: order must be a whole number of at least 1; got ${String(order)}.`);
  }
  const [inputs, inTree] = flattenArrays(args, "checkGrads, args");
  const floats = inputs.filter((x) => isFloat(x.dtype));
  if (floats.length === 0) {
    throw new ArgumentError(
      "checkGrads: no argument is floating-point, so there is no derivative to check. Convert arguments with astype.",
    );
  }
  // A function of no numbers has no derivatives that could be wrong: property tests draw empty arrays, too.
  if (floats.every((x) => sizeOf(x.shape) === 0)) return right({ entries: [], worst: 0 });
  const flat = flattenFunction(f as (...xs: never[]) => unknown, inTree, "checkGrads");
  const outputs = flat.fun(...inputs);
  const isSingle = [...inputs, ...outputs].some((x) => x.dtype === "float32");
  const rtol = options.rtol ?? (isSingle ? 2e-2 : 1e-5);
  const settings: Settings = {
    order,
    modes,
    rtol,
    atol: options.atol ?? rtol,
    eps: options.eps ?? stepFor([...inputs, ...outputs]),
    source: fixedSource(seed),
  };
  const entries: GradCheckEntry[] = [];
  try {
    checkOrder(
      { fun: flat.fun, inputs, modes: [], nameOf: outputNames(flat.outTree()) },
      order,
      settings,
      entries,
    );
  } catch (error) {
    if (error instanceof Refuted) return left(error.failure);
    throw error;
  }
  return right({ entries, worst: Math.max(0, ...entries.map((e) => e.error)) });
};
