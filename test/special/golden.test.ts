import { jit, type NDArray, scipy, vjp } from "cotangent";
import { describe, expect, test } from "vitest";
import { decode, type Encoded, readCases } from "../numpy/golden.ts";
import { COARSE_IN_SCIPY, SCIPY } from "../numpy/tolerances.ts";

/** What JAX gives; golden/scipy.py says how it is written. */
type ScipyCase = readonly [string, readonly Encoded[], Encoded, readonly (Encoded | null)[] | null];

const cases = readCases("scipy.json") as unknown as readonly ScipyCase[];

type Call = (...args: readonly NDArray[]) => NDArray;

const lookUp = (name: string): Call => {
  const f = name
    .split(".")
    .reduce<unknown>((room, part) => new Map(Object.entries(room as object)).get(part), scipy);
  if (typeof f !== "function") throw new Error(`there is no scipy.${name}`);
  return f as Call;
};

/** Where JAX gives infinity for NaN; ours stays NaN. */
const LOSES_NAN = ["special.relEntr", "special.klDiv"];

const isClose = (x: number, y: number, dtype: string, name: string): boolean => {
  if (x === y || (Number.isNaN(x) && Number.isNaN(y))) return true;
  if (LOSES_NAN.includes(name) && Number.isNaN(x)) return y === Number.POSITIVE_INFINITY;
  const usual = SCIPY[dtype] ?? { relative: 0, absolute: 0 };
  const isCoarse = COARSE_IN_SCIPY.startsOf.some((start) => name.startsWith(start));
  const relative = isCoarse ? Math.max(usual.relative, COARSE_IN_SCIPY.relative) : usual.relative;
  return Math.abs(x - y) <= usual.absolute + relative * Math.abs(y);
};

/** `mayBeFinite`: outside of its support JAX's derivatives of a density are NaN, where ours are 0. */
const expectClose = (name: string, x: NDArray, expected: Encoded, mayBeFinite = false): void => {
  const y = decode(expected) as NDArray;
  expect([x.dtype, x.shape]).toEqual([y.dtype, y.shape]);
  const [got, wanted] = [Array.from(x.toTypedArray()), Array.from(y.toTypedArray())];
  const wrong = wanted.findIndex(
    (value, i) => !(mayBeFinite && Number.isNaN(value)) && !isClose(got[i] as number, value, x.dtype, name),
  );
  expect(wrong < 0 ? "equal" : { at: wrong, got, wanted }).toBe("equal");
};

describe("as jax.scipy", () => {
  const titled = cases.map((c, i) => [`${i} ${c[0]} ${JSON.stringify(c[1]).slice(0, 70)}`, c] as const);
  test.each(titled)("%s", (_title, [name, encoded, result, gradients]) => {
    const args = encoded.map((x) => decode(x) as NDArray);
    const f = lookUp(name);
    expectClose(name, f(...args), result);
    expectClose(name, jit((...xs: readonly NDArray[]) => f(...xs))(...args), result);
    if (gradients === null) return;
    const taken = args.flatMap((_, i) => (gradients[i] === null ? [] : [i]));
    if (taken.length === 0) return;
    const some = (...given: readonly NDArray[]): NDArray => {
      const full = [...args];
      taken.forEach((place, i) => {
        full[place] = given[i] as NDArray;
      });
      return f(...full);
    };
    const [out, pullback] = vjp(
      some,
      taken.map((i) => args[i] as NDArray),
    );
    const finite = Array.from((decode(result) as NDArray).toTypedArray(), Number.isFinite);
    const weights = Float64Array.from(finite, (counts, i) => (counts ? i + 1 : 0));
    const cts = pullback(arrayLike(weights, out)) as readonly NDArray[];
    cts.forEach((ct, i) => {
      expectClose(name, ct, gradients[taken[i] as number] as Encoded, true);
    });
  });
});

/** Numbers in the shape and dtype of `like`. */
const arrayLike = (numbers: Float64Array, like: NDArray): NDArray =>
  decode([like.dtype, [...like.shape], Array.from(numbers)]) as NDArray;
