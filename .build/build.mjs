/**
 * Builds `dist`: the declarations by tsc, and by esbuild one ES module for each public entry and each namespace, which
 * rest on one shared chunk. Few files load fast: importing hundreds of modules is mostly finding and opening them.
 *
 * Namespaces (`numpy`, `lax`, ...) stay modules of their own, `export * as numpy from "./numpy/index.js"`. As objects
 * inside the chunk they would tie all that they hold to whoever uses one function of it.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync, rmSync } from "node:fs";
import { dirname, relative, resolve, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { fpTs } from "./fp-ts.mjs";
import { markPure } from "./mark-pure.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const src = resolve(root, "src");
const read = (path) => readFileSync(path, "utf8");

const NAMESPACE = /^(export \* as \w+ from )"(\..*)\.ts";$/gm;

/** A module and the namespaces that it exports, and theirs. */
const withNamespaces = (path) => [
  path,
  ...[...read(path).matchAll(NAMESPACE)].flatMap(([, , specifier]) =>
    withNamespaces(resolve(dirname(path), `${specifier}.ts`)),
  ),
];

/** For each public subpath, its module and namespaces; `cotangent` itself comes first. */
const groups = Object.values(JSON.parse(read(resolve(root, "package.json"))).exports)
  .filter((target) => typeof target === "object")
  .map(({ default: path }) =>
    withNamespaces(resolve(root, path.replace("./dist/", "src/").replace(/js$/, "ts"))),
  );

const line = (statement, path) => `${statement} ${JSON.stringify(path)};\n`;

/**
 * What is written to `dist` for a public module: its exports, with its namespaces left outside. It also loads all that
 * `cotangent` has, so that this is one chunk and not one for each set of entries that share something.
 */
const entryText = (path, group) =>
  line("export * from", path) +
  [...read(path).matchAll(NAMESPACE)].map(([, start, specifier]) => line(start, `${specifier}.js`)).join("") +
  [...groups[0], ...group].map((other) => line("import", other)).join("");

const cotangent = {
  name: "cotangent",
  setup({ onLoad, onResolve }) {
    onResolve({ filter: /^entry:/ }, ({ path }) => ({
      path: path.slice("entry:".length),
      namespace: "entry",
    }));
    onLoad({ filter: /.*/, namespace: "entry" }, ({ path: named }) => {
      const path = resolve(src, named);
      const group = groups.find((group) => group.includes(path));
      return { contents: entryText(path, group), resolveDir: dirname(path) };
    });
    onResolve({ filter: /\.js$/, namespace: "entry" }, ({ path }) => ({ path, external: true }));
    // What no entry uses stays, too: it is for the bundler of who uses the package to say what goes.
    onResolve({ filter: /\.ts$/ }, ({ path, resolveDir, kind }) =>
      kind === "entry-point" ? undefined : { path: resolve(resolveDir, path), sideEffects: true },
    );
    onLoad({ filter: /\.ts$/ }, ({ path }) => ({
      contents: markPure(path, read(path).replace(NAMESPACE, "")),
      loader: "ts",
    }));
  },
};

const bundle = () =>
  build({
    entryPoints: groups.flat().map((path) => {
      const named = relative(src, path).replaceAll(sep, "/");
      return { in: `entry:${named}`, out: named.replace(/\.ts$/, "") };
    }),
    outdir: resolve(root, "dist"),
    chunkNames: "chunks/[hash]",
    bundle: true,
    splitting: true,
    treeShaking: false,
    format: "esm",
    platform: "neutral",
    target: "es2022",
    packages: "external",
    external: ["node:*"],
    sourcemap: true,
    sourcesContent: false,
    plugins: [cotangent, fpTs(src)],
    absWorkingDir: root,
  });

/** Runs tsc, which prints what it finds wrong. */
const declare = async () => {
  const tsc = spawn("npx", ["tsc", "-p", "tsconfig.build.json"], {
    cwd: root,
    stdio: "inherit",
    shell: true,
  });
  const [status] = await once(tsc, "exit");
  if (status !== 0) throw new Error("tsc failed.");
};

rmSync(resolve(root, "dist"), { recursive: true, force: true });
await Promise.all([declare(), bundle()]);
