import { writeFileSync } from "node:fs";
import "../../src/numpy/methods.ts";
import { makeTable, TABLE_FILE } from "./table.ts";

/*
 * `npm run signatures`: writes docs/shapes-and-dtypes.md.
 */

writeFileSync(TABLE_FILE, makeTable());
