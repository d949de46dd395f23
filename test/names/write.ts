import { writeFileSync } from "node:fs";
import { makeTable, TABLE_FILE } from "./table.ts";

/*
 * `npm run names`: writes docs/jax-names.md, and names what is neither ours nor has a reason.
 */

const { text, gaps } = makeTable();
writeFileSync(TABLE_FILE, text);
for (const { name, problem } of gaps) console.error(`${name}: ${problem}`);
process.exitCode = gaps.length === 0 ? 0 : 1;
