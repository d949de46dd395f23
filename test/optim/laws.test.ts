import { fc, test as property } from "@fast-check/vitest";
import { concatAll } from "fp-ts/lib/Monoid.js";
import { describe, expect, test } from "vitest";
import { arrayFrom, type NDArray } from "../../src/array/index.ts";
import { ArgumentError } from "../../src/core/index.ts";
import * as np from "../../src/numpy/index.ts";
import * as optim from "../../src/optim/index.ts";
import { grad } from "../../src/transforms/grad.ts";
import { jit } from "../../src/transforms/jit.ts";
import { vmap } from "../../src/transforms/vmap.ts";

type Optimizer = optim.GradientTransformation<unknown>;
interface Params {
  readonly w: NDArray;
  readonly layers: readonly { readonly b: NDArray }[];
}

const size = fc.double({ min: 0.01, max: 2, noNaN: true });
const decay = fc.double({ min: 0, max: 0.99, noNaN: true });

/** Some transformation, written so that a counterexample can be read. */
const transformations = fc.oneof(
  { depthSize: "small" },
  fc.constant(["identity()", optim.identity()] as const),
  size.map((s) => [`scale(${s})`, optim.scale(s)] as const),
  size.map((s) => [`clip(${s})`, optim.clip(s)] as const),
  size.map((s) => [`clipByGlobalNorm(${s})`, optim.clipByGlobalNorm(s)] as const),
  size.map((s) => [`addDecayedWeights(${s})`, optim.addDecayedWeights(s)] as const),
  fc
    .tuple(decay, fc.boolean())
    .map(([d, nesterov]) => [`trace(${d})`, optim.trace(d, { nesterov })] as const),
  fc
    .tuple(decay, decay)
    .map(([b1, b2]) => [`scaleByAdam(${b1}, ${b2})`, optim.scaleByAdam({ b1, b2 })] as const),
  size.map(
    (s) =>
      [`scaleBySchedule(${s})`, optim.scaleBySchedule((count) => np.power(s, np.add(count, 1)))] as const,
  ),
) as fc.Arbitrary<readonly [string, Optimizer]>;

const numbers = fc.array(fc.double({ min: -3, max: 3, noNaN: true }), { minLength: 3, maxLength: 3 });
const trees = numbers.map(([a, b, c]) => tree([a as number, b as number], [c as number]));
const histories = fc.tuple(trees, fc.array(trees, { minLength: 1, maxLength: 4 }));

const tree = (w: readonly number[], b: readonly number[]): Params => ({
  w: arrayFrom([...w], "float64"),
  layers: [{ b: arrayFrom([...b], "float64") }],
});

const flat = ({ w, layers }: Params): number[] =>
  [w, ...layers.map(({ b }) => b)].flatMap((x) => [...x.toTypedArray()]);

/** All that can be seen of a transformation: its updates, one step after another. */
const run = (optimizer: Optimizer, [start, gradients]: readonly [Params, readonly Params[]]): number[][] => {
  let params = start;
  let state = optimizer.init(params);
  return gradients.map((gradient) => {
    const [updates, next] = optimizer.update(gradient, state, params);
    state = next;
    params = optim.applyUpdates(params, updates);
    return flat(updates);
  });
};

const { concat, empty } = optim.fp.Monoid;

describe("the monoid of transformations", () => {
  property.prop([transformations, transformations, transformations, histories])(
    "is associative",
    ([, f], [, g], [, h], history) => {
      expect(run(concat(concat(f, g), h), history)).toEqual(run(concat(f, concat(g, h)), history));
    },
  );

  property.prop([transformations, histories])("has identity as its neutral element", ([, f], history) => {
    expect(run(concat(f, empty), history)).toEqual(run(f, history));
    expect(run(concat(empty, f), history)).toEqual(run(f, history));
  });

  property.prop([fc.array(transformations, { maxLength: 4 }), histories])(
    "is chain, of however many",
    (fs, history) => {
      const list = fs.map(([, f]) => f);
      expect(run(concatAll(optim.fp.Monoid)(list), history)).toEqual(run(optim.chain(...list), history));
    },
  );
});

describe("a transformation", () => {
  property.prop([transformations, histories])("is pure", ([, f], history) => {
    const [params, gradients] = history;
    const before = [params, ...gradients].map(flat);
    const state = f.init(params);
    const first = gradients[0] as Params;
    const [once, stateOnce] = f.update(first, state, params);
    const [twice, stateTwice] = f.update(first, state, params);
    expect(flat(once)).toEqual(flat(twice));
    expect(JSON.stringify(stateOnce)).toEqual(JSON.stringify(stateTwice));
    expect([params, ...gradients].map(flat)).toEqual(before);
  });

  property.prop([transformations, histories])("is the same under jit", ([, f], history) => {
    const update = jit((g: unknown, s: unknown, p: unknown) => f.update(g, s, p));
    const compiled: Optimizer = { ...f, update: (...args) => update(...args) as never };
    const [expected, got] = [run(f, history), run(compiled, history)];
    for (const [i, updates] of got.entries()) {
      for (const [k, x] of updates.entries()) expect(x).toBeCloseTo(expected[i]?.[k] as number, 12);
    }
  });

  property.prop([transformations, histories])("of a batch is a loop", ([, f], [params, gradients]) => {
    const stacked: Params = {
      w: np.stack(gradients.map((g) => g.w)),
      layers: [{ b: np.stack(gradients.map((g) => g.layers[0]?.b as NDArray)) }],
    };
    const state = f.init(params);
    const batched = vmap((g: Params) => f.update(g, state, params)[0])(stacked);
    const looped = gradients.map((g) => f.update(g, state, params)[0]);
    expect([...batched.w.toTypedArray()]).toEqual(looped.flatMap((u) => [...u.w.toTypedArray()]));
  });
});

describe("descent", () => {
  const target = tree([1, -2], [0.5]);
  const stretch = arrayFrom([1, 10], "float64");
  const loss = (p: Params): NDArray =>
    np.add(
      np.sum(np.multiply(stretch, np.square(np.subtract(p.w, target.w)))),
      np.sum(np.square(np.subtract(p.layers[0]?.b as NDArray, target.layers[0]?.b as NDArray))),
    );

  test.each<[string, Optimizer]>([
    ["sgd", optim.sgd(0.05)],
    ["sgd with momentum", optim.sgd(0.01, { momentum: 0.9 })],
    ["sgd with Nesterov's momentum", optim.sgd(0.01, { momentum: 0.9, nesterov: true })],
    ["adam", optim.adam(0.1)],
    ["adamw", optim.adamw(0.1, { weightDecay: 1e-6 })],
    ["clipped sgd", optim.chain(optim.clipByGlobalNorm(1), optim.sgd(0.05))],
    ["sgd that slows down", optim.sgd((count) => np.divide(0.05, np.add(1, np.multiply(0.01, count))))],
  ])("%s finds the minimum of a convex function", (_name, optimizer) => {
    const step = jit((p: Params, state: unknown) => {
      const [updates, next] = optimizer.update(grad(loss)(p), state, p);
      return [optim.applyUpdates(p, updates), next] as const;
    });
    let params = tree([0, 0], [0]);
    let state = optimizer.init(params);
    for (let i = 0; i < 300; i++) [params, state] = step(params, state);
    expect(loss(params).item()).toBeLessThan(1e-4);
  });

  test("goes through the optimizer: the derivative of the loss after a step with respect to the learning rate", () => {
    const start = tree([0, 0], [0]);
    const after = (rate: NDArray): NDArray => {
      const optimizer = optim.adam(rate, { epsRoot: 1e-8 });
      const [updates] = optimizer.update(grad(loss)(start), optimizer.init(start), start);
      return loss(optim.applyUpdates(start, updates));
    };
    const at = (rate: number): number => after(arrayFrom(rate, "float64")).item() as number;
    const slope = grad(after)(arrayFrom(0.1, "float64")).item();
    expect(slope).toBeCloseTo((at(0.1 + 1e-6) - at(0.1 - 1e-6)) / 2e-6, 5);
  });
});

describe("details", () => {
  test("counts are int32 arrays that stop at the greatest", () => {
    const optimizer = optim.scaleByAdam();
    const params = tree([0, 0], [0]);
    const state = optimizer.init(params);
    const [, next] = optimizer.update(params, state);
    expect([next.count.dtype, next.count.item()]).toEqual(["int32", 1]);
    const last = { ...state, count: arrayFrom(2 ** 31 - 1, "int32") };
    expect(optimizer.update(params, last)[1].count.item()).toBe(2 ** 31 - 1);
  });

  test("applyUpdates keeps dtypes", () => {
    const params = { a: arrayFrom([1], "float32"), b: arrayFrom([2], "int32") };
    const updates = { a: arrayFrom([0.5], "float64"), b: arrayFrom([1], "int32") };
    const next = optim.applyUpdates(params, updates);
    expect([next.a.dtype, next.b.dtype]).toEqual(["float32", "int32"]);
    expect([next.a.toArray(), next.b.toArray()]).toEqual([[1.5], [3]]);
  });

  test("globalNorm is the length of all elements together", () => {
    expect(optim.globalNorm(tree([3, 0], [4])).item()).toBe(5);
    expect(optim.globalNorm([]).item()).toBe(0);
  });

  test("clipByGlobalNorm leaves gradients of 0 alone", () => {
    const zero = tree([0, 0], [0]);
    expect(flat(optim.clipByGlobalNorm(1).update(zero, null)[0])).toEqual([0, 0, 0]);
  });

  test("a mask may be a function of the parameters", () => {
    const params = tree([1, 2], [3]);
    const optimizer = optim.addDecayedWeights(1, { mask: () => ({ w: true, layers: false }) });
    expect(flat(optimizer.update(tree([0, 0], [0]), null, params)[0])).toEqual([1, 2, 0]);
  });
});

describe("refusals", () => {
  const params = tree([1, 2], [3]);
  test.each([
    [
      "missing parameters",
      () => optim.adamw(0.1).update(params, optim.adamw(0.1).init(params)),
      ArgumentError,
      /params/,
    ],
    [
      "a mask of numbers",
      () => optim.addDecayedWeights(1, { mask: 1 as never }).update(params, null, params),
      ArgumentError,
      /a mask holds booleans; got 1/,
    ],
    [
      "updates of another structure",
      () => optim.applyUpdates(params, { w: params.w, layers: [] }),
      TypeError,
      /applyUpdates: params and updates must have the same structure.*layers/s,
    ],
    [
      "gradients of another structure than the state",
      () => optim.trace(0.9).update([params.w], optim.trace(0.9).init(params)),
      TypeError,
      /trace: gradients and trace must have the same structure/,
    ],
    [
      "a leaf that is no array",
      () => optim.trace(0.9).init({ w: "1" }),
      TypeError,
      /trace, params: expected an array/,
    ],
  ] as const)("%s", (_what, f, error, message) => {
    expect(f).toThrow(error);
    expect(f).toThrow(message);
  });
});
