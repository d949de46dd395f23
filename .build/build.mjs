/**
 * Builds `dist`: the declarations by tsc, and the code twice by esbuild, each time as one ES module for each public entry
 * that rests on one shared chunk. Few files load fast: importing hundreds of modules is mostly finding and opening them.
 *
 * For bundlers and browsers, namespaces (`numpy`, `lax`, ...) stay modules of their own,
 * `export * as numpy from "./numpy/index.js"`. As objects inside the chunk they would tie all that they hold to whoever
 * uses one function of it.
 *
 * For Node, which leaves nothing out and asks package.json for the condition "node", `dist/node` has all in the shared
 * chunk, namespaces as objects, in the form that is parsed fastest. Bundlers for Node ask for "module" as well, and get
 * the other.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync, rmSync } from "node:fs";
import { dirname, relative, resolve, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { declareFunctions } from "./declare-functions.mjs";
import { fpTs } from "./fp-ts.mjs";
import { markPure } from "./mark-pure.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const src = resolve(root, "src");
const read = (path) => readFileSync(path, "utf8");

const NAMESPACE = /^(export \* as \w+ from )"(\..*)\.ts";$/gm;

const namespacesOf = (path) =>
  [...read(path).matchAll(NAMESPACE)].map(([statement, start, specifier]) => ({
    start,
    specifier,
    name: /as (\w+) from/.exec(statement)[1],
    path: resolve(dirname(path), `${specifier}.ts`),
  }));

/** A module and the namespaces that it exports, and theirs. */
const withNamespaces = (path) => [
  path,
  ...namespacesOf(path).flatMap((namespace) => withNamespaces(namespace.path)),
];

/**
 * For each public subpath, its module and namespaces; `cotangent` itself comes first. Some are namespaces of it, too.
 */
const groups = Object.values(JSON.parse(read(resolve(root, "package.json"))).exports)
  .filter((target) => typeof target === "object")
  .map(({ default: path }) =>
    withNamespaces(resolve(root, path.replace("./dist/", "src/").replace(/js$/, "ts"))),
  );

const publicModules = [...new Set(groups.flat())];

const line = (statement, path) => `${statement} ${JSON.stringify(path)};\n`;

const loading = (paths) => paths.map((path) => line("import", path)).join("");

/**
 * The text of a public module, and of those that it has as namespaces, with namespaces left outside. Like all entries it
 * loads what `cotangent` has, so that this is one chunk and not one for each set of entries that share something.
 */
const withNamespacesOutside = (path, group) =>
  line("export * from", path) +
  namespacesOf(path)
    .map(({ start, specifier }) => line(start, `${specifier}.js`))
    .join("") +
  loading([...groups[0], ...group]);

/** The text of a public module whose namespaces are objects. */
const withNamespaceObjects = (path) =>
  line("export * from", path) +
  namespacesOf(path)
    .map(({ name, path }) => line(`export { default as ${name} } from`, `namespace:${path}`))
    .join("") +
  loading([...groups[0], ...namespacesOf(groups[0][0]).map(({ path }) => `namespace:${path}`)]);

/** The text of a module that exports what is in the module at `path` as one object; `names` are what that exports. */
const namespaceObject = (path, names) => {
  const inner = namespacesOf(path);
  const own = names.filter((name) => inner.every((namespace) => namespace.name !== name));
  return (
    line(`import { ${own.map((name, i) => `${name} as own${i}`).join(", ")} } from`, path) +
    inner.map(({ path }, i) => line(`import inner${i} from`, `namespace:${path}`)).join("") +
    `export default /* @__PURE__ */ Object.freeze({ ${[
      ...own.map((name, i) => `${name}: own${i}`),
      ...inner.map(({ name }, i) => `${name}: inner${i}`),
    ].join(", ")} });`
  );
};

/** A plugin of esbuild that makes entries of `entryText(path, group)` and passes the text of modules through `prepare`. */
const cotangent = (entryText, prepare, exportsOf) => ({
  name: "cotangent",
  setup({ onLoad, onResolve }) {
    onResolve({ filter: /^(entry|namespace):/ }, ({ path }) => {
      const [, namespace, named] = /^(\w+):(.*)$/.exec(path);
      return { path: named, namespace };
    });
    onLoad({ filter: /.*/, namespace: "entry" }, ({ path: named }) => {
      const path = resolve(src, named);
      const group = groups.find((group) => group.includes(path));
      return { contents: entryText(path, group), resolveDir: dirname(path) };
    });
    onLoad({ filter: /.*/, namespace: "namespace" }, ({ path }) => ({
      contents: namespaceObject(path, exportsOf.get(path)),
      resolveDir: dirname(path),
    }));
    onResolve({ filter: /\.js$/, namespace: "entry" }, ({ path }) => ({ path, external: true }));
    // What no entry uses stays, too: it is for the bundler of who uses the package to say what goes.
    onResolve({ filter: /\.ts$/ }, ({ path, resolveDir, kind }) =>
      kind === "entry-point" ? undefined : { path: resolve(resolveDir, path), sideEffects: true },
    );
    onLoad({ filter: /\.ts$/ }, ({ path }) => ({
      contents: markPure(path, prepare(path, read(path).replace(NAMESPACE, ""))),
      loader: "ts",
    }));
  },
});

const nameOf = (path) => relative(src, path).replaceAll(sep, "/").replace(/\.ts$/, "");

const bundle = (paths, outdir, options) =>
  build({
    entryPoints: paths.map((path) => ({ in: `entry:${nameOf(path)}.ts`, out: nameOf(path) })),
    outdir: resolve(root, outdir),
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
    absWorkingDir: root,
    metafile: true,
    ...options,
  });

const bundleForBundlers = () =>
  bundle(publicModules, "dist", {
    chunkNames: "chunks/[hash]",
    plugins: [cotangent(withNamespacesOutside, (_, text) => text), fpTs(src)],
  });

/** `outputs` is what esbuild says of the other bundle: the names that each namespace exports. */
const bundleForNode = (outputs) => {
  const exportsOf = new Map(publicModules.map((path) => [path, outputs[`dist/${nameOf(path)}.js`].exports]));
  const entries = groups.map(([path]) => path);
  return bundle(entries, "dist/node", {
    chunkNames: "[hash]",
    // Names stay, for stack traces, and lines are short, since Node prints the one where an error was thrown.
    minifyWhitespace: true,
    lineLimit: 120,
    plugins: [cotangent(withNamespaceObjects, declareFunctions, exportsOf), fpTs(src)],
  });
};

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
const bundling = async () => bundleForNode((await bundleForBundlers()).metafile.outputs);
await Promise.all([declare(), bundling()]);
