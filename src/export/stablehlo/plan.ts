import type { Atom, Equation, Jaxpr } from "../../core/index.ts";
import type { Fused } from "./fused.ts";
import { overlappingProduct } from "./overlapping-product.ts";
import { productOfWindows } from "./product-of-windows.ts";
import { reducedWindows } from "./reduced-windows.ts";

/** Which equations are written, and instead of what. */
interface Plan {
  readonly equations: readonly Equation[];
  readonly fused: ReadonlyMap<Equation, Fused>;
}

/**
 * Convolutions are products with views of windows here, and their transposes are overlapping sums of products: these are
 * found again, so that engines run their own. Reductions of windows likewise. Equations that nothing needs are left out.
 */
export const planEquations = ({ equations, outputs }: Jaxpr): Plan => {
  const producers = new Map<Atom, Equation>();
  for (const equation of equations) for (const v of equation.outputs) producers.set(v, equation);
  const needed = new Set<Atom>(outputs);
  const kept: Equation[] = [];
  const fused = new Map<Equation, Fused>();
  for (let i = equations.length - 1; i >= 0; i--) {
    const equation = equations[i] as Equation;
    if (!equation.primitive.effectful && !equation.outputs.some((v) => needed.has(v))) continue;
    const found =
      productOfWindows(equation, producers) ??
      overlappingProduct(equation, producers) ??
      reducedWindows(equation, producers);
    if (found !== undefined) fused.set(equation, found);
    for (const atom of (found ?? equation).inputs) needed.add(atom);
    kept.push(equation);
  }
  return { equations: kept.reverse(), fused };
};
