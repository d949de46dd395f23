import { describe, expect, test } from "vitest";
import { type NDArray, scalarArray } from "../../src/array/index.ts";
import { ClosedJaxpr, formatEquation, formatJaxpr } from "../../src/core/index.ts";
import { broadcastTo, reduceSum, zerosLike } from "../../src/primitives/broadcast.ts";
import { concatenate } from "../../src/primitives/concatenate.ts";
import { add } from "../../src/primitives/elementwise/add.ts";
import { mul, neg } from "../../src/primitives/elementwise/arithmetic.ts";
import { cos, sin } from "../../src/primitives/elementwise/trigonometric.ts";
import { scalarLike } from "../../src/primitives/rules.ts";
import { topK } from "../../src/primitives/top-k.ts";
import { customJvp, grad, jit } from "../../src/transforms/index.ts";
import { f32, f64, i32, traced } from "../transforms/support.ts";

const three = f32([1, 2, 3]);
const pairs = (x: NDArray, times: number): NDArray => (times === 0 ? x : pairs(cos(sin(x)), times - 1));

describe("a jaxpr that fits on a line", () => {
  test("has its equations on it", () => {
    expect(String(traced((x: NDArray) => mul(sin(x), scalarLike(x, 2)))(1))).toBe(
      "{ lambda ; a:f32[]. let b:f32[] = sin a; c:f32[] = mul b 2.0:f32[] in (c,) }",
    );
  });

  test("shows several inputs, several outputs and their dtypes", () => {
    const f = ({ x, n }: { x: NDArray; n: NDArray }) => [neg(n), x, n];
    expect(String(traced(f)({ x: f64([[1, 2]]), n: i32([1, 2, 3]) }))).toBe(
      "{ lambda ; a:i32[3] b:f64[1,2]. let c:i32[3] = neg a in (c, b, a) }",
    );
  });

  test("shows constants before the semicolon", () => {
    expect(String(traced((x: NDArray) => mul(x, three))(three))).toBe(
      "{ lambda a:f32[3]; b:f32[3]. let c:f32[3] = mul b a in (c,) }",
    );
  });

  test("may have no input, no equation, no output", () => {
    expect(String(traced(() => scalarArray(1, "float32"))())).toBe("{ lambda ; . let in (1.0:f32[],) }");
    expect(String(traced((x: NDArray) => x)(three))).toBe("{ lambda ; a:f32[3]. let in (a,) }");
    expect(String(traced((_: NDArray) => [])(three))).toBe("{ lambda ; a:f32[3]. let in () }");
  });

  test("has nothing that no output needs", () => {
    const f = (x: NDArray) => {
      mul(sin(x), three);
      return x;
    };
    expect(String(traced(f)(three))).toBe("{ lambda ; a:f32[3]. let in (a,) }");
  });

  test("shows parameters in alphabetical order, lists in parentheses", () => {
    expect(String(traced((x: NDArray) => reduceSum(x, [0, 2]))(f32([[[1], [2]]])))).toBe(
      "{ lambda ; a:f32[1,2,1]. let b:f32[2] = reduceSum[axes=(0, 2)] a in (b,) }",
    );
    expect(String(traced((x: NDArray) => broadcastTo(x, [3]))(1))).toBe(
      "{ lambda ; a:f32[]. let b:f32[3] = broadcastInDim[broadcastDimensions=() shape=(3,)] a in (b,) }",
    );
  });

  test("shows all outputs of an equation", () => {
    expect(String(traced((x: NDArray) => topK(x, 2)[1])(three))).toMatch(
      /^\{ lambda ; a:f32\[3\]\. let b:f32\[2\] c:i32\[2\] = \w+\[.*\] a in \(c,\) \}$/,
    );
  });
});

describe("literals", () => {
  const literal = (value: number, dtype: "float32" | "float64" | "int32" | "bool"): string => {
    const text = String(traced(() => scalarArray(value, dtype))());
    return text.slice("{ lambda ; . let in (".length, -",) }".length);
  };

  test("are printed with the digits and the name of their dtype", () => {
    expect(literal(2, "float32")).toBe("2.0:f32[]");
    expect(literal(0.1, "float32")).toBe("0.1:f32[]");
    expect(literal(1 / 3, "float32")).toBe("0.33333334:f32[]");
    expect(literal(1 / 3, "float64")).toBe("0.3333333333333333:f64[]");
    expect(literal(-0, "float64")).toBe("-0.0:f64[]");
    expect(literal(1e20, "float64")).toBe("100000000000000000000:f64[]");
    expect(literal(7, "int32")).toBe("7:i32[]");
    expect(literal(1, "bool")).toBe("true:bool[]");
  });

  test("may be infinite or not a number", () => {
    expect(literal(Number.POSITIVE_INFINITY, "float32")).toBe("inf:f32[]");
    expect(literal(Number.NEGATIVE_INFINITY, "float32")).toBe("-inf:f32[]");
    expect(literal(Number.NaN, "float32")).toBe("nan:f32[]");
  });
});

describe("a longer jaxpr", () => {
  test("has one equation a line", () => {
    expect(String(traced((x: NDArray) => pairs(x, 3))(three))).toBe(
      [
        "{ lambda ; a:f32[3]. let",
        "    b:f32[3] = sin a",
        "    c:f32[3] = cos b",
        "    d:f32[3] = sin c",
        "    e:f32[3] = cos d",
        "    f:f32[3] = sin e",
        "    g:f32[3] = cos f",
        "  in (g,) }",
      ].join("\n"),
    );
  });

  test("names variables past z by two letters", () => {
    const text = String(traced((x: NDArray) => pairs(x, 15))(1));
    expect(text).toContain("    z:f32[] = sin y\n    aa:f32[] = cos z\n    ab:f32[] = sin aa\n");
    expect(text.endsWith("  in (ae,) }")).toBe(true);
  });

  test("can be cut short, with the names that it has in full", () => {
    const closed = traced((x: NDArray) => pairs(x, 50))(1);
    expect(closed.toString({ maxEquations: 3 })).toBe(
      [
        "{ lambda ; a:f32[]. let",
        "    b:f32[] = sin a",
        "    c:f32[] = cos b",
        "    … 97 more equations …",
        "    cw:f32[] = cos cv",
        "  in (cw,) }",
      ].join("\n"),
    );
    expect(closed.toString({ maxEquations: 0 })).toContain("let\n    … 100 more equations …\n  in (cw,) }");
    expect(closed.toString({ maxEquations: 100 })).not.toContain("…");
  });
});

describe("jaxprs inside jaxprs", () => {
  const square = jit(function square(x: NDArray) {
    return mul(x, x);
  });

  test("stand behind the other parameters; the same jaxpr has the same names", () => {
    expect(String(traced((x: NDArray) => add(square(x), square(x)))(three))).toBe(
      [
        "{ lambda ; a:f32[3]. let",
        "    b:f32[3] = jit[name=square jaxpr={ lambda ; c:f32[3]. let d:f32[3] = mul c c in (d,) }] a",
        "    e:f32[3] = jit[name=square jaxpr={ lambda ; c:f32[3]. let d:f32[3] = mul c c in (d,) }] a",
        "    f:f32[3] = add b e",
        "  in (f,) }",
      ].join("\n"),
    );
  });

  test("are indented when they are long", () => {
    const long = jit(function long(x: NDArray) {
      return pairs(square(x), 3);
    });
    expect(String(traced((x: NDArray) => sin(long(x)))(three))).toBe(
      [
        "{ lambda ; a:f32[3]. let",
        "    b:f32[3] = jit[",
        "      name=long",
        "      jaxpr={ lambda ; c:f32[3]. let",
        "          d:f32[3] = jit[name=square jaxpr={ lambda ; e:f32[3]. let f:f32[3] = mul e e in (f,) }] c",
        "          g:f32[3] = sin d",
        "          h:f32[3] = cos g",
        "          i:f32[3] = sin h",
        "          j:f32[3] = cos i",
        "          k:f32[3] = sin j",
        "          l:f32[3] = cos k",
        "        in (l,) }",
        "    ] a",
        "    m:f32[3] = sin b",
        "  in (m,) }",
      ].join("\n"),
    );
  });

  test("of functions with rules are shown, rules are not", () => {
    const f = customJvp(function wave(x: NDArray) {
      return sin(x);
    }).defjvp(([x]: [NDArray], [t]: [NDArray]) => [sin(x), mul(t, cos(x))]);
    expect(String(traced((x: NDArray) => f(x))(1))).toBe(
      [
        "{ lambda ; a:f32[]. let",
        "    b:f32[] = customJvpCall[",
        "      call=wave",
        "      hoisted=0",
        "      jaxpr={ lambda ; c:f32[]. let d:f32[] = sin c in (d,) }",
        "    ] a",
        "  in (b,) }",
      ].join("\n"),
    );
  });
});

test("a gradient prints as the program that it is", () => {
  const f = (w: NDArray, x: NDArray) => reduceSum(sin(mul(w, x)), [0]);
  expect(String(traced(grad(f))(three, three))).toBe(
    [
      "{ lambda ; a:f32[3] b:f32[3]. let",
      "    c:f32[3] = mul a b",
      "    d:f32[3] = cos c",
      "    e:f32[3] = broadcastInDim[broadcastDimensions=() shape=(3,)] 1.0:f32[]",
      "    f:f32[3] = mul e d",
      "    g:f32[3] = mul f b",
      "  in (g,) }",
    ].join("\n"),
  );
});

test("equations, jaxprs and closed jaxprs print alike", () => {
  const closed = traced((x: NDArray) => concatenate([x, zerosLike(x)], 0))(three);
  expect(String(closed.jaxpr)).toBe(String(closed));
  expect(formatJaxpr(closed)).toBe(String(closed));
  expect(formatJaxpr(new ClosedJaxpr(closed.jaxpr, closed.consts))).toBe(String(closed));
  const last = closed.jaxpr.equations.at(-1);
  expect(last && String(last)).toBe("a:f32[6] = concatenate[dimension=0] b c");
  expect(last && formatEquation(last)).toBe(String(last));
  const inspected = (closed as unknown as Record<symbol, () => string>)[
    Symbol.for("nodejs.util.inspect.custom")
  ];
  expect(inspected?.call(closed)).toBe(String(closed));
});
