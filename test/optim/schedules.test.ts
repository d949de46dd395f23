import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { type ArrayLike, arrayFrom, asArray, type DType, type NDArray } from "../../src/array/index.ts";
import { ArgumentError } from "../../src/core/index.ts";
import * as optim from "../../src/optim/index.ts";
import { jit } from "../../src/transforms/jit.ts";
import { vmap } from "../../src/transforms/vmap.ts";

/** What Optax's schedules are; `golden/schedules.py` says how it is written. */
interface Golden {
  readonly counts: readonly number[];
  readonly runs: readonly {
    readonly call: string;
    readonly args: readonly unknown[];
    readonly dtype: DType;
    readonly values: readonly number[];
  }[];
}

const golden = JSON.parse(
  readFileSync(new URL("../golden/schedules.json", import.meta.url), "utf8"),
) as Golden;

const functions = new Map(Object.entries(optim)) as ReadonlyMap<string, unknown>;

/** Which arguments are values, whose dtype is that of the schedule. */
const VALUES: { readonly [call: string]: readonly number[] } = {
  piecewiseInterpolateSchedule: [1],
  polynomialSchedule: [0, 1],
  linearSchedule: [0, 1],
  warmupConstantSchedule: [0, 1],
  warmupCosineDecaySchedule: [0, 1],
  warmupExponentialDecaySchedule: [0, 1],
  linearOnecycleSchedule: [1],
  cosineOnecycleSchedule: [1],
};

const build = (call: string, args: readonly unknown[], dtype: DType): optim.Schedule => {
  const value = (x: unknown): unknown =>
    dtype === "float64" && typeof x === "number" ? arrayFrom(x, dtype) : x;
  const revive = (argument: unknown, i: number): unknown => {
    if ((VALUES[call] ?? [0]).includes(i) && typeof argument === "number") return value(argument);
    if (!Array.isArray(argument)) return argument;
    return argument.map((part: unknown) => {
      if (Array.isArray(part)) return build(String(part[0]), part.slice(1), dtype);
      if (typeof part !== "object") return part;
      const { initValue, peakValue, ...rest } = part as optim.SgdrPeriod;
      return { initValue: value(initValue), peakValue: value(peakValue), ...rest };
    });
  };
  const make = functions.get(call) as (...args: readonly unknown[]) => optim.Schedule;
  return make(...args.map(revive));
};

describe.each(["float64", "float32"] as const)("the schedules of Optax in %s", (dtype) => {
  const runs = golden.runs.filter((run) => run.dtype === dtype);
  test.each(runs.map((run) => [`${run.call} ${JSON.stringify(run.args)}`, run] as const))(
    "%s",
    (_title, run) => {
      const schedule = build(run.call, run.args, dtype);
      const counts = arrayFrom([...golden.counts], "int32");
      const compiled = jit(vmap((count: NDArray) => asArray(schedule(count), "schedule")))(counts);
      for (const [i, expected] of run.values.entries()) {
        // Optax divides int32 counts in float32, whatever the dtype of the values.
        const tolerance = 1e-6 * Math.max(Math.abs(expected), 0.1);
        const at: ArrayLike = schedule(arrayFrom(golden.counts[i] as number, "int32"));
        for (const x of [asArray(at, "schedule").item(), compiled.toTypedArray()[i]]) {
          expect(Math.abs((x as number) - expected)).toBeLessThanOrEqual(tolerance);
        }
      }
    },
  );
});

test("values given as float64 are calculated in float64", () => {
  const [value, count] = [arrayFrom(0.3, "float64"), arrayFrom(1, "int32")];
  for (const [schedule, expected] of [
    [optim.linearSchedule(value, 0, 3), 0.2],
    [optim.exponentialDecay(value, 1, 0.7), 0.21],
    [optim.cosineDecaySchedule(value, 3), 0.225],
  ] as const) {
    expect((schedule(count) as NDArray).item()).toBeCloseTo(expected, 14);
  }
});

describe("refusals", () => {
  test.each([
    [
      "a negative number of steps",
      () => optim.linearSchedule(0, 1, -1),
      /polynomialSchedule: transitionSteps must be a whole number of at least 0; got -1/,
    ],
    [
      "no steps of decay",
      () => optim.cosineDecaySchedule(1, 0),
      /cosineDecaySchedule: decaySteps must be a whole number of at least 1; got 0/,
    ],
    [
      "more warm-up than steps",
      () => optim.warmupCosineDecaySchedule(0, 1, 10, 10),
      /warmupCosineDecaySchedule: decaySteps must be a whole number of at least 11; got 10/,
    ],
    [
      "a negative factor",
      () => optim.piecewiseConstantSchedule(1, { 5: -1 }),
      /piecewiseConstantSchedule: factors must not be negative; got -1 at step 5/,
    ],
    [
      "a boundary between steps",
      () => optim.piecewiseConstantSchedule(1, { 1.5: 1 }),
      /piecewiseConstantSchedule: a boundary must be a whole number of at least 0; got 1.5/,
    ],
    [
      "another interpolation",
      () => optim.piecewiseInterpolateSchedule("cubic" as never, 1),
      /interpolateType must be "linear" or "cosine"; got cubic/,
    ],
    [
      "no steps of a cycle",
      () => optim.linearOnecycleSchedule(0, 1),
      /linearOnecycleSchedule: transitionSteps/,
    ],
    [
      "no boundaries",
      () => optim.joinSchedules([() => 1, () => 2], []),
      /joinSchedules: needs one boundary less than schedules, and at least one schedule; got 2 schedules and 0 boundaries/,
    ],
    ["no periods", () => optim.sgdrSchedule([]), /joinSchedules: needs one boundary less/],
    [
      "a delay before 0",
      () => optim.exponentialDecay(1, 5, 0.5, { transitionBegin: -1 }),
      /exponentialDecay: transitionBegin must be a whole number of at least 0; got -1/,
    ],
  ] as const)("%s", (_what, f, message) => {
    expect(f).toThrow(ArgumentError);
    expect(f).toThrow(message);
  });
});
