import { describe, it } from "vitest";
import { type Case, cases, compare, decode, run } from "./golden.ts";

const byName = new Map<string, Case[]>();
for (const c of cases) byName.set(c[0], [...(byName.get(c[0]) ?? []), c]);

describe("results of jax.numpy", () => {
  for (const [name, list] of byName) {
    it(`${name} (${list.length})`, () => {
      list.forEach(([, args, expected], i) => {
        try {
          compare(run(name, args.map(decode)), expected);
        } catch (error) {
          const text = JSON.stringify(args).slice(0, 300);
          (error as Error).message = `case ${i}, ${name}(${text}): ${(error as Error).message}`;
          throw error;
        }
      });
    });
  }
});
