import type { NDArray } from "../array/index.ts";
import { type Aval, aval, ClosedJaxpr, evalJaxpr, Jaxpr, traceToJaxpr, type Var } from "../core/index.ts";
import { addTangents } from "../primitives/elementwise/add.ts";
import { range } from "../primitives/rules.ts";
import type { BatchSpec } from "./batch-trace.ts";
import { batchJaxprAtFront, jvpJaxpr, partialEvalJaxpr, transposeJaxpr } from "./jaxpr-transforms.ts";
import { flagsKey, memoizeOnJaxpr } from "./memoize.ts";
import { flags, growFlags, pick, positionsOf, rearrangeJaxpr } from "./rearrange.ts";

/*
 * What transforms make of the body of a `scan`. A body goes from (constants, carry, slices) to (carry, slices); what is
 * true of a part of the carry after one turn must be true before the next, so each transform first finds the carry for
 * which it holds.
 */

/** How the inputs and outputs of a body are grouped. */
export interface ScanLayout {
  readonly numConsts: number;
  readonly numCarry: number;
}

const layoutKey = ({ numConsts, numCarry }: ScanLayout, ...lists: readonly (readonly boolean[])[]): string =>
  `${numConsts},${numCarry}|${lists.map(flagsKey).join("|")}`;

/** A list with one entry an input, cut at the borders of the groups. */
const inputGroups = <T>(
  { numConsts, numCarry }: ScanLayout,
  inputs: readonly T[],
): readonly [consts: readonly T[], carry: readonly T[], xs: readonly T[]] => [
  inputs.slice(0, numConsts),
  inputs.slice(numConsts, numConsts + numCarry),
  inputs.slice(numConsts + numCarry),
];

/** For each flag that is set, its place among those that are set, counted from `start`; -1 for the others. */
const ranks = (isSet: readonly boolean[], start: number): number[] => {
  let next = start;
  return isSet.map((flag) => (flag ? next++ : -1));
};

/**
 * The JVP of a body: each group of inputs and outputs is followed by those of its tangents that are not zero.
 * `nonzero` is about the inputs of the scan.
 */
export const jvpScanBody = memoizeOnJaxpr(
  layoutKey,
  (closed: ClosedJaxpr, layout: ScanLayout, nonzero: readonly boolean[]) => {
    const { numCarry } = layout;
    const [consts, firstCarry, xs] = inputGroups(layout, nonzero);
    const transformed = (carry: readonly boolean[]) => jvpJaxpr(closed, [...consts, ...carry, ...xs], carry);
    const carryNonzero = growFlags(firstCarry, (carry) => transformed(carry).outNonzero.slice(0, numCarry));
    const { closed: body, outNonzero } = transformed(carryNonzero);

    const withTangents = (isLive: readonly boolean[], groups: readonly (readonly number[])[]): number[] => {
      const tangent = ranks(isLive, isLive.length);
      return groups.flatMap((group) => [...group, ...pick(tangent, group).filter((t) => t >= 0)]);
    };
    const outputs = range(outNonzero.length);
    return {
      body: rearrangeJaxpr(
        body,
        withTangents([...consts, ...carryNonzero, ...xs], inputGroups(layout, range(nonzero.length))),
        withTangents(outNonzero, [outputs.slice(0, numCarry), outputs.slice(numCarry)]),
      ),
      carryNonzero,
      ysNonzero: outNonzero.slice(numCarry),
    };
  },
);

/** A body applied to a batch, all batch axes in front. `batched` is about the inputs of the scan. */
export const batchScanBody = memoizeOnJaxpr(
  (layout: ScanLayout, batched: readonly boolean[], { size, axisName }: BatchSpec) =>
    `${layoutKey(layout, batched)}|${size}|${axisName ?? ""}`,
  (closed: ClosedJaxpr, layout: ScanLayout, batched: readonly boolean[], spec: BatchSpec) => {
    const { numCarry } = layout;
    const [consts, firstCarry, xs] = inputGroups(layout, batched);
    const transformed = (carry: readonly boolean[]) =>
      batchJaxprAtFront(closed, [...consts, ...carry, ...xs], spec, carry);
    const carryBatched = growFlags(firstCarry, (carry) => transformed(carry).outBatched.slice(0, numCarry));
    const { closed: body, outBatched } = transformed(carryBatched);
    return { body, carryBatched, ysBatched: outBatched.slice(numCarry) };
  },
);

/** Where an operand of the second part of a split scan comes from, and its place there. */
export interface ScanSource {
  /** The results of what was hoisted, the stacked results of the known loop, or the operands of the scan itself. */
  readonly from: "hoisted" | "stacked" | "operand";
  readonly index: number;
}

/** A scan split in two, and what was hoisted out of the known loop because it is the same in every turn. */
export interface ScanSplit {
  /** Known constants to what the second part needs of them, and to constants of the known loop. */
  readonly hoisted: ClosedJaxpr;
  /** The known loop: constants (some of what was hoisted, then some of the known constants), carry, slices. */
  readonly known: ClosedJaxpr;
  readonly knownConsts: readonly ScanSource[];
  /** The body of the second part, which gives the unknown carry and slices. */
  readonly unknown: ClosedJaxpr;
  readonly unknownConsts: readonly ScanSource[];
  readonly unknownXs: readonly ScanSource[];
  readonly carryUnknown: readonly boolean[];
  readonly ysUnknown: readonly boolean[];
}

/**
 * Split a body. The carry that is known throughout runs in a loop of its own, which stacks what the second part needs
 * of it turn by turn; what the second part needs of constants alone is computed once. `isUnknown` is about the inputs
 * of the scan.
 */
export const splitScanBody = memoizeOnJaxpr(
  layoutKey,
  (closed: ClosedJaxpr, layout: ScanLayout, isUnknown: readonly boolean[]): ScanSplit => {
    const { numConsts, numCarry } = layout;
    const [consts, firstCarry, xs] = inputGroups(layout, isUnknown);
    const partial = (carry: readonly boolean[]) =>
      partialEvalJaxpr(closed, [...consts, ...carry, ...xs], carry);
    const carryUnknown = growFlags(firstCarry, (carry) => partial(carry).outUnknown.slice(0, numCarry));
    const { known, unknown, outUnknown, needed, numResiduals } = partial(carryUnknown);
    const ysUnknown = outUnknown.slice(numCarry);
    const inputUnknown = [...consts, ...carryUnknown, ...xs];
    const place = ranks(
      inputUnknown.map((u) => !u),
      0,
    );
    const kind = (position: number): "const" | "carry" | "x" =>
      position < numConsts ? "const" : position < numConsts + numCarry ? "carry" : "x";

    // The known part also gives the carry of each turn where the second part needs it.
    const numKnownConsts = positionsOf(consts.map((u) => !u)).length;
    const numKnownCarry = positionsOf(carryUnknown.map((u) => !u)).length;
    const numKnownResults = known.jaxpr.outputs.length - numResiduals;
    const neededCarry = needed.filter((position) => kind(position) === "carry");
    const knownWithCarry = new ClosedJaxpr(
      new Jaxpr(known.jaxpr.constVars, known.jaxpr.inputs, known.jaxpr.equations, [
        ...known.jaxpr.outputs,
        ...neededCarry.map((position) => known.jaxpr.inputs[place[position] as number] as Var),
      ]),
      known.consts,
    );
    const split = partialEvalJaxpr(
      knownWithCarry,
      known.jaxpr.inputs.map((_, i) => i >= numKnownConsts),
      flags(numKnownResults, true),
    );
    const stays = split.outUnknown;
    const numInvariant = positionsOf(stays.map((s) => !s)).length;
    const invariantRank = ranks(
      stays.map((s) => !s),
      0,
    );
    const stayingRank = ranks(stays, 0);

    // A residual that is a result of the loop anyway is not stacked twice.
    const loopOutputs = split.unknown.jaxpr.outputs;
    const firstOf = (output: number): number => {
      const same = loopOutputs.indexOf(loopOutputs[output] as Var, numKnownCarry);
      return same < 0 ? output : same;
    };
    const isKept = loopOutputs.map((_, i) => i < numKnownResults || firstOf(i) === i);
    const keptRank = ranks(isKept, -numKnownCarry);
    const residual = (output: number): ScanSource =>
      stays[output]
        ? { from: "stacked", index: keptRank[firstOf(stayingRank[output] as number)] as number }
        : { from: "hoisted", index: invariantRank[output] as number };

    const knownConstPositions = positionsOf(consts.map((u) => !u));
    const operand = (index: number): ScanSource => ({ from: "operand", index });
    const sources = [
      ...range(numResiduals).map((i) => residual(numKnownResults + i)),
      ...needed.map((position) =>
        kind(position) === "carry"
          ? residual(numKnownResults + numResiduals + neededCarry.indexOf(position))
          : operand(position),
      ),
      ...positionsOf(inputUnknown).map(operand),
    ];
    const isConst = ({ from, index }: ScanSource): boolean =>
      from === "hoisted" || (from === "operand" && kind(index) === "const");
    const isCarry = ({ from, index }: ScanSource): boolean => from === "operand" && kind(index) === "carry";
    const constPlaces = positionsOf(sources.map(isConst));
    const carryPlaces = positionsOf(sources.map(isCarry));
    const xsPlaces = positionsOf(sources.map((s) => !isConst(s) && !isCarry(s)));
    return {
      hoisted: split.known,
      known: rearrangeJaxpr(split.unknown, range(split.unknown.jaxpr.inputs.length), positionsOf(isKept)),
      knownConsts: [
        ...range(split.numResiduals).map((i): ScanSource => ({ from: "hoisted", index: numInvariant + i })),
        ...split.needed.map((i) => operand(knownConstPositions[i] as number)),
      ],
      unknown: rearrangeJaxpr(
        unknown,
        [...constPlaces, ...carryPlaces, ...xsPlaces],
        range(unknown.jaxpr.outputs.length),
      ),
      unknownConsts: pick(sources, constPlaces),
      unknownXs: pick(sources, xsPlaces),
      carryUnknown,
      ysUnknown,
    };
  },
);

/**
 * The transpose of a body whose carry is linear throughout. Its constants are the known ones; its carry are sums of
 * cotangents of the linear constants, then cotangents of the carry; its slices are cotangents of the results, then the
 * known slices. It gives the same carry, then cotangents of the linear slices. `linear` is about the inputs of the
 * scan, `nonzero` about its outputs.
 */
export const transposeScanBody = memoizeOnJaxpr(
  layoutKey,
  (closed: ClosedJaxpr, layout: ScanLayout, linear: readonly boolean[], nonzero: readonly boolean[]) => {
    const { numConsts, numCarry } = layout;
    const [constLinear, , xsLinear] = inputGroups(layout, linear);
    const allLinear = [...constLinear, ...flags(numCarry, true), ...xsLinear];
    const ysNonzero = nonzero.slice(numCarry);
    const transposed = (carry: readonly boolean[]) =>
      transposeJaxpr(closed, allLinear, [...carry, ...ysNonzero], [...flags(numConsts, false), ...carry]);
    const carryNonzero = growFlags(
      nonzero.slice(0, numCarry),
      (carry) => inputGroups(layout, transposed(carry).inNonzero)[1],
    );
    const { closed: turn, inNonzero } = transposed(carryNonzero);
    const [constNonzero, , xsNonzero] = inputGroups(layout, inNonzero);

    const { inAvals, outAvals } = closed;
    const [constAvals, carryAvals, xsAvals] = inputGroups(layout, inAvals);
    const tangentAvals = (avals: readonly Aval[], isLive: readonly boolean[]): Aval[] =>
      pick(avals, positionsOf(isLive)).map((a) => aval(a.shape, a.dtype));
    const knownAvals = (avals: readonly Aval[], isLinear: readonly boolean[]): Aval[] =>
      avals.filter((_, i) => !isLinear[i]);
    const groups = [
      knownAvals(constAvals, constLinear),
      tangentAvals(constAvals, constNonzero),
      tangentAvals(carryAvals, carryNonzero),
      tangentAvals(outAvals.slice(numCarry), ysNonzero),
      knownAvals(xsAvals, xsLinear),
    ] as const;
    const body = traceToJaxpr(
      (...args) => {
        let next = 0;
        const take = (group: readonly Aval[]): readonly NDArray[] => {
          next += group.length;
          return args.slice(next - group.length, next);
        };
        const [knownConsts, sums, carryCts, ysCts, knownXs] = groups.map(take) as [
          readonly NDArray[],
          readonly NDArray[],
          readonly NDArray[],
          readonly NDArray[],
          readonly NDArray[],
        ];
        const inputs = [...knownConsts, ...knownXs, ...carryCts, ...ysCts];
        const cts = evalJaxpr(turn.jaxpr, turn.consts, inputs);
        return cts.map((ct, i) => (i < sums.length ? (addTangents(sums[i] as NDArray, ct) as NDArray) : ct));
      },
      groups.flat(),
      "transpose",
    );
    return { body, constNonzero, carryNonzero, xsNonzero };
  },
);
