import { describe, expect, it, vi } from "vitest";
import { Generated } from "./generated.ts";
import { entries, namesIn } from "./known-names.ts";
import { examplesOf, freeNames, moduleOfExamples } from "./module-of-examples.ts";
import { type PublicFunction, publicFunctions } from "./public-functions.ts";
import { wrongIn } from "./shows.ts";

const functions = publicFunctions(entries);

const namespaceOf = ({ name }: PublicFunction): string => name.split(".").slice(0, -1).join(".");

/** Functions by their namespace; one that stands in several is looked at in the first. */
const byNamespace = new Map<string, PublicFunction[]>();
const places = new Set<string>();
for (const f of functions) {
  const place = `${f.file}:${f.line}`;
  if (places.has(place)) continue;
  places.add(place);
  byNamespace.set(namespaceOf(f), [...(byNamespace.get(namespaceOf(f)) ?? []), f]);
}

const generated = new Generated("docstrings");
const modules = [...byNamespace].flatMap(([namespace, inside]) => {
  const names = namesIn(namespace);
  const examples = examplesOf(inside, names);
  const whole = examples.filter(({ given }) => given.length === 0);
  if (whole.length === 0) return [];
  const module = moduleOfExamples(whole, names, "../../shows.ts");
  const path = generated.write(
    `${namespace === "" ? "main" : namespace.replaceAll(".", "-")}.ts`,
    module.code,
  );
  const title = namespace === "" ? "cotangent" : namespace;
  return [{ title, path, whole, count: whole.length, all: examples.length, values: module.values }];
});

/** What needs no example: other names of what has one, and the operators of the language of kernels. */
const isTrivial = ({ name, summary }: PublicFunction): boolean =>
  /\b(an)?other name\b/i.test(summary) || name.startsWith("core.kernel.");

describe("docstrings", () => {
  it("every public function has one", () => {
    expect(functions.filter(({ summary }) => summary === "").map(({ name }) => name)).toEqual([]);
  });

  it("every public function shows an example", () => {
    const without = functions.filter((f) => f.examples.length === 0 && !isTrivial(f));
    expect(without.map(({ name }) => name)).toEqual([]);
  });
});

describe("examples of docstrings", () => {
  it("have the right types", () => {
    expect(generated.typeErrors()).toBe("");
  });

  it.each(modules)("$title: $count of $all run and show $values values", async ({ path, whole }) => {
    const log = vi.spyOn(console, "log").mockImplementation(() => undefined);
    await import(/* @vite-ignore */ path);
    log.mockRestore();
    expect(whole.flatMap(({ of }) => wrongIn(`the example of ${of.name}`)).join("\n")).toBe("");
  });

  it("are left out if they take names as given", () => {
    expect(freeNames("const y = f(x, { a: b, c }); y.d(e); (z) => z;")).toEqual(["f", "x", "b", "c", "e"]);
  });
});
