/**
 * Programs run by onnxruntime-web, in Node, beside our own closures: exit code 1 if one differs.
 *
 *     npm run onnx:web
 *
 * The specifiers are computed, because neither the runtime, which this folder's own lockfile installs, nor the built
 * package need be there when the imports of the project are checked.
 */
import { compare } from "./programs.mjs";

const load = (specifier) => import(specifier);
const built = (path) => load(new URL(`../../dist/${path}`, import.meta.url).href);

const modules = {
  cotangent: await built("index.js"),
  optim: await built("optim/index.js"),
  onnx: await built("onnx/index.js"),
};
console.log(`in Node ${process.version}:`);
const failures = await compare(modules, await load("onnxruntime-web"), console.log);
process.exit(failures === 0 ? 0 : 1);
