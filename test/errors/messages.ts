import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";

/** A message as the sources have it: what is filled in is `…`. */
export interface Message {
  readonly error: string;
  readonly room: string;
  readonly text: string;
}

/** Text of an expression: literals as they are, what is computed as `…`. */
const textOf = (node: ts.Expression): string => {
  if (ts.isStringLiteralLike(node)) return node.text;
  if (ts.isTemplateExpression(node))
    return node.head.text + node.templateSpans.map((span) => `…${span.literal.text}`).join("");
  if (ts.isParenthesizedExpression(node)) return textOf(node.expression);
  if (ts.isBinaryExpression(node) && node.operatorToken.kind === ts.SyntaxKind.PlusToken)
    return textOf(node.left) + textOf(node.right);
  return "…";
};

/** What is said by messages that are filled in altogether is not known here. */
const isTelling = (text: string): boolean => (text.match(/\p{L}/gu) ?? []).length > 8;

/** The messages of all errors that the sources make. */
export const messagesIn = (root: string): readonly Message[] => {
  const files = (readdirSync(root, { recursive: true }) as string[])
    .filter((file) => file.endsWith(".ts"))
    .sort();
  const messages: Message[] = [];
  for (const file of files) {
    const source = ts.createSourceFile(
      file,
      readFileSync(join(root, file), "utf8"),
      ts.ScriptTarget.ES2022,
      true,
    );
    const visit = (node: ts.Node): void => {
      if (ts.isNewExpression(node) && ts.isIdentifier(node.expression)) {
        const error = node.expression.text;
        const [first] = node.arguments ?? [];
        if (/(Error|LawViolation)$/.test(error) && error !== "Error" && first !== undefined) {
          const text = textOf(first)
            .replace(/\s+/g, " ")
            .replace(/(?:… ?){2,}/g, "…")
            .trim();
          if (isTelling(text)) messages.push({ error, room: file.split("/")[0] as string, text });
        }
      }
      ts.forEachChild(node, visit);
    };
    visit(source);
  }
  return messages;
};

const escaped = (text: string): string => text.replace(/[\\`*_{}[\]<>|]/g, "\\$&");

/** The list of messages as Markdown, class by class and room by room. */
export const listOf = (messages: readonly Message[]): string => {
  const lines: string[] = [];
  for (const error of [...new Set(messages.map((m) => m.error))].sort()) {
    const own = messages.filter((m) => m.error === error);
    lines.push("", `### ${error}: ${own.length} messages`);
    for (const room of [...new Set(own.map((m) => m.room))].sort()) {
      lines.push("", `In \`${room}\`:`, "");
      const texts = [...new Set(own.filter((m) => m.room === room).map((m) => m.text))].sort();
      lines.push(...texts.map((text) => `- ${escaped(text)}`));
    }
  }
  return `${lines.join("\n").trim()}\n`;
};

/** Where the list begins in the page; what is behind is made by `npm run errors`. */
export const MARK = "<!-- Made by npm run errors: everything below. -->\n";
