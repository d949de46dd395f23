import {
  allocate,
  ConcreteArray,
  denseData,
  firstElement,
  type NDArray,
  sizeOf,
  type TypedArray,
} from "../../src/array/index.ts";
import {
  type Aval,
  aval,
  bind,
  type ClosedJaxpr,
  definePrimitive,
  type FlatFunction,
  traceToJaxpr,
} from "../../src/core/index.ts";
import { evaluate } from "./passes/support.ts";

/*
 * Loops and branches in their barest form: primitives that say no more than the compiler needs, and are evaluated by
 * running their jaxprs turn by turn.
 */

const NONE = { missing: "it is for tests of the compiler" };
const NO_RULES = { jvp: NONE, transpose: NONE, batch: NONE, args: NONE };

interface ScanParams {
  readonly body: ClosedJaxpr;
  readonly length: number;
  readonly reverse: boolean;
  readonly numConsts: number;
  readonly numCarry: number;
}

const row = (x: ConcreteArray, i: number): ConcreteArray => {
  const shape = x.shape.slice(1);
  const size = sizeOf(shape);
  return new ConcreteArray(denseData(x).slice(i * size, (i + 1) * size) as TypedArray, shape, x.dtype);
};

const scanPrimitive = definePrimitive<ScanParams>({
  name: "barestScan",
  abstractEval: (_, { body, length, numCarry }) =>
    body.outAvals.map((a, k) => (k < numCarry ? a : aval([length, ...a.shape], a.dtype))),
  evaluate: (inputs, { body, length, reverse, numConsts, numCarry }, outputs) => {
    const consts = inputs.slice(0, numConsts);
    let carry = inputs.slice(numConsts, numConsts + numCarry);
    const stacked = outputs.slice(numCarry).map((a) => allocate(a.dtype, sizeOf(a.shape)));
    for (let turn = 0; turn < length; turn++) {
      const i = reverse ? length - 1 - turn : turn;
      const slices = inputs.slice(numConsts + numCarry).map((x) => row(x, i));
      const results = evaluate(body, [...consts, ...carry, ...slices]);
      carry = results.slice(0, numCarry);
      results.slice(numCarry).forEach((y, k) => {
        (stacked[k] as Float64Array).set(denseData(y) as Float64Array, i * sizeOf(y.shape));
      });
    }
    return [
      ...carry,
      ...stacked.map((data, k) => {
        const { shape, dtype } = outputs[numCarry + k] as Aval;
        return new ConcreteArray(data, shape, dtype);
      }),
    ];
  },
  ...NO_RULES,
  lowering: { kind: "scan", describe: (params) => params, params: (form) => form as ScanParams },
});

interface WhileParams {
  readonly cond: ClosedJaxpr;
  readonly body: ClosedJaxpr;
  readonly condConsts: number;
  readonly bodyConsts: number;
}

const whilePrimitive = definePrimitive<WhileParams>({
  name: "barestWhile",
  abstractEval: (_, { body }) => body.outAvals,
  evaluate: (inputs, { cond, body, condConsts, bodyConsts }) => {
    const ofCond = inputs.slice(0, condConsts);
    const ofBody = inputs.slice(condConsts, condConsts + bodyConsts);
    let carry = inputs.slice(condConsts + bodyConsts);
    while (firstElement(evaluate(cond, [...ofCond, ...carry])[0] as ConcreteArray) !== 0)
      carry = [...evaluate(body, [...ofBody, ...carry])];
    return carry;
  },
  ...NO_RULES,
  lowering: { kind: "while", describe: (params) => params, params: (form) => form as WhileParams },
});

interface BranchParams {
  readonly branches: readonly ClosedJaxpr[];
}

const branchPrimitive = definePrimitive<BranchParams>({
  name: "barestBranch",
  abstractEval: (_, { branches }) => branches[0]?.outAvals ?? [],
  evaluate: ([index, ...operands], { branches }) => {
    const k = Math.min(Math.max(firstElement(index as ConcreteArray), 0), branches.length - 1);
    return evaluate(branches[k] as ClosedJaxpr, operands);
  },
  ...NO_RULES,
  lowering: { kind: "branch", describe: (params) => params, params: (form) => form as BranchParams },
});

const strong = ({ shape, dtype }: Aval): Aval => aval(shape, dtype);
const jaxprOf = (fun: FlatFunction, inputs: readonly Aval[]): ClosedJaxpr =>
  traceToJaxpr(fun, inputs.map(strong), "makeJaxpr");

/** What a loop runs: constants, then the carry, then slices, to the carry and slices of results. */
export type Body = (
  consts: readonly NDArray[],
  carry: readonly NDArray[],
  xs: readonly NDArray[],
) => readonly NDArray[];

/** Run `body` once for each row of `xs`. */
export const scan = (
  body: Body,
  consts: readonly NDArray[],
  init: readonly NDArray[],
  xs: readonly NDArray[],
  length: number,
  reverse = false,
): readonly NDArray[] => {
  const [numConsts, numCarry] = [consts.length, init.length];
  const slices = xs.map(({ shape, dtype }) => aval(shape.slice(1), dtype));
  const closed = jaxprOf(
    (...all) =>
      body(
        all.slice(0, numConsts),
        all.slice(numConsts, numConsts + numCarry),
        all.slice(numConsts + numCarry),
      ),
    [...consts, ...init, ...slices],
  );
  return bind(scanPrimitive, [...consts, ...init, ...xs], {
    body: closed,
    length,
    reverse,
    numConsts,
    numCarry,
  });
};

/** Run `body` on the carry while `cond` holds; both see the constants. */
export const whileLoop = (
  cond: (consts: readonly NDArray[], carry: readonly NDArray[]) => NDArray,
  body: (consts: readonly NDArray[], carry: readonly NDArray[]) => readonly NDArray[],
  consts: readonly NDArray[],
  init: readonly NDArray[],
): readonly NDArray[] => {
  const n = consts.length;
  const inputs = [...consts, ...init];
  return bind(whilePrimitive, [...consts, ...consts, ...init], {
    cond: jaxprOf((...all) => [cond(all.slice(0, n), all.slice(n))], inputs),
    body: jaxprOf((...all) => body(all.slice(0, n), all.slice(n)), inputs),
    condConsts: n,
    bodyConsts: n,
  });
};

/** Run the branch that `index` says. */
export const branch = (
  index: NDArray,
  branches: readonly FlatFunction[],
  operands: readonly NDArray[],
): readonly NDArray[] =>
  bind(branchPrimitive, [index, ...operands], { branches: branches.map((f) => jaxprOf(f, operands)) });
