import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { listOf, MARK, messagesIn } from "./messages.ts";

const page = readFileSync("docs/errors.md", "utf8");
const sources = (readdirSync("src", { recursive: true }) as string[])
  .filter((file) => file.endsWith(".ts"))
  .map((file) => readFileSync(join("src", file), "utf8"));

describe("docs/errors.md", () => {
  test("has a section with cause and cure for every class of errors", () => {
    const classes = sources.flatMap((text) =>
      [...text.matchAll(/^export class (\w*Error|LawViolation) extends (?:CotangentError|Error)\b/gm)].map(
        ([, name]) => name as string,
      ),
    );
    expect(classes.length).toBeGreaterThan(9);
    for (const name of classes) {
      const section = page.split(`\n## ${name}\n`)[1]?.split("\n## ")[0];
      expect(section, `a section "## ${name}"`).toBeDefined();
      if (!["CotangentError", "LawViolation"].includes(name)) {
        expect(section, name).toMatch(
          /\*\*Cause\.\*\*[\s\S]*\*\*Cure\.\*\*|\*\*Cause\.\*\*[\s\S]*please report/,
        );
      }
    }
  });

  test("lists the messages of the sources as they are now; if not, run npm run errors", () => {
    expect(page.split(MARK)[1]).toBe(`\n${listOf(messagesIn("src"))}`);
  });
});
