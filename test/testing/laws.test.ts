import { describe, expect, test } from "vitest";
import "../../src/calls/index.ts";
import "../../src/primitives/index.ts";
import "../../src/transforms/index.ts";
import { ConcreteArray, denseData, offsetOf } from "../../src/array/index.ts";
import { type Primitive, registeredPrimitives } from "../../src/core/index.ts";
import { checkLaw, LAWS } from "../../src/testing/laws/index.ts";
import { checkProgramLaw, PROGRAM_LAWS } from "../../src/testing/laws/program-laws.ts";
import { type Mutation, mutationsOf, withRules } from "../mutation/mutations.ts";

const primitiveNamed = (name: string): Primitive =>
  registeredPrimitives().find((p) => p.name === name) as Primitive;
const lawNamed = (start: string) => LAWS.find((law) => law.name.startsWith(start)) as (typeof LAWS)[number];
const mutationOf = (primitive: Primitive, rule: Mutation["rule"], name: string): Mutation =>
  mutationsOf(primitive, 2).find((m) => m.rule === rule && m.name === name) as Mutation;

/** What a law says when a rule is broken. */
const complaint = (name: string, law: string, rule: Mutation["rule"], mutation: string): string => {
  const primitive = primitiveNamed(name);
  return withRules(primitive, mutationOf(primitive, rule, mutation).breakRule(primitive), () => {
    try {
      checkLaw(lawNamed(law), primitive, { seed: 1 });
    } catch (error) {
      return `${(error as Error).message}\n${String((error as Error).cause)}`;
    }
    return "nothing";
  });
};

/** What a law says when a primitive evaluates otherwise. */
const complaintAbout = (
  name: string,
  law: string,
  evaluate: (right: Primitive["evaluate"]) => Primitive["evaluate"],
): string => {
  const primitive = primitiveNamed(name);
  const right = primitive.evaluate;
  Object.assign(primitive, { evaluate: evaluate(right.bind(primitive)) });
  try {
    checkLaw(lawNamed(law), primitive, { seed: 1 });
    return "nothing";
  } catch (error) {
    return `${(error as Error).message}\n${String((error as Error).cause)}`;
  } finally {
    Object.assign(primitive, { evaluate: right });
  }
};

test("a law is checked on the cases that there is time for", () => {
  checkLaw(lawNamed("abstract"), primitiveNamed("sin"), { numRuns: 1e9, timeLimit: 1500 });
});

describe("a law notices", () => {
  test("a wrong JVP, and shows the smallest case", () => {
    const text = complaint("sin", "JVP", "jvp", "sign");
    expect(text).toContain("b:f64[] = sin a in (b,)");
    expect(text).toContain("applied to\n  float64[] 0");
    expect(text).toMatch(/output 0, element 0: the JVP is -1, central differences give (1|0\.99999999)/);
  });

  test("a forgotten term", () => {
    expect(complaint("mul", "JVP", "jvp", "dropped term 1")).toMatch(/central differences/);
    expect(complaint("mul", "⟨ct", "jvp", "dropped term 1")).toBe("nothing");
  });

  test("a wrong transpose", () => {
    expect(complaint("transpose", "⟨ct", "transpose", "factor")).toMatch(/⟨ct, J v⟩ = .*, but ⟨Jᵀ ct, v⟩ = /);
    expect(complaint("dotGeneral", "the transpose rule", "transpose", "sign")).toMatch(/⟨Jᵀ ct, v⟩/);
  });

  test("a wrong batch axis", () => {
    expect(complaint("neg", "vmap =", "batch", "wrong axis")).toMatch(/vmap over axes \[/);
    expect(complaint("neg", "vmap of jvp", "batch", "reversed")).toMatch(/vmap of jvp over axes/);
    expect(complaint("neg", "vmap of vjp", "batch", "reversed")).toMatch(/vmap of vjp over axes/);
  });

  test("an evaluation of another shape, dtype, weak type or storage than foreseen", () => {
    const law = "abstract";
    const change = (make: (x: ConcreteArray) => ConcreteArray) => (right: Primitive["evaluate"]) => {
      const changed: Primitive["evaluate"] = (inputs, params, outputs) =>
        right(inputs, params, outputs).map((x) => make(x));
      return changed;
    };
    const other = (
      x: ConcreteArray,
      fields: { shape?: readonly number[]; weakType?: boolean },
    ): ConcreteArray =>
      new ConcreteArray(x.toTypedArray(), fields.shape ?? x.shape, x.dtype, fields.weakType ?? x.weakType);
    expect(
      complaintAbout(
        "sin",
        law,
        change((x) => other(x, { shape: [1, ...x.shape] })),
      ),
    ).toMatch(/evaluation: got/);
    expect(
      complaintAbout(
        "sin",
        law,
        change((x) => other(x, { weakType: !x.weakType })),
      ),
    ).toMatch(/\(weak\)/);
    const asDoubles = (x: ConcreteArray): ConcreteArray =>
      new ConcreteArray(Float64Array.from(x.toTypedArray()), x.shape, x.dtype, x.weakType);
    expect(complaintAbout("sin", law, change(asDoubles))).toMatch(/float32 is stored in a Float64Array/);
  });

  test("an evaluation that writes to its inputs, or depends on how they are stored", () => {
    const writing =
      (right: Primitive["evaluate"]): Primitive["evaluate"] =>
      (inputs, params, outputs) => {
        const results = right(inputs, params, outputs);
        denseData(inputs[0] as ConcreteArray).fill(1);
        return results;
      };
    expect(complaintAbout("sin", "abstract", writing)).toMatch(/the inputs after evaluation/);
    const careless =
      (right: Primitive["evaluate"]): Primitive["evaluate"] =>
      (inputs, params, outputs) => {
        const x = inputs[0] as ConcreteArray;
        const plain = new ConcreteArray(x.toTypedArray(), x.shape, x.dtype, x.weakType);
        return offsetOf(x) === 0
          ? right(inputs, params, outputs)
          : right([plain, plain].slice(0, inputs.length), params, outputs);
      };
    expect(complaintAbout("sub", "abstract", careless)).toMatch(/stored apart/);
  });
});

test("a law of programs notices a broken call, and prints a small program", () => {
  const jit = primitiveNamed("jit");
  const mutation = mutationsOf(jit, 0).find((m) => m.rule === "jvp" && m.name === "sign") as Mutation;
  const law = PROGRAM_LAWS.find((l) => l.name.startsWith("JVP")) as (typeof PROGRAM_LAWS)[number];
  const text = withRules(jit, mutation.breakRule(jit), () => {
    try {
      checkProgramLaw(law, { seed: 1, numRuns: 400 });
      return "nothing";
    } catch (error) {
      return (error as Error).message;
    }
  });
  expect(text).toMatch(/jit\[/);
  expect(text.length).toBeLessThan(2000);
});

test("each law has a name of its own", () => {
  const names = [...LAWS, ...PROGRAM_LAWS].map((law) => law.name);
  expect(new Set(LAWS.map((law) => law.name)).size).toBe(LAWS.length);
  expect(new Set(PROGRAM_LAWS.map((law) => law.name)).size).toBe(PROGRAM_LAWS.length);
  expect(names.every((name) => name.length > 3)).toBe(true);
});
