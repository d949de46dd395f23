/**
 * A training run in a process of its own, for a test that kills it: `tsx run.ts <checkpoint> <file for the result>`.
 * It says "step n" as it goes.
 */
import { writeFileSync } from "node:fs";
import * as data from "../../src/data/index.ts";
import { formatSafetensors, namedArrays } from "../../src/io/index.ts";
import { fit } from "../../src/train/index.ts";
import { begin, problem, step } from "./problem.ts";

const [checkpoint, result] = process.argv.slice(2) as [string, string];
const { state, history } = await fit(begin(), {
  epochs: 4,
  step,
  batches: (epoch) => data.batches(problem.data, 8, { key: problem.keyFor(epoch) }),
  checkpoint: { path: checkpoint, everySteps: 3 },
  onStep: async ({ step: n }) => {
    process.stdout.write(`step ${n}\n`);
    await new Promise((done) => setTimeout(done, 5));
  },
  progress: null,
});
writeFileSync(
  result,
  formatSafetensors(namedArrays(state), { metadata: { history: JSON.stringify(history) } }),
);
