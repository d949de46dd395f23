import { expect } from "vitest";
import { isFloat, NDArray } from "../../src/array/index.ts";
import * as np from "../../src/numpy/index.ts";
import { grad } from "../../src/transforms/grad.ts";
import { jit } from "../../src/transforms/jit.ts";
import { vjp } from "../../src/transforms/vjp.ts";
import { vmap } from "../../src/transforms/vmap.ts";
import { type Case, decode, type Encoded } from "./golden.ts";
import { GRADIENTS } from "./tolerances.ts";

/*
 * Calls as functions of the arrays of floats among their arguments, their gradients, and how close these must be.
 */

/** How a function is called by its name. */
export type Invoke = (name: string, args: readonly unknown[]) => unknown;

/** A call as a function of the arrays of floats among its arguments. */
export interface Call {
  readonly leaves: readonly NDArray[];
  /** All arrays among the results. */
  arrays(...leaves: readonly NDArray[]): NDArray[];
  /** The arrays of floats among the results. */
  floats(...leaves: readonly NDArray[]): NDArray[];
}

const isFloatArray = (x: unknown): x is NDArray => x instanceof NDArray && isFloat(x.dtype);

const isPlain = (x: unknown): x is { readonly [key: string]: unknown } =>
  typeof x === "object" && x !== null && Object.getPrototypeOf(x) === Object.prototype;

const arraysOf = (x: unknown): NDArray[] => {
  if (x instanceof NDArray) return [x];
  if (Array.isArray(x)) return x.flatMap(arraysOf);
  return isPlain(x) ? Object.values(x).flatMap(arraysOf) : [];
};

/** `x` with other arrays of floats, in the order of `arraysOf`. */
const filled = (x: unknown, next: () => NDArray): unknown => {
  if (isFloatArray(x)) return next();
  if (Array.isArray(x)) return x.map((y) => filled(y, next));
  if (!isPlain(x)) return x;
  return Object.fromEntries(Object.entries(x).map(([key, value]) => [key, filled(value, next)]));
};

/** The call of `f` with `args`, which may be nested; of the arrays of floats, those that `counts` holds of. */
export const callOf = (
  f: (...args: readonly unknown[]) => unknown,
  args: readonly unknown[],
  counts: (place: number) => boolean = () => true,
): Call => {
  const all = arraysOf(args).filter(isFloatArray);
  const arrays = (...leaves: readonly NDArray[]): NDArray[] => {
    const rest = leaves.values();
    const places = all.map((x, i) => (counts(i) ? (rest.next().value as NDArray) : x)).values();
    return arraysOf(f(...(filled(args, () => places.next().value as NDArray) as unknown[])));
  };
  return {
    leaves: all.filter((_, i) => counts(i)),
    arrays,
    floats: (...leaves) => arrays(...leaves).filter(isFloatArray),
  };
};

/** The call of a golden case, as a function of the arrays that it has gradients for, if it has some. */
export const callOfCase = (invoke: Invoke, [name, encoded, , gradients]: Case): Call =>
  callOf(
    (...args) => invoke(name, args),
    encoded.map(decode),
    (place) => gradients === undefined || gradients[place] !== null,
  );

/** The call with all arrays of floats in another dtype. */
export const inDType = (call: Call, dtype: "float32" | "float64"): Call => ({
  ...call,
  leaves: call.leaves.map((x) => np.astype(x, dtype)),
});

/** What the k-th result is multiplied by; the numbers of golden/numpy.py. */
const cotangent = (x: NDArray, k: number): NDArray =>
  np.array(
    Float64Array.from({ length: x.size }, (_, i) => (((7 * i + 3 * k) % 11) - 5) / 4),
    { dtype: x.dtype, shape: x.shape },
  );

/** The gradients with respect to all leaves of the results times the cotangents; none without results of floats. */
export const gradientsOf = (call: Call): readonly NDArray[] => {
  const [out, pull] = vjp(call.floats, [...call.leaves]);
  return out.length === 0 ? [] : (pull(out.map(cotangent)) as readonly NDArray[]);
};

/** The same by jit of vmap of grad: of a batch of two equal examples, both. */
export const compiledGradientsOf = (call: Call): readonly (readonly NDArray[])[] => {
  const total = (...xs: NDArray[]): NDArray =>
    call
      .floats(...xs)
      .map((y, k) => np.sum(np.multiply(y, cotangent(y, k))))
      .reduce((x, y) => np.add(x, y));
  const argnums = call.leaves.map((_, i) => i);
  const both = jit(vmap(grad(total, { argnums })))(...twice(call.leaves)) as readonly NDArray[];
  return [0, 1].map((half) => both.map((x) => np.take(x, half, 0)));
};

/** Every array as a batch of two equal examples. */
export const twice = (leaves: readonly NDArray[]): NDArray[] => leaves.map((x) => np.stack([x, x]));

/** Expect equal shapes and dtypes, and elements that are equal up to rounding. */
export const expectGradient = (actual: NDArray, wanted: NDArray, name: string): void => {
  expect([actual.dtype, actual.shape]).toEqual([wanted.dtype, wanted.shape]);
  const [got, numbers] = [[...actual.toTypedArray()], [...wanted.toTypedArray()]];
  const size = numbers.reduce((most, x) => Math.max(most, Number.isFinite(x) ? Math.abs(x) : 0), 1);
  const allowed = (GRADIENTS[wanted.dtype] as number) * size;
  const wrong = numbers.findIndex((y, i) => {
    const x = got[i] as number;
    return !(Object.is(x, y) || x === y || Math.abs(x - y) <= allowed);
  });
  expect(wrong < 0 ? "equal" : { name, at: wrong, got, wanted: numbers }).toBe("equal");
};

/** Expect the gradients that JAX has. */
export const expectGolden = (
  actual: readonly NDArray[],
  golden: readonly (Encoded | null)[],
  name: string,
): void => {
  const known = golden.filter((expected) => expected !== null);
  expect(actual.length).toBe(known.length);
  known.forEach((expected, i) => {
    expectGradient(actual[i] as NDArray, decode(expected) as NDArray, name);
  });
};

/** Run a check whose failure says which case it was. */
export const withContext = ([name, args]: Case, check: () => void): void => {
  try {
    check();
  } catch (error) {
    (error as Error).message = `${name}(${JSON.stringify(args).slice(0, 300)}): ${(error as Error).message}`;
    throw error;
  }
};

/** Cases by the name of their function. */
export const byName = (list: readonly Case[]): readonly (readonly [string, readonly Case[]])[] => {
  const groups = new Map<string, Case[]>();
  for (const c of list) groups.set(c[0], [...(groups.get(c[0]) ?? []), c]);
  return [...groups];
};
