/**
 * Loads what a person wrote as a module, at an address of its own.
 */
import * as cotangent from "cotangent";
import * as inspect from "cotangent/inspect";
import * as optim from "cotangent/optim";
import { compileProgram } from "./compile-program.ts";
import { ProgramError } from "./program-error.ts";

type Namespace = Readonly<Record<string, unknown>>;

/** What can be imported. */
const libraries: Readonly<Record<string, Namespace>> = {
  cotangent,
  "cotangent/inspect": inspect,
  "cotangent/lax": cotangent.lax,
  "cotangent/nn": cotangent.nn,
  "cotangent/numpy": cotangent.numpy,
  "cotangent/optim": optim,
  "cotangent/random": cotangent.random,
  "cotangent/scipy": cotangent.scipy,
};

/** Where modules at `blob:` addresses find ours. */
const SHELF = "cotangentPlayground";
const shelf: Record<string, Namespace> = {};
Object.defineProperty(globalThis, SHELF, { value: shelf });

const addresses = new Map<string, string>();

const asAddress = (code: string): string =>
  URL.createObjectURL(new Blob([code], { type: "text/javascript" }));

/** A module that exports what ours does. */
const publish = (name: string, namespace: Namespace): void => {
  shelf[name] = namespace;
  // Some have names that no constant may have: `numpy.var`, `numpy.delete`.
  const exported = Object.keys(namespace).map(
    (key, i) => `const own${i} = all.${key};\nexport { own${i} as ${key} };`,
  );
  addresses.set(
    name,
    asAddress(`const all = globalThis.${SHELF}[${JSON.stringify(name)}];\n${exported.join("\n")}`),
  );
};

for (const [name, namespace] of Object.entries(libraries)) publish(name, namespace);

/** A program that was loaded. */
export interface LoadedProgram {
  readonly exports: Namespace;
  /** Where in the program an error comes from. */
  readonly lineOf: (error: unknown) => number | undefined;
  /** A text in which the address of the program is its name. */
  readonly named: (text: string) => string;
}

/** What the program is called where places in it are named. */
export const programName = "function.ts";

/** @throws ProgramError if it is no program, or ends with an error while it is loaded. */
export const loadProgram = async (source: string): Promise<LoadedProgram> => {
  const address = asAddress(compileProgram(source, addresses));
  const place = new RegExp(`${address.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")}(?::(\\d+)(?::\\d+)?)?`, "g");
  const lineOf = (error: unknown): number | undefined => {
    if (error instanceof ProgramError) return error.line;
    const text = error instanceof Error ? (error.stack ?? "") : "";
    const [match] = text.matchAll(place);
    return match?.[1] === undefined ? undefined : Number(match[1]);
  };
  // Without types columns are others, so that only lines are told.
  const named = (text: string): string =>
    text.replace(place, (_, line?: string) => (line === undefined ? programName : `${programName}:${line}`));
  try {
    const exports: Namespace = await import(/* @vite-ignore */ address);
    return { exports, lineOf, named };
  } catch (error) {
    const message = error instanceof Error ? named(`${error.name}: ${error.message}`) : String(error);
    throw new ProgramError(message, lineOf(error));
  } finally {
    URL.revokeObjectURL(address);
  }
};
