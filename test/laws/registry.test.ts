import "cotangent";
import { describe, expect, test } from "vitest";
import { registeredPrimitives } from "../../src/core/index.ts";
import { checkLaw, LAWS } from "../../src/testing/laws/index.ts";
import { CARRY_FUNCTIONS } from "./carry-functions.ts";

/** Primitives without inputs. */
const WITHOUT_INPUTS = ["iota"];

/** How many cases each law is checked on. */
const NUM_RUNS = 100;
/** Each case of this law compiles a program, and `jit = plain` does so 100 times already. */
const FEWER_RUNS = { law: "jit of derivatives = derivatives of jit = plain", numRuns: 40 };
/**
 * Milliseconds. Most laws take a few; those that compile functions such as the incomplete gamma function, tens of
 * kilobytes of code a case, take seconds, and on a busy machine they are checked on the first of the same cases only.
 */
const [TIME_LIMIT, TIMEOUT] = [20_000, 60_000];

const primitives = registeredPrimitives();

test("only calls do without a description of their arguments", () => {
  expect(
    primitives
      .filter((p) => p.args === undefined)
      .map((p) => p.name)
      .sort(),
  ).toEqual(CARRY_FUNCTIONS);
});

test("every law that is checked on fewer cases exists", () => {
  expect(LAWS.map((law) => law.name)).toContain(FEWER_RUNS.law);
});

test("every primitive that has inputs has a batching rule", () => {
  const without = primitives.filter((p) => p.args !== undefined && p.missing.batch !== undefined);
  expect(without.map((p) => p.name).sort()).toEqual(WITHOUT_INPUTS);
});

const differentiable = LAWS.find((law) => law.name.startsWith("JVP"));

test("every primitive that tangents can flow through has a JVP", () => {
  const without = primitives.filter((p) => p.args !== undefined && p.missing.jvp !== undefined);
  const excuses = without.map((p) => differentiable?.excuse(p));
  expect(excuses).toEqual(without.map(() => "no tangent flows through it"));
});

for (const primitive of primitives.filter((p) => p.args !== undefined)) {
  describe(primitive.name, () => {
    for (const law of LAWS) {
      if (law.excuse(primitive) !== undefined) continue;
      const numRuns = law.name === FEWER_RUNS.law ? FEWER_RUNS.numRuns : NUM_RUNS;
      test(law.name, () => checkLaw(law, primitive, { numRuns, timeLimit: TIME_LIMIT }), TIMEOUT);
    }
  });
}
