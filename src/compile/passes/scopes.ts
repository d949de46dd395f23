import type { Equation } from "../../core/index.ts";

/** Where equations stand that no checkpoint holds. */
export const OUTSIDE = 0;

/**
 * Which inlined checkpoint each equation comes from: a side table that travels along with a program through the passes.
 * What a checkpoint computes is computed there on purpose, though the same value may stand elsewhere already, so that
 * the other need not be kept; equations of different scopes are never merged.
 */
export class Scopes {
  readonly #scopes = new WeakMap<Equation, number>();
  #last = OUTSIDE;

  /** A new scope. */
  fresh(): number {
    this.#last++;
    return this.#last;
  }

  /** The scope of an equation; `OUTSIDE` unless it was put into another. */
  of(equation: Equation): number {
    return this.#scopes.get(equation) ?? OUTSIDE;
  }

  /** Say where an equation stands, and return it. */
  put(equation: Equation, scope: number): Equation {
    if (scope !== OUTSIDE) this.#scopes.set(equation, scope);
    return equation;
  }
}
