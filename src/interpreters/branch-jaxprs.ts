import type { NDArray } from "../array/index.ts";
import { type Aval, avalKey, avalOf, type ClosedJaxpr, evalJaxpr, traceToJaxpr } from "../core/index.ts";
import { zerosLike } from "../primitives/broadcast.ts";
import type { BatchSpec } from "./batch-trace.ts";
import { batchJaxprAtFront, jvpJaxpr, partialEvalJaxpr, transposeJaxpr } from "./jaxpr-transforms.ts";
import { either, pick } from "./rearrange.ts";

/*
 * What transforms make of programs one of which will run. What is true of a result of one of them must be true of it
 * in all, so each is transformed twice: first to see what comes of it, then with what comes of any of them.
 */

type Branches = readonly ClosedJaxpr[];

const anyOf = (lists: readonly (readonly boolean[])[]): readonly boolean[] => lists.reduce(either);

/** The JVPs of branches: operands, then tangents that are not zero, to results, then tangents that are not zero. */
export const jvpBranches = (
  branches: Branches,
  nonzero: readonly boolean[],
): { readonly branches: Branches; readonly outNonzero: readonly boolean[] } => {
  const outNonzero = anyOf(branches.map((b) => jvpJaxpr(b, nonzero).outNonzero));
  return { branches: branches.map((b) => jvpJaxpr(b, nonzero, outNonzero).closed), outNonzero };
};

/** Branches applied to a batch, all batch axes in front. */
export const batchBranches = (
  branches: Branches,
  batched: readonly boolean[],
  spec: BatchSpec,
): { readonly branches: Branches; readonly outBatched: readonly boolean[] } => {
  const outBatched = anyOf(branches.map((b) => batchJaxprAtFront(b, batched, spec).outBatched));
  return {
    branches: branches.map((b) => batchJaxprAtFront(b, batched, spec, outBatched).closed),
    outBatched,
  };
};

/** The transposes of branches: known operands, then cotangents that are not zero, to those of linear operands. */
export const transposeBranches = (
  branches: Branches,
  linear: readonly boolean[],
  nonzero: readonly boolean[],
): { readonly branches: Branches; readonly inNonzero: readonly boolean[] } => {
  const inNonzero = anyOf(branches.map((b) => transposeJaxpr(b, linear, nonzero).inNonzero));
  return { branches: branches.map((b) => transposeJaxpr(b, linear, nonzero, inNonzero).closed), inNonzero };
};

/** Branches split in two. */
export interface BranchesSplit {
  /** Known operands to known results, then residuals. */
  readonly known: Branches;
  /** Residuals, then the known operands that some branch needs, then unknown operands, to unknown results. */
  readonly unknown: Branches;
  readonly outUnknown: readonly boolean[];
  /** Which operands, all of them known, the unknown part needs. */
  readonly needed: readonly number[];
  readonly numResiduals: number;
}

/**
 * Split branches into what can run when some operands are known, and the rest. Branches have places for residuals in
 * common, by shape and dtype; those that a branch does not need are zeros.
 */
export const splitBranches = (branches: Branches, isUnknown: readonly boolean[]): BranchesSplit => {
  const outUnknown = anyOf(branches.map((b) => partialEvalJaxpr(b, isUnknown).outUnknown));
  const splits = branches.map((b) => partialEvalJaxpr(b, isUnknown, outUnknown));
  const places: Aval[] = [];
  const placesOf = splits.map(({ known, numResiduals }) => {
    const taken = new Set<number>();
    return known.outAvals.slice(known.outAvals.length - numResiduals).map((a) => {
      const key = avalKey(a);
      let place = places.findIndex((p, i) => avalKey(p) === key && !taken.has(i));
      if (place < 0) place = places.push(avalOf(a)) - 1;
      taken.add(place);
      return place;
    });
  });
  const needed = [...new Set(splits.flatMap((split) => split.needed))].sort((a, b) => a - b);
  const inAvals = (branches[0] as ClosedJaxpr).inAvals;
  const unknownAvals = inAvals.filter((_, i) => isUnknown[i]);
  const knownAvals = inAvals.filter((_, i) => !isUnknown[i]);
  const run = ({ jaxpr, consts }: ClosedJaxpr, inputs: readonly NDArray[]): readonly NDArray[] =>
    evalJaxpr(jaxpr, consts, inputs);
  return {
    known: splits.map(({ known, numResiduals }, b) =>
      traceToJaxpr(
        (...inputs) => {
          const results = run(known, inputs);
          const numResults = results.length - numResiduals;
          const mine = placesOf[b] as readonly number[];
          const residualAt = (place: number): NDArray | undefined =>
            mine.includes(place) ? results[numResults + mine.indexOf(place)] : undefined;
          return [
            ...results.slice(0, numResults),
            ...places.map((a, place) => residualAt(place) ?? zerosLike(a)),
          ];
        },
        knownAvals,
        "partial evaluation",
      ),
    ),
    unknown: splits.map((split, b) =>
      traceToJaxpr(
        (...inputs) => {
          const theirs = inputs.slice(places.length, places.length + needed.length);
          return run(split.unknown, [
            ...pick(inputs, placesOf[b] as readonly number[]),
            ...split.needed.map((i) => theirs[needed.indexOf(i)] as NDArray),
            ...inputs.slice(places.length + needed.length),
          ]);
        },
        [...places, ...pick(inAvals, needed), ...unknownAvals],
        "partial evaluation",
      ),
    ),
    outUnknown,
    needed,
    numResiduals: places.length,
  };
};
