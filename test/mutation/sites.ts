import ts from "typescript";

/** A place in the sources where a fault is planted, and what stands there instead. */
export interface Site {
  readonly id: number;
  /** `file:line`. */
  readonly place: string;
  readonly kind: string;
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

/**
 * Plant every fault of a file at once, each asleep: `a + b` becomes `(__fault(7) ? (a) - (b) : (a) + (b))`, so that one
 * build serves all of them, and a fault wakes when its number is set.
 */
export const plant = (
  text: string,
  file: string,
  isChosen: (id: number) => boolean,
  firstId: number,
): { readonly text: string; readonly sites: readonly Site[]; readonly next: number } => {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.ES2022, true);
  const sites: Site[] = [];
  let id = firstId;
  const rewritten = (node: ts.Node): string => {
    if (isLeftOut(node)) return node.getFullText(source);
    if (ts.isBinaryExpression(node)) {
      const found = OPERATORS.get(node.operatorToken.kind);
      if (found !== undefined && !isText(node)) {
        const here = id++;
        const [left, right] = [rewritten(node.left), rewritten(node.right)];
        const operator = node.operatorToken.getText(source);
        if (isChosen(here)) {
          const [kind, other] = found;
          const { line } = source.getLineAndCharacterOfPosition(node.getStart(source));
          const show = (op: string): string =>
            `${node.left.getText(source)} ${op} ${node.right.getText(source)}`
              .replace(/\s+/g, " ")
              .slice(0, 90);
          sites.push({
            id: here,
            place: `${file}:${line + 1}`,
            kind,
            original: show(operator),
            mutated: show(other),
          });
          return ` (__fault(${here}) ? (${left}) ${other} (${right}) : (${left}) ${operator} (${right}))`;
        }
        return `${left} ${operator} ${right}`;
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
  const result = rewritten(source);
  return { text: result, sites, next: id };
};
