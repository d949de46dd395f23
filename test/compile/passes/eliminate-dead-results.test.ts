import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type ConcreteArray, type NDArray, sizeOf } from "../../../src/array/index.ts";
import { eliminateDeadCode } from "../../../src/compile/passes/eliminate-dead-code.ts";
import { eliminateDeadResults } from "../../../src/compile/passes/eliminate-dead-results.ts";
import { optimize } from "../../../src/compile/passes/optimize.ts";
import { ClosedJaxpr, checkJaxpr, type Equation, Jaxpr } from "../../../src/core/index.ts";
import * as lax from "../../../src/lax/index.ts";
import * as np from "../../../src/numpy/index.ts";
import { grad } from "../../../src/transforms/index.ts";
import { type RegionProgram, regionPrograms } from "../region-programs.ts";
import { compiledOf, evaluate, requireNear, traced } from "../support.ts";
import { type Fun, f32, i32, requireEqual, trace } from "./support.ts";

/** The only loop or branch of a program that keeps the outputs at some places, and the sizes of its parts. */
const cut = (fun: Fun, places: readonly number[], ...inputs: Parameters<typeof trace>[1][]): Equation => {
  const closed = trace(fun, ...inputs);
  const { constVars, inputs: vars, equations, outputs } = closed.jaxpr;
  const some = new ClosedJaxpr(
    new Jaxpr(
      constVars,
      vars,
      equations,
      places.map((i) => outputs[i] as (typeof outputs)[number]),
    ),
    closed.consts,
  );
  const result = eliminateDeadCode(eliminateDeadResults(some));
  checkJaxpr(result);
  const regions = result.jaxpr.equations.filter(({ primitive }) =>
    ["scan", "while", "cond"].includes(primitive.name),
  );
  expect(regions.length).toBe(1);
  return regions[0] as Equation;
};

const formOf = (equation: Equation): object => {
  const { lowering } = equation.primitive;
  if (lowering?.kind !== "scan") throw new Error("no scan");
  const { body, length, numConsts, numCarry } = lowering.describe(equation.params);
  const numYs = body.outAvals.length - numCarry;
  const numEquations = (body as ClosedJaxpr).jaxpr.equations.length;
  return {
    length,
    numConsts,
    numCarry,
    numXs: body.inAvals.length - numConsts - numCarry,
    numYs,
    numEquations,
  };
};

describe("a scan", () => {
  /** A running sum of the products with `w`, a count that only the second result needs, and three stacked results. */
  const fun: Fun = (w, xs, zs) => {
    const [[sum, turns], [sums, counts, sines]] = lax.scan(
      ([s, n]: readonly NDArray[], [x, z]: readonly NDArray[]) => {
        const next = (s as NDArray).add((x as NDArray).mul(w as NDArray));
        const count = (n as NDArray).add(1);
        return [
          [next, count],
          [next, count, np.sin(z as NDArray)],
        ];
      },
      [np.zeros([]), np.zeros([])],
      [xs as NDArray, zs as NDArray],
    );
    return [sum, turns, sums, counts, sines] as NDArray[];
  };
  const inputs = [f32(), f32(5), f32(5)];

  test.each([
    ["the sum", [0], { numConsts: 1, numCarry: 1, numXs: 1, numYs: 0, numEquations: 2 }],
    ["the count", [1], { numConsts: 0, numCarry: 1, numXs: 0, numYs: 0, numEquations: 1 }],
    ["the sums, stacked", [2], { numConsts: 1, numCarry: 1, numXs: 1, numYs: 1, numEquations: 2 }],
    ["the sines", [4], { numConsts: 0, numCarry: 0, numXs: 1, numYs: 1, numEquations: 1 }],
    ["all", [0, 1, 2, 3, 4], { numConsts: 1, numCarry: 2, numXs: 2, numYs: 3, numEquations: 4 }],
  ] as const)("keeps what it takes to have %s", (_, places, expected) => {
    expect(formOf(cut(fun, places, ...inputs))).toEqual({ length: 5, ...expected });
  });
});

test("a while keeps what its condition reads", () => {
  const fun: Fun = (x, step, limit) => {
    const [n, sum] = lax.whileLoop(
      ([count]) => count.less(limit as NDArray),
      ([count, total, waste]) => [count.add(1), total.add(step as NDArray), np.sin(waste)] as const,
      [np.zeros([], "int32"), x as NDArray, x as NDArray] as const,
    );
    return [n, sum];
  };
  const both = cut(fun, [0, 1], f32(), f32(), i32());
  expect(both.outputs.length).toBe(2);
  const counting = cut(fun, [0], f32(), f32(), i32());
  expect(counting.outputs.length).toBe(1);
  // The limit, and the count.
  expect(counting.inputs.length).toBe(2);
});

test("a branch loses results and operands", () => {
  const fun: Fun = (x, y, p) => {
    const [a, b] = lax.cond(
      (p as NDArray).greater(0),
      (u: NDArray, v: NDArray) => [np.sin(u), u.mul(v)],
      (u: NDArray, v: NDArray) => [u, v.sub(u)],
      x as NDArray,
      y as NDArray,
    ) as [NDArray, NDArray];
    return [a, b];
  };
  const equation = cut(fun, [0], f32(2), f32(2), f32());
  expect(equation.outputs.length).toBe(1);
  expect(equation.inputs.length).toBe(2);
});

test("loops inside loops are cut, and what fed them", () => {
  const fun: Fun = (x, y) => {
    const [sum] = lax.scan(
      (outer: NDArray) => {
        // The inner loop carries a number that nothing outside reads, for which the outer one passes `y` in.
        const [[a]] = lax.scan(
          ([u, v]: readonly NDArray[]) => [[np.sin(u as NDArray), (v as NDArray).mul(y as NDArray)], null],
          [outer, np.exp(y as NDArray)],
          null,
          { length: 3 },
        );
        return [a as NDArray, null];
      },
      x as NDArray,
      null,
      { length: 2 },
    );
    return [sum as NDArray];
  };
  const equation = cut(fun, [0], f32(), f32());
  expect(formOf(equation)).toEqual({
    length: 2,
    numConsts: 0,
    numCarry: 1,
    numXs: 0,
    numYs: 0,
    numEquations: 1,
  });
});

test("a loop inside a branch is cut, though the branch keeps all operands and results", () => {
  const sums = (start: NDArray, rows: NDArray): NDArray =>
    lax.scan(
      ([a, b]: readonly [NDArray, NDArray], x: NDArray) => [[a.add(x), b.mul(x)], null] as const,
      [start, start] as const,
      rows,
    )[0][0];
  const fun: Fun = (p, v, xs) =>
    lax.cond((p as NDArray).greater(0), sums, sums, v as NDArray, xs as NDArray) as NDArray;
  const { primitive, params } = cut(fun, [0], f32(), f32(), f32(5));
  if (primitive.lowering?.kind !== "branch") throw new Error("no branch");
  for (const branch of primitive.lowering.describe(params).branches) {
    const [loop] = (branch as ClosedJaxpr).jaxpr.equations;
    expect(formOf(loop as Equation)).toMatchObject({ numCarry: 1, numEquations: 1 });
  }
});

test("a program without waste stays as it is", () => {
  const closed = trace((x) => {
    const [sum, sums] = lax.scan((s: NDArray, z: NDArray) => [s.add(z), s], np.zeros([]), x as NDArray);
    return [sum, sums as NDArray];
  }, f32(4));
  expect(eliminateDeadResults(closed)).toBe(closed);
});

test("the gradient of a loop, optimized, stacks no result that only the loss would need", () => {
  const loss = (w: NDArray, xs: NDArray): NDArray => {
    const [, ys] = lax.scan(
      (h: NDArray, x: NDArray) => {
        const next = np.tanh(h.mul(w).add(x));
        return [next, [next, np.exp(next)]];
      },
      np.zeros([]),
      xs,
    );
    return (ys as [NDArray, NDArray])[0].sum();
  };
  const closed = trace((w, xs) => grad(loss)(w as NDArray, xs as NDArray), f32(), f32(6));
  const count = (name: string): number =>
    optimize(closed)
      .closed.jaxpr.equations.filter(({ primitive }) => primitive.name === "scan")
      .flatMap(({ params }) => (params as unknown as { jaxpr: ClosedJaxpr }).jaxpr.jaxpr.equations)
      .filter(({ primitive }) => primitive.name === name).length;
  expect(count("exp")).toBe(0);
  expect(count("tanh")).toBe(1);
});

const inputsOf = ({ inputs }: RegionProgram): ConcreteArray[] =>
  inputs.map(({ shape, dtype }, k) => {
    const data = Array.from({ length: sizeOf(shape) }, (_, i) => ((i * 5 + k * 3) % 7) / 4 - 0.7);
    return np.reshape(np.array(data, { dtype: "float64" }), shape).astype(dtype) as NDArray as ConcreteArray;
  });

test("some results of random loops and branches are the same when the others are dropped", () => {
  let cuts = 0;
  fc.assert(
    fc.property(regionPrograms(), fc.nat(), (program, mask) => {
      const inputs = inputsOf(program);
      const all = traced(program.run, inputs);
      const isKept = all.jaxpr.outputs.map(
        (_, i) => ((mask >> i) & 1) === 1 || mask % all.outAvals.length === i,
      );
      const { constVars, inputs: vars, equations, outputs } = all.jaxpr;
      const closed = new ClosedJaxpr(
        new Jaxpr(
          constVars,
          vars,
          equations,
          outputs.filter((_, i) => isKept[i]),
        ),
        all.consts,
      );
      const result = eliminateDeadCode(eliminateDeadResults(closed));
      checkJaxpr(result);
      if (String(result) !== String(eliminateDeadCode(closed))) cuts++;
      const expected = evaluate(all, inputs).filter((_, i) => isKept[i]);
      requireEqual(evaluate(result, inputs), expected, "float64");
      requireNear(compiledOf(closed)(inputs), expected, { ulps: 64, ofLargest: 1e-9 }, `${closed}`);
    }),
    { numRuns: 100 },
  );
  expect(cuts).toBeGreaterThan(10);
});
