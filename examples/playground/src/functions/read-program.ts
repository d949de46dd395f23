/**
 * What a program exports: `f` (or a default), a function of arrays; `args`, its arguments; and `argnums`, if it says which
 * of them gradients are taken by.
 */
import { NDArray, numpy as np, tree } from "cotangent";
import { showAny } from "../common/show.ts";
import type { LoadedProgram } from "./load-program.ts";
import { ProgramError } from "./program-error.ts";

/** A function whose arguments nobody knows beforehand. */
export type Loose = (...args: readonly unknown[]) => unknown;

export interface Program {
  readonly f: Loose;
  /** As they were written, numbers among them. */
  readonly given: readonly unknown[];
  /** The same with arrays at all leaves, which is what f takes. */
  readonly args: readonly unknown[];
  readonly argnums: readonly number[];
}

export const isNumeric = (x: unknown): boolean =>
  typeof x === "number" || typeof x === "boolean" || x instanceof NDArray;

const isFloatLeaf = (x: unknown): boolean =>
  typeof x === "number" || (x instanceof NDArray && (x.dtype.startsWith("float") || x.dtype === "bfloat16"));

const asArrays = (x: unknown): unknown => tree.map((leaf: unknown) => np.array(leaf as number), x as never);

/** @throws ProgramError that says what to export. */
export const readProgram = ({ exports }: LoadedProgram): Program => {
  const { f = exports["default"], args = [], argnums } = exports;
  if (typeof f !== "function") {
    throw new ProgramError('Export the function to look at as "f": export const f = (x) => …');
  }
  if (!Array.isArray(args)) {
    throw new ProgramError(
      "Export the arguments of f as an array: export const args = [2, np.array([1, 2])]",
    );
  }
  if (f.length > args.length) {
    const takes = f.length === 1 ? "1 argument" : `${f.length} arguments`;
    throw new ProgramError(`f takes ${takes}, but args has ${args.length}: export const args = […]`);
  }
  const strange = tree.leaves(args).find((leaf) => !isNumeric(leaf));
  if (strange !== undefined) {
    throw new ProgramError(
      `args must hold numbers and arrays, alone or in objects and lists; there is ${showAny(strange)}.`,
    );
  }
  const all = args.flatMap((arg: unknown, i) => {
    const leaves = tree.leaves(arg);
    return leaves.length > 0 && leaves.every(isFloatLeaf) ? [i] : [];
  });
  const chosen: readonly unknown[] =
    argnums === undefined ? all : Array.isArray(argnums) ? argnums : [argnums];
  if (
    !chosen.every(
      (i): i is number => Number.isInteger(i) && (i as number) >= 0 && (i as number) < args.length,
    )
  ) {
    throw new ProgramError(
      `argnums must be places in args, from 0 to ${args.length - 1}; got ${showAny(argnums)}.`,
    );
  }
  return { f: f as Loose, given: args, args: args.map(asArrays), argnums: chosen as readonly number[] };
};

/** What f returns, with arrays at all leaves. */
export const resultOf = ({ f, args }: Program): unknown => {
  const returned = f(...args);
  if (returned instanceof Promise)
    throw new ProgramError("f must return its result, not a promise of it: leave out async.");
  const strange = tree.leaves(returned).find((leaf) => !isNumeric(leaf));
  if (strange !== undefined) {
    throw new ProgramError(`f must return numbers and arrays; it returns ${showAny(strange)}.`);
  }
  if (tree.leaves(returned).length === 0)
    throw new ProgramError("f returns nothing: does it end with return?");
  return asArrays(returned);
};
