/**
 * The examples of docstrings as modules, one a namespace, that can be type-checked and run like pages. A name in an example
 * is what its own namespace, an entry of the package, or the main entry exports by it; `np` is numpy, and `key` a random key.
 * An example that takes other names as given is a fragment and is left out.
 */
import ts from "typescript";
import { withChecks } from "./module-of-blocks.ts";
import type { PublicFunction } from "./public-functions.ts";

/** Where names of examples come from: the value of `Names` says what has to be written to import them. */
export type Names = ReadonlyMap<string, { readonly module: string; readonly path: string }>;

const isName = (node: ts.Node): node is ts.Identifier => {
  if (!ts.isIdentifier(node)) return false;
  const { parent } = node;
  if (ts.isPropertyAccessExpression(parent)) return parent.expression === node;
  if (ts.isPropertyAssignment(parent)) return parent.initializer === node;
  if (ts.isBindingElement(parent)) return parent.initializer === node;
  if (ts.isNamedTupleMember(parent)) return false;
  return !ts.isQualifiedName(parent) && !ts.isPropertySignature(parent) && !ts.isMethodDeclaration(parent);
};

/** The names that a binding declares: `x`, `[a, b]`, `{ c }`. */
const boundNames = (name: ts.BindingName): readonly string[] =>
  ts.isIdentifier(name)
    ? [name.text]
    : name.elements.flatMap((element) => (ts.isBindingElement(element) ? boundNames(element.name) : []));

/** The names that a statement declares for the block that it stands in. */
const declaredNames = (node: ts.Node): readonly string[] => {
  if (ts.isVariableStatement(node))
    return node.declarationList.declarations.flatMap((d) => boundNames(d.name));
  const isNamed =
    ts.isFunctionDeclaration(node) ||
    ts.isClassDeclaration(node) ||
    ts.isInterfaceDeclaration(node) ||
    ts.isTypeAliasDeclaration(node);
  return isNamed && node.name !== undefined ? [node.name.text] : [];
};

/** Whether a scope between a node and the outside declares a name. */
const isDeclared = (name: string, node: ts.Node): boolean => {
  for (let scope: ts.Node = node; scope !== undefined; scope = scope.parent) {
    if (ts.isFunctionLike(scope)) {
      if (scope.parameters.some((parameter) => boundNames(parameter.name).includes(name))) return true;
      if (scope.typeParameters?.some((parameter) => parameter.name.text === name)) return true;
    }
    if (ts.isBlock(scope) || ts.isSourceFile(scope)) {
      if (scope.statements.some((statement) => declaredNames(statement).includes(name))) return true;
    }
    const list = ts.isForOfStatement(scope) || ts.isForStatement(scope) ? scope.initializer : undefined;
    if (list !== undefined && ts.isVariableDeclarationList(list)) {
      if (list.declarations.some((d) => boundNames(d.name).includes(name))) return true;
    }
  }
  return false;
};

/** The names that code uses and doesn't declare. */
export const freeNames = (code: string): readonly string[] => {
  const source = ts.createSourceFile("example.ts", code, ts.ScriptTarget.ES2022, true, ts.ScriptKind.TS);
  const free = new Set<string>();
  const visit = (node: ts.Node): void => {
    if (isName(node) && !isDeclared(node.text, node)) free.add(node.text);
    ts.forEachChild(node, visit);
  };
  visit(source);
  return [...free];
};

/** An example that runs, or why it doesn't. */
export interface Example {
  readonly of: PublicFunction;
  readonly code: string;
  /** Names that it takes as given; none if it runs. */
  readonly given: readonly string[];
}

const isGlobal = (name: string): boolean =>
  name in globalThis ||
  name === "undefined" ||
  name === "key" ||
  ["Readonly", "ReturnType", "Parameters"].includes(name);

export const examplesOf = (functions: readonly PublicFunction[], names: Names): readonly Example[] =>
  functions.flatMap((of) =>
    of.examples.map((code) => ({
      of,
      code,
      given: freeNames(code).filter((name) => !names.has(name) && !isGlobal(name)),
    })),
  );

const importOf = (
  name: string,
  { module, path }: { readonly module: string; readonly path: string },
): string => {
  const from = `from ${JSON.stringify(module)};`;
  if (path === "*") return `import * as ${name} ${from}`;
  const [root = "", ...inner] = path.split(".");
  if (inner.length === 0) return `import { ${root === name ? name : `${root} as ${name}`} } ${from}`;
  const alias = `__${name}`;
  return `import { ${root} as ${alias} } ${from} const ${name} = ${[alias, ...inner].join(".")};`;
};

/** A module that runs examples one after another, each with names of its own. */
export const moduleOfExamples = (
  examples: readonly Example[],
  names: Names,
  shows: string,
): { readonly code: string; readonly values: number } => {
  const imports = new Map<string, string>();
  let values = 0;
  const bodies = examples.map(({ of, code }) => {
    for (const name of freeNames(code)) {
      const origin = names.get(name);
      if (origin === undefined) continue;
      imports.set(name, importOf(name, origin));
    }
    const checked = withChecks(code, (position) => code.slice(0, position).split("\n").length);
    values += checked.values;
    return `{\nconst __shows = __showsIn(${JSON.stringify(`the example of ${of.name}`)}); void __shows;\n${checked.code}\n}`;
  });
  const head = `import { shows as __showsIn } from ${JSON.stringify(shows)};`;
  if (!imports.has("key"))
    imports.set("key", 'import { random as __random } from "cotangent"; const key = __random.key(0);');
  return { code: [head, ...imports.values(), ...bodies, "export {};\n"].join("\n"), values };
};
