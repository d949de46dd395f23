/**
 * What programs that use the built package weigh once a bundler is done with them, and which rooms of the library that
 * weight lies in.
 */
import { readFileSync } from "node:fs";
import { SourceMap } from "node:module";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { built } from "./load.mjs";

const gzipped = (text) => gzipSync(text, { level: 9 }).length;

/**
 * The room that a source file belongs to. Operations are no room for this: what one function of numpy needs is spread
 * over many.
 */
const roomOf = (source) => /(?:^|\/)src\/([^/]+)\//.exec(source)?.[1] ?? /node_modules\/([^/]+)/.exec(source)?.[1] ?? "";

/** The characters of `code` that come from each room, by its source map. */
const byRoom = (code, map) => {
  const lines = code.split("\n");
  const starts = lines.reduce((at, text) => [...at, at[at.length - 1] + text.length + 1], [0]);
  // Node's own reader of source maps finds the mapping of one place; a mapping reaches to the next one.
  const sourceMap = new SourceMap(map);
  const pieces = new Map();
  let line = 0;
  for (let at = 0; at < code.length; at++) {
    while (at >= starts[line + 1]) line++;
    const room = roomOf(sourceMap.findEntry(line, at - starts[line]).originalSource ?? "");
    pieces.set(room, [...(pieces.get(room) ?? []), at]);
  }
  return pieces;
};
