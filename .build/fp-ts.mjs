/**
 * Takes what little of fp-ts is run into our chunk. Its CommonJS modules take Node longer to load than a quarter of
 * cotangent, and bundlers can't shake them; `left` and `right` are one line each. Types are imported from it as before.
 */
import { readdirSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { build } from "esbuild";

const IMPORT = /^import \{([^}]*)\} from "fp-ts\/lib\/(\w+)\.js";$/gm;

const isValue = (name) => name !== "" && !name.startsWith("type ");

/** What the modules below `src` import as values, by module of fp-ts. */
const valuesOf = (src) => {
  const values = new Map();
  for (const path of readdirSync(src, { recursive: true })) {
    if (!path.endsWith(".ts")) continue;
    for (const [, names, module] of readFileSync(resolve(src, path), "utf8").matchAll(IMPORT)) {
      const known = values.get(module) ?? new Set();
      for (const name of names.split(",").map((name) => name.trim())) if (isValue(name)) known.add(name);
      values.set(module, known);
    }
  }
  return values;
};

/** The plugin of esbuild, for the modules below `src`. */
export const fpTs = (src) => ({
  name: "fp-ts",
  setup({ onLoad, onResolve }) {
    const values = valuesOf(src);
    const license = resolve(src, "../node_modules/fp-ts/LICENSE");
    const copyright = /^Copyright.*/m.exec(readFileSync(license, "utf8"))[0];
    onResolve({ filter: /^fp-ts\/lib\// }, ({ path }) => ({ path, namespace: "fp-ts" }));
    onLoad({ filter: /.*/, namespace: "fp-ts" }, async ({ path }) => {
      const module = /(\w+)\.js$/.exec(path)[1];
      const names = [...values.get(module)].sort().join(", ");
      const { outputFiles } = await build({
        stdin: { contents: `export { ${names} } from "fp-ts/es6/${module}.js";`, resolveDir: src },
        write: false,
        bundle: true,
        format: "esm",
      });
      return { contents: `/*! From fp-ts. ${copyright}. MIT License. */\n${outputFiles[0].text}` };
    });
  },
});
