import ts from "typescript";

/** A place in the sources where a fault is planted, and what stands there instead. */
export interface Site {
  readonly id: number;
  readonly file: string;
  readonly line: number;
  readonly kind: string;
  /** The operator with what stands next to it, and the same with another operator. */
  readonly original: string;
  readonly mutated: string;
}

/** What an operator becomes. */
const OPERATORS: ReadonlyMap<ts.SyntaxKind, readonly [kind: string, operator: string]> = new Map([
  [ts.SyntaxKind.PlusToken, ["arithmetic", "-"]],
  [ts.SyntaxKind.MinusToken, ["arithmetic", "+"]],
  [ts.SyntaxKind.AsteriskToken, ["arithmetic", "+"]],
  [ts.SyntaxKind.SlashToken, ["arithmetic", "*"]],
  [ts.SyntaxKind.PercentToken, ["arithmetic", "*"]],
  [ts.SyntaxKind.LessThanToken, ["boundary", "<="]],
  [ts.SyntaxKind.LessThanEqualsToken, ["boundary", "<"]],
  [ts.SyntaxKind.GreaterThanToken, ["boundary", ">="]],
  [ts.SyntaxKind.GreaterThanEqualsToken, ["boundary", ">"]],
  [ts.SyntaxKind.EqualsEqualsEqualsToken, ["condition", "!=="]],
  [ts.SyntaxKind.ExclamationEqualsEqualsToken, ["condition", "==="]],
  [ts.SyntaxKind.AmpersandAmpersandToken, ["condition", "||"]],
  [ts.SyntaxKind.BarBarToken, ["condition", "&&"]],
] as const);

/** Types have operators that look alike, and texts of errors are no business of a compiler. */
const isLeftOut = (node: ts.Node): boolean =>
  ts.isTypeNode(node) ||
  ts.isThrowStatement(node) ||
  ts.isImportDeclaration(node) ||
  ts.isInterfaceDeclaration(node);

/** Joining texts is no arithmetic. */
const isText = (node: ts.Expression): boolean =>
  ts.isStringLiteralLike(node) ||
  ts.isTemplateExpression(node) ||
  (ts.isBinaryExpression(node) && (isText(node.left) || isText(node.right)));

/** So much of each operand is shown: what is next to the operator. */
const SHOWN = 44;

const endOf = (text: string): string => (text.length > SHOWN ? `…${text.slice(-SHOWN)}` : text);
const startOf = (text: string): string => (text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text);

/**
 * Plant the chosen faults of a file at once, each asleep: `a + b` becomes `(__fault(7) ? (a) - (b) : (a) + (b))`, so that
 * one build serves all of them, and a fault wakes when its number is set. Returns all places there are, chosen or not.
 */
export const plant = (
  text: string,
  file: string,
  isChosen: (id: number) => boolean,
  firstId: number,
): { readonly text: string; readonly sites: readonly Site[] } => {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.ES2022, true);
  const sites: Site[] = [];
  let id = firstId;
  const rewritten = (node: ts.Node): string => {
    if (isLeftOut(node)) return node.getFullText(source);
    if (ts.isBinaryExpression(node)) {
      const found = OPERATORS.get(node.operatorToken.kind);
      if (found !== undefined && !isText(node)) {
        const here = id++;
        const [kind, other] = found;
        const operator = node.operatorToken.getText(source);
        const [before, after] = [node.left, node.right].map((side) =>
          side.getText(source).replace(/\s+/g, " "),
        ) as [string, string];
        const show = (op: string): string => `${endOf(before)} ${op} ${startOf(after)}`;
        const line = 1 + source.getLineAndCharacterOfPosition(node.operatorToken.getStart(source)).line;
        sites.push({ id: here, file, line, kind, original: show(operator), mutated: show(other) });
        const [left, right] = [rewritten(node.left), rewritten(node.right)];
        return isChosen(here)
          ? ` (__fault(${here}) ? (${left}) ${other} (${right}) : (${left}) ${operator} (${right}))`
          : `${left} ${operator} ${right}`;
      }
    }
    let out = "";
    let at = node.getFullStart();
    ts.forEachChild(node, (child) => {
      out += text.slice(at, child.getFullStart()) + rewritten(child);
      at = child.getEnd();
    });
    return out + text.slice(at, node.getEnd());
  };
  return { text: rewritten(source), sites };
};
