/**
 * Writes an event file into a folder, for TensorBoard to read: see event_files.py. The test writes the same events.
 *
 *     npx tsx test/golden/event-files.ts run
 */
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { argv } from "node:process";
import { encodeEvents, type RunEvent } from "cotangent/inspect";

/** Events with whatever is odd about them: large steps, names in other scripts, infinite numbers, an empty histogram. */
export const events: readonly RunEvent[] = [
  { step: 0, wallTime: 1000.5, scalars: { loss: 1.5, "acc/test": 0.25 } },
  {
    step: 7,
    wallTime: 1001.25,
    scalars: { loss: -0.1, 損失: 3 },
    histograms: {
      "grad/kernel": { edges: [-1, 0, 2], counts: [3, 1], sum: 0.5, sumOfSquares: 4.25 },
      none: { edges: [0, 0], counts: [0], sum: 0, sumOfSquares: 0 },
    },
  },
  { step: 2 ** 40, wallTime: 2e9, scalars: { loss: Number.POSITIVE_INFINITY } },
];

const [, program = "", folder] = argv;
if (folder !== undefined && program.endsWith("event-files.ts")) {
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, "events.out.tfevents.0"), encodeEvents(events));
}
