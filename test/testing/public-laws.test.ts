import { customJvp, jit, type NDArray, nn, numpy as np, tree } from "cotangent";
import * as optim from "cotangent/optim";
import { arrays, laws, pytrees } from "cotangent/testing";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Primitive, registeredPrimitives } from "../../src/core/index.ts";
import { withRules } from "../mutation/mutations.ts";

const few = { numRuns: 20, seed: 1 };
const one = fc.tuple(arrays({ maxRank: 2, minLength: 1 }));
const many = { seed: 1, numRuns: 200 };

describe("laws.derivative", () => {
  test("holds for functions of the library, and passes over kinks", () => {
    laws.derivative((x: NDArray) => np.sum(np.tanh(x)), one, few);
    laws.derivative((x: NDArray) => nn.relu(x), one, few);
    laws.derivative(
      (x: NDArray) => np.sqrt(x),
      fc.tuple(arrays({ shape: [2], elements: { min: 0.5 } })),
      few,
    );
  });

  test("finds the smallest arguments that fail, and says why", () => {
    const wrong = customJvp((x: NDArray) => np.exp(x));
    wrong.defjvp(([x]: [NDArray], [t]: [NDArray]) => [np.exp(x), t.mul(2).mul(np.exp(x))]);
    expect(() => laws.derivative((x: NDArray) => wrong(x), one, few)).toThrow(
      /is wrong at .*Probable cause: a wrong factor: it is the right one times 2/s,
    );
  });
});

describe("laws.linear", () => {
  test("tells linear functions from others", () => {
    laws.linear((x: NDArray) => np.cumsum(x).mul(3), one, few);
    laws.linear((x: NDArray) => np.fft.irfft(np.fft.rfft(x)), fc.tuple(arrays({ shape: [6] })), few);
    expect(() => laws.linear((x: NDArray) => x.mul(x), one, few)).toThrow(/expected 0\.5·f\(x\)/);
  });
});

describe("laws.transforms", () => {
  const two = fc.tuple(arrays({ shape: [3] }), arrays({ shape: [3, 2], dtype: ["float32", "float64"] }));

  test("holds for functions of the library", () => {
    laws.transforms((x: NDArray, w: NDArray) => [nn.softmax(x.matmul(w)), np.sum(w)], two, few);
    laws.transforms(
      jit((x: NDArray) => np.sin(x).mul(x)),
      one,
      few,
    );
  });

  test("finds a rule that is broken", () => {
    const tanh = registeredPrimitives().find((p) => p.name === "tanh") as Primitive;
    const right = tanh.batch.bind(tanh);
    const batch: Primitive["batch"] = (...args) => {
      const result = right(...args);
      return { ...result, outputs: result.outputs.map((x) => x.mul(2)) };
    };
    withRules(tanh, { batch }, () => {
      expect(() => laws.transforms((x: NDArray) => np.tanh(x), one, few)).toThrow(/vmap: checkBatching/);
    });
  });

  test("finds functions that are not pure", () => {
    let count = 0;
    expect(() => laws.transforms((x: NDArray) => x.add(count++), one, few)).toThrow(
      /the function called again/,
    );
  });
});

describe("laws.optimizer", () => {
  test.each([
    ["sgd", optim.sgd(0.1, { momentum: 0.5 })],
    ["adam", optim.adam(0.05)],
    ["chain", optim.chain(optim.clipByGlobalNorm(1), optim.rmsprop(0.05))],
    ["lbfgs", optim.lbfgs()],
  ])("holds for %s", (_, optimizer) => {
    laws.optimizer(optimizer as optim.GradientTransformation<unknown>, { numRuns: 4, seed: 1, steps: 40 });
  });

  test("finds steps uphill, states that grow, and steps that remember", () => {
    const few = { numRuns: 5, seed: 1, steps: 20 };
    expect(() => laws.optimizer(optim.scale(0.1), few)).toThrow(/after 20 steps the loss is/);
    const growing: optim.GradientTransformation<NDArray[]> = {
      init: () => [],
      update: (grads, state) => [grads, [...state, np.zeros([])]],
    };
    expect(() => laws.optimizer(growing, few)).toThrow(/the state after a step/);
    let steps = 0;
    const remembering: optim.GradientTransformation<null> = {
      init: () => null,
      update: (grads) => {
        steps++;
        return [tree.map((g: NDArray) => g.mul(-steps), grads as never) as typeof grads, null];
      },
    };
    expect(() => laws.optimizer(remembering, few)).toThrow(/update, called again/);
  });
});

describe("laws.pytree", () => {
  class Pair {
    readonly a: unknown;
    readonly b: unknown;
    constructor(a: unknown, b: unknown) {
      this.a = a;
      this.b = b;
    }
  }
  class Swapped extends Pair {}
  tree.registerPytreeNode(Pair, {
    flatten: (p) => [[p.a, p.b], undefined],
    unflatten: (_, [a, b]) => new Pair(a, b),
    keys: ["a", "b"],
  });
  tree.registerPytreeNode(Swapped, {
    flatten: (p) => [[p.a, p.b], undefined],
    unflatten: (_, [a, b]) => new Swapped(b, a),
  });
  const pairs = fc.tuple(pytrees(), arrays());

  test("holds for trees and classes", () => {
    laws.pytree(pytrees({ edges: true, dtype: ["float32", "int32", "bool"] }), many);
    laws.pytree(
      pairs.map(([a, b]) => new Pair(a, [b, null])),
      few,
    );
  });

  test("finds a class that is put together wrongly", () => {
    expect(() =>
      laws.pytree(
        pairs.map(([a, b]) => new Swapped(a, b)),
        few,
      ),
    ).toThrow(/unflatten\(flatten\(tree\)\) has/);
  });
});
