import "../../../src/calls/index.ts";
import { assert as check, property, toStringMethod } from "fast-check";
import { expect, test } from "vitest";
import { eliminateDeadCode } from "../../../src/compile/passes/eliminate-dead-code.ts";
import { optimize } from "../../../src/compile/passes/optimize.ts";
import type { Pass } from "../../../src/compile/passes/pass.ts";
import { simplify } from "../../../src/compile/passes/simplify.ts";
import { fixedSource } from "../../../src/testing/fixed-source.ts";
import { drawn } from "../../../src/testing/tape.ts";
import { drawBait } from "./bait.ts";
import { evaluate, requireMeaning } from "./support.ts";

const NUM_RUNS = Number(process.env["RUNS"] ?? 400);

const PASSES: Readonly<Record<string, Pass>> = {
  simplify: (closed) => eliminateDeadCode(simplify(closed)),
  optimize: (closed) => optimize(closed).closed,
};

test("programs of what the rules look for mean the same after every pass", () => {
  const baits = drawn((source) => {
    const bait = drawBait(source);
    return { ...bait, [toStringMethod]: () => `\n${bait.closed}` };
  });
  check(
    property(baits, ({ closed, inputs }) => {
      const expected = evaluate(closed, inputs);
      for (const [name, pass] of Object.entries(PASSES)) requireMeaning(name, pass, closed, inputs, expected);
    }),
    { numRuns: NUM_RUNS },
  );
});

test("the rules take most of them", () => {
  const isShortened = (seed: number): boolean => {
    const { closed } = drawBait(fixedSource(seed));
    return optimize(closed).closed.jaxpr.equations.length < closed.jaxpr.equations.length;
  };
  const seeds = Array.from({ length: 60 }, (_, seed) => seed + 1);
  expect(seeds.filter(isShortened).length).toBeGreaterThan(30);
});
