import { type DType, dtypeInfo, holdsAllOf, isFloat, isInteger } from "../../array/index.ts";
import { type Atom, NO_PARAMS, type Primitive } from "../../core/index.ts";
import {
  andPrimitive,
  bitcastConvertTypePrimitive,
  convertElementTypePrimitive,
  eqPrimitive,
  gePrimitive,
  gtPrimitive,
  lePrimitive,
  ltPrimitive,
  nePrimitive,
  notPrimitive,
  orPrimitive,
  selectNPrimitive,
  stopGradientPrimitive,
  xorPrimitive,
} from "../../primitives/elementwise/index.ts";
import { isSameAtom } from "./atoms.ts";
import { on, type Rewriter, type RuleEntry, type Site } from "./rewrite.ts";

/*
 * Logic, choices and conversions. All rules keep every bit.
 */

const not = (program: Rewriter, x: Atom): Atom => program.emit(notPrimitive, [x], NO_PARAMS);

/** What `atom` is the complement of. */
const complement = (program: Rewriter, atom: Atom): Atom | undefined =>
  program.madeBy(atom, notPrimitive)?.inputs[0];

/** All bits of a dtype set, as `numberOf` gives them. */
const allOnes = (dtype: DType): number => (dtype === "bool" ? 1 : dtype === "uint32" ? 4294967295 : -1);

/** The rule of `and` and `or`: the operand that changes nothing, and the one that decides. */
const conjunction =
  (neutral: (dtype: DType) => number, deciding: (dtype: DType) => number) =>
  ({ program, output }: Site, x: Atom, y: Atom): Atom | undefined => {
    if (isSameAtom(x, y)) return program.asResult(x, output);
    for (const [a, b] of [
      [x, y],
      [y, x],
    ] as const) {
      const c = program.numberOf(b);
      if (c === neutral(output.dtype)) return program.asResult(a, output);
      if (c === deciding(output.dtype)) return program.asResult(b, output);
    }
    return undefined;
  };

const zero = (): number => 0;

/** What is true where a comparison is not. NaN compares false, so that only equality has an opposite among floats. */
const OPPOSITES: readonly (readonly [Primitive, Primitive, boolean])[] = [
  [eqPrimitive, nePrimitive, true],
  [nePrimitive, eqPrimitive, true],
  [ltPrimitive, gePrimitive, false],
  [gePrimitive, ltPrimitive, false],
  [gtPrimitive, lePrimitive, false],
  [lePrimitive, gtPrimitive, false],
];

/**
 * Whether a conversion from `from` by way of `via` to `to` is the one from `from` to `to`: if `via` holds all numbers of
 * `from`, and treats them alike (integers wrap into integers, floats saturate).
 */
const isDetour = (from: DType, via: DType, to: DType): boolean => {
  if (isInteger(from) && isInteger(via) && !isFloat(to)) {
    const [a, b, c] = [from, via, to].map((dtype) => dtypeInfo(dtype).bytes) as [number, number, number];
    if (b >= (to === "bool" ? a : Math.min(a, c))) return true;
  }
  if (!holdsAllOf(via, from)) return false;
  return isFloat(via) === isFloat(from) || !isInteger(to) || holdsAllOf(to, from) || from === "bool";
};

/** The case that is chosen where the choice is known or makes no difference. */
const chosen = ({ program }: Site, which: Atom, cases: readonly Atom[]): Atom | undefined => {
  const [first] = cases;
  const k = cases.length === 1 ? 0 : program.numberOf(which);
  if (k !== undefined) return cases[Math.min(Math.max(k, 0), cases.length - 1)];
  return cases.every((x) => isSameAtom(x, first as Atom)) ? first : undefined;
};

/** A choice between two by a boolean. */
const choice = (site: Site, which: Atom, onFalse: Atom, onTrue: Atom): Atom | undefined => {
  const { program, output } = site;
  const select = (p: Atom, x: Atom, y: Atom): Atom =>
    program.asResult(program.emit(selectNPrimitive, [p, x, y], NO_PARAMS), output);
  const opposite = complement(program, which);
  if (opposite !== undefined) return select(opposite, onTrue, onFalse);
  if (output.dtype === "bool") {
    const [no, yes] = [program.numberOf(onFalse), program.numberOf(onTrue)];
    if (no === 0 && yes === 1) return program.asResult(which, output);
    if (no === 1 && yes === 0) return program.asResult(not(program, which), output);
  }
  // A choice by the same boolean inside is known.
  const inFalse = program.madeBy(onFalse, selectNPrimitive)?.inputs;
  if (inFalse?.length === 3 && inFalse[0] === which) return select(which, inFalse[1] as Atom, onTrue);
  const inTrue = program.madeBy(onTrue, selectNPrimitive)?.inputs;
  if (inTrue?.length === 3 && inTrue[0] === which) return select(which, onFalse, inTrue[2] as Atom);
  return undefined;
};

/** The rules of logic, choices and conversions. */
export const logicRules: readonly RuleEntry[] = [
  on(andPrimitive, conjunction(allOnes, zero)),
  on(orPrimitive, conjunction(zero, allOnes)),
  on(xorPrimitive, ({ program, output }, x, y) => {
    if (isSameAtom(x, y)) return program.asResult(program.literal(0, output.dtype), output);
    if (program.numberOf(y) === 0) return program.asResult(x, output);
    return program.numberOf(x) === 0 ? program.asResult(y, output) : undefined;
  }),
  on(notPrimitive, ({ program }, x) => {
    const inner = complement(program, x);
    if (inner !== undefined) return inner;
    for (const [comparison, opposite, ofFloats] of OPPOSITES) {
      const inputs = program.madeBy(x, comparison)?.inputs;
      if (inputs === undefined || (!ofFloats && isFloat((inputs[0] as Atom).aval.dtype))) continue;
      return program.emit(opposite, inputs, NO_PARAMS);
    }
    return undefined;
  }),
  on(selectNPrimitive, (site, ...[which, ...cases]) => {
    const { program, output } = site;
    const known = chosen(site, which as Atom, cases);
    if (known !== undefined) return program.asResult(known, output);
    const [onFalse, onTrue] = cases;
    if (cases.length !== 2 || which?.aval.dtype !== "bool") return undefined;
    return choice(site, which, onFalse as Atom, onTrue as Atom);
  }),
  on(convertElementTypePrimitive, ({ program, params }, x) => {
    const { newDtype, weakType } = params;
    if (x.aval.dtype === newDtype) return x;
    const inner = program.madeBy(x, convertElementTypePrimitive)?.inputs[0];
    return inner !== undefined && isDetour(inner.aval.dtype, x.aval.dtype, newDtype)
      ? program.emit(convertElementTypePrimitive, [inner], { newDtype, weakType })
      : undefined;
  }),
  on(bitcastConvertTypePrimitive, ({ program, params }, x) => {
    if (x.aval.dtype === params.newDtype) return x;
    const inner = program.madeBy(x, bitcastConvertTypePrimitive)?.inputs[0];
    return inner && program.emit(bitcastConvertTypePrimitive, [inner], params);
  }),
  on(stopGradientPrimitive, (_site, x) => x),
  { name: "checkpointName", rule: ({ inputs }) => inputs },
];
