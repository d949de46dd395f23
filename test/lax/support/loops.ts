import type { NDArray } from "../../../src/array/index.ts";
import * as np from "../../../src/numpy/index.ts";
import { type Arrays, type Inputs, leaves, map } from "../../../src/tree/index.ts";

/*
 * Loops and branches as plain JavaScript: what those of lax must equal.
 */

/** `lax.scan` as a JavaScript loop, which transforms see written out. */
export const loop = <const C, X, const Y>(
  f: (carry: Arrays<C>, x: Arrays<X>) => readonly [carry: Inputs<Arrays<C>>, y: Y],
  init: C,
  xs: X,
  { length, reverse = false }: { readonly length?: number; readonly reverse?: boolean } = {},
): [carry: Arrays<C>, ys: Arrays<Y>] => {
  const n = length ?? ((leaves(xs)[0] as NDArray).shape[0] as number);
  let carry = init as unknown as Arrays<C>;
  const ys: Y[] = new Array(n);
  for (let step = 0; step < n; step++) {
    const i = reverse ? n - 1 - step : step;
    const x = map((leaf) => (leaf as NDArray).at(i).get(), xs) as unknown as Arrays<X>;
    const [next, y] = f(carry, x);
    carry = next as unknown as Arrays<C>;
    ys[i] = y;
  }
  const stacked = map(
    (...parts: readonly unknown[]) => np.stack(parts as NDArray[]),
    ys[0] as Y,
    ...(ys.slice(1) as Y[]),
  );
  return [carry, stacked as unknown as Arrays<Y>];
};
