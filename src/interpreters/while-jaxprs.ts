import type { NDArray } from "../array/index.ts";
import { type ClosedJaxpr, evalJaxpr, traceToJaxpr } from "../core/index.ts";
import { broadcastInDim } from "../primitives/broadcast.ts";
import { select } from "../primitives/elementwise/select.ts";
import { reduceOr } from "../primitives/reduction/logical.ts";
import type { BatchSpec } from "./batch-trace.ts";
import { batchJaxprAtFront, partialEvalJaxpr } from "./jaxpr-transforms.ts";
import { flagsKey, memoizeOnJaxpr } from "./memoize.ts";
import { flags, growFlags, positionsOf, rearrangeJaxpr } from "./rearrange.ts";
import { batchScanBody } from "./scan-jaxprs.ts";

/*
 * What transforms make of the condition and the body of a `while` loop. Both take constants of their own, then the
 * carry.
 */

/** A `while` loop by its two programs. */
export interface WhileJaxprs {
  readonly condJaxpr: ClosedJaxpr;
  readonly condNconsts: number;
  readonly bodyJaxpr: ClosedJaxpr;
  readonly bodyNconsts: number;
}

/** Remember what is derived from two jaxprs, for as long as both live. */
export const memoizeOnLoop = <A extends readonly unknown[], R>(
  key: (...args: A) => string,
  derive: (loop: WhileJaxprs, ...args: A) => R,
): ((loop: WhileJaxprs, ...args: A) => R) => {
  const ofCondition = memoizeOnJaxpr(
    (count: number) => String(count),
    (condJaxpr: ClosedJaxpr, condNconsts: number) =>
      memoizeOnJaxpr(
        (bodyNconsts: number, ...args: A) => `${bodyNconsts}|${key(...args)}`,
        (bodyJaxpr: ClosedJaxpr, bodyNconsts: number, ...args: A) =>
          derive({ condJaxpr, condNconsts, bodyJaxpr, bodyNconsts }, ...args),
      ),
  );
  return ({ condJaxpr, condNconsts, bodyJaxpr, bodyNconsts }, ...args) =>
    ofCondition(condJaxpr, condNconsts)(bodyJaxpr, bodyNconsts, ...args);
};

/** The inputs of a loop, or one entry for each, cut at the borders of the groups. */
export const whileGroups = <T>(
  { condNconsts, bodyNconsts }: WhileJaxprs,
  inputs: readonly T[],
): readonly [condConsts: readonly T[], bodyConsts: readonly T[], carry: readonly T[]] => [
  inputs.slice(0, condNconsts),
  inputs.slice(condNconsts, condNconsts + bodyNconsts),
  inputs.slice(condNconsts + bodyNconsts),
];

/**
 * A loop applied to a batch, all batch axes in front. Where examples make different numbers of turns, it goes on until
 * all are done, and those that are done keep their values.
 */
export const batchWhile = memoizeOnLoop(
  (batched: readonly boolean[], { size, axisName }: BatchSpec) =>
    `${flagsKey(batched)}|${size}|${axisName ?? ""}`,
  (
    loop: WhileJaxprs,
    batched: readonly boolean[],
    spec: BatchSpec,
  ): WhileJaxprs & { readonly carryBatched: readonly boolean[] } => {
    const [condConsts, bodyConsts, firstCarry] = whileGroups(loop, batched);
    const layout = { numConsts: loop.bodyNconsts, numCarry: firstCarry.length };
    const batchedBody = (carry: readonly boolean[]) =>
      batchScanBody(loop.bodyJaxpr, layout, [...bodyConsts, ...carry], spec);
    const batchedCond = (carry: readonly boolean[]) =>
      batchJaxprAtFront(loop.condJaxpr, [...condConsts, ...carry], spec);

    const { body, carryBatched } = batchedBody(firstCarry);
    const cond = batchedCond(carryBatched);
    if (cond.outBatched[0] !== true)
      return { ...loop, condJaxpr: cond.closed, bodyJaxpr: body, carryBatched };

    const all = flags(firstCarry.length, true);
    const { closed: goesOn } = batchedCond(all);
    const { body: turn } = batchedBody(all);
    const run = ({ jaxpr, consts }: ClosedJaxpr, inputs: readonly NDArray[]): readonly NDArray[] =>
      evalJaxpr(jaxpr, consts, inputs);
    const someGoesOn = traceToJaxpr(
      (...inputs) => [reduceOr(run(goesOn, inputs)[0] as NDArray, [0])],
      goesOn.inAvals,
      "vmap",
    );
    const condAvals = goesOn.inAvals.slice(0, loop.condNconsts);
    const guarded = traceToJaxpr(
      (...inputs) => {
        const carry = inputs.slice(loop.condNconsts + loop.bodyNconsts);
        const [goes] = run(goesOn, [...inputs.slice(0, loop.condNconsts), ...carry]) as [NDArray];
        const next = run(turn, inputs.slice(loop.condNconsts));
        return carry.map((x, i) => select(broadcastInDim(goes, x.shape, [0]), next[i] as NDArray, x));
      },
      [...condAvals, ...turn.inAvals],
      "vmap",
    );
    return {
      condJaxpr: someGoesOn,
      condNconsts: loop.condNconsts,
      bodyJaxpr: guarded,
      bodyNconsts: loop.condNconsts + loop.bodyNconsts,
      carryBatched: all,
    };
  },
);

/** The part of a loop that runs when some inputs are known. */
export interface KnownWhile extends WhileJaxprs {
  readonly carryUnknown: readonly boolean[];
}

/** The loop of what is known throughout; `undefined` if there is none, or its condition is not known. */
export const knownWhile = memoizeOnLoop(
  flagsKey,
  (loop: WhileJaxprs, isUnknown: readonly boolean[]): KnownWhile | undefined => {
    const [condConsts, bodyConsts, firstCarry] = whileGroups(loop, isUnknown);
    const splitBody = (carry: readonly boolean[]) =>
      partialEvalJaxpr(loop.bodyJaxpr, [...bodyConsts, ...carry], carry);
    const carryUnknown = growFlags(firstCarry, (carry) => splitBody(carry).outUnknown);
    const cond = partialEvalJaxpr(loop.condJaxpr, [...condConsts, ...carryUnknown]);
    if (cond.outUnknown[0] === true || !carryUnknown.includes(false)) return undefined;
    const { known } = splitBody(carryUnknown);
    const count = (list: readonly boolean[]): number => positionsOf(list.map((u) => !u)).length;
    const results = positionsOf(flags(count(carryUnknown), true));
    return {
      condJaxpr: cond.known,
      condNconsts: count(condConsts),
      bodyJaxpr: rearrangeJaxpr(known, positionsOf(known.jaxpr.inputs.map(() => true)), results),
      bodyNconsts: count(bodyConsts),
      carryUnknown,
    };
  },
);
