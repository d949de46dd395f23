// Every JavaScript entry of the built package must load in plain Node, as it will for whoever installs it: the form that
// Node is given, and the one that bundlers are, which must have the same in it.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";

const { name, exports } = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8"));
const entries = Object.entries(exports).filter(([, target]) => typeof target === "object");

const ofNode = (subpath) => import(name + subpath.slice(1));
const ofBundlers = (subpath) => import(new URL(`../${exports[subpath].default}`, import.meta.url));

const isNamespace = (value) =>
  typeof value === "object" &&
  value !== null &&
  [Object.prototype, null].includes(Object.getPrototypeOf(value));

/** The names of what a module exports, those within its namespaces included. */
const namesOf = (module) =>
  Object.keys(module)
    .flatMap((name) => [
      name,
      ...(isNamespace(module[name]) ? namesOf(module[name]).map((inner) => `${name}.${inner}`) : []),
    ])
    .sort();

for (const [subpath] of entries) {
  const names = namesOf(await ofNode(subpath));
  assert.deepEqual(namesOf(await ofBundlers(subpath)), names, subpath);
  console.log(`${name}${subpath.slice(1)}: ${names.length} names`);
}

// They share one library: what one entry makes, the others know. And its frames are told from the user's.
for (const load of [ofNode, ofBundlers]) {
  const { grad, makeJaxpr, numpy: np, NDArray } = await load(".");
  const { sgd } = await load("./optim");
  const { checkGrads } = await load("./testing");
  const { cos } = await load("./numpy");
  assert.equal(cos, np.cos);
  const optimizer = sgd(0.1);
  const weights = np.array([1, 2]);
  const [updates] = optimizer.update(weights, optimizer.init(weights), weights);
  assert.ok(updates instanceof NDArray);
  const sine = (x) => np.sum(np.sin(x));
  assert.equal(checkGrads(sine, [weights])._tag, "Right");
  const { equations } = makeJaxpr(grad(sine))(weights).jaxpr;
  assert.ok(equations.length > 0);
  for (const { source } of equations) assert.equal(source.file, import.meta.url);
}
