import { type Arbitrary, assert as check, type Parameters, pre, property, tuple } from "fast-check";
import { keys } from "../arbitraries.ts";
import { type CheckOptions, checkLinear } from "../check-transforms.ts";
import { checkGrads, type GradCheckOptions } from "../gradients/check-grads.ts";
import { type LawOptions, LawViolation } from "./law.ts";

/** Options of a law as fast-check has them. */
export const runOptions = <T>({ numRuns = 100, seed, timeLimit }: LawOptions): Parameters<T> => ({
  numRuns,
  // The message says what failed, whatever the runner shows of causes.
  includeErrorInReport: true,
  ...(seed !== undefined && { seed }),
  ...(timeLimit !== undefined && { interruptAfterTimeLimit: timeLimit }),
});

/**
 * The derivatives of `f` are right, as `checkGrads` has it, at arguments drawn from `args`. Where `f` has a kink or is not
 * finite nothing can be said, so other arguments are drawn.
 *
 * @throws Error with the smallest arguments that fail and what `checkGrads` says of them.
 * @example
 * test("swish", () => laws.derivative(swish, fc.tuple(arrays({ maxRank: 2 }))));
 */
export const derivative = <A extends readonly unknown[]>(
  f: (...args: A) => unknown,
  args: Arbitrary<A>,
  { numRuns, seed, timeLimit, ...options }: LawOptions & GradCheckOptions = {},
): void => {
  const law = property(tuple(args, keys()), ([values, key]) => {
    const verdict = checkGrads(f, values, { key, ...options });
    if (verdict._tag === "Right") return;
    pre(verdict.left.kind === "wrong");
    throw new LawViolation(verdict.left.message);
  });
  check(law, runOptions({ numRuns, seed, timeLimit } as LawOptions));
};

/**
 * `f` is linear in all its arguments together, and `linearTranspose` gives its adjoint, as `checkLinear` has it.
 *
 * @example
 * test("the discrete Fourier transform", () => laws.linear(np.fft.rfft, fc.tuple(arrays({ shape: [8] }))));
 */
export const linear = <A extends readonly unknown[]>(
  f: (...args: A) => unknown,
  args: Arbitrary<A>,
  { numRuns, seed, timeLimit, ...options }: LawOptions & CheckOptions = {},
): void => {
  const law = property(tuple(args, keys()), ([values, key]) => {
    const verdict = checkLinear(f, values, { key, ...options });
    if (verdict._tag === "Left") throw new LawViolation(verdict.left.message);
  });
  check(law, runOptions({ numRuns, seed, timeLimit } as LawOptions));
};
