/**
 * Every public function of the package with its docstring, as the compiler sees them: what the entries export, and what
 * the namespaces among those exports hold.
 */
import ts from "typescript";

/** A function that people can import. */
export interface PublicFunction {
  /** As it is written after an import: `grad`, `numpy.sin`, `optim.adam`. */
  readonly name: string;
  readonly file: string;
  readonly line: number;
  readonly summary: string;
  readonly examples: readonly string[];
}

/** Options of the project, so that its own public names resolve. */
const compilerOptions = (): ts.CompilerOptions => {
  const config = ts.readConfigFile("tsconfig.json", ts.sys.readFile);
  return ts.parseJsonConfigFileContent(config.config, ts.sys, ".").options;
};

/** The public functions of `entries`: name of the namespace ("" for the package itself) to file. */
export const publicFunctions = (entries: Readonly<Record<string, string>>): readonly PublicFunction[] => {
  const program = ts.createProgram(Object.values(entries), compilerOptions());
  const checker = program.getTypeChecker();
  const found: PublicFunction[] = [];

  const visit = (symbol: ts.Symbol, name: string): void => {
    const target = symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
    if (target.flags & ts.SymbolFlags.ValueModule) {
      for (const inner of checker.getExportsOfModule(target)) visit(inner, `${name}.${inner.name}`);
      return;
    }
    const declaration = target.valueDeclaration;
    if (declaration === undefined || ts.isClassDeclaration(declaration)) return;
    const isFunction = checker.getTypeOfSymbol(target).getCallSignatures().length > 0;
    if (!isFunction) return;
    const source = declaration.getSourceFile();
    found.push({
      name,
      file: source.fileName,
      line: source.getLineAndCharacterOfPosition(declaration.getStart()).line + 1,
      summary: ts.displayPartsToString(target.getDocumentationComment(checker)),
      examples: target
        .getJsDocTags(checker)
        .filter((tag) => tag.name === "example")
        .map((tag) => ts.displayPartsToString(tag.text)),
    });
  };

  for (const [namespace, file] of Object.entries(entries)) {
    const source = program.getSourceFile(file);
    const module = source === undefined ? undefined : checker.getSymbolAtLocation(source);
    if (module === undefined) throw new Error(`publicFunctions: ${file} is not a module.`);
    for (const symbol of checker.getExportsOfModule(module)) {
      visit(symbol, namespace === "" ? symbol.name : `${namespace}.${symbol.name}`);
    }
  }
  return found;
};
