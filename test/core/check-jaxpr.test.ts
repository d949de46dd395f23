import { describe, expect, test } from "vitest";
import { arrayFrom, type NDArray, scalarArray } from "../../src/array/index.ts";
import { jitCall } from "../../src/calls/jit-call.ts";
import {
  type Atom,
  aval,
  ClosedJaxpr,
  checkJaxpr,
  Equation,
  Jaxpr,
  JaxprTypeError,
  Literal,
  NO_PARAMS,
  type Primitive,
  Var,
} from "../../src/core/index.ts";
import { reduceSum } from "../../src/primitives/broadcast.ts";
import { addPrimitive } from "../../src/primitives/elementwise/add.ts";
import { mul } from "../../src/primitives/elementwise/arithmetic.ts";
import { cos, sin, sinPrimitive } from "../../src/primitives/elementwise/trigonometric.ts";
import { checkpoint, customJvp, grad, jit, jvp, makeJaxpr, vmap } from "../../src/transforms/index.ts";
import { f32 } from "../transforms/support.ts";

const scalar = (): Var => new Var(aval([], "float32"));
const apply = (
  primitive: Primitive,
  inputs: readonly Atom[],
  outputs: readonly Var[],
  params: object = NO_PARAMS,
) => new Equation(primitive, inputs, outputs, params);

/** `{ lambda ; a. let b = sin a in (b,) }` with its parts replaced. */
const program = (parts: {
  inputs?: readonly Var[];
  equations?: readonly Equation[];
  outputs?: readonly Atom[];
  constVars?: readonly Var[];
}): Jaxpr => new Jaxpr(parts.constVars ?? [], parts.inputs ?? [], parts.equations ?? [], parts.outputs ?? []);

const refusal = (jaxpr: Jaxpr | ClosedJaxpr): string => {
  try {
    checkJaxpr(jaxpr);
  } catch (error) {
    expect(error).toBeInstanceOf(JaxprTypeError);
    return (error as Error).message;
  }
  return "accepted";
};

describe("checkJaxpr accepts", () => {
  const x = f32([1, 2, 3]);
  const sum = (y: NDArray): NDArray => reduceSum(mul(sin(y), x), [0]);
  const ruled = customJvp((y: NDArray) => sum(y)).defjvp(([y]: [NDArray], [t]: [NDArray]) => [
    sum(y),
    reduceSum(mul(t, cos(y)), [0]),
  ]);

  test.each<[string, (y: NDArray) => unknown]>([
    ["a plain function", sum],
    ["no equations at all", (y) => y],
    ["a gradient", grad(sum)],
    ["a tangent", (y) => jvp(sum, [y], [y])],
    ["a compiled function", (y) => jit(sum)(y)],
    ["the gradient of a compiled function", grad((y: NDArray) => jit(sum)(y))],
    ["a batch of gradients", (y) => vmap(grad((s: NDArray) => jit(sum)(mul(s, x))))(y)],
    ["a checkpointed function", grad(checkpoint((y: NDArray) => sin(sum(sin(y)) as NDArray)))],
    ["a function with a rule", (y) => [ruled(y), grad((z: NDArray) => jit(ruled)(z))(y)]],
  ])("%s", (_, f) => {
    expect(refusal(makeJaxpr(f)(x))).toBe("accepted");
  });
});

describe("checkJaxpr refuses", () => {
  test("a variable that is read before it is assigned", () => {
    const [a, b] = [scalar(), scalar()];
    const text = refusal(
      program({ inputs: [a], equations: [apply(sinPrimitive, [b], [scalar()])], outputs: [a] }),
    );
    expect(text).toBe('checkJaxpr: a variable is read before it is assigned in "a:f32[] = sin b".');
  });

  test("an equation that reads what only a later one assigns", () => {
    const [a, b, c] = [scalar(), scalar(), scalar()];
    const later = apply(sinPrimitive, [a], [c]);
    const text = refusal(
      program({ inputs: [a], equations: [apply(sinPrimitive, [c], [b]), later], outputs: [b] }),
    );
    expect(text).toMatch(/read before it is assigned/);
  });

  test("an output that nothing assigns", () => {
    expect(refusal(program({ outputs: [scalar()] }))).toMatch(
      /^checkJaxpr: a variable is read before it is assigned in the outputs of\n\{ lambda ; \. let in \(a,\) \}/,
    );
  });

  test("a variable that is assigned twice", () => {
    const [a, b] = [scalar(), scalar()];
    const twice = [apply(sinPrimitive, [a], [b]), apply(sinPrimitive, [a], [b])];
    expect(refusal(program({ inputs: [a], equations: twice, outputs: [b] }))).toBe(
      'checkJaxpr: a variable is assigned twice, the second time by "a:f32[] = sin b".',
    );
    expect(refusal(program({ inputs: [a, a], outputs: [a] }))).toMatch(
      /twice, the second time by the inputs/,
    );
    expect(refusal(program({ constVars: [a, a], outputs: [a] }))).toMatch(
      /twice, the second time by the constants/,
    );
    expect(refusal(program({ constVars: [a], inputs: [a], outputs: [a] }))).toMatch(/by the inputs/);
  });

  test("outputs of another shape, dtype or number than the primitive gives", () => {
    const a = scalar();
    const withOutputs = (...outputs: Var[]): string =>
      refusal(program({ inputs: [a], equations: [apply(sinPrimitive, [a], outputs)], outputs: [a] }));
    expect(withOutputs(new Var(aval([2], "float32")))).toBe(
      'checkJaxpr: output 0 of "a:f32[2] = sin b" is float32[2]; its primitive gives float32[].',
    );
    expect(withOutputs(new Var(aval([], "float64")))).toMatch(
      /is float64\[\]; its primitive gives float32\[\]\.$/,
    );
    expect(withOutputs(scalar(), scalar())).toMatch(/has 2 outputs; its primitive gives 1\.$/);
    expect(withOutputs()).toMatch(/has 0 outputs; its primitive gives 1\.$/);
  });

  test("operands that the primitive refuses, with its reason", () => {
    const inputs = [new Var(aval([2], "float32")), new Var(aval([3], "float32"))];
    const text = refusal(
      program({ inputs, equations: [apply(addPrimitive, inputs, [scalar()])], outputs: [] }),
    );
    expect(text).toMatch(
      /"a:f32\[\] = add b c" is refused by its primitive: ShapeError: add: .*float32\[2\] and float32\[3\]/,
    );
  });

  test("literals that are not scalars", () => {
    const withLiteral = (literal: Literal): string => {
      const b = new Var(aval(literal.aval.shape, "float32"));
      return refusal(program({ equations: [apply(sinPrimitive, [literal], [b])], outputs: [b] }));
    };
    expect(withLiteral(new Literal(scalarArray(1, "float32")))).toBe("accepted");
    expect(withLiteral(new Literal(arrayFrom([1, 2], "float32")))).toBe(
      'checkJaxpr: a literal is not a scalar in "a:f32[2] = sin …:f32[2]".',
    );
  });

  test("constants that do not fit their variables", () => {
    const a = scalar();
    const jaxpr = program({ constVars: [a], outputs: [a] });
    expect(refusal(new ClosedJaxpr(jaxpr, [scalarArray(1, "float32")]))).toBe("accepted");
    expect(refusal(new ClosedJaxpr(jaxpr, []))).toBe(
      "checkJaxpr: 1 constant variables, but 0 constants are given.",
    );
    expect(refusal(new ClosedJaxpr(jaxpr, [scalarArray(1, "float64")]))).toBe(
      "checkJaxpr: constant 0 is float64[], its variable says float32[].",
    );
  });

  test("a fault inside a jaxpr that an equation carries", () => {
    const [a, b] = [scalar(), scalar()];
    const bad = new ClosedJaxpr(program({ inputs: [scalar()], outputs: [scalar()] }));
    const call = apply(jitCall as unknown as Primitive, [a], [b], { name: "f", jaxpr: bad });
    expect(refusal(program({ inputs: [a], equations: [call], outputs: [b] }))).toMatch(
      /read before it is assigned/,
    );
    const listed = apply(sinPrimitive, [a], [b], { branches: [bad] });
    expect(refusal(program({ inputs: [a], equations: [listed], outputs: [b] }))).toMatch(
      /read before it is assigned/,
    );
  });

  test("a call with other arguments than the called jaxpr takes", () => {
    const inner = new Var(aval([2], "float32"));
    const jaxpr = new ClosedJaxpr(program({ inputs: [inner], outputs: [inner] }));
    const [a, b] = [scalar(), new Var(aval([2], "float32"))];
    const call = apply(jitCall as unknown as Primitive, [a], [b], { name: "f", jaxpr });
    expect(refusal(program({ inputs: [a], equations: [call], outputs: [b] }))).toMatch(
      /jit: the called jaxpr takes \(float32\[2\]\); got \(float32\[\]\)/,
    );
  });
});
