/**
 * From the TypeScript that a person writes to a module that a browser loads: types go, each line stays in its place, and
 * imports lead to the addresses of our modules.
 */
// The build without WebAssembly is also the one without `eval`, which the policy refuses.
import { parse } from "es-module-lexer/minimal/js";
import { transform } from "sucrase";
import { ProgramError } from "./program-error.ts";

const withoutTypes = (source: string): string => {
  try {
    return transform(source, {
      transforms: ["typescript"],
      disableESTransforms: true,
      production: true,
    }).code;
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const [, text = message, line] =
      /^(?:Error transforming [^:]*: )?(.*?)(?: \((\d+):\d+\))?$/s.exec(message) ?? [];
    throw new ProgramError(text, line === undefined ? undefined : Number(line));
  }
};

const lineOf = (text: string, position: number): number => text.slice(0, position).split("\n").length;

/**
 * @param addresses where the modules lie that may be imported.
 * @throws ProgramError for text that is no TypeScript, and for imports of anything else.
 */
export const compileProgram = (source: string, addresses: ReadonlyMap<string, string>): string => {
  const code = withoutTypes(source);
  const [imports] = (() => {
    try {
      return parse(code);
    } catch (error) {
      throw new ProgramError("Unexpected token.", lineOf(code, (error as { idx?: number }).idx ?? 0));
    }
  })();
  let written = "";
  let end = 0;
  for (const { n: name, s: start, e, d: dynamic } of imports) {
    // A meta property, or a dynamic import of something computed.
    if (name === undefined) continue;
    const address = addresses.get(name);
    if (address === undefined) {
      const known = [...addresses.keys()].join(", ");
      throw new ProgramError(`"${name}" can't be imported here; there are ${known}.`, lineOf(code, start));
    }
    written += code.slice(end, start) + (dynamic === -1 ? address : JSON.stringify(address));
    end = e;
  }
  return written + code.slice(end);
};
