/**
 * The same programs in a real Chromium: the built package, onnxruntime-web and the programs bundled by esbuild for a page,
 * which a browser without a window opens. Exit code 1 if one differs; without a Chromium it says so and runs nothing.
 *
 *     npm run onnx:web
 */

import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { basename, extname } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { findChromium } from "../../examples/playground/test/chromium.ts";

const executablePath = findChromium();
if (executablePath === undefined) {
  console.log(
    "onnxruntime-web in a browser: not run, because no Chromium was found. Install one, or name it in CHROMIUM.",
  );
  process.exit(0);
}

const here = (path) => fileURLToPath(new URL(path, import.meta.url));

/** What the page runs. It prints to the console, and says at last how many programs differ. */
const source = `
import * as cotangent from "../../dist/index.js";
import * as optim from "../../dist/optim/index.js";
import * as onnx from "../../dist/onnx/index.js";
import * as runtime from "onnxruntime-web";
import { compare } from "./programs.mjs";
globalThis.failures = compare({ cotangent, optim, onnx }, runtime, console.log);
`;
const bundle = await build({
  stdin: { contents: source, resolveDir: here("."), loader: "js" },
  bundle: true,
  format: "esm",
  platform: "browser",
  target: "es2022",
  minify: true,
  write: false,
  logLevel: "error",
});
const [{ contents: code }] = bundle.outputFiles;

const TYPES = { ".wasm": "application/wasm", ".mjs": "text/javascript" };
const server = createServer(async ({ url }, response) => {
  const send = (type, body) => response.writeHead(200, { "content-type": type }).end(body);
  const name = basename(new URL(url, "http://localhost").pathname);
  if (name === "")
    return send("text/html", `<!doctype html><link rel="icon" href="data:,"><title>programs</title>`);
  if (name === "page.js") return send("text/javascript", code);
  // The runtime asks for its WebAssembly beside the script that it is in.
  const type = name.startsWith("ort-") ? TYPES[extname(name)] : undefined;
  if (type === undefined) return response.writeHead(404).end();
  return send(type, await readFile(here(`node_modules/onnxruntime-web/dist/${name}`)));
});
await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));

const { chromium } = await import(["playwright", "core"].join("-"));
// As root, Chromium does without its sandbox or not at all.
const args = process.getuid?.() === 0 ? ["--no-sandbox"] : [];
const browser = await chromium.launch({ executablePath, args });
let failures = 1;
try {
  const page = await browser.newPage();
  const problems = [];
  page.on("console", (message) => {
    if (message.type() === "log") console.log(message.text());
    else if (message.type() === "error") problems.push(message.text());
  });
  page.on("pageerror", (error) => problems.push(error.message));
  console.log(`in Chromium ${browser.version()}, ${Math.round(code.length / 1024)} KB of script:`);
  await page.goto(`http://127.0.0.1:${server.address().port}/`);
  failures = await page.evaluate(async () => {
    // By an address that is computed: what checks imports looks for files.
    await import(String(new URL("/page.js", location.href)));
    return globalThis.failures;
  });
  for (const problem of problems) console.log(`FAIL the page says: ${problem}`);
  failures += problems.length;
} finally {
  await browser.close();
  server.close();
}
process.exit(failures === 0 ? 0 : 1);
