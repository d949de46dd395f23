import { describe, expect, test } from "vitest";
import { compileProgram } from "../src/functions/compile-program.ts";
import { ProgramError } from "../src/functions/program-error.ts";

const addresses = new Map([
  ["cotangent", "blob:one"],
  ["cotangent/optim", "blob:two"],
]);
const compile = (source: string): string => compileProgram(source, addresses);

const refusal = (source: string): ProgramError => {
  try {
    compile(source);
  } catch (error) {
    if (error instanceof ProgramError) return error;
  }
  throw new Error("It was not refused.");
};

describe("compileProgram", () => {
  test("takes types away and leaves every line where it is", () => {
    const source = [
      'import { numpy as np, type NDArray } from "cotangent";',
      "interface P {",
      "  readonly w: NDArray;",
      "}",
      "type Q = P | null;",
      "export const f = <T extends P>({ w }: T, n?: number): NDArray =>",
      "  np.sum(w.mul((n ?? 1) as number)!);",
      "export const args = [{ w: 1 }] satisfies readonly P[];",
    ];
    const lines = compile(source.join("\n")).split("\n");
    expect(lines).toHaveLength(source.length);
    expect(lines[0]).toContain('"blob:one"');
    expect(lines[6]).toContain("np.sum(w.mul((n ?? 1) ))");
    expect(lines[7]).toContain("export const args = [{ w: 1 }]");
  });

  test("leads imports of every kind to addresses", () => {
    const source =
      'import * as all from "cotangent";\nexport { sgd } from "cotangent/optim";\nexport const f = () => import("cotangent/optim");\nall;';
    expect(compile(source)).toBe(
      'import * as all from "blob:one";\nexport { sgd } from "blob:two";\nexport const f = () => import("blob:two");\nall;',
    );
  });

  test("drops imports of types alone", () => {
    expect(
      compile('import type { NDArray } from "cotangent";\nexport const f = (x: NDArray) => x;'),
    ).not.toContain("blob:");
  });

  test("text in strings and comments is no import", () => {
    const source = '// import x from "lodash"\nexport const f = () => \'import y from "z"\';';
    expect(compile(source)).toBe(source);
  });

  test("refuses other imports, and says in which line", () => {
    const { message, line } = refusal(
      'import { grad } from "cotangent";\n\nimport _ from "lodash";\ngrad(_);',
    );
    expect(message).toBe('"lodash" can\'t be imported here; there are cotangent, cotangent/optim.');
    expect(line).toBe(3);
  });

  test("refuses what is no TypeScript, and says in which line", () => {
    const { message, line } = refusal("export const f = 1;\nexport const g = (;\n");
    expect(message).toMatch(/^Unexpected token/);
    expect(line).toBe(2);
  });
});
