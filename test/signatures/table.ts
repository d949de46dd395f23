import { fileURLToPath } from "node:url";
import { GOLDEN } from "../laws/functions.ts";
import {
  type AnyFunction,
  argumentsOf,
  at,
  everything,
  places,
  replaced,
  spoilt,
} from "../laws/spoilt-calls.ts";
import { decode } from "../numpy/golden.ts";
import { describeCall, describeDTypes, isRefusal } from "./describe.ts";

export const TABLE_FILE = fileURLToPath(new URL("../../docs/shapes-and-dtypes.md", import.meta.url));

/** So many calls and refusals of a function are shown. */
const MOST_CALLS = 3;
const MOST_REFUSALS = 3;

/** A name as people import it. */
const publicName = (name: string): string =>
  name.replace(/^np\b/, "numpy").replace(/^(linalg|fft)\b/, "numpy.$1");

const prefixOf = (name: string): string => name.split(".").slice(0, -1).join(".");

/** Calls with arguments of different shapes. */
const calls = (name: string, f: AnyFunction, first: readonly unknown[]): readonly string[] => {
  const golden = (GOLDEN.get(name) ?? []).map(([, args]) => args.map(decode));
  const shown = new Set<string>();
  for (const args of [first, ...golden]) {
    if (shown.size < MOST_CALLS) shown.add(describeCall(args, f(...args)));
  }
  return [...shown];
};

/** What the function says of arguments that it refuses, each sentence once. */
const refusals = (f: AnyFunction, args: readonly unknown[]): readonly string[] => {
  const said = new Map<string, string>();
  for (const path of places(args)) {
    for (const other of spoilt(at(args, path))) {
      // Refused everywhere in the same words.
      if (typeof other === "string") continue;
      try {
        f(...(replaced(args, path, other) as readonly unknown[]));
      } catch (error) {
        if (!isRefusal(error)) throw error;
        // The same sentence about another shape or number says nothing new.
        const kind = error.message.replace(/-?\d+(\.\d+)?|\[[^\]]*\]|NaN|"[^"]*"/g, "…");
        if (!said.has(kind)) said.set(kind, `${error.name}: ${error.message.split("\n")[0]}`);
      }
    }
  }
  return [...said.values()].slice(0, MOST_REFUSALS);
};

const isOfFunctions = (args: readonly unknown[]): boolean =>
  args.flat().some((value) => typeof value === "function");

/** What stands in a cell of a table as it is. */
const escaped = (text: string): string => text.replace(/[\\`*_{}[\]<>|]/g, "\\$&");

const code = (text: string): string => `\`${text.replaceAll("|", "\\|")}\``;

const row = (name: string, f: AnyFunction, args: readonly unknown[]): string => {
  const refused = isOfFunctions(args) ? [] : refusals(f, args);
  return [
    "",
    code(name.split(".").at(-1) as string),
    calls(name, f, args).map(code).join("<br>"),
    describeDTypes(f, args),
    refused.map(escaped).join("<br>"),
    "",
  ]
    .join(" | ")
    .trim();
};

const HEADER = `# Shapes, dtypes and refusals

Every function of arrays at work: calls with the shapes and dtypes of what goes in and what comes out; what becomes of each
dtype of its floating-point operands; and what the function says of arguments that it refuses. \`npm run signatures\` writes
this page by calling them all, with the arguments of the golden data, and with one argument spoilt at a time; the tests check
that it is up to date. \`f32[2, 3]\` is an array of float32 of shape [2, 3]; \`f\` is a function. What is no array, number or boolean where one is expected is
refused by all in the same words. Signatures and descriptions are in the reference; all messages are in [errors](errors.md).
`;

/** The page. */
export const makeTable = (): string => {
  const prefixes = new Set([...everything.keys()].map(prefixOf));
  const sections = [...prefixes].map((prefix) => {
    const rows = [...everything]
      .filter(([name]) => prefixOf(name) === prefix)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .flatMap(([name, f]) => {
        const args = argumentsOf(name);
        return args === undefined ? [] : [row(name, f, args)];
      });
    const head = "| function | calls | dtypes | refuses |\n|---|---|---|---|";
    return `## ${publicName(prefix)}\n\n${head}\n${rows.join("\n")}\n`;
  });
  return `${HEADER}\n${sections.join("\n")}`;
};
