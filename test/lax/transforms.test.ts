import { describe, expect, it } from "vitest";
import "../../src/numpy/methods.ts";
import { isFloat, NDArray } from "../../src/array/index.ts";
import * as lax from "../../src/lax/index.ts";
import * as np from "../../src/numpy/index.ts";
import { grad } from "../../src/transforms/grad.ts";
import { jit } from "../../src/transforms/jit.ts";
import { vjp } from "../../src/transforms/vjp.ts";
import { vmap } from "../../src/transforms/vmap.ts";
import { type Case, compare, decode, type Encoded, readCases } from "../numpy/golden.ts";

/*
 * Every function of lax under the transforms: the gradients that JAX has (see test/golden/numpy.py), and one
 * case of each function under jit, vmap, and jit of vmap of grad.
 */

type GradientCase = readonly [...Case, gradients: readonly (Encoded | null)[]];

/** A call as a function of the arrays of floats among its arguments. */
interface Call {
  readonly leaves: readonly NDArray[];
  /** The results that are arrays, or all of them for `undefined`. */
  apply(leaves: readonly NDArray[]): unknown;
}

const isFloatArray = (x: unknown): x is NDArray => x instanceof NDArray && isFloat(x.dtype);

const isPlain = (x: unknown): x is { readonly [key: string]: unknown } =>
  typeof x === "object" && x !== null && Object.getPrototypeOf(x) === Object.prototype;

const leavesOf = (x: unknown): NDArray[] => {
  if (isFloatArray(x)) return [x];
  if (Array.isArray(x)) return x.flatMap(leavesOf);
  return isPlain(x) ? Object.values(x).flatMap(leavesOf) : [];
};

/** `x` with other arrays of floats, in the order of `leavesOf`. */
const filled = (x: unknown, next: () => NDArray): unknown => {
  if (isFloatArray(x)) return next();
  if (Array.isArray(x)) return x.map((y) => filled(y, next));
  if (!isPlain(x)) return x;
  return Object.fromEntries(Object.entries(x).map(([key, value]) => [key, filled(value, next)]));
};

type Invoke = (name: string, args: readonly unknown[]) => unknown;

type Functions = { readonly [name: string]: (...args: readonly unknown[]) => unknown };

const callLax = (name: string, args: readonly unknown[]): unknown =>
  (lax as unknown as Functions)[name]?.(...args);

const callOf = (
  invoke: Invoke,
  [name, encoded]: readonly [string, readonly Encoded[], ...unknown[]],
): Call => {
  const args = encoded.map(decode);
  return {
    leaves: leavesOf(args),
    apply: (leaves) => {
      const rest = leaves.values();
      return invoke(name, filled(args, () => rest.next().value as NDArray) as unknown[]);
    },
  };
};

const listOf = (result: unknown): unknown[] => (Array.isArray(result) ? result : [result]);

const floatsOf = (result: unknown): NDArray[] => listOf(result).filter(isFloatArray);

/** What the k-th result is multiplied by; the numbers of golden/numpy.py. */
const cotangent = (x: NDArray, k: number): NDArray =>
  np.array(
    Float64Array.from({ length: x.size }, (_, i) => (((7 * i + 3 * k) % 11) - 5) / 4),
    { dtype: x.dtype, shape: x.shape },
  );

/** How far gradients may be apart, relative to the greatest of them: sums of products, in another order. */
const TOLERANCE: { readonly [dtype: string]: number } = { float32: 1e-4, float64: 1e-9 };

const expectGradient = (actual: NDArray, expected: Encoded): void => {
  const wanted = decode(expected) as NDArray;
  expect([actual.dtype, actual.shape]).toEqual([wanted.dtype, wanted.shape]);
  const [got, numbers] = [[...actual.toTypedArray()], [...wanted.toTypedArray()]];
  const size = numbers.reduce((most, x) => Math.max(most, Number.isFinite(x) ? Math.abs(x) : 0), 1);
  const allowed = (TOLERANCE[wanted.dtype] as number) * size;
  const wrong = numbers.findIndex((y, i) => {
    const x = got[i] as number;
    return !(Object.is(x, y) || x === y || Math.abs(x - y) <= allowed);
  });
  expect(wrong < 0 ? "equal" : { at: wrong, got, wanted: numbers }).toBe("equal");
};

const withContext = (c: Case | GradientCase, check: () => void): void => {
  try {
    check();
  } catch (error) {
    (error as Error).message = `${c[0]}(${JSON.stringify(c[1]).slice(0, 300)}): ${(error as Error).message}`;
    throw error;
  }
};

const grouped = <C extends Case | GradientCase>(
  list: readonly C[],
): readonly (readonly [string, readonly C[]])[] => {
  const byName = new Map<string, C[]>();
  for (const c of list) byName.set(c[0], [...(byName.get(c[0]) ?? []), c]);
  return [...byName];
};

for (const [room, invoke, list] of [["lax", callLax, readCases("lax.json")]] as const) {
  const differentiated = list.filter((c) => c.length > 3) as unknown as GradientCase[];

  describe(`gradients of jax.${room}`, () => {
    for (const [name, group] of grouped(differentiated)) {
      it(`${name} (${group.length})`, () => {
        for (const c of group) {
          withContext(c, () => {
            const call = callOf(invoke, c);
            const [out, pull] = vjp((...xs: NDArray[]) => floatsOf(call.apply(xs)), [...call.leaves]);
            const gradients = pull(out.map(cotangent)) as readonly NDArray[];
            c[3].forEach((expected, i) => {
              if (expected !== null) expectGradient(gradients[i] as NDArray, expected);
            });
          });
        }
      });
    }
  });

  describe(`jit and vmap of ${room}`, () => {
    for (const [name, group] of grouped(list.filter((c) => leavesOf(c[1].map(decode)).length > 0))) {
      const c = (group.find((g) => g.length > 3) ?? group[0]) as Case | GradientCase;
      it(name, () => {
        withContext(c, () => {
          const call = callOf(invoke, c);
          const arrays = (...xs: NDArray[]): NDArray[] =>
            listOf(call.apply(xs)).filter((x) => x instanceof NDArray);
          const plain = arrays(...call.leaves);
          const compiled = jit(arrays)(...call.leaves);
          plain.forEach((x, i) => {
            compare(compiled[i], [x.dtype, x.shape, [...x.toTypedArray()]]);
          });
          const twice = call.leaves.map((x) => np.stack([x, x]));
          const batched = vmap(arrays)(...twice);
          plain.forEach((x, i) => {
            const both = np.stack([x, x]);
            compare(batched[i], [both.dtype, both.shape, [...both.toTypedArray()]]);
          });
          if (c.length < 4) return;
          const total = (...xs: NDArray[]): NDArray =>
            floatsOf(call.apply(xs))
              .map((y, k) => np.sum(np.multiply(y, cotangent(y, k))))
              .reduce((x, y) => np.add(x, y));
          const argnums = call.leaves.map((_, i) => i);
          const gradients = jit(vmap(grad(total, { argnums })))(...twice) as readonly NDArray[];
          (c as GradientCase)[3].forEach((expected, i) => {
            if (expected === null) return;
            for (const half of [0, 1]) expectGradient(np.take(gradients[i] as NDArray, half, 0), expected);
          });
        });
      });
    }
  });
}
