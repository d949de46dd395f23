import type { NDArray } from "../array/index.ts";
import {
  type Atom,
  applyEquation,
  type Equation,
  isLinearInput,
  type Jaxpr,
  Literal,
  type Tangent,
  type TransposeInput,
  UndefinedPrimal,
  type Var,
  withOrigin,
} from "../core/index.ts";
import { addTangents } from "../primitives/elementwise/add.ts";

/**
 * Transpose a jaxpr that is linear in some inputs: from cotangents of its outputs to cotangents of those inputs
 * (`null` for the others, and where nothing flows). Equations that do not depend on a linear input are evaluated
 * first; the others are visited backwards, each by the transpose rule of its primitive.
 */
export const backwardPass = (
  jaxpr: Jaxpr,
  consts: readonly NDArray[],
  inputs: readonly TransposeInput[],
  cotangents: readonly Tangent[],
): readonly Tangent[] => {
  const known = new Map<Var, NDArray>();
  setAll(known, jaxpr.constVars, consts);
  for (let i = 0; i < inputs.length; i++) {
    const input = inputs[i] as TransposeInput;
    if (!isLinearInput(input)) known.set(jaxpr.inputs[i] as Var, input);
  }
  const knownValue = (atom: Atom): NDArray | undefined =>
    atom instanceof Literal ? atom.value : known.get(atom);
  const isKnown = (atom: Atom): boolean => atom instanceof Literal || known.has(atom);

  const linear: Equation[] = [];
  for (const equation of jaxpr.equations) {
    if (equation.inputs.every(isKnown)) {
      const values = equation.inputs.map((atom) => knownValue(atom) as NDArray);
      setAll(known, equation.outputs, applyEquation(equation, values));
    } else {
      linear.push(equation);
    }
  }

  const flowing = new Map<Var, Tangent>();
  const accumulate = (atoms: readonly Atom[], cts: readonly Tangent[]): void => {
    for (let i = 0; i < atoms.length; i++) {
      const atom = atoms[i] as Atom;
      const ct = cts[i];
      if (!ct || isKnown(atom)) continue;
      flowing.set(atom as Var, addTangents(flowing.get(atom as Var) ?? null, ct));
    }
  };
  /** The cotangent of a variable that nothing adds to any more. It is dropped here, which frees its memory. */
  const take = (v: Var): Tangent => {
    const ct = flowing.get(v) ?? null;
    if (ct !== null) flowing.set(v, null);
    return ct;
  };
  accumulate(jaxpr.outputs, cotangents);
  for (let k = linear.length - 1; k >= 0; k--) {
    const { primitive, inputs, outputs, params, origin } = linear[k] as Equation;
    const outCts = outputs.map(take);
    if (outCts.every(isZero)) continue;
    const places = inputs.map((atom): TransposeInput => knownValue(atom) ?? new UndefinedPrimal(atom.aval));
    withOrigin(origin, () => {
      accumulate(inputs, primitive.transpose(outCts, places, params));
    });
  }
  return jaxpr.inputs.map((v) => flowing.get(v) ?? null);
};

const isZero = (ct: Tangent): boolean => ct === null;

const setAll = (values: Map<Var, NDArray>, vars: readonly Var[], arrays: readonly NDArray[]): void => {
  for (let i = 0; i < vars.length; i++) values.set(vars[i] as Var, arrays[i] as NDArray);
};
