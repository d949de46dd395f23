import type { Tangent } from "../core/index.ts";
import { elementsOf } from "./closeness.ts";

/** An inner product of lists of arrays, where `null` is zero, and the sum of the sizes of its terms. */
export const innerProduct = (
  xs: readonly Tangent[],
  ys: readonly Tangent[],
): { readonly value: number; readonly size: number } => {
  let [value, size] = [0, 0];
  xs.forEach((x, k) => {
    const y = ys[k] ?? null;
    if (x === null || y === null) return;
    const [a, b] = [elementsOf(x), elementsOf(y)];
    for (let i = 0; i < a.length; i++) {
      const term = (a[i] as number) * (b[i] as number);
      value += term;
      size += Math.abs(term);
    }
  });
  return { value, size };
};
