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
  (functions.get(call) as Make)(
    ...args.map((argument) => {
      if (argument === "schedule") return schedule;
      return Array.isArray(argument) ? build(String(argument[0]), argument.slice(1)) : argument;
    }),
  );

/** A running mean of squares is divided by 1 - 0.999^n, which in float32 has few digits. */
const TOLERANCE: { readonly [dtype: string]: number } = { float32: 1e-4, float64: 1e-10 };

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
            (TOLERANCE[dtype] as number) * Math.max(1, Math.abs(y)),
          );
        }
      });
    },
  );
});
