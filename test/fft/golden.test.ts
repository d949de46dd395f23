import { type Complex, jit, NDArray, numpy as np, vjp } from "cotangent";
import { describe, expect, test } from "vitest";
import { compare, decode, type Encoded, readCases } from "../numpy/golden.ts";
import { FFT } from "../numpy/tolerances.ts";

/** What JAX gives; golden/fft.py says how it is written. */
type FftCase = readonly [
  string,
  readonly Encoded[],
  { readonly many: readonly Encoded[] },
  readonly Encoded[] | null,
];

const cases = readCases("fft.json") as unknown as readonly FftCase[];

type Transform = (x: unknown, ...args: readonly unknown[]) => NDArray | Complex;

const transform = (name: string): Transform => {
  const f = new Map<string, unknown>(Object.entries(np.fft)).get(name);
  if (f === undefined) throw new Error(`there is no np.fft.${name}`);
  return f as Transform;
};

/** Real numbers as one array, complex ones as two. */
const partsOf = (x: unknown): readonly NDArray[] => {
  if (x instanceof NDArray) return [x];
  const { real, imag } = x as Complex;
  return [real, imag];
};

const fromParts = (parts: readonly NDArray[]): unknown =>
  parts.length === 1 ? parts[0] : { real: parts[0], imag: parts[1] };

/** 1, 2, 3, … in the shapes of `parts`, one after the other. */
const weightsFor = (parts: readonly NDArray[]): readonly NDArray[] => {
  let next = 1;
  return parts.map((part) => {
    const weights = np.array(
      Float64Array.from({ length: part.size }, () => next++),
      { dtype: part.dtype, shape: part.shape },
    );
    return weights;
  });
};

/** As close as the greatest of all numbers allows: rounding errors of a transform are spread over all of its results. */
const expectClose = (actual: readonly NDArray[], expected: readonly Encoded[]): void => {
  const wanted = expected.map((e) => decode(e) as NDArray);
  expect(actual.map((x) => [x.dtype, x.shape])).toEqual(wanted.map((x) => [x.dtype, x.shape]));
  const scale = Math.max(0, ...wanted.flatMap((x) => Array.from(x.toTypedArray(), Math.abs)));
  actual.forEach((x, i) => {
    const tolerance = FFT[x.dtype] ?? 0;
    const numbers = (wanted[i] as NDArray).toTypedArray();
    x.toTypedArray().forEach((value: number, k: number) => {
      expect(Math.abs(value - (numbers[k] as number))).toBeLessThanOrEqual(tolerance * scale);
    });
  });
};

describe("as jax.numpy.fft", () => {
  const titled = cases.map(
    ([name, args, ...rest]) =>
      [`${name} ${JSON.stringify(args).slice(0, 90)}`, [name, args, ...rest] as FftCase] as const,
  );
  test.each(titled)("%s", (_title, [name, args, { many }, gradients]) => {
    const [x, ...rest] = args.map(decode);
    const f = transform(name);
    if (gradients === null && many.length === 1 && typeof x === "number") {
      compare(f(x, ...rest), many[0]);
      return;
    }
    const call = (...parts: readonly NDArray[]): readonly NDArray[] => partsOf(f(fromParts(parts), ...rest));
    const given = partsOf(x);
    expectClose(call(...given), many);
    expectClose(jit(call)(...given), many);
    if (gradients === null) return;
    const [, pullback] = vjp(call, given as NDArray[]);
    expectClose(pullback(weightsFor(call(...given))) as readonly NDArray[], gradients);
  });
});
