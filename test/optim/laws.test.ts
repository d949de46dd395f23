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
import { leaves, map, structure } from "../../src/tree/index.ts";

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
  fc.tuple(decay, fc.boolean(), fc.boolean()).map(([d, epsInSqrt, biasCorrection]) => {
    const options = { decay: d, epsInSqrt, biasCorrection, eps: 1e-3 };
    return [`scaleByRms(${JSON.stringify(options)})`, optim.scaleByRms(options)] as const;
  }),
  decay.map((d) => [`scaleByStddev(${d})`, optim.scaleByStddev({ decay: d, eps: 0.1 })] as const),
  size.map((s) => [`scaleByRss(${s})`, optim.scaleByRss({ initialAccumulatorValue: s })] as const),
  decay.map((d) => [`scaleByAdaDelta(${d})`, optim.scaleByAdaDelta({ rho: d })] as const),
  fc
    .tuple(decay, decay)
    .map(([b1, b2]) => [`scaleByAmsgrad(${b1}, ${b2})`, optim.scaleByAmsgrad({ b1, b2 })] as const),
  fc
    .tuple(decay, decay)
    .map(([b1, b2]) => [`scaleByAdamax(${b1}, ${b2})`, optim.scaleByAdamax({ b1, b2 })] as const),
  decay.map((b2) => [`scaleByRadam(${b2})`, optim.scaleByRadam({ b2 })] as const),
  decay.map((b1) => [`scaleByLion(${b1})`, optim.scaleByLion({ b1, mode: "smooth" })] as const),
  fc.constant(["scaleByFactoredRms()", optim.scaleByFactoredRms({ epsilon: 1e-3 })] as const),
  size.map((s) => [`scaleByTrustRatio(${s})`, optim.scaleByTrustRatio({ trustCoefficient: s })] as const),
  size.map((s) => [`scaleByParamBlockNorm(${s})`, optim.scaleByParamBlockNorm(s)] as const),
  size.map((s) => [`scaleByParamBlockRms(${s})`, optim.scaleByParamBlockRms(s)] as const),
  size.map((s) => [`adaptiveGradClip(${s})`, optim.adaptiveGradClip(s)] as const),
  size.map((s) => [`clipByBlockRms(${s})`, optim.clipByBlockRms(s)] as const),
  decay.map((d) => [`ema(${d})`, optim.ema(d)] as const),
  decay.map(
    (d) => [`masked(trace(${d}))`, optim.masked(optim.trace(d), { w: true, layers: false })] as const,
  ),
  decay.map(
    (d) =>
      [
        `partition(trace(${d}), clip)`,
        optim.partition({ a: optim.trace(d), b: optim.clip(0.5) }, { w: "a", layers: "b" }),
      ] as const,
  ),
  fc.constant(["setToZero()", optim.setToZero()] as const),
  size.map((s) => [`addNoise(${s}, 0.55, 3)`, optim.addNoise(s, 0.55, 3)] as const),
  decay.map((d) => [`applyIfFinite(trace(${d}), 1)`, optim.applyIfFinite(optim.trace(d), 1)] as const),
  fc
    .tuple(decay, fc.integer({ min: 1, max: 3 }), fc.boolean())
    .map(
      ([d, every, useGradMean]) =>
        [
          `multiSteps(trace(${d}), ${every}, { useGradMean: ${useGradMean} })`,
          optim.multiSteps(optim.trace(d), every, { useGradMean, accumulatorDtype: "float64" }),
        ] as const,
    ),
  size.map((s) => {
    const learningRate: optim.Schedule = (count) => np.divide(s, np.add(count, 1));
    const optimizer = optim.injectHyperparams(({ learningRate }) => optim.sgd(learningRate), {
      learningRate,
    });
    return [`injectHyperparams(sgd, ${s} / (count + 1))`, optimizer] as const;
  }),
  fc
    .tuple(fc.integer({ min: 0, max: 2 }), fc.integer({ min: 1, max: 2 }))
    .map(([patience, accumulationSize]) => {
      const options = { factor: 0.5, patience, accumulationSize };
      return [`reduceOnPlateau(${JSON.stringify(options)})`, optim.reduceOnPlateau(options)] as const;
    }),
  fc
    .integer({ min: 1, max: 3 })
    .map((memorySize) => [`scaleByLbfgs(${memorySize})`, optim.scaleByLbfgs({ memorySize })] as const),
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

/** What stands for the loss, of which some transformations want to know. */
const extras = { value: arrayFrom(0.5, "float64") };

/** All that can be seen of a transformation: its updates, one step after another. */
const run = (optimizer: Optimizer, [start, gradients]: readonly [Params, readonly Params[]]): number[][] => {
  let params = start;
  let state = optimizer.init(params);
  return gradients.map((gradient) => {
    const [updates, next] = optimizer.update(gradient, state, params, extras);
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
    const [once, stateOnce] = f.update(first, state, params, extras);
    const [twice, stateTwice] = f.update(first, state, params, extras);
    expect(flat(once)).toEqual(flat(twice));
    expect(JSON.stringify(stateOnce)).toEqual(JSON.stringify(stateTwice));
    expect([params, ...gradients].map(flat)).toEqual(before);
  });

  property.prop([transformations, histories])("is the same under jit", ([, f], history) => {
    const update = jit((g: unknown, s: unknown, p: unknown) => f.update(g, s, p, extras));
    const compiled: Optimizer = { ...f, update: (g, s, p) => update(g, s, p) as never };
    const [expected, got] = [run(f, history), run(compiled, history)];
    for (const [i, updates] of got.entries()) {
      for (const [k, x] of updates.entries()) expect(x).toBeCloseTo(expected[i]?.[k] as number, 12);
    }
  });

  property.prop([transformations, histories])(
    "keeps structure, shapes and dtypes of its state",
    ([, f], [params, gradients]) => {
      const describeState = (state: unknown) => [
        structure(state).toString(),
        leaves(state).map((x) => [(x as NDArray).shape, (x as NDArray).dtype, (x as NDArray).weakType]),
      ];
      const before = f.init(params);
      // Gradients of another dtype than the parameters must not change it either.
      const other = map((x) => np.astype(x, "float32"), gradients[0] as Params);
      for (const gradient of [gradients[0] as Params, other]) {
        const [updates, after] = f.update(gradient, before, params, extras);
        expect(describeState(after)).toEqual(describeState(before));
        expect(structure(updates).equals(structure(params))).toBe(true);
      }
    },
  );

  property.prop([transformations, histories])("of a batch is a loop", ([, f], [params, gradients]) => {
    const stacked: Params = {
      w: np.stack(gradients.map((g) => g.w)),
      layers: [{ b: np.stack(gradients.map((g) => g.layers[0]?.b as NDArray)) }],
    };
    const state = f.init(params);
    const batched = vmap((g: Params) => f.update(g, state, params, extras)[0])(stacked);
    const looped = gradients.map((g) => f.update(g, state, params, extras)[0]);
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
    ["adagrad", optim.adagrad(1)],
    ["adadelta", optim.adadelta(50)],
    ["rmsprop", optim.rmsprop((count) => np.divide(0.1, np.add(1, np.multiply(0.1, count))))],
    ["centered rmsprop with momentum", optim.rmsprop(0.001, { centered: true, momentum: 0.9, eps: 1 })],
    ["amsgrad", optim.amsgrad(0.1)],
    ["adamax", optim.adamax(0.1)],
    ["nadam", optim.nadam(0.1)],
    ["nadamw", optim.nadamw(0.1, { weightDecay: 1e-6 })],
    ["radam", optim.radam(0.1)],
    ["lamb", optim.lamb((count) => np.divide(0.3, np.add(1, np.multiply(0.2, count))))],
    [
      "lars",
      optim.lars((count) => np.divide(0.1, np.add(1, np.multiply(0.1, count))), {
        trustCoefficient: 1,
        momentum: 0.5,
      }),
    ],
    ["lion", optim.lion((count) => np.divide(0.5, np.add(1, count)), { weightDecay: 0 })],
    ["adafactor", optim.adafactor((count) => np.divide(1, np.add(1, np.multiply(0.2, count))))],
    [
      "masked sgd, the rest unchanged",
      optim.chain(optim.masked(optim.scale(0.5), { w: true, layers: false }), optim.sgd(0.05)),
    ],
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
    ...(
      [
        ["scaleByTrustRatio", optim.scaleByTrustRatio()],
        ["scaleByParamBlockNorm", optim.scaleByParamBlockNorm()],
        ["scaleByParamBlockRms", optim.scaleByParamBlockRms()],
        ["scaleByFactoredRms", optim.scaleByFactoredRms()],
        ["adaptiveGradClip", optim.adaptiveGradClip(1)],
      ] as [string, Optimizer][]
    ).map(
      ([name, optimizer]) =>
        [
          `${name} without parameters`,
          () => optimizer.update(params, optimizer.init(params)),
          ArgumentError,
          new RegExp(`^${name}: update needs the parameters; call optimizer.update`),
        ] as const,
    ),
    [
      "a mask that does not fit",
      () => optim.masked(optim.identity(), { w: true } as never).init(params),
      TypeError,
      /masked: params must have the structure of mask, or begin with it.*layers/s,
    ],
    [
      "a label without transformation",
      () =>
        optim.partition({ a: optim.identity(), b: optim.identity() }, { w: "a", layers: "c" }).init(params),
      ArgumentError,
      /partition: no transformation for the label "c"; there are those for "a", "b"/,
    ],
    [
      "labels that do not fit",
      () => optim.partition({ a: optim.identity() }, ["a"] as never).init(params),
      TypeError,
      /partition: params must have the structure of paramLabels/,
    ],
    [
      "an unknown mode",
      () => optim.lion(0.1, { mode: "soft" as never }),
      ArgumentError,
      /scaleByLion: mode must be "hard", "smooth" or "refined"; got soft/,
    ],
    [
      "units of many axes",
      () => {
        const x = np.ones([2, 2, 2, 2, 2, 2]);
        optim.adaptiveGradClip(1).update(x, null, x);
      },
      ArgumentError,
      /adaptiveGradClip: units are known of arrays with 1 to 5 axes; got the shape \[2, 2, 2, 2, 2, 2\]/,
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
