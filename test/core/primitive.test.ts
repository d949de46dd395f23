import { describe, expect, test } from "vitest";
import { arrayFrom, type ConcreteArray, type NDArray } from "../../src/array/index.ts";
import {
  avalOf,
  bind1,
  CotangentError,
  definePrimitive,
  NO_PARAMS,
  type Primitive,
  registeredPrimitives,
} from "../../src/core/index.ts";
import "../../src/calls/index.ts";
import "../../src/primitives/index.ts";
import { jvp, linearTranspose, vmap } from "../../src/transforms/index.ts";
import { expectClose, f64, traced } from "../transforms/support.ts";

const missing = { missing: "nobody has written it" };

/** A primitive that doubles, with the rules given and no others. */
const define = (name: string, rules: Partial<Parameters<typeof definePrimitive>[0]> = {}): Primitive =>
  definePrimitive({
    name,
    abstractEval: (inputs) => inputs.map(avalOf),
    evaluate: ([x]) => [
      arrayFrom(
        ((x as ConcreteArray).toArray() as number[]).map((v) => 2 * v),
        "float64",
      ) as ConcreteArray,
    ],
    jvp: missing,
    transpose: missing,
    batch: missing,
    args: missing,
    ...rules,
  });

describe("definePrimitive", () => {
  test("refuses a name that is taken", () => {
    define("twice.taken");
    expect(() => define("twice.taken")).toThrow(CotangentError);
    expect(() => define("twice.taken")).toThrow(
      'definePrimitive: there is a primitive "twice.taken" already.',
    );
    expect(() => define("sin")).toThrow(/a primitive "sin" already/);
  });

  test("enters the primitive in the registry, with what it lacks and why", () => {
    const primitive = define("twice.registered", { jvp: () => ({ outputs: [], tangents: [] }) });
    expect(registeredPrimitives().at(-1)).toBe(primitive);
    expect(primitive.missing).toEqual({
      transpose: missing.missing,
      batch: missing.missing,
      args: missing.missing,
    });
    expect(primitive.args).toBeUndefined();
    expect(primitive.effectful).toBe(false);
  });

  test("makes a missing rule refuse with its reason", () => {
    const primitive = define("twice.bare");
    const twice = (x: NDArray) => bind1(primitive, [x], NO_PARAMS);
    const x = f64([1, 2]);
    expectClose(twice(x), [2, 4]);
    expect(() => jvp(twice, [x], [x])).toThrow("twice.bare has no JVP rule: nobody has written it.");
    expect(() => primitive.transpose([x], [x], NO_PARAMS)).toThrow(
      "twice.bare has no transpose rule: nobody has written it.",
    );
    expect(() => vmap(twice)(f64([[1, 2]]))).toThrow(
      "twice.bare has no batching rule: nobody has written it.",
    );
    expect(() => vmap(twice)(f64([[1, 2]]))).toThrow(CotangentError);
  });

  test("is all that a new operation needs to be traced, differentiated and batched", () => {
    const primitive: Primitive = define("twice.whole", {
      jvp: (primals, [t]) => ({
        outputs: [bind1(primitive, primals, NO_PARAMS)],
        tangents: [t ? bind1(primitive, [t], NO_PARAMS) : null],
      }),
      transpose: ([ct]) => [ct ? bind1(primitive, [ct], NO_PARAMS) : null],
      batch: (inputs, axes) => ({ outputs: [bind1(primitive, inputs, NO_PARAMS)], axes }),
      evaluate: ([x]) => [
        arrayFrom(((x as ConcreteArray).toTypedArray() as Float64Array).map((v) => 2 * v)) as ConcreteArray,
      ],
      formatParams: () => ["by=2"],
    });
    const twice = (x: NDArray) => bind1(primitive, [x], NO_PARAMS);
    expect(String(traced(twice)(f64([1])))).toBe(
      "{ lambda ; a:f64[1]. let b:f64[1] = twice.whole[by=2] a in (b,) }",
    );
    expectClose(jvp(twice, [f64([1])], [f64([3])]), [[2], [6]]);
    expect(linearTranspose(twice, f64([1]))(f64([5]))[0].toArray()).toEqual([10]);
  });
});

test("an effectful equation is kept although nobody reads it", () => {
  const effect = define("twice.effect", { effectful: true });
  const pure = define("twice.pure");
  const closed = traced((x: NDArray) => {
    bind1(effect, [x], NO_PARAMS);
    bind1(pure, [x], NO_PARAMS);
    return x;
  })(f64([1]));
  expect(closed.jaxpr.equations.map((e) => e.primitive.name)).toEqual(["twice.effect"]);
});

test("every primitive says why it lacks a rule", () => {
  for (const { name, missing: lacks } of registeredPrimitives()) {
    for (const [rule, reason] of Object.entries(lacks)) {
      expect(reason.length, `${name}.${rule}`).toBeGreaterThan(10);
    }
  }
});

test("the registry holds the primitives of the library", () => {
  const names = registeredPrimitives().map((p) => p.name);
  expect(names).toEqual(
    expect.arrayContaining(["sin", "add", "reduceSum", "dotGeneral", "jit", "checkpoint", "psum"]),
  );
  expect(new Set(names).size).toBe(names.length);
});
