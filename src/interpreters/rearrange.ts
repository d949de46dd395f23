import { type Aval, avalOf, ClosedJaxpr, Jaxpr, Var } from "../core/index.ts";

/** The positions of `true` in a list of flags. */
export const positionsOf = (flags: readonly boolean[]): number[] =>
  flags.flatMap((flag, i) => (flag ? [i] : []));

/** `items` at the given places. */
export const pick = <T>(items: readonly T[], places: readonly number[]): T[] =>
  places.map((i) => items[i] as T);

/** Flags that are true where either list says so. */
export const either = (a: readonly boolean[], b: readonly boolean[]): boolean[] =>
  a.map((flag, i) => flag || b[i] === true);

/** Whether two lists of flags are equal. */
export const sameFlags = (a: readonly boolean[], b: readonly boolean[]): boolean =>
  a.every((flag, i) => flag === b[i]);

/** `count` flags, all `flag`. */
export const flags = (count: number, flag: boolean): boolean[] => new Array<boolean>(count).fill(flag);

/** The same program with its inputs and outputs in another order; outputs may be left out. */
export const rearrangeJaxpr = (
  { jaxpr, consts }: ClosedJaxpr,
  inputs: readonly number[],
  outputs: readonly number[],
): ClosedJaxpr =>
  new ClosedJaxpr(
    new Jaxpr(jaxpr.constVars, pick(jaxpr.inputs, inputs), jaxpr.equations, pick(jaxpr.outputs, outputs)),
    consts,
  );

/**
 * Flags of what a loop carries, grown until a turn of the loop sets no more: `turn` tells which of its results have a
 * property when these parts of its carry have it.
 */
export const growFlags = (
  start: readonly boolean[],
  turn: (carry: readonly boolean[]) => readonly boolean[],
): readonly boolean[] => {
  let carry = start;
  for (;;) {
    const next = either(carry, turn(carry));
    if (sameFlags(carry, next)) return carry;
    carry = next;
  }
};

/** The same program with more inputs, which it does not read, behind its own. */
export const ignoringInputs = ({ jaxpr, consts }: ClosedJaxpr, more: readonly Aval[]): ClosedJaxpr =>
  new ClosedJaxpr(
    new Jaxpr(
      jaxpr.constVars,
      [...jaxpr.inputs, ...more.map((a) => new Var(avalOf(a)))],
      jaxpr.equations,
      jaxpr.outputs,
    ),
    consts,
  );
