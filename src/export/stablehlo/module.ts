import type { Aval } from "../../core/index.ts";
import { ArgumentError } from "../../core/index.ts";
import { argumentNames } from "../../transforms/argument-names.ts";
import type { ExportedProgram, StableHLOOptions } from "../../transforms/stablehlo-exporter.ts";
import { formatPath, leafPaths, type TreeDef } from "../../tree/index.ts";
import { writeJaxpr } from "./jaxpr-code.ts";
import { formatMesh, formatSharding, meshOf, partitionsOf } from "./shardings.ts";
import { formatType, typeOf, type Value } from "./types.ts";
import { type Precision, Writer } from "./writer.ts";

const PRECISIONS: { readonly [precision: string]: Precision } = {
  default: "DEFAULT",
  high: "HIGH",
  highest: "HIGHEST",
};

/** The names of leaves, after the names of the subtrees that they stand in. */
const namesOf = (treedef: TreeDef, roots: (index: number) => string): readonly string[] =>
  leafPaths(treedef).map(([first, ...rest]) => formatPath(rest, roots(Number(first))));

const quoted = (text: string): string =>
  `"${text.replace(/["\\]/g, "\\$&").replace(/[^\x20-\x7e]/gu, escapeBytes)}"`;

/** MLIR strings escape bytes, two hexadecimal digits each. */
const escapeBytes = (character: string): string =>
  [...new TextEncoder().encode(character)]
    .map((byte) => `\\${byte.toString(16).toUpperCase().padStart(2, "0")}`)
    .join("");

/** A module whose function `main` is the program. */
export const writeModule = (
  { closed, inTree, outTree, name, fun, count, traced }: ExportedProgram,
  options: StableHLOOptions,
): string => {
  const asked = options.precision ?? "highest";
  const precision = Object.hasOwn(PRECISIONS, asked) ? PRECISIONS[asked] : undefined;
  if (precision === undefined) {
    throw new ArgumentError(
      `toStableHLO: precision must be "default", "high" or "highest"; got ${JSON.stringify(options.precision)}.`,
    );
  }
  const mesh = meshOf(options);
  const { inAvals, outAvals } = closed;
  const known = argumentNames(fun, count);
  const inNames = namesOf(
    inTree,
    (i) => options.argumentNames?.[i] ?? (known[traced[i] as number] as string),
  );
  const outNames = leafPaths(outTree).map((path) => formatPath(path, "result"));
  const splits = (
    option: "inShardings" | "outShardings",
    names: readonly string[],
    avals: readonly Aval[],
  ) => {
    if (mesh === undefined) return avals.map((): string[] => []);
    const partitions = partitionsOf(option, options[option], option === "inShardings" ? inTree : outTree);
    return avals.map((a, i) => [formatSharding(mesh, names[i] as string, partitions[i] as never, a)]);
  };
  const inSplits = splits("inShardings", inNames, inAvals);
  const outSplits = splits("outShardings", outNames, outAvals);

  const w = new Writer(precision);
  const inputs = inAvals.map((a, i): Value => ({ ...typeOf(a), name: `%arg${i}` }));
  w.return(writeJaxpr(w, closed, inputs), "func.return");

  const described = (kind: string, text: string, split: readonly string[]): string =>
    `{${[`${kind} = ${quoted(text)}`, ...split].join(", ")}}`;
  const parameters = inputs.map((x, i) => {
    const text = inNames[i] as string;
    return `${x.name}: ${formatType(x)} ${described("jax.arg_info", text, inSplits[i] as string[])} loc(${quoted(text)})`;
  });
  const results = outAvals.map((a, i) => {
    const attributes = described("jax.result_info", outNames[i] as string, outSplits[i] as string[]);
    return `${formatType(typeOf(a))} ${attributes}`;
  });
  return [
    `module @${symbol(options.name ?? name)} attributes {mhlo.num_partitions = ${mesh?.size ?? 1} : i32, mhlo.num_replicas = 1 : i32} {`,
    ...(mesh === undefined ? [] : [`  ${formatMesh(mesh)}`]),
    `  func.func public @main(${parameters.join(", ")}) -> (${results.join(", ")}) {`,
    w.text(),
    "  }",
    "}",
    "",
  ].join("\n");
};

/** A name that MLIR takes without quotes. */
const symbol = (name: string): string => {
  const plain = name.replace(/[^A-Za-z0-9_]/g, "_");
  return /^[A-Za-z_]/.test(plain) ? plain : `_${plain}`;
};
