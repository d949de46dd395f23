/**
 * Writes the modules that the export to StableHLO is proven on, with arguments and expected results, for XLA to run: see
 * stablehlo.py. The tests make the same modules.
 *
 *     npx tsx test/golden/stablehlo.ts cases.jsonl
 *
 * or, behind the name of the file, subjects alone: names of primitives, or "programs" for all programs.
 */

import { once } from "node:events";
import { createWriteStream } from "node:fs";
import { argv } from "node:process";
import { type ProofCase, primitiveCases, programCases, provenPrimitives } from "../export/proof-cases.ts";
import { plain } from "./plain-array.ts";

const line = ({ inputs, expected, ...rest }: ProofCase): string =>
  `${JSON.stringify({ ...rest, inputs: inputs.map(plain), expected: expected().map(plain) })}\n`;

const [, , file, ...only] = argv;
if (file === undefined)
  throw new Error("Say where the cases are written: npx tsx test/golden/stablehlo.ts cases.jsonl");
const isWanted = (subject: string): boolean => only.length === 0 || only.includes(subject);
const out = createWriteStream(file);
for (const primitive of provenPrimitives())
  if (isWanted(primitive.name)) for (const example of primitiveCases(primitive)) out.write(line(example));
if (isWanted("programs")) for (const example of programCases()) out.write(line(example));
out.end();
await once(out, "finish");
