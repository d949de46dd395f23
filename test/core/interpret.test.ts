import { describe, expect, test } from "vitest";
import type { NDArray } from "../../src/array/index.ts";
import {
  applyEquation,
  CotangentError,
  describeAval,
  type EquationRule,
  evalJaxpr,
  interpretJaxpr,
  jaxprAsFunction,
} from "../../src/core/index.ts";
import { add } from "../../src/primitives/elementwise/add.ts";
import { mul, neg } from "../../src/primitives/elementwise/arithmetic.ts";
import { sin } from "../../src/primitives/elementwise/trigonometric.ts";
import { scalarLike } from "../../src/primitives/rules.ts";
import { customJvp, evalShape, grad, jit, makeJaxpr, vmap } from "../../src/transforms/index.ts";
import { expectClose, f32, f64, i32, traced } from "../transforms/support.ts";

const f = (x: NDArray, y: NDArray): NDArray => add(mul(x, sin(y)), scalarLike(x, 3));

describe("interpretJaxpr with rules of one's own", () => {
  test("runs an interval arithmetic", () => {
    type Interval = readonly [low: number, high: number];
    const rules: Record<string, (...xs: Interval[]) => Interval> = {
      add: ([a, b], [c, d] = [0, 0]) => [a + c, b + d],
      neg: ([a, b]) => [-b, -a],
      mul: ([a, b], [c, d] = [1, 1]) => {
        const products = [a * c, a * d, b * c, b * d];
        return [Math.min(...products), Math.max(...products)];
      },
    };
    const rule: EquationRule<Interval> = ({ primitive }, inputs) => {
      const known = rules[primitive.name];
      if (known === undefined) throw new Error(`no rule for ${primitive.name}`);
      return [known(...inputs)];
    };
    const { jaxpr } = makeJaxpr((x: NDArray, y: NDArray) => add(mul(x, y), neg(scalarLike(x, 1))))(0, 0);
    const point = ({ value }: { value: NDArray }): Interval => [Number(value.item()), Number(value.item())];
    const args: Interval[] = [
      [-1, 2],
      [3, 4],
    ];
    expect(interpretJaxpr(jaxpr, [], args, rule, point)).toEqual([[-5, 7]]);
  });

  test("visits every equation once, in order, with what it reads", () => {
    const c = f64([10, 20]);
    const { jaxpr, consts } = makeJaxpr((x: NDArray) => mul(sin(add(x, scalarLike(x, 1))), c))(f64([1, 2]));
    const seen: string[] = [];
    const [out] = interpretJaxpr(
      jaxpr,
      consts.map(() => "c"),
      ["x"],
      ({ primitive }, inputs) => {
        seen.push(`${primitive.name}(${inputs.join()})`);
        return [primitive.name];
      },
      (literal) => String(literal.value.item()),
    );
    expect(seen).toEqual(["add(x,1)", "sin(add)", "mul(sin,c)"]);
    expect(out).toBe("mul");
  });

  test("forgets values after their last use", () => {
    const { jaxpr } = makeJaxpr((x: NDArray) => sin(sin(sin(x))))(1);
    let alive = 0;
    let most = 0;
    const registry = new FinalizationRegistry(() => undefined);
    const values = interpretJaxpr<{ readonly n: number }>(
      jaxpr,
      [],
      [{ n: 0 }],
      (_, [x]) => {
        alive++;
        most = Math.max(most, alive);
        const next = { n: (x?.n ?? 0) + 1 };
        registry.register(next, 0);
        alive--;
        return [next];
      },
      () => ({ n: -1 }),
    );
    expect(values).toEqual([{ n: 3 }]);
    expect(most).toBe(1);
  });

  test("refuses another number of arguments or constants, saying how many", () => {
    const { jaxpr, consts } = makeJaxpr(f)(1, 2);
    expect(() => evalJaxpr(jaxpr, consts, [f32(1)])).toThrow(CotangentError);
    expect(() => evalJaxpr(jaxpr, consts, [f32(1)])).toThrow(
      "interpretJaxpr: the jaxpr takes 0 constants and 2 arguments; got 0 and 1.",
    );
    expect(() => evalJaxpr(jaxpr, [f32(1)], [f32(1), f32(1)])).toThrow("got 1 and 2.");
  });
});

describe("evalJaxpr", () => {
  const x = f64(0.5);
  const y = f64(2);
  const closed = traced(f)(x, y);
  const again = jaxprAsFunction(closed);

  test("is the function that was traced", () => {
    expectClose(again(x, y), [0.5 * Math.sin(2) + 3]);
  });

  test("can be transformed like it", () => {
    expectClose(grad((a: NDArray, b: NDArray) => again(a, b)[0] as NDArray, { argnums: [0, 1] })(x, y), [
      Math.sin(2),
      0.5 * Math.cos(2),
    ]);
    expectClose(vmap((a: NDArray) => again(a, y)[0] as NDArray)(f64([0, 1])), [3, Math.sin(2) + 3]);
    expect(String(traced((a: NDArray, b: NDArray) => again(a, b))(x, y))).toBe(String(closed));
  });

  test("keeps the rules of functions that have their own", () => {
    const g = customJvp((a: NDArray) => sin(a)).defjvp(([a]: [NDArray], [t]: [NDArray]) => [
      g(a),
      mul(t, f64(7)),
    ]);
    const { jaxpr, consts } = traced((a: NDArray) => jit(g)(a))(x);
    const inner = jaxpr.equations[0];
    expectClose(evalJaxpr(jaxpr, consts, [x]), [Math.sin(0.5)]);
    expectClose(grad((a: NDArray) => evalJaxpr(jaxpr, consts, [a])[0] as NDArray)(x), 7);
    expectClose(inner && applyEquation(inner, [x]), [Math.sin(0.5)]);
  });
});

describe("evalShape", () => {
  test("gives the shapes and dtypes of the result in its tree", () => {
    const shapes = evalShape(({ x, n }: { x: NDArray; n: NDArray }) => ({ out: [sin(x), n], none: null }))({
      x: f64([[1, 2]]),
      n: i32([1, 2, 3]),
    });
    expect(shapes).toEqual({
      out: [
        { shape: [1, 2], dtype: "float64" },
        { shape: [3], dtype: "int32" },
      ],
      none: null,
    });
  });

  test("computes nothing", () => {
    const asked: string[] = [];
    const result = evalShape((x: NDArray) => {
      asked.push(describeAval(x));
      expect(() => mul(scalarLike(x, 2), scalarLike(x, 3)).toArray()).toThrow();
      return sin(x);
    })(f32([1, 2]));
    expect(asked).toEqual(["float32[2]"]);
    expect(result).toEqual({ shape: [2], dtype: "float32" });
  });

  test("refuses what the function would", () => {
    expect(() => evalShape(add)(f32([1, 2]), f32([1, 2, 3]))).toThrow(/add: .*float32\[2\] and float32\[3\]/);
  });
});
