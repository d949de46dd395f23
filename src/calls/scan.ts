import type { NDArray } from "../array/index.ts";
import {
  type Aval,
  aval,
  type BatchAxis,
  type BatchResult,
  bind,
  type ClosedJaxpr,
  definePrimitive,
  describeAval,
  evalJaxpr,
  inLivePlaces,
  isLinearInput,
  type JvpResult,
  type PartialEvalContext,
  type Primitive,
  ShapeError,
  sameAval,
  type Tangent,
  type TransposeInput,
} from "../core/index.ts";
import { positionsOf } from "../interpreters/rearrange.ts";
import {
  batchScanBody,
  jvpScanBody,
  type ScanLayout,
  type ScanSource,
  type ScanSplit,
  splitScanBody,
  transposeScanBody,
} from "../interpreters/scan-jaxprs.ts";
import { batchedAt, zerosLike } from "../primitives/broadcast.ts";
import { evaluateScan } from "./evaluate-scan.ts";

/** Parameters of `scan`. */
export interface ScanParams extends ScanLayout {
  /** From (constants, carry, slices) to (carry, slices of the results). */
  readonly jaxpr: ClosedJaxpr;
  readonly length: number;
  readonly reverse: boolean;
}

/**
 * A loop with a known number of turns. Operands are constants, the first carry, and arrays that are taken apart along
 * their leading axis; results are the last carry, and arrays put together along a leading axis.
 */
export const scanPrimitive: Primitive<ScanParams> = definePrimitive<ScanParams>({
  name: "scan",
  abstractEval: (inputs, params) => scanAvals(inputs, params),
  evaluate: (inputs, params, outputs) => evaluateScan(scanPrimitive as Primitive, inputs, params, outputs),
  jvp: (primals, tangents, params) => jvpScan(primals, tangents, params),
  transpose: (cotangents, inputs, params) => transposeScan(cotangents, inputs, params),
  batch: (inputs, axes, size, params, axisName) => batchScan(inputs, axes, size, params, axisName),
  partialEval: (context, inputs, params) => partialEvalScan(context, inputs, params),
  lowering: {
    kind: "scan",
    describe: ({ jaxpr, length, reverse, numConsts, numCarry }) => ({
      body: jaxpr,
      length,
      reverse,
      numConsts,
      numCarry,
    }),
    params: ({ body, ...rest }) => ({ jaxpr: body as ClosedJaxpr, ...rest }),
  },
  args: {
    missing: "its legal arguments are those of the jaxpr that it carries; tested in test/lax/scan.test.ts",
  },
});

const list = (avals: readonly Aval[]): string => `(${avals.map(describeAval).join(", ")})`;

const scanAvals = (
  inputs: readonly Aval[],
  { jaxpr, length, numConsts, numCarry }: ScanParams,
): readonly Aval[] => {
  const { inAvals, outAvals } = jaxpr;
  const stacked = ({ shape, dtype, weakType }: Aval): Aval => aval([length, ...shape], dtype, weakType);
  const expected = inAvals.map((a, i) => (i < numConsts + numCarry ? a : stacked(a)));
  if (inputs.length !== expected.length || inputs.some((x, i) => !sameAval(x, expected[i] as Aval))) {
    throw new ShapeError(`scan: a loop of ${length} turns takes ${list(expected)}; got ${list(inputs)}.`);
  }
  const [before, after] = [inAvals.slice(numConsts, numConsts + numCarry), outAvals.slice(0, numCarry)];
  if (before.some((a, i) => after[i] === undefined || !sameAval(a, after[i]))) {
    throw new ShapeError(`scan: the carry is ${list(before)} before a turn and ${list(after)} after it.`);
  }
  return outAvals.map((a, i) => (i < numCarry ? a : stacked(a)));
};

/** A scan, unless it computes nothing. */
const bindScan = (inputs: readonly NDArray[], params: ScanParams): readonly NDArray[] =>
  params.jaxpr.jaxpr.outputs.length === 0 ? [] : bind(scanPrimitive, inputs, params);

const isArray = (x: Tangent): x is NDArray => x !== null;

const jvpScan = (
  primals: readonly NDArray[],
  tangents: readonly Tangent[],
  params: ScanParams,
): JvpResult => {
  const { numConsts, numCarry } = params;
  const firstX = numConsts + numCarry;
  const { body, carryNonzero, ysNonzero } = jvpScanBody(params.jaxpr, params, tangents.map(isArray));
  const carryTangents = tangents
    .slice(numConsts, firstX)
    .map((t, i): Tangent => (carryNonzero[i] ? (t ?? zerosLike(primals[numConsts + i] as NDArray)) : null));
  const constTangents = tangents.slice(0, numConsts).filter(isArray);
  const liveCarry = carryTangents.filter(isArray);
  const results = bind(
    scanPrimitive,
    [
      ...primals.slice(0, numConsts),
      ...constTangents,
      ...primals.slice(numConsts, firstX),
      ...liveCarry,
      ...primals.slice(firstX),
      ...tangents.slice(firstX).filter(isArray),
    ],
    {
      ...params,
      jaxpr: body,
      numConsts: numConsts + constTangents.length,
      numCarry: numCarry + liveCarry.length,
    },
  );
  const firstY = numCarry + liveCarry.length;
  const endYs = firstY + ysNonzero.length;
  return {
    outputs: [...results.slice(0, numCarry), ...results.slice(firstY, endYs)],
    tangents: [...inLivePlaces(carryNonzero, results, numCarry), ...inLivePlaces(ysNonzero, results, endYs)],
  };
};

const batchScan = (
  inputs: readonly NDArray[],
  axes: readonly BatchAxis[],
  size: number,
  params: ScanParams,
  axisName: string | undefined,
): BatchResult => {
  const { numConsts, numCarry } = params;
  const { body, carryBatched, ysBatched } = batchScanBody(
    params.jaxpr,
    params,
    axes.map((axis) => axis !== null),
    { size, axisName },
  );
  // The axis of the batch stands in front, that of the turns before it.
  const moved = inputs.map((x, i) => {
    const axis = axes[i] ?? null;
    if (axis === null && carryBatched[i - numConsts] !== true) return x;
    return batchedAt(x, axis, size, i < numConsts + numCarry ? 0 : 1);
  });
  return {
    outputs: bind(scanPrimitive, moved, { ...params, jaxpr: body }),
    axes: [...carryBatched.map((b) => (b ? 0 : null)), ...ysBatched.map((b) => (b ? 1 : null))],
  };
};

/** What a split scan has computed, and the loop that waits. */
interface RunSplit<T> {
  readonly split: ScanSplit;
  readonly knownResults: readonly NDArray[];
  readonly waiting: ScanParams;
  readonly waitingInputs: readonly (NDArray | T)[];
  /** For each operand of the loop that waits, which operand of the whole it is; -1 if it was computed. */
  readonly positions: readonly number[];
}

/** Split a scan and run the known part. Operands that are not known are passed on as they are. */
const runKnown = <T>(
  inputs: readonly (NDArray | T)[],
  isUnknown: readonly boolean[],
  params: ScanParams,
): RunSplit<T> => {
  const { numConsts, numCarry, jaxpr, length, reverse } = params;
  const split = splitScanBody(jaxpr, params, isUnknown);
  const { hoisted, carryUnknown } = split;
  const firstX = numConsts + numCarry;
  const inputUnknown = [...isUnknown.slice(0, numConsts), ...carryUnknown, ...isUnknown.slice(firstX)];
  const known = (from: number, to: number): NDArray[] =>
    inputs.slice(from, to).filter((_, i) => !inputUnknown[from + i]) as NDArray[];
  const knownCarry = known(numConsts, firstX);
  const knownXs = known(firstX, inputs.length);
  const invariant = evalJaxpr(hoisted.jaxpr, hoisted.consts, known(0, numConsts));
  let stacked: readonly NDArray[] = [];
  const value = ({ from, index }: ScanSource): NDArray | T =>
    ({ hoisted: invariant, stacked, operand: inputs })[from][index] as NDArray | T;
  const knownConsts = split.knownConsts.map(value) as NDArray[];
  const results = bindScan([...knownConsts, ...knownCarry, ...knownXs], {
    jaxpr: split.known,
    length,
    reverse,
    numConsts: knownConsts.length,
    numCarry: knownCarry.length,
  });
  stacked = results.slice(knownCarry.length);
  const carrySources = positionsOf(carryUnknown).map(
    (i): ScanSource => ({ from: "operand", index: numConsts + i }),
  );
  const sources = [...split.unknownConsts, ...carrySources, ...split.unknownXs];
  return {
    split,
    knownResults: results,
    waiting: {
      jaxpr: split.unknown,
      length,
      reverse,
      numConsts: split.unknownConsts.length,
      numCarry: carrySources.length,
    },
    waitingInputs: sources.map(value),
    positions: sources.map(({ from, index }) => (from === "operand" ? index : -1)),
  };
};

const partialEvalScan = (
  context: PartialEvalContext,
  inputs: readonly NDArray[],
  params: ScanParams,
): readonly NDArray[] => {
  const isUnknown = inputs.map((x) => context.isUnknown(x));
  const { split, knownResults, waitingInputs, waiting } = runKnown<never>(inputs, isUnknown, params);
  const waitingResults = context.record(scanPrimitive, waitingInputs, waiting);
  let nextKnown = 0;
  let nextWaiting = 0;
  return [...split.carryUnknown, ...split.ysUnknown].map(
    (u) => (u ? waitingResults[nextWaiting++] : knownResults[nextKnown++]) as NDArray,
  );
};

const transposeScan = (
  cotangents: readonly Tangent[],
  inputs: readonly TransposeInput[],
  params: ScanParams,
): readonly Tangent[] => {
  const { numConsts, numCarry, jaxpr, length, reverse } = params;
  const linear = inputs.map(isLinearInput);
  const carryLinear = linear.slice(numConsts, numConsts + numCarry);
  if (carryLinear.includes(false) && splitScanBody(jaxpr, params, linear).carryUnknown.includes(false))
    return transposeSplit(cotangents, inputs, params);
  const { body, constNonzero, carryNonzero, xsNonzero } = transposeScanBody(
    jaxpr,
    params,
    linear,
    cotangents.map(isArray),
  );
  const known = (from: number, to: number): NDArray[] =>
    inputs.slice(from, to).filter((x): x is NDArray => !isLinearInput(x));
  const sums = constNonzero.flatMap((live, i) => (live ? [zerosLike(jaxpr.inAvals[i] as Aval)] : []));
  const carryCts = carryNonzero.flatMap((live, i) =>
    live ? [cotangents[i] ?? zerosLike(jaxpr.outAvals[i] as Aval)] : [],
  );
  const knownConsts = known(0, numConsts);
  const results = bindScan(
    [
      ...knownConsts,
      ...sums,
      ...carryCts,
      ...cotangents.slice(numCarry).filter(isArray),
      ...known(numConsts + numCarry, inputs.length),
    ],
    {
      jaxpr: body,
      length,
      reverse: !reverse,
      numConsts: knownConsts.length,
      numCarry: sums.length + carryCts.length,
    },
  );
  // The carry may start from something known, to which nothing flows back.
  return inLivePlaces([...constNonzero, ...carryNonzero, ...xsNonzero], results).map((ct, i) =>
    linear[i] ? ct : null,
  );
};

/** The transpose of a scan that carries what does not depend on its linear inputs, too, such as a count. */
const transposeSplit = (
  cotangents: readonly Tangent[],
  inputs: readonly TransposeInput[],
  params: ScanParams,
): readonly Tangent[] => {
  const { split, waiting, waitingInputs, positions } = runKnown(inputs, inputs.map(isLinearInput), params);
  const isUnknown = [...split.carryUnknown, ...split.ysUnknown];
  const waitingCts = transposeScan(
    cotangents.filter((_, i) => isUnknown[i]),
    waitingInputs,
    waiting,
  );
  return inputs.map((_, i) => waitingCts[positions.indexOf(i)] ?? null);
};
