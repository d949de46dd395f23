// Every JavaScript entry of the built package must load in plain Node, as it will for whoever installs it.
import { readFileSync } from "node:fs";

const { name, exports } = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8"));
for (const [subpath, target] of Object.entries(exports)) {
  if (typeof target === "string") continue;
  const specifier = name + subpath.slice(1);
  const loaded = await import(specifier);
  console.log(`${specifier}: ${Object.keys(loaded).length} exports`);
}
