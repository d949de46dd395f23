import {
  arrayFrom,
  formatShape,
  isFloat,
  NDArray,
  type NestedInput,
  normalizeAxis,
  type Shape,
  scalarArray,
  sizeOf,
} from "../array/index.ts";
import { ArgumentError, describeAval, inNameOf, ShapeError } from "../core/index.ts";
import { take } from "../numpy/indexing/take.ts";
import { searchsorted } from "../numpy/sorting.ts";
import {
  add,
  convertElementType,
  cumsum,
  log,
  mul,
  reshape,
  sliceInDim,
  sub,
  topK,
} from "../primitives/index.ts";
import { gumbelOf, type Precision } from "./gumbel.ts";
import { sampleShape, zeros } from "./operands.ts";
import { permutationOf } from "./permutation.ts";
import { randint } from "./randint.ts";
import { uniformBetween } from "./uniform.ts";

/** Options of `choice`. */
export interface ChoiceOptions {
  /** The shape of the sample; default `[]`, one element. */
  readonly shape?: Shape;
  /** Whether an element can be drawn again. Default true. */
  readonly replace?: boolean;
  /** How probable each element is, one number for each along the axis; default: all alike. */
  readonly p?: NDArray | readonly number[] | null;
  /** The axis of an array along which elements lie; default 0. */
  readonly axis?: number;
  /** How many random bits to draw for `p` without replacement; default "low". */
  readonly mode?: Precision;
}

const where = "choice";

/** Places along the axis with given probabilities. */
const drawWeighted = (
  key: NDArray,
  p: NDArray,
  shape: Shape,
  { replace, mode }: { readonly replace: boolean; readonly mode: Precision },
): NDArray => {
  const n = p.shape[0] as number;
  const { dtype } = p;
  if (!replace) {
    // The greatest of log-probabilities with Gumbel noise: Kool, van Hoof and Welling, "Stochastic beams", 2019.
    const noisy = add(gumbelOf(key, [n], dtype, mode, where), log(p));
    return reshape(topK(noisy, sizeOf(shape))[1], shape);
  }
  const cumulative = cumsum(p, 0);
  const total = reshape(sliceInDim(cumulative, n - 1, n, 0), []);
  const u = uniformBetween(key, shape, dtype, 0, 1, where);
  return searchsorted(cumulative, mul(total, sub(scalarArray(1, dtype), u)));
};

const probabilities = (p: NDArray | readonly number[], n: number): NDArray => {
  const array = p instanceof NDArray ? p : arrayFrom(p as NestedInput);
  if (array.ndim !== 1 || array.shape[0] !== n) {
    throw new ShapeError(
      `choice: p must have one number for each of the ${n} elements; got ${describeAval(array)}.`,
    );
  }
  return isFloat(array.dtype) ? array : convertElementType(array, "float32");
};

/**
 * Elements drawn at random from an array along one axis, or from the numbers 0 to `a` − 1.
 *
 * @returns an array with `shape` in the place of the axis. If fewer elements have a probability than are drawn without
 * replacement, what comes is undefined.
 * @throws ArgumentError if there is nothing to draw from, or too little without replacement.
 * @example
 * random.choice(key, 60000, { shape: [128], replace: false }); // the indices of a minibatch
 * random.choice(key, words, { p: [0.5, 0.25, 0.25] });
 * @see https://docs.jax.dev/en/latest/_autosummary/jax.random.choice.html
 */
export const choice = (
  key: NDArray,
  a: number | NDArray,
  { shape = [], replace = true, p = null, axis = 0, mode = "low" }: ChoiceOptions = {},
): NDArray => {
  const source = a instanceof NDArray ? a : null;
  const along = source === null ? 0 : normalizeAxis(axis, source.ndim, where);
  const n = source === null ? (a as number) : (source.shape[along] as number);
  const outer = source === null ? [] : source.shape.slice(0, along);
  const inner = source === null ? [] : source.shape.slice(along + 1);
  const draws = sizeOf(sampleShape(shape, where));
  if (!Number.isInteger(n)) throw new ArgumentError(`choice: expected an array or a whole number; got ${n}.`);
  if (draws === 0) return zeros([...outer, ...shape, ...inner], source?.dtype ?? "int32");
  if (n <= 0) throw new ArgumentError("choice: there are no elements to draw from.");
  if (!replace && draws > n) {
    throw new ArgumentError(
      `choice: shape ${formatShape(shape)} asks for ${draws} of ${n} elements without replacement; set replace: true ` +
        "or draw fewer.",
    );
  }
  if (p === null && !replace) {
    const shuffled = permutationOf(key, a, along, false, where);
    return reshape(sliceInDim(shuffled, 0, draws, along), [...outer, ...shape, ...inner]);
  }
  const places =
    p === null
      ? inNameOf(where, () => randint(key, shape, 0, n))
      : drawWeighted(key, probabilities(p, n), shape, { replace, mode });
  return source === null ? places : take(source, places, along, { mode: "promise_in_bounds" });
};
