import { describe, expect, test } from "vitest";
import { arrayFrom, type NDArray } from "../../../src/array/index.ts";
import { eliminateCommonSubexpressions } from "../../../src/compile/passes/eliminate-common-subexpressions.ts";
import { inlineCalls } from "../../../src/compile/passes/inline-calls.ts";
import { OUTSIDE, Scopes } from "../../../src/compile/passes/scopes.ts";
import { type ClosedJaxpr, checkJaxpr } from "../../../src/core/index.ts";
import { add, cos, exp, mul, sin } from "../../../src/primitives/elementwise/index.ts";
import { checkpoint } from "../../../src/transforms/checkpoint.ts";
import { customJvp } from "../../../src/transforms/custom-jvp.ts";
import { customVjp } from "../../../src/transforms/custom-vjp.ts";
import { jit } from "../../../src/transforms/jit.ts";
import { vjpFlat } from "../../../src/transforms/vjp.ts";
import { body, evaluate, f32, ordinary, requireEqual, trace } from "./support.ts";

const scopesOf = (closed: ClosedJaxpr): { readonly inlined: ClosedJaxpr; readonly scopes: Scopes } => {
  const scopes = new Scopes();
  const inlined = inlineCalls(closed, scopes);
  checkJaxpr(inlined);
  return { inlined, scopes };
};

describe("inlineCalls", () => {
  test("writes out calls within calls", () => {
    const inner = jit((x: NDArray) => sin(x));
    const outer = jit((x: NDArray) => mul(inner(x) as NDArray, inner(cos(x)) as NDArray));
    const closed = trace((x) => add(outer(x) as NDArray, x), f32(3));
    expect(body(inlineCalls(closed))).toEqual([
      "b:f32[3] = sin a",
      "c:f32[3] = cos a",
      "d:f32[3] = sin c",
      "e:f32[3] = mul b d",
      "f:f32[3] = add e a",
      "in (f,)",
    ]);
  });

  test("writes out functions with derivatives of their own", () => {
    const f = customJvp((x: NDArray) => sin(x));
    f.defjvp(([x]: NDArray[], [t]: NDArray[]) => [sin(x as NDArray), t as NDArray]);
    const g = customVjp((x: NDArray) => cos(x));
    g.defvjp(
      (x: NDArray) => [cos(x), x] as const,
      (_x: NDArray, ct: NDArray) => [ct],
    );
    const closed = trace((x) => g(f(x) as NDArray) as NDArray, f32());
    expect(body(inlineCalls(closed))).toEqual(["b:f32[] = sin a", "c:f32[] = cos b", "in (c,)"]);
  });

  test("hoisted values lead the inputs of a call", () => {
    const closed = trace((x, y) => jit((z: NDArray) => add(mul(x, z), x))(y) as NDArray, f32(), f32());
    expect(body(inlineCalls(closed))).toEqual(["c:f32[] = mul a b", "d:f32[] = add c a", "in (d,)"]);
  });

  test("constants of calls become constants of the program, once", () => {
    const weights = arrayFrom([1, 2, 3]);
    const f = jit((x: NDArray) => mul(x, weights));
    const closed = inlineCalls(
      trace((x) => add(f(x) as NDArray, mul(f(sin(x)) as NDArray, weights)), f32(3)),
    );
    expect(closed.consts.length).toBe(1);
    expect(closed.consts[0]).toBe(weights);
    checkJaxpr(closed);
    const [x] = [ordinary(f32(3))];
    const both = mul(add(x, mul(sin(x), weights)), weights);
    requireEqual(evaluate(closed, [x]), [both]);
  });

  test("a call that returns its input, a literal, or one value twice", () => {
    const f = jit((x: NDArray) => [x, arrayFrom(2), x]);
    const closed = inlineCalls(trace((x) => [...(f(x) as NDArray[]), sin(x)], f32()));
    expect(body(closed)).toEqual(["b:f32[] = sin a", "in (a, 2.0:f32[], a, b)"]);
  });

  test("keeps where equations come from", () => {
    const f = jit((x: NDArray) => sin(x));
    const [equation] = inlineCalls(trace((x) => f(x) as NDArray, f32())).jaxpr.equations;
    expect(equation?.source?.file).toContain("inline-calls.test.ts");
  });

  test("returns a program without calls as it is", () => {
    const closed = trace((x) => sin(x), f32());
    expect(inlineCalls(closed)).toBe(closed);
  });

  test("hundreds of calls within each other", () => {
    let f = (x: NDArray): NDArray => sin(x);
    for (let depth = 0; depth < 300; depth++) {
      const inner = f;
      f = (x) => jit((y: NDArray) => inner(y))(x) as NDArray;
    }
    expect(body(inlineCalls(trace((x) => f(x), f32())))).toEqual(["b:f32[] = sin a", "in (b,)"]);
  });
});

describe("checkpoints", () => {
  const f = checkpoint((x: NDArray) => exp(sin(x)));

  test("each is a scope of its own, with the calls within", () => {
    const g = checkpoint((x: NDArray) => jit((y: NDArray) => cos(y))(f(x) as NDArray));
    const { inlined, scopes } = scopesOf(
      trace((x) => add(sin(x), add(f(x) as NDArray, g(x) as NDArray)), f32()),
    );
    const where = inlined.jaxpr.equations.map((e) => [e.primitive.name, scopes.of(e)]);
    expect(where).toEqual([
      ["sin", OUTSIDE],
      ["sin", 1],
      ["exp", 1],
      // The second checkpoint, which calls the first and then a compiled function.
      ["sin", 3],
      ["exp", 3],
      ["cos", 2],
      ["add", OUTSIDE],
      ["add", OUTSIDE],
    ]);
  });

  test("what they compute is not merged with the same outside or in another", () => {
    const closed = trace((x) => add(exp(sin(x)), add(f(x) as NDArray, f(x) as NDArray)), f32());
    const scopes = new Scopes();
    const merged = eliminateCommonSubexpressions(inlineCalls(closed, scopes), scopes);
    expect(merged.jaxpr.equations.map((e) => e.primitive.name).join(" ")).toBe(
      "sin exp sin exp sin exp add add",
    );
  });

  test("but merged within", () => {
    const g = checkpoint((x: NDArray) => mul(sin(x), sin(x)));
    const scopes = new Scopes();
    const merged = eliminateCommonSubexpressions(
      inlineCalls(
        trace((x) => g(x) as NDArray, f32()),
        scopes,
      ),
      scopes,
    );
    expect(body(merged)).toEqual(["b:f32[] = sin a", "c:f32[] = mul b b", "in (c,)"]);
  });

  test("a gradient computes what a checkpoint holds twice", () => {
    const closed = trace(
      (x, ct) => [vjpFlat((y) => [f(y as NDArray) as NDArray], [x]).pullback([ct])[0] as NDArray],
      f32(),
      f32(),
    );
    const scopes = new Scopes();
    const merged = eliminateCommonSubexpressions(inlineCalls(closed, scopes), scopes);
    const inside = merged.jaxpr.equations
      .filter((e) => scopes.of(e) !== OUTSIDE)
      .map((e) => e.primitive.name);
    expect(inside).toContain("sin");
    expect(inside).toContain("exp");
  });
});
