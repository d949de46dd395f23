/**
 * Marks what modules compute as they load with PURE comments, so that a bundler can leave out what nobody uses.
 *
 * `sideEffects` in package.json says of our separate modules that loading them has no effect but those of their bare
 * statements. Once they are one module, bundlers look at each statement instead, and would keep
 * `const sin = defineElementwise(...)` where nobody uses `sin`.
 */
import ts from "typescript";
import { withoutType } from "./without-type.mjs";

const PURE = "/* @__PURE__ */ ";

const isFunction = (node) => ts.isArrowFunction(node) || ts.isFunctionExpression(node);

/** Whether a mark in front of a call of `callee` can only be meant for that call. */
const isPlainCallee = (callee) =>
  ts.isIdentifier(callee) || (ts.isPropertyAccessExpression(callee) && ts.isIdentifier(callee.expression));

/**
 * Where marks must stand for bundlers to see that `node` can go; undefined if no marks are enough: what reads
 * properties or spreads might run anything.
 */
const marksOf = (node, namespaces) => {
  const bare = withoutType(node);
  if (isFunction(bare) || ts.isLiteralExpression(bare) || ts.isIdentifier(bare)) return [];
  const all = (nodes) => {
    const marks = nodes.map((child) => marksOf(child, namespaces));
    return marks.includes(undefined) ? undefined : marks.flat();
  };
  if (ts.isCallExpression(bare) || ts.isNewExpression(bare)) {
    const marks = isPlainCallee(bare.expression) ? all(bare.arguments ?? []) : undefined;
    return marks && [bare.getStart(), ...marks];
  }
  if (ts.isArrayLiteralExpression(bare)) return all(bare.elements);
  if (ts.isObjectLiteralExpression(bare)) {
    const values = bare.properties.map((property) => {
      if (ts.isPropertyAssignment(property) && !ts.isComputedPropertyName(property.name)) {
        return property.initializer;
      }
      return ts.isShorthandPropertyAssignment(property) ? property.name : property;
    });
    return all(values);
  }
  if (ts.isMethodDeclaration(bare)) return ts.isComputedPropertyName(bare.name) ? undefined : [];
  if (ts.isPropertyAccessExpression(bare)) return namespaces.has(bare.expression.getText()) ? [] : undefined;
  if (ts.isPrefixUnaryExpression(bare)) return all([bare.operand]);
  switch (bare.kind) {
    case ts.SyntaxKind.TrueKeyword:
    case ts.SyntaxKind.FalseKeyword:
    case ts.SyntaxKind.NullKeyword:
      return [];
    default:
      return undefined;
  }
};

/** Calls `visit` with every node below `node`. */
const walk = (node, visit) => {
  visit(node);
  ts.forEachChild(node, (child) => walk(child, visit));
};

/**
 * Throws for what ties a bundle to things that nobody uses: a namespace used as an object is kept with all that it
 * holds, and so is what is destructured as a module loads.
 */
const refuseTies = (file, namespaces) => {
  const refuse = (node, why) => {
    const { line } = file.getLineAndCharacterOfPosition(node.getStart());
    throw new Error(`${file.fileName}:${line + 1}: ${why}`);
  };
  for (const statement of file.statements) {
    if (ts.isImportDeclaration(statement)) continue;
    if (ts.isVariableStatement(statement)) {
      const destructured = statement.declarationList.declarations.find(({ name }) => !ts.isIdentifier(name));
      if (destructured)
        refuse(destructured, "a bundler can't drop a top-level destructuring. Declare constants.");
    }
    walk(statement, (node) => {
      if (!ts.isIdentifier(node) || !namespaces.has(node.text)) return;
      const { parent } = node;
      const isReading = ts.isPropertyAccessExpression(parent) && parent.expression === node;
      const isName =
        (ts.isPropertyAccessExpression(parent) || ts.isPropertyAssignment(parent)) && parent.name === node;
      if (!isReading && !isName && !ts.isTypeNode(parent) && !ts.isQualifiedName(parent)) {
        refuse(
          node,
          `a bundler keeps all of "${node.text}" where it is used as an object. Write ${node.text}.name.`,
        );
      }
    });
  }
};

/** The source text of a module with the values of its top-level constants marked. */
export const markPure = (path, text) => {
  const file = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
  const insertions = [];
  const namespaces = new Set();
  for (const statement of file.statements) {
    if (!ts.isImportDeclaration(statement)) continue;
    const bindings = statement.importClause?.namedBindings;
    if (bindings && ts.isNamespaceImport(bindings)) namespaces.add(bindings.name.text);
  }
  refuseTies(file, namespaces);
  for (const statement of file.statements) {
    if (!ts.isVariableStatement(statement)) continue;
    for (const { initializer } of statement.declarationList.declarations) {
      if (initializer === undefined) continue;
      const marks = marksOf(initializer, namespaces);
      if (marks) insertions.push(...marks.map((at) => [at, PURE]));
      else insertions.push([initializer.getStart(), `${PURE}(() => (`], [initializer.end, "))()"]);
    }
  }
  let marked = text;
  // From the end, so that earlier places stay where they are.
  for (const [at, insertion] of insertions.sort(([a], [b]) => b - a)) {
    marked = marked.slice(0, at) + insertion + marked.slice(at);
  }
  return marked;
};
