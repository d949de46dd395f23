import { ClosedJaxpr, type Jaxpr } from "./jaxpr.ts";
import type { Params } from "./params.ts";
import type { Primitive } from "./primitive.ts";

const known = new WeakMap<Jaxpr, boolean>();

/** Whether some equation of a jaxpr has effects. */
export const jaxprHasEffects = (jaxpr: Jaxpr): boolean => {
  let answer = known.get(jaxpr);
  if (answer === undefined) {
    answer = jaxpr.equations.some(hasEffects);
    known.set(jaxpr, answer);
  }
  return answer;
};

const carriesEffects = (value: unknown): boolean => {
  if (value instanceof ClosedJaxpr) return jaxprHasEffects(value.jaxpr);
  return Array.isArray(value) && value.some(carriesEffects);
};

/**
 * Whether the order and number of evaluations of an equation can be seen from outside: its primitive has effects, or an
 * equation of a jaxpr that it carries has. Such equations are never dropped, merged, or moved past one another.
 */
export const hasEffects = ({
  primitive,
  params,
}: {
  readonly primitive: Primitive;
  readonly params: Params;
}): boolean => {
  if (primitive.effectful) return true;
  for (const name in params) if (carriesEffects((params as Record<string, unknown>)[name])) return true;
  return false;
};
