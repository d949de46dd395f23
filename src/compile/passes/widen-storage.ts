import { castArray, computeDType, isStorage } from "../../array/index.ts";
import { type Atom, type Aval, Equation, isWidened, Literal, Var, widenedParams } from "../../core/index.ts";
import { convertElementTypePrimitive } from "../../primitives/elementwise/conversion.ts";
import { closedWith, constantsOf, type Pass } from "./pass.ts";
import { Scopes } from "./scopes.ts";

const avalsOf = (atoms: readonly Atom[]): readonly Aval[] => atoms.map(({ aval }) => aval);

const isWide = ({ primitive, inputs, outputs }: Equation): boolean =>
  isWidened(primitive, avalsOf(inputs), avalsOf(outputs));

/**
 * The program with storage types (int8, float16, …) only where elements are moved and converted: what else is done with
 * them is done in the wider type that they are computed in, and converted to what it was. So generated code knows no
 * arithmetic of storage types, and conversions become part of the loops around them.
 *
 * @example
 * // c:bf16 = mul a b  →  d:f32 = convert a; e:f32 = convert b; f:f32 = mul d e; c:bf16 = convert f
 */
export const widenStorage: Pass = (closed, scopes = new Scopes()) => {
  const { jaxpr } = closed;
  if (!jaxpr.equations.some(isWide)) return closed;
  const equations = jaxpr.equations.flatMap((equation) => {
    if (!isWide(equation)) return [equation];
    const { primitive, inputs, outputs, origin } = equation;
    const written: Equation[] = [];
    const write = (made: Equation): void => void written.push(scopes.put(made, scopes.of(equation)));
    const convert = (from: Atom, to: Var): void => {
      const params = { newDtype: to.aval.dtype, weakType: to.aval.weakType };
      write(new Equation(convertElementTypePrimitive, [from], [to], params, origin));
    };
    const wide = inputs.map((atom): Atom => {
      const { dtype } = atom.aval;
      if (!isStorage(dtype)) return atom;
      if (atom instanceof Literal) return new Literal(castArray(atom.value, computeDType(dtype)));
      const to = new Var({ ...atom.aval, dtype: computeDType(dtype) });
      convert(atom, to);
      return to;
    });
    const params = widenedParams(equation.params);
    const avals = primitive.abstractEval(avalsOf(wide), params);
    const results = outputs.map((v, i) => {
      const { dtype } = avals[i] as Aval;
      return dtype === v.aval.dtype ? v : new Var({ ...v.aval, dtype });
    });
    write(new Equation(primitive, wide, results, params, origin));
    outputs.forEach((v, i) => {
      if (results[i] !== v) convert(results[i] as Var, v);
    });
    return written;
  });
  return closedWith(constantsOf(closed), jaxpr.inputs, equations, jaxpr.outputs);
};
