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
  jaxpr.constVars.forEach((v, i) => {
    known.set(v, consts[i] as NDArray);
  });
  jaxpr.inputs.forEach((v, i) => {
    const input = inputs[i] as TransposeInput;
    if (!isLinearInput(input)) known.set(v, input);
  });
  const knownValue = (atom: Atom): NDArray | undefined =>
    atom instanceof Literal ? atom.value : known.get(atom);

  const linear: Equation[] = [];
  for (const equation of jaxpr.equations) {
    const values = equation.inputs.map(knownValue);
    if (values.every((x): x is NDArray => x !== undefined)) {
      const outputs = applyEquation(equation, values);
      equation.outputs.forEach((v, i) => {
        known.set(v, outputs[i] as NDArray);
      });
    } else {
      linear.push(equation);
    }
  }

  const flowing = new Map<Var, NDArray>();
  const accumulate = (atom: Atom, ct: Tangent): void => {
    if (ct === null || atom instanceof Literal || known.has(atom)) return;
    flowing.set(atom, addTangents(flowing.get(atom) ?? null, ct) as NDArray);
  };
  jaxpr.outputs.forEach((atom, i) => {
    accumulate(atom, cotangents[i] ?? null);
  });
  for (let k = linear.length - 1; k >= 0; k--) {
    const equation = linear[k] as Equation;
    let some = false;
    const outCts = equation.outputs.map((v): Tangent => {
      const ct = flowing.get(v);
      if (ct === undefined) return null;
      flowing.delete(v);
      some = true;
      return ct;
    });
    if (!some) continue;
    withOrigin(equation.origin, () => {
      const inCts = equation.primitive.transpose(
        outCts,
        equation.inputs.map((atom): TransposeInput => knownValue(atom) ?? new UndefinedPrimal(atom.aval)),
        equation.params,
      );
      for (let i = 0; i < equation.inputs.length; i++)
        accumulate(equation.inputs[i] as Atom, inCts[i] ?? null);
    });
  }
  return jaxpr.inputs.map((v) => flowing.get(v) ?? null);
};
