import { and, type Expr, gt, max, sub } from "../../kernel/expr.ts";
import type { Buffer, NestBuilder } from "../../kernel/nest.ts";

/**
 * Writes to `places` the indices of the `n` elements of `values` in order: `isBefore(x, y)` says that x stands in front of
 * y. By insertion: vectors of eigenvalues come almost sorted, and n steps of other work stand behind each.
 */
export const sortedPlaces = (
  nest: NestBuilder,
  values: Buffer,
  places: Buffer,
  n: number,
  isBefore: (x: Expr, y: Expr) => Expr,
): void => {
  nest.for(n, (k) => {
    const value = nest.load(values, k);
    const at = nest.variable("i32", k);
    const isMoving = (): Expr => {
      const before = nest.let(max(sub(at.value, 1), 0));
      const other = nest.load(values, nest.load(places, before));
      return and(gt(at.value, 0), isBefore(value, other));
    };
    nest.store(places, k, k);
    nest.while(isMoving, () => {
      nest.store(places, at.value, nest.load(places, sub(at.value, 1)));
      at.set(sub(at.value, 1));
    });
    nest.store(places, at.value, k);
  });
};
