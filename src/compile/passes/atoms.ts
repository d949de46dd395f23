import { type Atom, Literal, type Primitive } from "../../core/index.ts";
import { scalarKey } from "./params-key.ts";

/** Whether a primitive goes element by element, a scalar standing for a full array. */
export const isElementwise = ({ lowering }: Primitive): boolean => lowering?.kind === "elementwise";

/** Whether two atoms are certainly the same value: one variable, or literals with the same bits. */
export const isSameAtom = (a: Atom, b: Atom): boolean =>
  a === b || (a instanceof Literal && b instanceof Literal && scalarKey(a.value) === scalarKey(b.value));
