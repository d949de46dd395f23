/**
 * Code of pages and docstrings is written to files, so that the compiler checks it and the test runner runs it.
 */
import { execFileSync } from "node:child_process";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** A folder of modules that are made anew by each run. */
export class Generated {
  readonly folder: string;

  constructor(name: string) {
    this.folder = join("test/docs/.generated", name);
    rmSync(this.folder, { recursive: true, force: true });
    mkdirSync(this.folder, { recursive: true });
    writeFileSync(
      join(this.folder, "tsconfig.json"),
      JSON.stringify({
        extends: "../../../../tsconfig.json",
        compilerOptions: {
          noUnusedLocals: false,
          noUnusedParameters: false,
          // As in a reader's project, which has `strict` and not all that this one has.
          noUncheckedIndexedAccess: false,
          noPropertyAccessFromIndexSignature: false,
          erasableSyntaxOnly: false,
          paths: { cotangent: ["../../../../src/index.ts"], "cotangent/*": ["../../../../src/*/index.ts"] },
        },
        include: ["*.ts"],
      }),
    );
  }

  /** Write a module; returns its absolute path. */
  write(name: string, code: string): string {
    const path = join(this.folder, name);
    writeFileSync(path, code);
    return join(process.cwd(), path);
  }

  /** What the compiler says of all modules. */
  typeErrors(): string {
    try {
      execFileSync("npx", ["tsc", "-p", this.folder], { encoding: "utf8" });
      return "";
    } catch (error) {
      return String((error as { stdout: unknown }).stdout);
    }
  }
}
