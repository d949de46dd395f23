import {
  type ConcreteArray,
  castArray,
  computeDType,
  isDType,
  isStorage,
  withWeakType,
} from "../array/index.ts";
import { type Aval, aval } from "./aval.ts";
import type { Lowering } from "./lowering.ts";
import type { Params } from "./params.ts";

/*
 * Storage types (int8, float16 and the like) are kept in memory, and computed in a wider type. An application to arrays
 * of such types is, unless its primitive knows them: convert what comes in, apply, convert what comes out. So the result
 * of each application is rounded, or wrapped, once. The compiler does the same to equations (`widenStorage`).
 */

/** What of a primitive decides how it treats storage types. */
interface Definition<P extends Params> {
  readonly storage?: boolean;
  readonly lowering?: Lowering<P>;
}

/** The evaluations of a primitive. */
interface Evaluation<P extends Params> {
  abstractEval(inputs: readonly Aval[], params: P): readonly Aval[];
  evaluate(inputs: readonly ConcreteArray[], params: P, outputs: readonly Aval[]): readonly ConcreteArray[];
}

/**
 * Whether elements of storage types are handed to a primitive as they are: if it says so, if it makes views, and if it
 * carries jaxprs, whose equations see to that themselves.
 */
const takesStorage = <P extends Params>({ storage, lowering }: Definition<P>): boolean => {
  switch (lowering?.kind) {
    case "view":
    case "reshape":
    case "identity":
    case "scan":
    case "while":
    case "branch":
    case "call":
      return true;
    default:
      return storage === true;
  }
};

const hasStorage = (avals: readonly Aval[]): boolean => {
  for (const { dtype } of avals) if (isStorage(dtype)) return true;
  return false;
};

/** Whether an application is computed in wider types than those of its operands and results. */
export const isWidened = <P extends Params>(
  primitive: Definition<P>,
  inputs: readonly Aval[],
  outputs: readonly Aval[],
): boolean => (hasStorage(inputs) || hasStorage(outputs)) && !takesStorage(primitive);

/** Parameters with the types that are computed in in the place of those for storage. */
export const widenedParams = <P extends Params>(params: P): P => {
  const entries = Object.entries(params) as readonly (readonly [string, unknown])[];
  const isStored = ([name, value]: readonly [string, unknown]): boolean =>
    /d[tT]ype$|ElementType$/.test(name) && isDType(value) && isStorage(value);
  if (!entries.some(isStored)) return params;
  return Object.fromEntries(
    entries.map((entry) => (isStored(entry) ? [entry[0], computeDType(entry[1] as Aval["dtype"])] : entry)),
  ) as P;
};

const converted = (x: ConcreteArray, { dtype, weakType }: Aval): ConcreteArray =>
  x.dtype === dtype ? x : withWeakType(castArray(x, dtype), weakType);

/** The evaluation of a primitive for arrays of all types. */
export const widenedEvaluation = <P extends Params>(
  definition: Definition<P> & Evaluation<P>,
): Evaluation<P>["evaluate"] => {
  if (takesStorage(definition)) return definition.evaluate;
  return (inputs, params, outputs) => {
    if (!hasStorage(inputs) && !hasStorage(outputs)) return definition.evaluate(inputs, params, outputs);
    const wide = inputs.map((x) => converted(x, aval(x.shape, computeDType(x.dtype), x.weakType)));
    const wideParams = widenedParams(params);
    const results = definition.evaluate(wide, wideParams, definition.abstractEval(wide, wideParams));
    return results.map((x, i) => converted(x, outputs[i] as Aval));
  };
};
