/**
 * The reference: every public entry of the package, from the docstrings, as pages of the site (`docs/api`).
 */
import { readFileSync } from "node:fs";

const { exports } = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8"));

const index = readFileSync(new URL("../../src/index.ts", import.meta.url), "utf8");

/** `./dist/optim/index.js` is made of `src/optim/index.ts`. What is a namespace of `cotangent` too stands with that. */
const sources = Object.values(exports)
  .flatMap((entry) => (typeof entry === "string" ? [] : [entry.default]))
  .map((path) => path.replace("./dist/", "").replace(/\.js$/, ".ts"))
  .filter((path) => !index.includes(`"./${path}"`))
  .map((path) => `../../src/${path}`);

/** @type {Partial<import("typedoc").TypeDocOptions & import("typedoc-plugin-markdown").PluginOptions>} */
export default {
  name: "cotangent",
  entryPoints: sources,
  tsconfig: "../../tsconfig.json",
  plugin: ["typedoc-plugin-markdown", "./functions.mjs"],
  router: "module",
  out: "../api",
  entryFileName: "index",
  readme: "none",
  disableSources: true,
  excludeInternal: true,
  excludePrivate: true,
  excludeExternals: true,
  githubPages: false,
  hidePageHeader: true,
  hideBreadcrumbs: true,
  useCodeBlocks: true,
  parametersFormat: "table",
  interfacePropertiesFormat: "table",
  typeDeclarationFormat: "table",
  indexFormat: "table",
  sort: ["alphabetical"],
  groupOrder: ["Namespaces", "Functions", "Classes", "Variables", "*"],
  skipErrorChecking: true,
  validation: { notExported: false, invalidLink: true, notDocumented: false },
};
