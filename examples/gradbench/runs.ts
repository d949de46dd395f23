import { jit, type tree } from "cotangent";
import type { Evaluation, Timing } from "./protocol.ts";

/** What nearly every eval asks for: how often and for how long a function runs. */
export interface Runs {
  /** At least that many times. */
  readonly min_runs: number;
  /** Until it took that many seconds in all. */
  readonly min_seconds: number;
}

const clock = (name: string, start: bigint): Timing => ({
  name,
  nanoseconds: Number(process.hrtime.bigint() - start),
});

/**
 * A function of an eval, run as often as its input asks. What `prepare` does (arrays are made of the input, programs
 * traced and compiled) and what `output` does (plain data are made of the result) isn't part of an evaluation: the
 * former is a timing of its own.
 *
 * @param prepare gives what one evaluation is.
 */
export const repeated =
  <I extends Runs, Y>(prepare: (input: I) => () => Y, output: (result: Y) => unknown) =>
  (input: I): Evaluation => {
    const start = process.hrtime.bigint();
    const run = prepare(input);
    const timings = [clock("prepare", start)];
    let result: Y;
    let elapsed = 0;
    do {
      const begin = process.hrtime.bigint();
      result = run();
      const timing = clock("evaluate", begin);
      timings.push(timing);
      elapsed += timing.nanoseconds;
    } while (timings.length <= input.min_runs || elapsed < input.min_seconds * 1e9);
    return { output: output(result), timings };
  };

/** `f` of these arguments, compiled for them before it is called. */
export const compiled = <A extends readonly unknown[], R>(
  f: (...args: A) => R,
  ...args: { [K in keyof A]: tree.Inputs<A[K]> }
): (() => tree.Arrays<R>) => {
  const run = jit(f)
    .lower(...args)
    .compile();
  return () => run(...args);
};
