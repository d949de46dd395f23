import { check } from "fast-check";
import "../../src/calls/index.ts";
import "../../src/primitives/index.ts";
import "../../src/transforms/index.ts";
import { type Primitive, registeredPrimitives } from "../../src/core/index.ts";
import { chooserFrom } from "../../src/testing/chooser.ts";
import { fixedSource } from "../../src/testing/fixed-source.ts";
import { LAWS } from "../../src/testing/laws/index.ts";
import { PROGRAM_LAWS } from "../../src/testing/laws/program-laws.ts";
import { hasEffect } from "./effects.ts";
import { type Mutation, mutationsOf, type Rule, withRules } from "./mutations.ts";

/*
 * How much the laws notice: every JVP, transpose and batching rule is broken in turn in several ways, and the laws of
 * its primitive are checked. Prints how many mutations were caught, by rule and kind, and those that were not.
 *
 *     npm run mutation [-- name of a primitive…]
 */

/** The share of mutations that has to be caught. */
const TARGET = 0.98;
const NUM_RUNS = 100;

/** Checks that may notice a mutation; the likeliest come first, so that most mutations are caught at once. */
const checksFor = (primitive: Primitive, rule: Rule): readonly (() => boolean)[] => {
  const options = { numRuns: NUM_RUNS, seed: 1, endOnFailure: true };
  if (primitive.args === undefined) {
    // What carries a function has no arguments of its own: it is met in whole programs.
    const laws = likeliestFirst(PROGRAM_LAWS, { jvp: "JVP", transpose: "VJP", batch: "vmap" }[rule]);
    return laws.map((law) => () => check(law.property(), options).failed);
  }
  const laws = LAWS.filter((law) => law.excuse(primitive) === undefined);
  const ordered = likeliestFirst(laws, { jvp: "JVP", transpose: "⟨ct", batch: "vmap =" }[rule]);
  return ordered.map((law) => () => check(law.property(primitive), options).failed);
};

const likeliestFirst = <T extends { readonly name: string }>(
  laws: readonly T[],
  start: string,
): readonly T[] => [
  ...laws.filter((law) => law.name.startsWith(start)),
  ...laws.filter((law) => !law.name.startsWith(start)),
];

/** Whether some law notices a mutation. */
const isCaught = (primitive: Primitive, mutation: Mutation): boolean =>
  withRules(primitive, mutation.breakRule(primitive), () =>
    checksFor(primitive, mutation.rule).some((fails) => fails()),
  );

/** Rules that do nothing but refuse with a message, or are met with zeros only: there is nothing in them to break. */
const REFUSALS = ["customLinear jvp", "customLinear batch", "while transpose"];

/** The mutations of a primitive that change what its rules give. */
const effective = (primitive: Primitive): { readonly kept: readonly Mutation[]; readonly left: number } => {
  if (primitive.args === undefined) {
    // No arguments can be drawn to try these on, so only those are made that must have an effect.
    const certain = ["sign", "factor", "dropped term"];
    const kept = mutationsOf(primitive, 0).filter(
      ({ kind, rule }) => certain.includes(kind) && !REFUSALS.includes(`${primitive.name} ${rule}`),
    );
    return { kept, left: 0 };
  }
  const all = mutationsOf(primitive, mostInputs(primitive));
  const kept = all.filter((mutation) => hasEffect(primitive, mutation));
  return { kept, left: all.length - kept.length };
};

const mostInputs = (primitive: Primitive): number =>
  Math.max(
    ...Array.from(
      { length: 20 },
      (_, seed) => primitive.args?.example(chooserFrom(fixedSource(seed))).inputs.length ?? 0,
    ),
  );

const started = performance.now();
const named = process.argv.slice(2);
const primitives = registeredPrimitives().filter((p) => named.length === 0 || named.includes(p.name));
const tally = new Map<string, { caught: number; total: number }>();
const survivors: string[] = [];
let withoutEffect = 0;
for (const primitive of primitives) {
  const { kept, left } = effective(primitive);
  withoutEffect += left;
  for (const mutation of kept) {
    const caught = isCaught(primitive, mutation);
    const key = `${mutation.rule}: ${mutation.kind}`;
    const count = tally.get(key) ?? { caught: 0, total: 0 };
    tally.set(key, { caught: count.caught + Number(caught), total: count.total + 1 });
    if (!caught) survivors.push(`${primitive.name}, ${mutation.rule}: ${mutation.name}`);
  }
}

const counts = [...tally.values()];
const total = counts.reduce((sum, c) => sum + c.total, 0);
const caught = counts.reduce((sum, c) => sum + c.caught, 0);
for (const [key, count] of [...tally].sort(([a], [b]) => (a < b ? -1 : 1))) {
  console.log(`${key.padEnd(32)} ${count.caught}/${count.total}`);
}
if (survivors.length > 0) console.log(`Not caught:\n${survivors.map((s) => `  ${s}`).join("\n")}`);
const seconds = ((performance.now() - started) / 1000).toFixed(0);
console.log(
  `${withoutEffect} mutations without any effect left out; ${primitives.length} primitives, ${seconds} s.`,
);
console.log(`${caught} of ${total} mutations caught (${((100 * caught) / total).toFixed(1)} %).`);
process.exitCode = caught >= TARGET * total ? 0 : 1;
