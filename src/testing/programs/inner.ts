import type { NDArray } from "../../array/index.ts";
import type { FlatFunction } from "../../core/index.ts";
import { type Facts, runSteps } from "./program.ts";
import { Scope } from "./scope.ts";

/** How deep programs are nested. */
export const GREATEST_DEPTH = 2;

/** A program drawn for the values at some places of another. */
export interface Inner {
  /** Places, in the outer program, of the values that are closed over, and of the arguments. */
  readonly captured: readonly number[];
  readonly args: readonly number[];
  /** From closed-over values, then arguments, to results. */
  readonly run: FlatFunction;
  readonly outputs: readonly Facts[];
}

export interface InnerOptions {
  /** Facts of an argument as the inner program sees it. */
  readonly see?: (facts: Facts) => Facts;
  readonly canCapture?: boolean;
  readonly canReturnSeveral?: boolean;
  /** Whether tangents are pushed through the inner program. */
  readonly isPushed?: boolean;
  /** Whether cotangents are pulled back through it. */
  readonly isPulled?: boolean;
}

/** What the elements of one program are made of. */
export type Body = (scope: Scope) => void;

/** Draw a program for the values at some places of another. */
export const drawInner = (
  scope: Scope,
  args: readonly number[],
  body: Body,
  {
    see = (facts) => facts,
    canCapture = true,
    canReturnSeveral = true,
    isPushed = false,
    isPulled = false,
  }: InnerOptions = {},
): Inner => {
  const { choose } = scope;
  const captured: number[] = [];
  if (canCapture && choose.bool()) captured.push(scope.pickFloat() as number);
  const start = [...captured.map((i) => scope.facts(i)), ...args.map((i) => see(scope.facts(i)))];
  const inner = new Scope(choose, start, {
    floats: scope.floats,
    reverseOnly: scope.reverseOnly && !isPushed,
    forwardOnly: scope.forwardOnly && !isPulled,
    depth: scope.depth + 1,
    gridded: 0,
  });
  body(inner);
  const last = inner.newestFloat();
  const outputs = canReturnSeveral && choose.bool() ? [last, choose.int(0, inner.values.length - 1)] : [last];
  return {
    captured,
    args,
    run: (...values) => {
      const all = runSteps(inner.steps, values);
      return outputs.map((i) => all[i] as NDArray);
    },
    outputs: outputs.map((i) => inner.facts(i)),
  };
};

/** One array without its first axis. */
export const example = ({ shape, ...rest }: Facts): Facts => ({ ...rest, shape: shape.slice(1) });

/** How fast an inner program changes with its argument, where the argument itself changes at unit speed. */
export const atUnitSpeed = (facts: Facts): Facts => ({ ...facts, slope: 1 });
