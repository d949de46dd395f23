// Every JavaScript entry of the built package must load in plain Node, as it will for whoever installs it.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";

const { name, exports } = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8"));
for (const [subpath, target] of Object.entries(exports)) {
  if (typeof target === "string") continue;
  const specifier = name + subpath.slice(1);
  const loaded = await import(specifier);
  console.log(`${specifier}: ${Object.keys(loaded).length} exports`);
}

// They share one library: what one entry makes, the others know. And its frames are told from the user's.
const { grad, makeJaxpr, numpy: np, NDArray } = await import(name);
const { sgd } = await import(`${name}/optim`);
const { checkGrads } = await import(`${name}/testing`);
const optimizer = sgd(0.1);
const weights = np.array([1, 2]);
const [updates] = optimizer.update(weights, optimizer.init(weights), weights);
assert.ok(updates instanceof NDArray);
const sine = (x) => np.sum(np.sin(x));
assert.equal(checkGrads(sine, [weights])._tag, "Right");
const { equations } = makeJaxpr(grad(sine))(weights).jaxpr;
assert.ok(equations.length > 0);
for (const { source } of equations) assert.equal(source.file, import.meta.url);
