/**
 * Writes the modules that the export to StableHLO is proven on, with arguments and expected results, for XLA to run: see
 * stablehlo.py. The tests make the same modules.
 *
 *     npx tsx test/golden/stablehlo.ts cases.jsonl
 */

import { once } from "node:events";
import { createWriteStream } from "node:fs";
import { argv } from "node:process";
import { type ConcreteArray, denseData } from "../../src/array/index.ts";
import { type ProofCase, primitiveCases, programCases, provenPrimitives } from "../export/proof-cases.ts";

const plain = (x: ConcreteArray) => {
  const data = denseData(x);
  const bytes = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  return { dtype: x.dtype, shape: x.shape, data: bytes.toString("base64") };
};

const line = ({ inputs, expected, ...rest }: ProofCase): string =>
  `${JSON.stringify({ ...rest, inputs: inputs.map(plain), expected: expected.map(plain) })}\n`;

const [, , file, only] = argv;
if (file === undefined)
  throw new Error("Say where the cases are written: npx tsx test/golden/stablehlo.ts cases.jsonl");
const out = createWriteStream(file);
for (const primitive of provenPrimitives())
  if (only === undefined || only === primitive.name)
    for (const example of primitiveCases(primitive)) out.write(line(example));
if (only === undefined || only === "programs") for (const example of programCases()) out.write(line(example));
out.end();
await once(out, "finish");
