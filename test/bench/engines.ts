/**
 * Our compiled closures beside ONNX Runtime, with one and two threads, and XLA, which xla.py then times, on the same
 * programs and arguments:
 *
 *     npx tsx test/bench/engines.ts --seconds 10 --xla cases.jsonl && env/bin/python test/bench/xla.py cases.jsonl 10
 *
 * Each program runs for so many seconds on all engines here in turn, so that what else the machine does meets them alike;
 * the fastest call counts. Times are those of whole calls from JavaScript, arguments in and results out.
 */
import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { jit, tree } from "cotangent";
import { toStableHLO } from "cotangent/export";
import { onnxJit } from "cotangent/onnx";
import { plain } from "../golden/plain-array.ts";
import { type EngineProgram, enginePrograms } from "./engine-programs.ts";

const { values: options } = parseArgs({
  options: {
    /** How long each program runs. */
    seconds: { type: "string", default: "10" },
    /** Where the programs are written for xla.py. */
    xla: { type: "string" },
  },
});

/** The fastest call of each, in milliseconds. */
const fastest = async (calls: readonly (() => unknown)[], seconds: number): Promise<number[]> => {
  const times = calls.map(() => Number.POSITIVE_INFINITY);
  for (const end = performance.now() + 1000 * seconds; performance.now() < end; ) {
    for (const [i, call] of calls.entries()) {
      const begun = performance.now();
      await call();
      times[i] = Math.min(times[i] as number, performance.now() - begun);
    }
  }
  return times;
};

const timesOf = async ({ fun, args, onOnnx }: EngineProgram): Promise<number[]> => {
  const threads = onOnnx ? [1, 2] : [];
  const theirs = await Promise.all(
    threads.map((intraOpNumThreads) => onnxJit(fun, { intraOpNumThreads })(...args)),
  );
  const calls = [jit(fun), ...theirs].map((f) => () => f(...args));
  const times = await fastest(calls, Number(options.seconds));
  for (const closure of theirs) await closure.release();
  return times;
};

const caseOf = ({ name, fun, args }: EngineProgram): string =>
  JSON.stringify({
    subject: name,
    module: toStableHLO(fun)(...args),
    inputs: tree.leaves(args).map((x) => plain(x as never)),
  });

console.log("| program | compiled here | ONNX Runtime, 1 thread | 2 threads |\n|---|---:|---:|---:|");
for (const program of enginePrograms) {
  const times = await timesOf(program);
  const cells = [0, 1, 2].map((i) => (times[i] === undefined ? "" : `${times[i].toFixed(1)} ms`));
  console.log(`| ${program.name} | ${cells.join(" | ")} |`);
}
if (options.xla !== undefined)
  writeFileSync(options.xla, enginePrograms.map((program) => `${caseOf(program)}\n`).join(""));
