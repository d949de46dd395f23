import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { arrayFrom, type DType, type NDArray, type NestedInput } from "../../src/array/index.ts";
import * as np from "../../src/numpy/index.ts";
import * as optim from "../../src/optim/index.ts";
import { jit } from "../../src/transforms/jit.ts";

/** What Optax does; `golden/optim.py` says how it is written. */
interface Golden {
  readonly start: Tree<NestedInput>;
  readonly shown: readonly number[];
  readonly gradients: readonly Tree<NestedInput>[];
  readonly runs: readonly {
    readonly call: string;
    readonly args: readonly unknown[];
    readonly dtype: DType;
    readonly params: readonly Tree<NestedInput>[];
  }[];
}
interface Tree<A> {
  readonly w: A;
  readonly b: A;
  readonly deep: readonly [{ readonly s: A }];
}

const golden = JSON.parse(readFileSync(new URL("../golden/optim.json", import.meta.url), "utf8")) as Golden;

const typed = ({ w, b, deep }: Tree<NestedInput>, dtype: DType): Tree<NDArray> => ({
  w: arrayFrom(w, dtype),
  b: arrayFrom(b, dtype),
  deep: [{ s: arrayFrom(deep[0].s, dtype) }],
});

const numbers = ({ w, b, deep }: Tree<NDArray>): number[] =>
  [w, b, deep[0].s].flatMap((x) => [...x.toTypedArray()]);

const schedule: optim.Schedule = (count) => np.where(np.less(count, 20), 0.125, 0.03125);

type Make = (...args: readonly unknown[]) => optim.GradientTransformation<unknown>;
const functions = new Map(Object.entries(optim)) as ReadonlyMap<string, unknown>;

/** An optimizer from its name and arguments, in which names and arguments of others may stand. */
const build = (call: string, args: readonly unknown[]): optim.GradientTransformation<unknown> =>
  (functions.get(call) as Make)(...args.map(revive));

/** An argument, in which `["name", …]` stands for the optimizer of that name, and "schedule" for the schedule. */
const revive = (argument: unknown): unknown => {
  if (argument === "schedule") return schedule;
  if (Array.isArray(argument)) {
    const [first, ...rest] = argument as readonly unknown[];
    return typeof first === "string" ? build(first, rest) : argument.map(revive);
  }
  if (typeof argument !== "object" || argument === null) return argument;
  return Object.fromEntries(Object.entries(argument).map(([name, value]) => [name, revive(value)]));
};

/** A running mean of squares is divided by 1 - 0.999^n, which in float32 has few digits. */
const TOLERANCE = { float32: 1e-4, float64: 1e-10 } as const;

/** The runs that need more, and why. */
const toleranceOf = (call: string, dtype: "float32" | "float64"): number => {
  // Optax calculates the rate of decay of factored means in float32 always.
  if (/adafactor|FactoredRms/.test(call) && dtype === "float64") return 1e-6;
  // The length of samples is a small difference of numbers near 1999, which 0.999^n makes inexact.
  if (/radam/i.test(call) && dtype === "float32") return 5e-4;
  return TOLERANCE[dtype];
};

describe.each(["float64", "float32"] as const)("the steps of Optax in %s", (dtype) => {
  const runs = golden.runs.filter((run) => run.dtype === dtype);
  test.each(runs.map((run) => [`${run.call} ${JSON.stringify(run.args)}`, run] as const))(
    "%s",
    (_title, run) => {
      const optimizer = build(run.call, run.args);
      const step = jit((gradients: Tree<NDArray>, state: unknown, params: Tree<NDArray>) => {
        const [updates, next] = optimizer.update(gradients, state, params);
        return [optim.applyUpdates(params, updates), next] as const;
      });
      let params = typed(golden.start, dtype);
      let state = optimizer.init(params);
      golden.gradients.forEach((gradients, i) => {
        [params, state] = step(typed(gradients, dtype), state, params);
        const shown = golden.shown.indexOf(i + 1);
        if (shown < 0) return;
        const expected = numbers(typed(run.params[shown] as Tree<NestedInput>, dtype));
        for (const [k, x] of numbers(params).entries()) {
          const y = expected[k] as number;
          expect(Math.abs(x - y)).toBeLessThanOrEqual(
            toleranceOf(run.call, dtype) * Math.max(1, Math.abs(y)),
          );
        }
      });
    },
  );
});
