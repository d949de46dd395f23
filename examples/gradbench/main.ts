/**
 * A tool for GradBench (github.com/gradbench/gradbench): it reads an eval's messages from standard input and answers on
 * standard output. docs/gradbench.md tells how to run it against an eval:
 *
 *     npm run -s gradbench
 */
import { createInterface } from "node:readline";
import { findModule } from "./modules.ts";
import { type Message, respond } from "./protocol.ts";

for await (const line of createInterface({ input: process.stdin })) {
  process.stdout.write(`${JSON.stringify(respond(JSON.parse(line) as Message, findModule))}\n`);
}
