import {
  type Atom,
  type BranchForm,
  ClosedJaxpr,
  Equation,
  hasEffects,
  Jaxpr,
  type Params,
  type ScanForm,
  type WhileForm,
} from "../../core/index.ts";
import { carried } from "../carried-jaxprs.ts";
import { eliminateDeadCode } from "./eliminate-dead-code.ts";
import { closedWith, constantsOf, type Pass } from "./pass.ts";
import { Scopes } from "./scopes.ts";

/** One flag for each input, or output, of something. */
type Flags = readonly boolean[];

const pick = <T>(items: readonly T[], isKept: Flags): T[] => items.filter((_, i) => isKept[i]);
const count = (flags: Flags): number => flags.filter(Boolean).length;

/**
 * Programs by which of their outputs are kept. A loop asks several times until its flags have grown, and so does each loop
 * around it, in each round of passes: without a memory the work would double with each level of nesting.
 */
const remembered = new WeakMap<ClosedJaxpr, Map<string, ClosedJaxpr>>();

/** A program with some of its outputs, without what none of these needs, inside loops and branches too. */
const withOutputs = (closed: ClosedJaxpr, isKept: Flags): ClosedJaxpr => {
  const known = remembered.get(closed) ?? new Map<string, ClosedJaxpr>();
  remembered.set(closed, known);
  const key = isKept.join();
  const result = known.get(key) ?? cutOutputs(closed, isKept);
  known.set(key, result);
  return result;
};

const cutOutputs = (closed: ClosedJaxpr, isKept: Flags): ClosedJaxpr => {
  const { jaxpr, consts } = closed;
  const { constVars, inputs, equations, outputs } = jaxpr;
  const cut = isKept.every(Boolean)
    ? closed
    : new ClosedJaxpr(new Jaxpr(constVars, inputs, equations, pick(outputs, isKept)), consts);
  return eliminateDeadCode(eliminateDeadResults(cut));
};

/** A program without inputs that it does not read. */
const withInputs = (closed: ClosedJaxpr, isKept: Flags): ClosedJaxpr => {
  if (isKept.every(Boolean)) return closed;
  const { constVars, inputs, equations, outputs } = closed.jaxpr;
  return new ClosedJaxpr(new Jaxpr(constVars, pick(inputs, isKept), equations, outputs), closed.consts);
};

/** Which inputs a program reads. */
const inputsRead = ({ jaxpr }: ClosedJaxpr): boolean[] => {
  const read = new Set<Atom>(jaxpr.outputs);
  for (const { inputs } of jaxpr.equations) for (const atom of inputs) read.add(atom);
  return jaxpr.inputs.map((v) => read.has(v));
};

/** What is left of an equation: its form, and which inputs and outputs stay. */
interface Cut<F> {
  readonly form: F;
  readonly inputs: Flags;
  readonly outputs: Flags;
}

/** Grow the flags of a carry until a turn needs no more of it: `turn` tells what those parts need of the turn before. */
const grown = <T extends { readonly carryRead: Flags }>(
  start: Flags,
  turn: (carry: Flags) => T,
): T & { readonly carry: Flags } => {
  let carry = start;
  for (;;) {
    const result = turn(carry);
    const isNew = carry.map((flag, i) => !flag && result.carryRead[i] === true);
    if (!isNew.includes(true)) return { ...result, carry };
    carry = carry.map((flag, i) => flag || isNew[i] === true);
  }
};

const cutScan = (form: ScanForm, isUsed: Flags): Cut<ScanForm> => {
  const { numConsts, numCarry } = form;
  const ys = isUsed.slice(numCarry);
  const { body, read, carry } = grown(isUsed.slice(0, numCarry), (kept) => {
    const turn = withOutputs(carried(form.body), [...kept, ...ys]);
    const isRead = inputsRead(turn);
    return { body: turn, read: isRead, carryRead: isRead.slice(numConsts, numConsts + numCarry) };
  });
  const consts = read.slice(0, numConsts);
  const inputs = [...consts, ...carry, ...read.slice(numConsts + numCarry)];
  return {
    form: { ...form, body: withInputs(body, inputs), numConsts: count(consts), numCarry: count(carry) },
    inputs,
    outputs: [...carry, ...ys],
  };
};

const cutWhile = (form: WhileForm, isUsed: Flags): Cut<WhileForm> => {
  const test = carried(form.cond);
  const cond = withOutputs(
    test,
    test.jaxpr.outputs.map(() => true),
  );
  const condRead = inputsRead(cond);
  const ofCond = condRead.slice(form.condConsts);
  const start = isUsed.map((flag, i) => flag || ofCond[i] === true);
  const { body, read, carry } = grown(start, (kept) => {
    const turn = withOutputs(carried(form.body), kept);
    const isRead = inputsRead(turn);
    return { body: turn, read: isRead, carryRead: isRead.slice(form.bodyConsts) };
  });
  const condConsts = condRead.slice(0, form.condConsts);
  const bodyConsts = read.slice(0, form.bodyConsts);
  return {
    form: {
      cond: withInputs(cond, [...condConsts, ...carry]),
      body: withInputs(body, [...bodyConsts, ...carry]),
      condConsts: count(condConsts),
      bodyConsts: count(bodyConsts),
    },
    inputs: [...condConsts, ...bodyConsts, ...carry],
    outputs: carry,
  };
};

const cutBranch = (form: BranchForm, isUsed: Flags): Cut<BranchForm> => {
  const branches = form.branches.map((branch) => withOutputs(carried(branch), isUsed));
  const reads = branches.map(inputsRead);
  const operands = (reads[0] ?? []).map((_, i) => reads.some((read) => read[i]));
  return {
    form: { branches: branches.map((branch) => withInputs(branch, operands)) },
    inputs: [true, ...operands],
    outputs: isUsed,
  };
};

/** Whether two forms carry the same jaxprs and numbers. */
const sameForm = <F extends object>(a: F, b: F): boolean =>
  (Object.keys(a) as (keyof F)[]).every((key) => {
    const [x, y]: readonly unknown[] = [a[key], b[key]];
    return Array.isArray(x) ? x.every((item, i) => item === (y as readonly unknown[])[i]) : x === y;
  });

/** An equation that gives the results that are used alone, with what it takes to compute them. */
const cutEquation = (equation: Equation, isUsed: Flags): Equation => {
  const { lowering } = equation.primitive;
  const rebuilt = <F extends object>(
    before: F,
    { form, inputs, outputs }: Cut<F>,
    params: (form: F) => Params,
  ): Equation => {
    // What loses an input or an output carries other jaxprs.
    if (sameForm(before, form)) return equation;
    return new Equation(
      equation.primitive,
      pick(equation.inputs, inputs),
      pick(equation.outputs, outputs),
      params(form),
      equation.origin,
    );
  };
  switch (lowering?.kind) {
    case "scan": {
      const form = lowering.describe(equation.params);
      return rebuilt(form, cutScan(form, isUsed), lowering.params);
    }
    case "while": {
      const form = lowering.describe(equation.params);
      return rebuilt(form, cutWhile(form, isUsed), lowering.params);
    }
    case "branch": {
      const form = lowering.describe(equation.params);
      return rebuilt(form, cutBranch(form, isUsed), lowering.params);
    }
    default:
      return equation;
  }
};

/**
 * Drop results of loops and branches that nobody uses, and what is carried, sliced, passed in and computed for these alone:
 * a part of a carry goes if neither a later turn nor anybody outside needs it. Bodies are cut in turn. Equations outside
 * that have become useless go, too; constants stay.
 *
 * @example
 * // a, b = scan[… carry c ↦ c + 1, ys sin c] x in (a,)  →  a = scan[… carry c ↦ c + 1] x in (a,)
 */
export const eliminateDeadResults: Pass = (closed, scopes = new Scopes()) => {
  const { jaxpr } = closed;
  const read = new Set<Atom>(jaxpr.outputs);
  const equations: Equation[] = [];
  for (const equation of [...jaxpr.equations].reverse()) {
    const isUsed = equation.outputs.map((v) => read.has(v));
    if (!isUsed.includes(true) && !hasEffects(equation)) continue;
    const cut = scopes.put(cutEquation(equation, isUsed), scopes.of(equation));
    for (const atom of cut.inputs) read.add(atom);
    equations.push(cut);
  }
  equations.reverse();
  const isSame =
    equations.length === jaxpr.equations.length &&
    equations.every((equation, i) => equation === jaxpr.equations[i]);
  return isSame ? closed : closedWith(constantsOf(closed), jaxpr.inputs, equations, jaxpr.outputs);
};
