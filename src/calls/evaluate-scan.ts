import {
  allocate,
  ConcreteArray,
  denseData,
  offsetOf,
  sizeOf,
  stridesOf,
  viewOf,
  withWeakType,
} from "../array/index.ts";
import { runCompiled } from "../compile/compile.ts";
import type { Aval, ClosedJaxpr, ConcreteInputs, Primitive } from "../core/index.ts";
import { memoizeOnJaxpr } from "../interpreters/memoize.ts";
import type { ScanLayout } from "../interpreters/scan-jaxprs.ts";
import { evaluateByReference } from "./closed-call.ts";
import { singleEquation } from "./single-equation.ts";
import { isWorthCompiling, workOf } from "./work.ts";

/** What the evaluation of a scan needs of its parameters. */
export interface ScanLoop extends ScanLayout {
  readonly jaxpr: ClosedJaxpr;
  readonly length: number;
  readonly reverse: boolean;
}

/** Element `i` of the leading axis: a view. */
const slice = (x: ConcreteArray, i: number): ConcreteArray => {
  const [stride = 0, ...strides] = stridesOf(x);
  return viewOf(x, x.shape.slice(1), strides, offsetOf(x) + i * stride);
};

/** Run a scan turn by turn. What it keeps is the carry of one turn and the results so far. */
export const loopScan = (
  inputs: ConcreteInputs,
  { length, reverse, numConsts, numCarry }: ScanLoop,
  outputs: readonly Aval[],
  turn: (inputs: ConcreteInputs) => ConcreteInputs,
): ConcreteInputs => {
  const consts = inputs.slice(0, numConsts);
  const xs = inputs.slice(numConsts + numCarry);
  let carry = inputs.slice(numConsts, numConsts + numCarry);
  const ys = outputs.slice(numCarry).map(({ shape, dtype }) => allocate(dtype, sizeOf(shape)));
  for (let step = 0; step < length; step++) {
    const i = reverse ? length - 1 - step : step;
    const results = turn([...consts, ...carry, ...xs.map((x) => slice(x, i))]);
    carry = results.slice(0, numCarry);
    ys.forEach((out, k) => {
      const y = denseData(results[numCarry + k] as ConcreteArray);
      out.set(y, i * y.length);
    });
  }
  return outputs.map(({ shape, dtype, weakType }, k) =>
    k < numCarry
      ? withWeakType(carry[k] as ConcreteArray, weakType)
      : new ConcreteArray(ys[k - numCarry] as ReturnType<typeof allocate>, shape, dtype, weakType),
  );
};

type AvalLists = readonly [inputs: readonly Aval[], outputs: readonly Aval[]];

/** The program that runs a scan and does nothing else. */
const wholeLoop = memoizeOnJaxpr(
  (_: Primitive, { length, reverse, numConsts, numCarry }: ScanLoop, _avals: AvalLists) =>
    `${length},${reverse},${numConsts},${numCarry}`,
  (_: ClosedJaxpr, primitive: Primitive, params: ScanLoop, [inputs, outputs]: AvalLists) =>
    singleEquation(primitive, inputs, params, outputs),
);

/** Run a scan: compiled as a whole where that pays, else turn by turn. */
export const evaluateScan = (
  primitive: Primitive,
  inputs: ConcreteInputs,
  params: ScanLoop,
  outputs: readonly Aval[],
): ConcreteInputs => {
  const { jaxpr, length } = params;
  const byReference = (xs: ConcreteInputs): ConcreteInputs => evaluateByReference(jaxpr, xs);
  if (!isWorthCompiling(length * workOf(jaxpr))) return loopScan(inputs, params, outputs, byReference);
  return (
    runCompiled(wholeLoop(jaxpr, primitive, params, [inputs, outputs]), inputs) ??
    loopScan(inputs, params, outputs, (xs) => runCompiled(jaxpr, xs) ?? byReference(xs))
  );
};
