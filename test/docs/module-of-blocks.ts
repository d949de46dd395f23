/**
 * TypeScript code of a page becomes one module that can be type-checked and run. It keeps the page's line numbers, so
 * that the compiler and stack traces point into the page.
 *
 * CONTRIBUTING.md ("Code in pages") has the convention. In short: the blocks of a page run one after another and see one
 * another's names; `<!--ts … -->` is code that readers don't see; the comment after an expression statement is its value.
 */
import ts from "typescript";

/** Code of a page. */
export interface Block {
  readonly code: string;
  /** The line of the page on which the code begins, counted from 0. */
  readonly line: number;
  /** `no-run`: checked by the compiler and not run. `alone`: its names are its own. */
  readonly flags: ReadonlySet<string>;
}

const FLAGS: ReadonlySet<string> = new Set(["alone", "no-run"]);

/** The blocks of TypeScript in a page, hidden ones included. */
export const blocksOf = (page: string, where: string): readonly Block[] => {
  const blocks: Block[] = [];
  const lines = page.split("\n");
  let end: string | undefined;
  let current: { code: string[]; line: number; flags: ReadonlySet<string> } | undefined;
  lines.forEach((line, i) => {
    if (end !== undefined) {
      if (line.trim() !== end) {
        current?.code.push(line);
        return;
      }
      if (current !== undefined) blocks.push({ ...current, code: current.code.join("\n") });
      end = current = undefined;
      return;
    }
    const opening = /^(?:```(\S*)|<!--(ts))(?: +(.*))?$/.exec(line);
    if (opening === null) return;
    end = opening[2] === undefined ? "```" : "-->";
    if ((opening[1] ?? opening[2]) !== "ts") return;
    const flags = new Set((opening[3] ?? "").split(" ").filter((flag) => flag !== ""));
    for (const flag of flags) {
      if (!FLAGS.has(flag)) throw new Error(`${where}:${i + 1}: a block can't be "${flag}".`);
    }
    current = { code: [], line: i + 1, flags };
  });
  if (end !== undefined) throw new Error(`${where}: the last block does not end.`);
  return blocks;
};

/**
 * What a comment begins with if it shows a value, or is if it shows a dtype and shape; other comments after expressions are
 * prose, and so is what has an arrow in it.
 */
const VALUE =
  /^(?:[-−]?\d|[-−]?inf\b|[[{("']|true\b|false\b|null\b|undefined\b|nan\b|throws\b|[a-z]+\d*\[[\d, ]*\]$)(?!.*→)/i;

/** The value that the comment after a statement shows: on its last line, or else on the lines right below. */
export const shownValue = (code: string, end: number): string | undefined => {
  const [rest = "", ...below] = code.slice(end).split("\n");
  const onLine = /^\s*\/\/ ?(.*)$/.exec(rest)?.[1];
  const lines: string[] = onLine === undefined ? [] : [onLine];
  if (onLine === undefined && rest.trim() !== "") return undefined;
  for (const line of below) {
    const comment = /^\s*\/\/ ?(.*)$/.exec(line)?.[1];
    if (comment === undefined) break;
    // Below a value on the line, only what continues it: further in than the comment's own beginning.
    if (onLine !== undefined && !/^\s{4,}\/\//.test(line)) break;
    lines.push(comment);
  }
  const text = lines.join("\n").trim();
  return VALUE.test(text) ? text : undefined;
};

const parse = (code: string): ts.SourceFile =>
  ts.createSourceFile("block.ts", code, ts.ScriptTarget.ES2022, true, ts.ScriptKind.TS);

/** The code with every shown value compared, on the same lines. `lineOf` gives the line of the page, from 1. */
export const withChecks = (
  code: string,
  lineOf: (position: number) => number,
): { readonly code: string; readonly values: number } => {
  const source = parse(code);
  let checked = code;
  let values = 0;
  for (const statement of [...source.statements].reverse()) {
    if (!ts.isExpressionStatement(statement)) continue;
    const shown = shownValue(code, statement.getEnd());
    if (shown === undefined) continue;
    const { expression } = statement;
    const [start, end] = [expression.getStart(source), expression.getEnd()];
    const call = `await __shows(async () => (${code.slice(start, end)}), ${JSON.stringify(shown)}, ${lineOf(start)})`;
    checked = checked.slice(0, start) + call + checked.slice(end);
    values++;
  }
  return { code: checked, values };
};

/** The names that a declaration imports, as they are written: `numpy as np`, `type NDArray`, `* as E`. */
const importedNames = (declaration: ts.ImportDeclaration, source: ts.SourceFile): readonly string[] => {
  const clause = declaration.importClause;
  if (clause === undefined) return [];
  const typeOnly = clause.phaseModifier === ts.SyntaxKind.TypeKeyword ? "type " : "";
  const names: string[] = [];
  if (clause.name !== undefined) names.push(`default as ${clause.name.text}`);
  const bindings = clause.namedBindings;
  if (bindings === undefined) return names;
  if (ts.isNamespaceImport(bindings)) return [...names, `* as ${bindings.name.text}`];
  return [...names, ...bindings.elements.map((element) => typeOnly + element.getText(source))];
};

/** One import a name: blocks may repeat what was imported above. */
const printImports = (imports: ReadonlySet<string>): string =>
  [...imports]
    .map((entry) => {
      const [module = "", name = ""] = entry.split("\n");
      return name.startsWith("*") ? `import ${name} from ${module};` : `import { ${name} } from ${module};`;
    })
    .join(" ");

/** A page as a module. */
export interface PageModule {
  readonly code: string;
  readonly blocks: number;
  /** How many values the page shows that are compared when it runs. */
  readonly values: number;
}

/** The module of `blocks`, which lie in a page of `lines` lines; `shows` is the path of `shows.ts` from it. */
export const moduleOf = (
  blocks: readonly Block[],
  lines: number,
  { shows, page }: { readonly shows: string; readonly page: string },
): PageModule => {
  const output = Array<string>(lines + 1).fill("");
  const imports = new Set<string>();
  let values = 0;
  for (const { code, line, flags } of blocks) {
    const source = parse(code);
    let body = code;
    for (const statement of [...source.statements].reverse()) {
      if (!ts.isImportDeclaration(statement)) continue;
      for (const name of importedNames(statement, source)) {
        imports.add(`${statement.moduleSpecifier.getText(source)}\n${name}`);
      }
      const blank = code.slice(statement.getStart(), statement.getEnd()).replace(/[^\n]/g, " ");
      body = body.slice(0, statement.getStart()) + blank + body.slice(statement.getEnd());
    }
    const runs = !flags.has("no-run");
    if (runs) {
      const checks = withChecks(body, (position) => line + body.slice(0, position).split("\n").length);
      body = checks.code;
      values += checks.values;
    }
    body.split("\n").forEach((text, i) => {
      output[line + i] = text;
    });
    if (!runs) {
      output[line - 1] = "void (async () => { if (Date.now() > 0) return;";
      output[line + body.split("\n").length] = "});";
    } else if (flags.has("alone")) {
      output[line - 1] = "{";
      output[line + body.split("\n").length] = "}";
    }
  }
  output[0] =
    `import { shows as __showsIn } from ${JSON.stringify(shows)}; ` +
    `const __shows = __showsIn(${JSON.stringify(page)}); void __shows; ${printImports(imports)} ${output[0]}`;
  return { code: `${output.join("\n")}\nexport {};\n`, blocks: blocks.length, values };
};
