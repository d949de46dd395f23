import { assert as check } from "fast-check";
import type { Primitive } from "../../core/index.ts";
import { abstractEvaluationLaw } from "./abstract-evaluation.ts";
import { jitLaw, jitOfDerivativesLaw } from "./jit.ts";
import { jvpLaw } from "./jvp.ts";
import type { Law, LawOptions } from "./law.ts";
import { secondOrderLaw } from "./second-order.ts";
import { adjointLaw, linearTransposeLaw } from "./transpose.ts";
import { vmapLaw, vmapOfJvpLaw, vmapOfVjpLaw } from "./vmap.ts";

export { type Law, type LawOptions, LawViolation } from "./law.ts";

/** What is true of every primitive. */
export const LAWS: readonly Law[] = [
  abstractEvaluationLaw,
  jitLaw,
  jvpLaw,
  adjointLaw,
  linearTransposeLaw,
  secondOrderLaw,
  jitOfDerivativesLaw,
  vmapLaw,
  vmapOfJvpLaw,
  vmapOfVjpLaw,
];

/**
 * Check one law of one primitive on arguments drawn from its description.
 *
 * @throws Error with a minimal counterexample if the law does not hold.
 * @example
 * for (const law of LAWS) if (law.excuse(myPrimitive) === undefined) checkLaw(law, myPrimitive);
 */
export const checkLaw = (
  law: Law,
  primitive: Primitive,
  { numRuns = 100, seed, timeLimit }: LawOptions = {},
): void => {
  check(law.property(primitive), {
    numRuns,
    ...(seed !== undefined && { seed }),
    ...(timeLimit !== undefined && { interruptAfterTimeLimit: timeLimit }),
  });
};
