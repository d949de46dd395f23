import "../../src/numpy/methods.ts";
import * as lax from "../../src/lax/index.ts";
import * as nn from "../../src/nn/index.ts";
import * as np from "../../src/numpy/index.ts";
import * as scipy from "../../src/scipy/index.ts";
import { byName } from "../numpy/calls.ts";
import { type Case, readCases } from "../numpy/golden.ts";

/*
 * Every function of numpy, lax, nn and scipy by its full name, and the golden cases of each.
 */

type Room = { readonly [name: string]: unknown };
type Function = (...args: readonly unknown[]) => unknown;

const ROOMS: { readonly [prefix: string]: object } = {
  np,
  linalg: np.linalg,
  fft: np.fft,
  lax,
  "lax.linalg": lax.linalg,
  nn,
  "scipy.special": scipy.special,
  ...Object.fromEntries(
    Object.entries(scipy.stats).map(([distribution, room]) => [
      `scipy.stats.${distribution}`,
      room as object,
    ]),
  ),
};

/** All functions by their full name. Layers, which are made by functions, have tests of their own. */
export const FUNCTIONS: ReadonlyMap<string, Function> = new Map(
  Object.entries(ROOMS).flatMap(([prefix, room]) =>
    Object.entries(room as Room).flatMap(([name, f]) =>
      typeof f === "function" ? [[`${prefix}.${name}`, f as Function] as const] : [],
    ),
  ),
);

const prefixed = (prefix: string, file: string): Case[] =>
  readCases(file).map(([name, ...rest]): Case => [prefix + name, ...rest]);

/** The golden cases by the full name of their function. */
export const GOLDEN: ReadonlyMap<string, readonly Case[]> = new Map(
  byName([
    ...prefixed("", "numpy.json").map(
      ([name, ...rest]): Case => [name.includes(".") ? name : `np.${name}`, ...rest],
    ),
    ...prefixed("lax.", "lax.json"),
    ...prefixed("fft.", "fft.json"),
    ...prefixed("scipy.", "scipy.json"),
  ]),
);

/** Call a function by its full name. */
export const invoke = (name: string, args: readonly unknown[]): unknown => {
  const f = FUNCTIONS.get(name);
  if (f === undefined) throw new Error(`there is no ${name}`);
  return f(...args);
};
