/**
 * What is exported is what XLA has run: see test/golden/stablehlo.py, which says how to have it run what has changed.
 */
import { createHash } from "node:crypto";
import { core } from "cotangent";
import { describe, expect, test } from "vitest";
import proof from "../golden/stablehlo.json" with { type: "json" };
import { CARRY_FUNCTIONS } from "../laws/carry-functions.ts";
import { type ProofCase, primitiveCases, programCases, provenPrimitives } from "./proof-cases.ts";

interface Subject {
  readonly modules: number;
  readonly hash: string;
  readonly errors: { readonly [dtype: string]: number };
}

const subjects: { readonly [subject: string]: Subject } = proof.subjects;
const tolerance: { readonly [dtype: string]: number } = proof.tolerance;

const summary = (cases: readonly ProofCase[]) => {
  const hash = createHash("sha256");
  for (const { module } of cases) hash.update(module);
  return { modules: cases.length, hash: hash.digest("hex") };
};

const grouped = (cases: readonly ProofCase[]): ReadonlyMap<string, readonly ProofCase[]> => {
  const groups = new Map<string, ProofCase[]>();
  for (const each of cases) groups.set(each.subject, [...(groups.get(each.subject) ?? []), each]);
  return groups;
};

const expectProven = (subject: string, cases: readonly ProofCase[], command: string): void => {
  const known = subjects[subject];
  const proven = known && { modules: known.modules, hash: known.hash };
  expect(
    summary(cases),
    `The export of ${subject} has changed since XLA ran it: npx tsx test/golden/stablehlo.ts cases.jsonl ${command}, then ` +
      "run test/golden/stablehlo.py, whose docstring says how.",
  ).toEqual(proven);
};

describe("the module of each application is one that XLA has run", () => {
  test.each(provenPrimitives().map((primitive) => [primitive.name, primitive] as const))(
    "%s",
    (name, primitive) => {
      expectProven(name, primitiveCases(primitive), name);
    },
  );

  test("so are those of programs", () => {
    for (const [subject, some] of grouped(programCases())) expectProven(subject, some, "programs");
  });
});

test("errors were within the tolerance, and integers equal", () => {
  for (const [subject, { errors }] of Object.entries(subjects))
    for (const [dtype, error] of Object.entries(errors))
      expect(error, `${subject}, ${dtype}`).toBeLessThanOrEqual(tolerance[dtype] ?? 0);
});

test("every primitive is proven by itself, proven in programs, or refused", () => {
  const others = core.registeredPrimitives().filter(({ name }) => subjects[name] === undefined);
  // Calls, loops and branches are in the programs; customLinear and debugCallback call JavaScript.
  expect(others.map(({ name }) => name).sort()).toEqual(CARRY_FUNCTIONS);
});
