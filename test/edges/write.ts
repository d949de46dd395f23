import { writeFileSync } from "node:fs";
import "../../src/numpy/methods.ts";
import { makeTable, TABLE_FILE } from "./table.ts";

/*
 * `npm run edges`: writes docs/edges.md.
 */

writeFileSync(TABLE_FILE, makeTable());
