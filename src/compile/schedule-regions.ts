import { type Shape, sizeOf } from "../array/index.ts";
import { type Aval, type ClosedJaxpr, CotangentError, type Equation, type Var } from "../core/index.ts";
import { carried } from "./carried-jaxprs.ts";
import { type KernelList, loweringOf, storedValue } from "./kernel-list.ts";
import { denseLayout } from "./layout.ts";
import type { Buffer, Layout } from "./program.ts";
import type { Stored, Value } from "./scheduled-value.ts";
import { splitInvariant } from "./split-invariant.ts";

/** What schedules a jaxpr into a list of kernels. */
export interface RegionHost {
  readonly list: KernelList;
  /** One for kernels inside a kernel of this list, and of so many loops more. */
  inner(loops: number): RegionHost;
  /** The values of the outputs of a jaxpr for these values of its inputs. */
  run(closed: ClosedJaxpr, inputs: readonly (Value | undefined)[]): readonly Value[];
}

/** Schedule an equation that is a loop or a branch; returns the values of its outputs. */
export const scheduleRegion = (
  host: RegionHost,
  equation: Equation,
  inputs: readonly Value[],
): readonly Value[] => {
  const lowering = loweringOf(equation);
  const outAvals = equation.outputs.map((v) => v.aval);
  switch (lowering.kind) {
    case "scan": {
      const { body, length, reverse, numConsts, numCarry } = lowering.describe(equation.params);
      return scheduleScan(host, carried(body), { length, reverse, numConsts, numCarry }, inputs, outAvals);
    }
    case "while": {
      const { cond, body, condConsts, bodyConsts } = lowering.describe(equation.params);
      return scheduleWhile(host, carried(cond), carried(body), condConsts, bodyConsts, inputs);
    }
    case "branch":
      return scheduleBranch(host, lowering.describe(equation.params).branches.map(carried), inputs, outAvals);
    default:
      throw new CotangentError(`"${equation.primitive.name}" is no loop and no branch.`);
  }
};

/** The body of a loop, and values of its inputs as kernels inside see them; `undefined` for what turns change. */
interface Turn {
  readonly body: ClosedJaxpr;
  readonly values: readonly (Value | undefined)[];
}

/** A turn of a loop: what no turn changes is computed in front of the loop. */
const turnOf = (host: RegionHost, body: ClosedJaxpr, values: readonly (Value | undefined)[]): Turn => {
  const split = splitInvariant(body, (i) => values[i] !== undefined);
  if (split === undefined) return { body, values: outerValues(host, body, values) };
  const given = values.filter((value) => value !== undefined);
  const all = [...host.run(split.invariant, given), ...values];
  return { body: split.rest, values: outerValues(host, split.rest, all) };
};

/** Values as kernels inside a kernel see them, but for those that none of them uses. */
const outerValues = (
  { list }: RegionHost,
  { jaxpr }: ClosedJaxpr,
  values: readonly (Value | undefined)[],
): (Value | undefined)[] => {
  const used = usedVars(jaxpr);
  return values.map((value, k) =>
    value !== undefined && used.has(jaxpr.inputs[k] as Var) ? list.outer(value) : undefined,
  );
};

/** All values of the inputs of a turn: `changing` are those of the last inputs, or `undefined` where no turn changes one. */
const withChanging = (
  { values }: Turn,
  changing: readonly (Value | undefined)[],
): readonly (Value | undefined)[] => {
  const first = values.length - changing.length;
  return values.map((value, i) => (i < first ? value : (changing[i - first] ?? value)));
};

const usedVars = ({ equations, outputs }: ClosedJaxpr["jaxpr"]): ReadonlySet<object> =>
  new Set<object>([...equations.flatMap(({ inputs }) => inputs), ...outputs]);

/** One part of the carry of a loop: the buffers that it goes to and fro between. */
interface Carry {
  readonly even: Buffer;
  readonly odd: Buffer;
  readonly aval: Aval;
}

/** The carry of a loop, set to its first values; `undefined` for parts that every turn leaves as they are. */
const makeCarry = (
  { list }: RegionHost,
  { jaxpr }: ClosedJaxpr,
  numConsts: number,
  values: readonly Value[],
): (Carry | undefined)[] =>
  values.map((value, k) => {
    if (jaxpr.outputs[k] === jaxpr.inputs[numConsts + k]) return undefined;
    const { aval } = value;
    const even = list.buffer(aval);
    list.copyInto(value, even);
    return { even, odd: list.buffer(aval), aval };
  });

const isPart = (part: Carry | undefined): part is Carry => part !== undefined;

/** What kernels of a turn read of a carry, or, if `next`, where they leave what the next turn reads. */
const carryBuffer = (
  list: KernelList,
  { even, odd, aval }: Carry,
  startsOdd: boolean,
  next: boolean,
): Buffer => {
  const [first, second] = startsOdd === next ? [even, odd] : [odd, even];
  return list.buffer(aval, { kind: "swapped", even: first, odd: second, loop: list.loops - 1 });
};

/** What kernels of a turn see of a part of the carry. */
const carryIn = (list: KernelList, part: Carry | undefined, startsOdd: boolean): Value | undefined =>
  part === undefined ? undefined : wholeBuffer(carryBuffer(list, part, startsOdd, false), part.aval, -1);

const wholeBuffer = (buffer: Buffer, aval: Aval, after: number): Stored =>
  storedValue(denseLayout(buffer, aval.shape), aval, after);

const scheduleScan = (
  host: RegionHost,
  body: ClosedJaxpr,
  form: {
    readonly length: number;
    readonly reverse: boolean;
    readonly numConsts: number;
    readonly numCarry: number;
  },
  inputs: readonly Value[],
  outAvals: readonly Aval[],
): readonly Value[] => {
  const { length, reverse, numConsts, numCarry } = form;
  const { list } = host;
  const inner = host.inner(1);
  const loop = list.loops;
  const { jaxpr } = body;
  const used = usedVars(jaxpr);
  const init = inputs.slice(numConsts, numConsts + numCarry);
  const carry = makeCarry(host, body, numConsts, init);
  // The first turn has the number 0, or, in reverse, the last number.
  const startsOdd = reverse && length % 2 === 0;

  const turn = turnOf(host, body, [
    ...inputs.slice(0, numConsts),
    ...carry.map((part, k) => (part === undefined ? init[k] : undefined)),
    ...inputs.slice(numConsts + numCarry).map(() => undefined),
  ]);
  const slices = inputs.slice(numConsts + numCarry).map((value, k) => {
    const v = jaxpr.inputs[numConsts + numCarry + k] as Var;
    return used.has(v) ? storedValue(sliceLayout(list, value, inner.list, loop), v.aval, -1) : undefined;
  });
  const changing = [...carry.map((part) => carryIn(inner.list, part, startsOdd)), ...slices];
  const results = inner.run(turn.body, withChanging(turn, changing));
  const stacked = outAvals.slice(numCarry).map((aval) => list.buffer(aval));
  results.forEach((value, k) => {
    const part = carry[k];
    if (part !== undefined) inner.list.placeInto(value, carryBuffer(inner.list, part, startsOdd, true));
    else if (k >= numCarry) {
      const { aval } = jaxpr.outputs[k] as { readonly aval: Aval };
      const of = stacked[k - numCarry] as Buffer;
      const step = sizeOf(aval.shape);
      inner.list.placeInto(value, inner.list.buffer(aval, { kind: "moving", of, step, loop }));
    }
  });

  const after = list.push({
    kind: "scan",
    length,
    reverse,
    body: inner.list.finish(),
    held: [...carry.filter(isPart).flatMap(({ even, odd }) => [even, odd]), ...stacked],
  });
  return outAvals.map((aval, k) => {
    if (k >= numCarry) return wholeBuffer(stacked[k - numCarry] as Buffer, aval, after);
    const part = carry[k];
    if (part === undefined) return init[k] as Value;
    return wholeBuffer(length % 2 === 0 ? part.even : part.odd, aval, after);
  });
};

/** The window of one turn on a value whose leading axis the turns go along. */
const sliceLayout = (outer: KernelList, value: Value, list: KernelList, loop: number): Layout => {
  const inPlace = outer.stored(value).layout;
  // Addresses only grow with the number of the turn.
  const { buffer, shape, strides, offset } =
    (inPlace.strides[0] as number) >= 0 ? inPlace : outer.dense(value).layout;
  const slice: Shape = shape.slice(1);
  const aval = { shape: slice, dtype: buffer.dtype, weakType: false };
  const moving = list.buffer(aval, { kind: "moving", of: buffer, step: strides[0] as number, loop });
  return { buffer: moving, shape: slice, strides: strides.slice(1), offset };
};

const scheduleWhile = (
  host: RegionHost,
  cond: ClosedJaxpr,
  body: ClosedJaxpr,
  condConsts: number,
  bodyConsts: number,
  inputs: readonly Value[],
): readonly Value[] => {
  const { list } = host;
  const init = inputs.slice(condConsts + bodyConsts);
  const carry = makeCarry(host, body, bodyConsts, init);
  const run = (inner: RegionHost, closed: ClosedJaxpr, consts: readonly Value[]): readonly Value[] => {
    const kept = carry.map((part, k) => (part === undefined ? init[k] : undefined));
    const turn = turnOf(host, closed, [...consts, ...kept]);
    const changing = carry.map((part) => carryIn(inner.list, part, false));
    return inner.run(turn.body, withChanging(turn, changing));
  };

  const test = host.inner(1);
  const [holds] = run(test, cond, inputs.slice(0, condConsts)) as readonly [Value];
  const flag = list.buffer(holds.aval);
  test.list.placeInto(holds, flag);

  const again = host.inner(1);
  const next = run(again, body, inputs.slice(condConsts, condConsts + bodyConsts));
  next.forEach((value, k) => {
    const part = carry[k];
    if (part !== undefined) again.list.placeInto(value, carryBuffer(again.list, part, false, true));
  });
  const after = list.push({
    kind: "while",
    test: test.list.finish(),
    flag,
    body: again.list.finish(),
    carry: carry.filter(isPart),
  });
  return carry.map((part, k) =>
    part === undefined ? (init[k] as Value) : wholeBuffer(part.even, part.aval, after),
  );
};

const scheduleBranch = (
  host: RegionHost,
  branches: readonly ClosedJaxpr[],
  inputs: readonly Value[],
  outAvals: readonly Aval[],
): readonly Value[] => {
  const { list } = host;
  const [choice, ...operands] = inputs as readonly [Value, ...Value[]];
  const index = list.stored(choice).layout;
  const outputs = outAvals.map((aval) => list.buffer(aval));
  const lists = branches.map((branch) => {
    const inner = host.inner(0);
    const results = inner.run(branch, outerValues(host, branch, operands));
    results.forEach((value, k) => {
      inner.list.placeInto(value, outputs[k] as Buffer);
    });
    return inner.list.finish();
  });
  const after = list.push({
    kind: "branch",
    index: index.buffer,
    offset: index.offset,
    branches: lists,
    outputs,
  });
  return outAvals.map((aval, k) => wholeBuffer(outputs[k] as Buffer, aval, after));
};
