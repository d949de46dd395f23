/**
 * Turns the top-level `const f = (x) => ...` of a module into `function f(x) {...}`. V8 goes through the parameters of an
 * arrow function twice, as it can't know at the parenthesis what it has before it, and a binding declared by `const` is
 * asked at each use whether it has a value yet. Of some 2,000 functions in one module that is a quarter of loading it.
 *
 * Types of parameters stay as they are written, that of the constant goes: this is for a bundler, which reads no types.
 */
import ts from "typescript";
import { withoutType } from "./without-type.mjs";

/** Whether `node` reads what an arrow function takes from around it and a function has of its own. */
const readsSurroundings = (node) => {
  if (node.kind === ts.SyntaxKind.ThisKeyword) return true;
  if (ts.isIdentifier(node) && node.text === "arguments") return true;
  if (ts.isFunctionDeclaration(node) || ts.isFunctionExpression(node) || ts.isClassLike(node)) return false;
  return ts.forEachChild(node, readsSurroundings) ?? false;
};

/** The one arrow function that a statement declares, with its name; undefined for other statements. */
const declaredArrow = (statement) => {
  if (!ts.isVariableStatement(statement)) return undefined;
  const { declarations, flags } = statement.declarationList;
  if (declarations.length !== 1 || !(flags & ts.NodeFlags.Const)) return undefined;
  const [{ name, initializer }] = declarations;
  if (initializer === undefined || !ts.isIdentifier(name)) return undefined;
  const arrow = withoutType(initializer);
  return ts.isArrowFunction(arrow) && !readsSurroundings(arrow) ? { name: name.text, arrow } : undefined;
};

/** The source text of a module with its top-level arrow functions declared. */
export const declareFunctions = (path, text) => {
  const file = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
  let declared = "";
  let end = 0;
  for (const statement of file.statements) {
    const found = declaredArrow(statement);
    if (found === undefined) continue;
    const { name, arrow } = found;
    const { body, equalsGreaterThanToken: sign } = arrow;
    const isExported = statement.modifiers?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword);
    const isAsync = arrow.modifiers?.some(({ kind }) => kind === ts.SyntaxKind.AsyncKeyword);
    // From the type parameters or the parenthesis on; an arrow function of a bare `x =>` gets its parenthesis here.
    const from = arrow.modifiers?.end ?? arrow.pos;
    const head = text.slice(from, sign.pos);
    const parameters = /^\s*[(<]/.test(head) ? head.trim() : `(${head.trim()})`;
    const block = text.slice(body.getStart(), body.end);
    declared += text.slice(end, statement.getStart());
    declared += `${isExported ? "export " : ""}${isAsync ? "async " : ""}function ${name}${parameters} `;
    declared += ts.isBlock(body) ? block : `{ return ${block}; }`;
    end = statement.end;
  }
  return declared + text.slice(end);
};
