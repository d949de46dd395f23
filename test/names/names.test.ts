import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { makeTable, TABLE_FILE } from "./table.ts";

const { text, gaps } = makeTable();

test("every name of JAX is ours or has a reason (test/names/reasons.ts)", () => {
  expect(gaps).toEqual([]);
});

test("docs/jax-names.md is what `npm run names` writes", () => {
  expect(readFileSync(TABLE_FILE, "utf8")).toBe(text);
});
