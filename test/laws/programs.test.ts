import { describe, test } from "vitest";
import { checkProgramLaw, PROGRAM_LAWS } from "../../src/testing/laws/program-laws.ts";

/** How many programs each law is checked on. */
const NUM_RUNS = 250;

describe("whole programs", () => {
  for (const law of PROGRAM_LAWS) test(law.name, () => checkProgramLaw(law, { numRuns: NUM_RUNS }), 60_000);
});
