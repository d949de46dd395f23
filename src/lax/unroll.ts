import type { NDArray } from "../array/index.ts";
import { type ScanParams, scanPrimitive } from "../calls/scan.ts";
import { ArgumentError, aval, bind, evalJaxpr, traceToJaxpr } from "../core/index.ts";
import { concatenate } from "../primitives/concatenate.ts";
import { sliceInDim } from "../primitives/padding.ts";
import { range, without } from "../primitives/rules.ts";
import { reshape } from "../primitives/shape.ts";

/** How many turns are written out at a time: 1 for a plain loop. */
export const unrollOf = (unroll: number | boolean, length: number): number => {
  const count = unroll === true ? length : unroll === false ? 1 : unroll;
  if (Number.isInteger(count) && count >= (unroll === true ? 0 : 1)) return Math.min(count, length);
  throw new ArgumentError(`scan: unroll must be a whole number from 1, or a boolean; got ${unroll}.`);
};

const elementAt = (x: NDArray, i: number): NDArray =>
  reshape(sliceInDim(x, i, i + 1, 0), without(x.shape, 0));

const stack = (xs: readonly NDArray[]): NDArray =>
  concatenate(
    xs.map((x) => reshape(x, [1, ...x.shape])),
    0,
  );

/** A scan whose turns are all written out. Operands and results are those of the primitive. */
const writtenOut = (inputs: readonly NDArray[], params: ScanParams): readonly NDArray[] => {
  const { jaxpr, length, reverse, numConsts, numCarry } = params;
  const consts = inputs.slice(0, numConsts);
  const xs = inputs.slice(numConsts + numCarry);
  let carry: readonly NDArray[] = inputs.slice(numConsts, numConsts + numCarry);
  const ys: (readonly NDArray[])[] = new Array(length);
  for (const turn of range(length)) {
    const i = reverse ? length - 1 - turn : turn;
    const results = evalJaxpr(jaxpr.jaxpr, jaxpr.consts, [
      ...consts,
      ...carry,
      ...xs.map((x) => elementAt(x, i)),
    ]);
    carry = results.slice(0, numCarry);
    ys[i] = results.slice(numCarry);
  }
  const numYs = jaxpr.jaxpr.outputs.length - numCarry;
  return [...carry, ...range(numYs).map((k) => stack(ys.map((y) => y[k] as NDArray)))];
};

/** A scan that makes several turns at a time. Operands and results are those of the primitive. */
export const unrolledScan = (
  inputs: readonly NDArray[],
  params: ScanParams,
  unroll: number,
): readonly NDArray[] => {
  const { jaxpr, length, reverse, numConsts, numCarry } = params;
  // A scan without turns has nothing to write out, and its results have no element.
  if (length === 0 || unroll === 1) return bind(scanPrimitive, inputs, params);
  if (unroll === length) return writtenOut(inputs, params);
  const trips = Math.floor(length / unroll);
  const rest = length - trips * unroll;
  const consts = inputs.slice(0, numConsts);
  const carry = inputs.slice(numConsts, numConsts + numCarry);
  const xs = inputs.slice(numConsts + numCarry);
  // What is left over comes last in the order of the turns.
  const [from, to] = reverse ? [rest, length] : [0, length - rest];
  const blocks = xs.map((x) => reshape(sliceInDim(x, from, to, 0), [trips, unroll, ...x.shape.slice(1)]));
  const slices = blocks.map(({ shape, dtype, weakType }) => aval(shape.slice(1), dtype, weakType));
  const body = traceToJaxpr(
    (...args) => writtenOut(args, { ...params, length: unroll }),
    [...jaxpr.inAvals.slice(0, numConsts + numCarry), ...slices],
    "scan",
  );
  const main = bind(scanPrimitive, [...consts, ...carry, ...blocks], {
    ...params,
    jaxpr: body,
    length: trips,
  });
  const ys = main.slice(numCarry).map((y) => reshape(y, [trips * unroll, ...y.shape.slice(2)]));
  if (rest === 0) return [...main.slice(0, numCarry), ...ys];
  const [restFrom, restTo] = reverse ? [0, rest] : [length - rest, length];
  const tail = writtenOut(
    [...consts, ...main.slice(0, numCarry), ...xs.map((x) => sliceInDim(x, restFrom, restTo, 0))],
    { ...params, length: rest },
  );
  return [
    ...tail.slice(0, numCarry),
    ...ys.map((y, k) => {
      const others = tail[numCarry + k] as NDArray;
      return concatenate(reverse ? [others, y] : [y, others], 0);
    }),
  ];
};
