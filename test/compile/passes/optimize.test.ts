import { describe, expect, test } from "vitest";
import { type NDArray, scalarArray } from "../../../src/array/index.ts";
import { optimize } from "../../../src/compile/passes/optimize.ts";
import { OUTSIDE } from "../../../src/compile/passes/scopes.ts";
import {
  type Aval,
  avalOf,
  bind,
  type ClosedJaxpr,
  checkJaxpr,
  definePrimitive,
  type Primitive,
} from "../../../src/core/index.ts";
import { convGeneralDilated } from "../../../src/lax/convolution.ts";
import { broadcastInDim, reduceSum } from "../../../src/primitives/broadcast.ts";
import { concatenate } from "../../../src/primitives/concatenate.ts";
import { dotGeneral } from "../../../src/primitives/dot.ts";
import {
  add,
  div,
  exp,
  log,
  logistic,
  max,
  mul,
  neg,
  sin,
  square,
  stopGradient,
  sub,
  tanh,
} from "../../../src/primitives/elementwise/index.ts";
import { pad } from "../../../src/primitives/padding.ts";
import { reduceMax } from "../../../src/primitives/reduction/index.ts";
import { reshape, transpose } from "../../../src/primitives/shape.ts";
import { checkpoint } from "../../../src/transforms/checkpoint.ts";
import { grad, valueAndGrad } from "../../../src/transforms/grad.ts";
import { jacfwd, jacrev } from "../../../src/transforms/jacobian.ts";
import { jit } from "../../../src/transforms/jit.ts";
import { vmap } from "../../../src/transforms/vmap.ts";
import { body, evaluate, f32, ordinary, requireEqual, trace } from "./support.ts";

type Arrays = (...xs: NDArray[]) => unknown;

const c = (value: number): NDArray => scalarArray(value, "float32", true);
const matmul = (x: NDArray, y: NDArray): NDArray =>
  dotGeneral(x, y, { lhsContracting: [x.ndim - 1], rhsContracting: [0], lhsBatch: [], rhsBatch: [] });

/** What is left of the program of `f`, which still computes the same. */
const optimized = (f: Arrays, ...inputs: Aval[]): ClosedJaxpr => {
  const closed = trace(f as (x: NDArray) => NDArray, ...inputs);
  const { closed: result } = optimize(closed);
  checkJaxpr(result);
  const values = inputs.map((input, i) => ordinary(input, i));
  requireEqual(evaluate(result, values), evaluate(closed, values));
  return result;
};

/** How many equations of each primitive there are. */
const census = (closed: ClosedJaxpr): Record<string, number> => {
  const counts: Record<string, number> = {};
  for (const { primitive } of closed.jaxpr.equations)
    counts[primitive.name] = (counts[primitive.name] ?? 0) + 1;
  return counts;
};

/** Cross entropy of a two-layer network, written as the layers of the library write it. */
const loss = (w1: NDArray, b1: NDArray, w2: NDArray, x: NDArray, y: NDArray): NDArray => {
  const hidden = matmul(x, w1);
  const h = max(add(hidden, broadcastInDim(reshape(b1, [1, b1.size]), hidden.shape, [0, 1])), c(0));
  const logits = matmul(h, w2);
  const keep = (z: NDArray): NDArray => broadcastInDim(reshape(z, [z.size, 1]), logits.shape, [0, 1]);
  const shifted = sub(logits, stopGradient(keep(reduceMax(logits, [1]))));
  const logProbabilities = sub(shifted, keep(log(reduceSum(exp(shifted), [1]))));
  return neg(div(reduceSum(reduceSum(mul(logProbabilities, y), [1]), [0]), c(8)));
};

describe("gradients", () => {
  test("of a network: three products and their operands, nothing transposed, reshaped or doubled", () => {
    const step: Arrays = (w1, b1, w2, x, y) => {
      const gradient = (grad as (f: unknown, options: object) => (...xs: unknown[]) => NDArray[])(loss, {
        argnums: [0, 1, 2],
      })(w1, b1, w2, x, y);
      return [w1, b1, w2].map((p, i) => sub(p as NDArray, mul(c(0.5), gradient[i] as NDArray)));
    };
    expect(body(optimized(step, f32(4, 5), f32(5), f32(5, 3), f32(8, 4), f32(8, 3)))).toEqual([
      "f:f32[8,5] = dotGeneral[dimensionNumbers=(([1], [0]), ([], []))] d a",
      "g:f32[8,5] = broadcastInDim[broadcastDimensions=(1,) shape=(8, 5)] b",
      "h:f32[8,5] = add f g",
      "i:f32[8,5] = max h 0.0:f32[]",
      "j:bool[8,5] = eq h i",
      "k:bool[8,5] = eq 0.0:f32[] i",
      "l:f32[8,5] = selectN k 1.0:f32[] 0.5:f32[]",
      "m:f32[8,5] = selectN j 0.0:f32[] l",
      "n:f32[8,3] = dotGeneral[dimensionNumbers=(([1], [0]), ([], []))] i c",
      "o:f32[8] = reduceMax[axes=(1,)] n",
      "p:f32[8,3] = broadcastInDim[broadcastDimensions=(0,) shape=(8, 3)] o",
      "q:f32[8,3] = sub n p",
      "r:f32[8,3] = exp q",
      "s:f32[8] = reduceSum[axes=(1,)] r",
      "t:f32[8,3] = mul -0.125:f32[] e",
      "u:f32[8] = reduceSum[axes=(1,)] t",
      "v:f32[8] = neg u",
      "w:f32[8] = div v s",
      "x:f32[8,3] = broadcastInDim[broadcastDimensions=(0,) shape=(8, 3)] w",
      "y:f32[8,3] = mul x r",
      "z:f32[8,3] = add t y",
      "aa:f32[5,3] = dotGeneral[dimensionNumbers=(([0], [0]), ([], []))] i z",
      "ab:f32[8,5] = dotGeneral[dimensionNumbers=(([1], [1]), ([], []))] z c",
      "ac:f32[8,5] = mul ab m",
      "ad:f32[5] = reduceSum[axes=(0,)] ac",
      "ae:f32[4,5] = dotGeneral[dimensionNumbers=(([0], [0]), ([], []))] d ac",
      "af:f32[4,5] = mul 0.5:f32[] ae",
      "ag:f32[4,5] = sub a af",
      "ah:f32[5] = mul 0.5:f32[] ad",
      "ai:f32[5] = sub b ah",
      "aj:f32[5,3] = mul 0.5:f32[] aa",
      "ak:f32[5,3] = sub c aj",
      "in (ag, ai, ak)",
    ]);
  });

  test("of convolutions: nothing is transposed between layers", () => {
    const twoLayers: Arrays = (w1, w2, x) =>
      reduceSum(
        square(
          convGeneralDilated(
            max(convGeneralDilated(x as NDArray, w1 as NDArray, [1, 1], "SAME"), c(0)),
            w2 as NDArray,
            [2, 2],
            "VALID",
          ),
        ),
        [0, 1, 2, 3],
      );
    const gradient = (grad as (f: unknown, options: object) => Arrays)(twoLayers, { argnums: [0, 1] });
    const counts = census(optimized(gradient, f32(4, 2, 3, 3), f32(3, 4, 3, 3), f32(2, 2, 7, 7)));
    // The result of the first layer as the second reads it, and the cotangents of the windows of the second.
    expect(counts["transpose"]).toBe(2);
    expect(counts["dotGeneral"]).toBe(5);
    expect(counts["reshape"]).toBeUndefined();
    expect(counts["broadcastInDim"]).toBeUndefined();
  });

  test("of a scalar circuit", () => {
    const circuit: Arrays = (a, b, w, x, y) =>
      logistic(add(add(mul(a as NDArray, x as NDArray), mul(b as NDArray, y as NDArray)), w as NDArray));
    const all = (valueAndGrad as (f: unknown, options: object) => (...xs: NDArray[]) => NDArray[][])(
      circuit,
      {
        argnums: [0, 1, 2, 3, 4],
      },
    );
    const result = optimized((...xs) => all(...xs).flat(), f32(), f32(), f32(), f32(), f32());
    expect(census(result)).toEqual({ mul: 7, add: 2, logistic: 1, sub: 1 });
  });

  test("of a batch, one example at a time", () => {
    const one = (w: NDArray, x: NDArray): NDArray => square(sub(reduceSum(mul(w, x), [0]), c(1)));
    const mean: Arrays = (w, xs) =>
      div(
        reduceSum(
          (vmap((x: NDArray) => one(w as NDArray, x)) as (x: NDArray) => NDArray)(xs as NDArray),
          [0],
        ),
        c(16),
      );
    const counts = census(
      optimized((w, xs) => (grad(mean as never) as Arrays)(w as NDArray, xs as NDArray), f32(5), f32(16, 5)),
    );
    expect(counts["reshape"]).toBeUndefined();
    expect(counts["transpose"]).toBeUndefined();
    expect(counts["div"]).toBeUndefined();
  });
});

describe("jacobians", () => {
  const layer =
    (w: NDArray, b: NDArray) =>
    (x: NDArray): NDArray =>
      tanh(add(matmul(w, x), b));
  const left = [
    "d:f32[40] = dotGeneral[dimensionNumbers=(([1], [0]), ([], []))] a c",
    "e:f32[40] = add d b",
    "f:f32[40] = tanh e",
    "g:f32[40] = sub 1.0:f32[] f",
    "h:f32[40] = add 1.0:f32[] f",
    "i:f32[40] = mul g h",
    "j:f32[40,50] = broadcastInDim[broadcastDimensions=(0,) shape=(40, 50)] i",
    "k:f32[40,50] = mul a j",
    "in (k,)",
  ];
  const inputs = [f32(40, 50), f32(40), f32(50)];

  test("by reverse mode", () => {
    expect(
      body(optimized((w, b, x) => jacrev(layer(w as NDArray, b as NDArray))(x as NDArray), ...inputs)),
    ).toEqual(left);
  });

  test("by forward mode", () => {
    expect(
      body(optimized((w, b, x) => jacfwd(layer(w as NDArray, b as NDArray))(x as NDArray), ...inputs)),
    ).toEqual(left);
  });
});

describe("optimize", () => {
  test("does nothing to what it has done already", () => {
    const { closed } = optimize(trace((x) => mul(neg(neg(x)), sin(c(0.5))), f32(3)));
    expect(optimize(closed).closed).toBe(closed);
  });

  test("sees through calls", () => {
    const f = jit((x: NDArray) => mul(sin(x), c(2)));
    expect(
      body(optimized((x) => sub(f(x as NDArray) as NDArray, f(x as NDArray) as NDArray), f32(3))),
    ).toEqual(["b:f32[3] = sin a", "c:f32[3] = mul b 2.0:f32[]", "d:f32[3] = sub c c", "in (d,)"]);
  });

  test("a checkpointed gradient computes again what it is not to keep", () => {
    const block = checkpoint((x: NDArray) => exp(sin(exp(neg(x)))));
    const gradient = grad((x: NDArray) => reduceSum(block(x) as NDArray, [0]) as never) as unknown as Arrays;
    const closed = trace((x) => gradient(neg(neg(x))) as NDArray, f32(3));
    const { closed: result, scopes } = optimize(closed);
    const inside = result.jaxpr.equations.filter((equation) => scopes.of(equation) !== OUTSIDE);
    expect(inside.map((equation) => equation.primitive.name)).toContain("exp");
    // All that is rewritten there stays there.
    expect(inside.length).toBe(result.jaxpr.equations.length);
    const x = ordinary(f32(3));
    requireEqual(evaluate(result, [x]), evaluate(closed, [x]));
  });

  test("the same computation in a checkpoint and outside is done twice", () => {
    const block = checkpoint((x: NDArray) => mul(exp(x), c(1)));
    const { closed } = optimize(trace((x) => add(mul(exp(x), c(1)), block(x) as NDArray), f32(3)));
    expect(body(closed)).toEqual(["b:f32[3] = exp a", "c:f32[3] = exp a", "d:f32[3] = add b c", "in (d,)"]);
  });

  test("goes into the programs that equations carry", () => {
    const NONE = { missing: "for these tests only" };
    interface Branches {
      readonly branches: readonly ClosedJaxpr[];
      readonly first: ClosedJaxpr;
      readonly count: number;
    }
    const branching: Primitive<Branches> = definePrimitive<Branches>({
      name: "branchingInTest",
      abstractEval: (inputs) => inputs.map(avalOf),
      evaluate: (inputs) => inputs,
      jvp: NONE,
      transpose: NONE,
      batch: NONE,
      args: NONE,
    });
    const waste = trace((x) => mul(neg(neg(x)), c(1)), f32(3));
    const closed = trace(
      (x) => bind(branching, [x], { branches: [waste, waste], first: waste, count: 2 }),
      f32(3),
    );
    const { params } = optimize(closed).closed.jaxpr.equations[0] as unknown as { readonly params: Branches };
    expect(params.count).toBe(2);
    for (const inner of [...params.branches, params.first]) expect(body(inner)).toEqual(["in (a,)"]);
    const { closed: again } = optimize(closed);
    expect(optimize(again).closed).toBe(again);
  });

  test("keeps effects, and what they see", () => {
    const NONE = { missing: "for these tests only" };
    const show: Primitive = definePrimitive<object>({
      name: "showInTest",
      abstractEval: () => [],
      evaluate: () => [],
      jvp: NONE,
      transpose: NONE,
      batch: NONE,
      args: NONE,
      effectful: true,
    });
    const closed = trace((x) => {
      bind(show, [neg(neg(x))], {});
      bind(show, [mul(c(2), c(3))], {});
      return x;
    }, f32(3));
    expect(
      optimize(closed).closed.jaxpr.equations.map((e) => `${e.primitive.name} ${e.inputs.length}`),
    ).toEqual(["showInTest 1", "showInTest 1"]);
  });

  test("equations keep the place that they come from", () => {
    const { closed } = optimize(trace((x) => add(sin(x), neg(div(x, c(4)))), f32(3)));
    for (const equation of closed.jaxpr.equations)
      expect(equation.source?.file).toContain("optimize.test.ts");
    expect(closed.jaxpr.equations.length).toBeGreaterThan(1);
  });
});

/** A chain of `n` operations, with something to simplify here and there, and its gradient. */
const chain =
  (n: number): Arrays =>
  (x) => {
    let y = x as NDArray;
    for (let i = 0; i < n; i++) {
      if (i % 5 === 0) y = sin(y);
      else if (i % 5 === 1) y = neg(neg(y));
      else if (i % 5 === 2) y = mul(y, c(2));
      else if (i % 5 === 3) y = div(y, c(2));
      else y = add(y, broadcastInDim(x as NDArray, [3], []));
    }
    return y;
  };

describe("long programs", () => {
  const prepared = (n: number): ClosedJaxpr => trace(chain(n) as (x: NDArray) => NDArray, f32());
  const time = (closed: ClosedJaxpr): number => {
    const times = Array.from({ length: 3 }, () => {
      const start = performance.now();
      optimize(closed);
      return performance.now() - start;
    });
    return Math.min(...times);
  };

  test("take time in proportion to their length", () => {
    const [half, whole] = [prepared(5000), prepared(10000)];
    expect(optimize(whole).closed.jaxpr.equations.length).toBeLessThan(6000);
    expect(time(whole) / time(half)).toBeLessThan(5);
  }, 60_000);

  test("of calls", () => {
    const f = jit((x: NDArray) => sin(x));
    const closed = trace((x) => {
      let y = x;
      for (let i = 0; i < 10000; i++) y = f(y) as NDArray;
      return y;
    }, f32());
    expect(optimize(closed).closed.jaxpr.equations.length).toBe(10000);
  }, 60_000);

  test("with rearrangements in front, in between and behind", () => {
    const closed = trace(
      (x) => {
        let y = reshape(transpose(x, [1, 0]), [2, 3]);
        for (let i = 0; i < 10000; i++) y = i === 5000 ? transpose(sin(y), [1, 0]) : sin(y);
        return reshape(transpose(y, [1, 0]), [6]);
      },
      f32(2, 3),
    );
    expect(census(optimize(closed).closed)).toEqual({ sin: 10000, transpose: 1, reshape: 2 });
  }, 60_000);

  test("of parts that are put together", () => {
    const closed = trace((x) => {
      let y = pad(x, c(0), [[0, 2000, 0]]);
      for (let i = 1; i <= 1000; i++) y = add(y, pad(x, c(0), [[2 * i, 2 * (1000 - i), 0]]));
      return concatenate([y, x], 0);
    }, f32(2));
    const { add: sums, pad: pads } = census(optimize(closed).closed);
    expect([sums, pads]).toEqual([undefined, undefined]);
  }, 60_000);
});
