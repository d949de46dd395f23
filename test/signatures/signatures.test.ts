import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import "../../src/numpy/methods.ts";
import { makeTable, TABLE_FILE } from "./table.ts";

test("docs/shapes-and-dtypes.md is what `npm run signatures` writes", () => {
  expect(readFileSync(TABLE_FILE, "utf8")).toBe(makeTable());
});
