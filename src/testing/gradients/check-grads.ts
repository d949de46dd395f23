import { type Either, left, right } from "fp-ts/lib/Either.js";
import { isFloat, isHalf, NDArray, sizeOf } from "../../array/index.ts";
import { ArgumentError, describeAval, type FlatFunction } from "../../core/index.ts";
import { flattenArrays, flattenFunction } from "../../transforms/flatten-function.ts";
import { vmap } from "../../transforms/vmap.ts";
import { leafPaths, type Path } from "../../tree/index.ts";
import { elementsOf } from "../closeness.ts";
import { drawDirection } from "../elements.ts";
import { fixedSource } from "../fixed-source.ts";
import { stack } from "../stack.ts";
import type { Source } from "../tape.ts";
import { compareModes } from "./agreement.ts";
import type { Comparison, Settings } from "./comparison.ts";
import { moved, unitOf } from "./curve.ts";
import { compareForward } from "./forward.ts";
import { compareReverse } from "./reverse.ts";
import { derivatives, drawCotangents, drawTangents, pulled, pushed, type Subject } from "./subject.ts";
import {
  failureOf,
  type GradCheckEntry,
  type GradCheckFailure,
  type GradCheckMode,
  type GradCheckReport,
} from "./verdict.ts";

/** How far off a derivative may be, and how it is looked at. */
export interface DerivativeCheckOptions {
  /** Allowed relative error; default 1e-5, or 2e-2 where float32 takes part. */
  readonly rtol?: number;
  /** Allowed absolute error; default as `rtol`. */
  readonly atol?: number;
  /**
   * The step of the differences, as a part of the size of each argument where that is more than 1. Default: 2⁻⁹, or 2⁻⁵
   * where float32 takes part, and shorter ones where these don't do.
   */
  readonly eps?: number;
  /** A PRNG key, or the seed of one, for the random directions; default 0. */
  readonly key?: NDArray | number;
}

/** Options of `checkGrads`. */
export interface GradCheckOptions extends DerivativeCheckOptions {
  /** Up to which derivative to check; default 2. */
  readonly order?: number;
  /** Which modes, and for higher orders all compositions of them; default both. */
  readonly modes?: readonly GradCheckMode[];
  /** Check the derivatives of `vmap(f)`, too, at so many points near `args`. */
  readonly batch?: number;
}

/** Raised inside, and turned into a `Left` at the border. */
class Refuted {
  readonly failure: GradCheckFailure;
  constructor(failure: GradCheckFailure) {
    this.failure = failure;
  }
}

/** Collects what comparisons find: stops at what is wrong, and goes on past what cannot be checked. */
class Protocol {
  readonly entries: GradCheckEntry[] = [];
  #open: GradCheckFailure | undefined;
  readonly #where: string;

  constructor(where: string) {
    this.#where = where;
  }

  note({ entry, finding }: Comparison): void {
    this.entries.push(entry);
    if (finding === undefined) return;
    const failure = failureOf(this.#where, entry.modes, finding);
    if (failure.kind === "wrong") throw new Refuted(failure);
    this.#open ??= failure;
  }

  get result(): Either<GradCheckFailure, GradCheckReport> {
    if (this.#open !== undefined) return left(this.#open);
    return right({ entries: this.entries, worst: Math.max(0, ...this.entries.map((e) => e.error)) });
  }
}

const checkOrder = (
  subject: Subject,
  order: number,
  modes: readonly GradCheckMode[],
  settings: Settings,
  protocol: Protocol,
  where: string,
): void => {
  const { source } = settings;
  for (const mode of modes) {
    protocol.note(
      mode === "fwd" ? compareForward(subject, settings) : compareReverse(subject, settings, where),
    );
    if (order === 1) continue;
    const derivative =
      mode === "fwd"
        ? pushed(subject, drawTangents(source, subject.inputs))
        : pulled(subject, drawCotangents(source, subject.fun(...subject.inputs)));
    checkOrder(derivative, order - 1, modes, settings, protocol, where);
  }
  if (modes.includes("fwd") && modes.includes("rev")) protocol.note(compareModes(subject, settings));
};

/** A number that stands for a key. */
export const seedOf = (key: NDArray | number | undefined, where: string): number => {
  if (key === undefined || typeof key === "number") return key ?? 0;
  if (!(key instanceof NDArray) || key.dtype !== "uint32" || key.size !== 2) {
    throw new ArgumentError(
      `${where}: key must be a PRNG key (uint32[2], as random.key makes it) or a whole number; got ` +
        `${key instanceof NDArray ? describeAval(key) : String(key)}.`,
    );
  }
  const [high = 0, low = 0] = elementsOf(key);
  return (high * 69069 + low) % 2147483646;
};

/** Tolerances and steps for a function of these inputs and outputs. */
export const settingsFor = (
  arrays: readonly NDArray[],
  { rtol, atol, eps, key }: DerivativeCheckOptions,
  where: string,
): Settings => {
  const isSingle = arrays.some((x) => x.dtype === "float32");
  const relative = rtol ?? (isSingle ? 2e-2 : 1e-5);
  const adjoint = isSingle ? 2e-3 : 1e-8;
  return {
    rtol: relative,
    atol: atol ?? relative,
    adjointTol: rtol === undefined ? adjoint : Math.max(adjoint, rtol),
    eps,
    source: fixedSource(seedOf(key, where)),
  };
};

/** The leaves of arguments, of which some must be floats. */
export const flattenPoint = (
  args: readonly unknown[],
  where: string,
): ReturnType<typeof flattenArrays<readonly unknown[]>> => {
  const flat = flattenArrays(args, `${where}, args`);
  if (!flat[0].some((x) => isFloat(x.dtype))) {
    throw new ArgumentError(
      `${where}: no argument is floating-point, so there is no derivative to check. Convert arguments with astype.`,
    );
  }
  const half = flat[0].find((x) => isHalf(x.dtype));
  if (half !== undefined) {
    throw new ArgumentError(
      `${where}: differences of ${half.dtype} numbers are mostly rounding errors; check the function on float32 or float64 ` +
        "arguments.",
    );
  }
  return flat;
};

/** A function of no numbers has no derivatives that could be wrong: property tests draw empty arrays, too. */
export const isVoid = (inputs: readonly NDArray[]): boolean =>
  inputs.every((x) => !isFloat(x.dtype) || sizeOf(x.shape) === 0);

/** Run comparisons to their end, or to the first thing that is wrong. */
export const protocolOf = (
  where: string,
  compare: (protocol: Protocol) => void,
): Either<GradCheckFailure, GradCheckReport> => {
  const protocol = new Protocol(where);
  try {
    compare(protocol);
  } catch (error) {
    if (error instanceof Refuted) return left(error.failure);
    throw error;
  }
  return protocol.result;
};

/** How far, as a part of its size, an example of a batch is from the point: more than any step. */
const APART = 1 / 8;

/** The function of a batch of examples near the point, and such a batch. */
const batched = (subject: Subject, size: number, source: Source): Subject => {
  const inputs = subject.inputs.map((x) => {
    const examples = Array.from({ length: size }, (_, i) =>
      i === 0 || !isFloat(x.dtype) ? x : moved(x, drawDirection(source, x), APART),
    );
    return stack(examples, x);
  });
  const fun: FlatFunction = (...xs) =>
    vmap((...one: NDArray[]): readonly NDArray[] => subject.fun(...one))(...xs);
  return { ...subject, fun, ...derivatives(fun), inputs };
};

/**
 * Check the derivatives of `f` at `args` against central differences of `f`, along random directions: by forward mode,
 * by reverse mode, and for `order` 2 and more by all compositions of them; and the two modes against each other, which
 * is exact but for rounding. `f` takes and returns trees of arrays of any dtypes; leaves that are not floats are held
 * fast. Take float64 arrays where you can: in float32, differences are right to two digits at most.
 *
 * Steps fit the dtype and size of the arguments, and are extrapolated by Richardson's rule; where that disagrees, or the
 * function bends, a ladder of shorter steps decides (Ridders), which also tells a kink from an error. What does not come
 * to a kink is checked as usual.
 *
 * @returns `Right` of what was compared, all of it right. `Left` of the worst of what is wrong (`kind` is `"wrong"`):
 *   the leaf by path and index, analytic and numeric value, relative error, and a guess at the cause, all of which
 *   `message` tells. Also `Left` where there is nothing to compare with: at a kink (`"kink"`), or where differences are
 *   of no use (`"undecided"`), which is neither a failure nor a pass.
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
  const { order = 2, modes = ["fwd", "rev"], batch } = options;
  if (!(Number.isInteger(order) && order >= 1)) {
    throw new ArgumentError(`checkGrads: order must be a whole number of at least 1; got ${String(order)}.`);
  }
  if (batch !== undefined && !(Number.isInteger(batch) && batch >= 1)) {
    throw new ArgumentError(`checkGrads: batch must be a whole number of at least 1; got ${String(batch)}.`);
  }
  const [inputs, inTree] = flattenPoint(args, "checkGrads");
  if (isVoid(inputs)) return right({ entries: [], worst: 0 });
  const flat = flattenFunction(f as (...xs: never[]) => unknown, inTree, "checkGrads");
  const outputs = flat.fun(...inputs);
  const settings = settingsFor([...inputs, ...outputs], options, "checkGrads");
  const subject: Subject = {
    fun: flat.fun,
    ...derivatives(flat.fun),
    inputs,
    unit: unitOf([...inputs, ...outputs]),
    modes: [],
    inPaths: leafPaths(inTree),
    outPaths: leafPaths(flat.outTree()) as readonly Path[],
  };
  return protocolOf("checkGrads", (protocol) => {
    checkOrder(subject, order, modes, settings, protocol, "checkGrads");
    if (batch !== undefined) {
      checkOrder(
        batched(subject, batch, settings.source),
        order,
        modes,
        settings,
        protocol,
        "checkGrads, vmap",
      );
    }
  });
};
