import type { NDArray, Shape } from "../array/index.ts";
import { ArgumentError, inNameOf } from "../core/index.ts";
import * as prim from "../primitives/index.ts";
import { normal } from "./normal.ts";
import type { DTypeOptions } from "./operands.ts";

/** Options of `orthogonal`. */
export interface OrthogonalOptions extends DTypeOptions {
  /** How many columns; default as many as rows. */
  readonly m?: number | undefined;
}

/**
 * Uniformly random orthogonal matrices [...shape, n, m]: of more rows than columns, orthonormal columns, else orthonormal
 * rows. Q of normal numbers, with the signs that make the diagonal of R positive (Mezzadri 2007, "How to generate random
 * matrices from the classical compact groups").
 *
 * @throws ArgumentError unless `n` and `m` are whole numbers of at least 0.
 * @see https://docs.jax.dev/en/latest/_autosummary/jax.random.orthogonal.html
 * @example
 * random.orthogonal(key, 3); // float32[3, 3]
 */
export const orthogonal = (
  key: NDArray,
  n: number,
  shape: Shape = [],
  { m = n, ...options }: OrthogonalOptions = {},
): NDArray => {
  for (const length of [n, m]) {
    if (!Number.isInteger(length) || length < 0) {
      throw new ArgumentError(`orthogonal: n and m must be whole numbers of at least 0; got ${n} and ${m}.`);
    }
  }
  const full = [...shape, Math.max(n, m), Math.min(n, m)];
  const z = inNameOf("orthogonal", () => normal(key, full, options));
  const [q, r] = prim.qr(z, false);
  const x = prim.mul(q, prim.asRows(prim.sign(prim.diagonals(r)), q.shape));
  return n < m ? prim.transposed(x) : x;
};
