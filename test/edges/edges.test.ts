import { readFileSync } from "node:fs";
import { describe, expect, it, test } from "vitest";
import "../../src/numpy/methods.ts";
import { EXPRESSIONS } from "./expressions.ts";
import { CASES, isSame, makeTable, ours, reasonFor, TABLE_FILE } from "./table.ts";

describe("at the edges ours are JAX's, or there is a reason", () => {
  for (const expression of Object.keys(EXPRESSIONS)) {
    it(expression, () => {
      const cases = CASES.filter(([name]) => name === expression);
      expect(cases.length).toBeGreaterThan(0);
      for (const edge of cases) {
        const [, dtype, args, value, gradients] = edge;
        if (reasonFor(edge) !== undefined) continue;
        const [own, ownGradients] = ours(edge);
        const isEqual = isSame(own, value, dtype) && isSame(ownGradients, gradients, dtype);
        expect({ dtype, args, own, ownGradients, isEqual }).toEqual({
          dtype,
          args,
          own: isEqual ? own : value,
          ownGradients: isEqual ? ownGradients : gradients,
          isEqual: true,
        });
      }
    });
  }

  it("every case has an expression", () => {
    expect(CASES.map(([name]) => name).filter((name) => !(name in EXPRESSIONS))).toEqual([]);
  });

  it("a reason is for a difference", () => {
    const needless = CASES.filter((edge) => {
      const [, dtype, , value, gradients] = edge;
      if (dtype !== "float64" || reasonFor(edge) === undefined) return false;
      const [own, ownGradients] = ours(edge);
      return isSame(own, value, dtype) && isSame(ownGradients, gradients, dtype);
    });
    expect(needless.map(([name, dtype, args]) => [name, dtype, args])).toEqual([]);
  });
});

test("docs/edges.md is what `npm run edges` writes", () => {
  expect(readFileSync(TABLE_FILE, "utf8")).toBe(makeTable());
});
