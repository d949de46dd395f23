/**
 * What programs that use the built package weigh once a bundler is done with them, and from which folders of the
 * sources that weight comes.
 */
import { SourceMap } from "node:module";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { built } from "./load.mjs";

/** A module of the built package as an import specifier in the text of a program. */
const specifier = (path) => JSON.stringify(fileURLToPath(new URL(path, built)));

/**
 * What is weighed. The second and third take numpy by its own module, as bundlers other than esbuild do by themselves:
 * esbuild keeps all of a namespace that is exported by name. `lean` ones use nothing out of the common.
 */
export const programs = [
  {
    name: "all of grad, jit, numpy",
    text: `import { grad, jit, numpy } from ${specifier("index.js")};
      console.log(grad, jit, numpy);`,
    lean: false,
  },
  {
    name: "a training step",
    text: `import { jit, valueAndGrad } from ${specifier("index.js")};
      import * as np from ${specifier("numpy/index.js")};
      const loss = (w, x, y) => np.mean(np.square(np.tanh(np.matmul(x, w)).sub(y)));
      console.log(jit(valueAndGrad(loss)));`,
    lean: true,
  },
  {
    name: "grad alone",
    text: `import { grad } from ${specifier("index.js")};
      console.log(grad);`,
    lean: true,
  },
];

const gzipped = (text) => gzipSync(text, { level: 9 }).length;

/** `src/primitives/fft/nest.ts` is of "primitives/fft" and "primitives"; what bundlers add is of no folder. */
const foldersOf = (source) => {
  const path = /\/(?:src|node_modules)\/(.*)\/[^/]*$/.exec(source)?.[1];
  if (path === undefined) return [];
  return path.split("/").map((_, i, names) => names.slice(0, i + 1).join("/"));
};

/** The pieces of `code`, each from one source file. */
const piecesOf = (code, map) => {
  const sourceMap = new SourceMap(map);
  const pieces = [];
  code.split("\n").forEach((line, row) => {
    for (let column = 0; column < line.length; ) {
      // An entry reaches to the next; where that begins, only looking tells.
      const { originalSource: source = "" } = sourceMap.findEntry(row, column);
      let end = column + 1;
      while (end < line.length && sourceMap.findEntry(row, end).originalSource === source) end++;
      pieces.push({ text: line.slice(column, end), folders: foldersOf(source) });
      column = end;
    }
    pieces.push({ text: "\n", folders: [] });
  });
  return pieces;
};

/**
 * A program bundled and minified, dependencies included: its bytes, bytes gzipped, and the same for each folder of the
 * sources, where the gzipped bytes are those that would go with it.
 */
export const weigh = async (contents) => {
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: fileURLToPath(new URL(".", import.meta.url)) },
    outfile: fileURLToPath(new URL("program.js", built)),
    write: false,
    bundle: true,
    minify: true,
    format: "esm",
    platform: "neutral",
    mainFields: ["module", "main"],
    sourcemap: "external",
  });
  const [map, { text }] = outputFiles[0].path.endsWith(".map") ? outputFiles : [...outputFiles].reverse();
  const total = gzipped(text);
  const pieces = piecesOf(text, JSON.parse(map.text));
  const folders = {};
  for (const folder of new Set(pieces.flatMap((piece) => piece.folders))) {
    const rest = pieces.filter((piece) => !piece.folders.includes(folder));
    const code = rest.map((piece) => piece.text).join("");
    folders[folder] = { minified: text.length - code.length, gzipped: total - gzipped(code) };
  }
  return { minified: text.length, gzipped: total, folders };
};
