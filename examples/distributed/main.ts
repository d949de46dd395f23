/**
 * Writes a training step for XLA, what it starts from, the batches, and the parameters that the same steps give here:
 *
 *     npx tsx examples/distributed/main.ts run --devices 8
 *     python examples/distributed/run.py run
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { jit, type NDArray, random, tree } from "cotangent";
import { partition, toStableHLO } from "cotangent/export";
import { formatSafetensors } from "cotangent/io";
import { batchAt, drawBatches, initialState, trainingStep } from "./training.ts";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    devices: { type: "string", default: "1" },
    steps: { type: "string", default: "100" },
    seed: { type: "string", default: "0" },
  },
});
const [folder = "run"] = positionals;
const [devices, steps] = [Number(values.devices), Number(values.steps)];
const key = random.key(Number(values.seed));

let state = initialState(random.foldIn(key, 0));
const batches = drawBatches(random.foldIn(key, 1), steps);

// The batch is split over the devices; everything else every device has whole.
const module = toStableHLO(trainingStep, {
  mesh: { data: devices },
  inShardings: [partition(), partition("data")],
})(state, batchAt(batches, 0));

/** The arrays of a tree by the names that the module has for them. */
const named = (root: string, arrays: object): [string, NDArray][] =>
  tree.flattenWithPath(arrays)[0].map(([path, x]) => [tree.formatPath(path, root), x as NDArray]);

mkdirSync(folder, { recursive: true });
const write = (name: string, arrays: readonly [string, NDArray][]): void =>
  writeFileSync(join(folder, `${name}.safetensors`), formatSafetensors(new Map(arrays)));
writeFileSync(join(folder, "step.mlir"), module);
write("start", named("state", state));
write("batches", named("batch", batches));

const step = jit(trainingStep);
let loss: NDArray | undefined;
for (let i = 0; i < steps; i++) [state, loss] = step(state, batchAt(batches, i));
write("expected", named("state", state));
console.log(
  `${steps} steps here, the last loss ${Number(loss).toFixed(4)}; written to ${folder} for ${devices} devices`,
);
