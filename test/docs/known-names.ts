/**
 * What the examples of docstrings may name without importing it.
 */
import * as cotangent from "cotangent";
import * as exported from "cotangent/export";
import * as inspect from "cotangent/inspect";
import * as io from "cotangent/io";
import * as onnx from "cotangent/onnx";
import * as optim from "cotangent/optim";
import * as testing from "cotangent/testing";
import * as train from "cotangent/train";
import * as either from "fp-ts/lib/Either.js";
import type { Names } from "./module-of-examples.ts";

/** The entries of the package that have examples. Namespaces of the main entry are found inside it. */
export const entries: Readonly<Record<string, string>> = {
  "": "src/index.ts",
  optim: "src/optim/index.ts",
  io: "src/io/index.ts",
  train: "src/train/index.ts",
  testing: "src/testing/index.ts",
  inspect: "src/inspect/index.ts",
  onnx: "src/onnx/index.ts",
  export: "src/export/index.ts",
};

const modules: Readonly<Record<string, object>> = {
  optim,
  io,
  train,
  testing,
  inspect,
  onnx,
  export: exported,
};

type Origin = readonly [name: string, { readonly module: string; readonly path: string }];

const namesOf = (exported: object, module: string, prefix = ""): readonly Origin[] =>
  Object.keys(exported).map((name) => [name, { module, path: prefix + name }]);

const inner = (object: object, path: readonly string[]): object =>
  path.reduce((found, name) => (found as Readonly<Record<string, object>>)[name] as object, object);

/** The names that examples of a namespace see (`numpy.fft`, `optim`, "" for the main entry): the nearest of each. */
export const namesIn = (namespace: string): Names => {
  const [first = "", ...rest] = namespace.split(".");
  const entry = modules[first];
  const own =
    entry !== undefined
      ? namesOf(inner(entry, rest), `cotangent/${first}`, rest.map((name) => `${name}.`).join(""))
      : namespace === ""
        ? []
        : namesOf(inner(cotangent, namespace.split(".")), "cotangent", `${namespace}.`);
  return new Map<string, Origin[1]>([
    ...namesOf(either, "fp-ts/lib/Either.js"),
    ...Object.entries(modules).flatMap(([name, module]) => namesOf(module, `cotangent/${name}`)),
    ...Object.keys(modules)
      // `export` is no name that a program can use.
      .filter((name) => name !== "export")
      .map((name): Origin => [name, { module: `cotangent/${name}`, path: "*" }]),
    ...namesOf(cotangent, "cotangent"),
    ["np", { module: "cotangent", path: "numpy" }],
    ["fc", { module: "fast-check", path: "default" }],
    ...own.filter(([name]) => name !== "key"),
  ]);
};
