import {
  arrayFrom,
  type DType,
  describeValue,
  formatShape,
  NDArray,
  type Shape,
  sameShape,
} from "../../array/index.ts";
import { describeAval } from "../../core/index.ts";
import { closenessOf, formatMismatch, type Tolerance } from "../closeness.ts";
import { checkGrads, type GradCheckOptions } from "../gradients/check-grads.ts";

/** What a matcher returns. */
export interface MatcherResult {
  readonly pass: boolean;
  readonly message: () => string;
}

const describe = (x: unknown): string => (x instanceof NDArray ? describeAval(x) : describeValue(x));

type Nested = number | boolean | readonly Nested[];

const isNested = (x: unknown): x is Nested =>
  typeof x === "number" || typeof x === "boolean" || (Array.isArray(x) && x.every(isNested));

/** `expected` with nested lists of numbers made into arrays where `actual` has arrays. */
const withArrays = (actual: unknown, expected: unknown): unknown => {
  if (actual instanceof NDArray) return isNested(expected) ? arrayFrom(expected, "float64") : expected;
  if (Array.isArray(actual) && Array.isArray(expected))
    return expected.map((x, i) => withArrays(actual[i], x));
  const isRecord = (x: unknown): x is Readonly<Record<string, unknown>> =>
    typeof x === "object" && x !== null && Object.getPrototypeOf(x) === Object.prototype;
  if (!isRecord(actual) || !isRecord(expected)) return expected;
  return Object.fromEntries(Object.entries(expected).map(([key, x]) => [key, withArrays(actual[key], x)]));
};

const toBeAllClose = (actual: unknown, expected: unknown, tolerance: Tolerance = {}): MatcherResult => {
  let closeness: ReturnType<typeof closenessOf>;
  try {
    closeness = closenessOf(actual, withArrays(actual, expected), tolerance, "toBeAllClose");
  } catch (error) {
    // Other structures, or leaves that are no arrays.
    const text = error instanceof Error ? error.message : String(error);
    return { pass: false, message: () => text };
  }
  const { misfit, worst, different, total } = closeness;
  if (misfit !== undefined) return { pass: false, message: () => `toBeAllClose: ${misfit}` };
  if (worst === undefined) {
    return {
      pass: true,
      message: () => `toBeAllClose: expected them to differ, but all ${total} elements are near.`,
    };
  }
  const apart = Math.abs(worst.actual - worst.expected);
  const { rtol, atol } = worst;
  return {
    pass: false,
    message: () =>
      `toBeAllClose: ${different} of ${total} elements differ, most ${formatMismatch(worst)}: they are ` +
      `${apart.toPrecision(3)} apart, where ${(atol + rtol * Math.abs(worst.expected)).toPrecision(3)} are allowed ` +
      `(rtol ${rtol}, atol ${atol}).`,
  };
};

const property = <T>(
  name: string,
  actual: unknown,
  expected: T,
  of: (x: NDArray) => T,
  equal: (a: T, b: T) => boolean,
  format: (value: T) => string,
): MatcherResult => {
  if (!(actual instanceof NDArray)) {
    return { pass: false, message: () => `${name}: expected an array, got ${describe(actual)}.` };
  }
  const pass = equal(of(actual), expected);
  return {
    pass,
    message: () =>
      `${name}: got ${describe(actual)}, expected ${pass ? "another than " : ""}${format(expected)}.`,
  };
};

const toHaveShape = (actual: unknown, shape: Shape): MatcherResult =>
  property("toHaveShape", actual, shape, (x) => x.shape, sameShape, formatShape);

const toHaveDType = (actual: unknown, dtype: DType): MatcherResult =>
  property(
    "toHaveDType",
    actual,
    dtype,
    (x) => x.dtype,
    (a, b) => a === b,
    (x) => x,
  );

const toHaveCorrectGradients = (
  actual: unknown,
  args: readonly unknown[],
  options: GradCheckOptions = {},
): MatcherResult => {
  if (typeof actual !== "function") {
    return {
      pass: false,
      message: () => `toHaveCorrectGradients: expected a function, got ${describe(actual)}.`,
    };
  }
  const verdict = checkGrads(actual as (...xs: readonly unknown[]) => unknown, args, options);
  if (verdict._tag === "Right") {
    const { entries, worst } = verdict.right;
    return {
      pass: true,
      message: () =>
        `toHaveCorrectGradients: expected wrong derivatives, but all ${entries.length} comparisons are right (the ` +
        `greatest error is ${worst.toPrecision(2)} times what is allowed).`,
    };
  }
  const { kind, message } = verdict.left;
  // Neither a pass nor a failure: so it fails both ways.
  if (kind !== "wrong") throw new Error(message);
  return { pass: false, message: () => message };
};

/** To be given to `expect.extend`. */
export const matchers = { toBeAllClose, toHaveShape, toHaveDType, toHaveCorrectGradients } as const;
