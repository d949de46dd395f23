import { type ConcreteArray, firstElement, withWeakType } from "../array/index.ts";
import { runCompiled } from "../compile/compile.ts";
import type { Aval, ConcreteInputs, Primitive } from "../core/index.ts";
import { memoizeOnLoop, type WhileJaxprs, whileGroups } from "../interpreters/while-jaxprs.ts";
import { evaluateByReference } from "./closed-call.ts";
import { singleEquation } from "./single-equation.ts";
import { isWorthCompiling, workOf } from "./work.ts";

/** The program that runs a loop and does nothing else. */
const wholeLoop = memoizeOnLoop(
  (_primitive: Primitive, _inputs: readonly Aval[], _outputs: readonly Aval[]) => "",
  (loop, primitive, inputs, outputs) => singleEquation(primitive, inputs, loop, outputs),
);

/**
 * Run a loop turn by turn. Once it has made so many that compiling would have paid, the rest runs compiled, from where
 * it stands.
 */
export const evaluateWhile = (
  primitive: Primitive,
  inputs: ConcreteInputs,
  params: WhileJaxprs,
  outputs: readonly Aval[],
): ConcreteInputs => {
  const { condJaxpr, bodyJaxpr } = params;
  const [condConsts, bodyConsts, first] = whileGroups(params, inputs);
  const work = workOf(condJaxpr) + workOf(bodyJaxpr);
  let carry = first;
  let turn = (xs: ConcreteInputs): ConcreteInputs => evaluateByReference(bodyJaxpr, xs);
  for (let done = 0, isCompiled = false; ; done++) {
    const [goesOn] = evaluateByReference(condJaxpr, [...condConsts, ...carry]);
    if (firstElement(goesOn as ConcreteArray) === 0) break;
    if (!isCompiled && isWorthCompiling(done * work)) {
      isCompiled = true;
      const whole = wholeLoop(params, primitive, inputs, outputs);
      const results = runCompiled(whole, [...condConsts, ...bodyConsts, ...carry]);
      if (results !== undefined) return results;
      turn = (xs) => runCompiled(bodyJaxpr, xs) ?? evaluateByReference(bodyJaxpr, xs);
    }
    carry = turn([...bodyConsts, ...carry]);
  }
  return carry.map((x, i) => withWeakType(x, outputs[i]?.weakType ?? false));
};
