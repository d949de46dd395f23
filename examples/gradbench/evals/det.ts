/**
 * det: the determinant by expansion along the first row, and its gradient. The recursion is the function itself; that of
 * all minors at once is a `vmap` of it. Minors of more than a few rows come one after another, since there are n! products
 * in all.
 */
import { checkpoint, grad, lax, type NDArray, numpy as np, vmap } from "cotangent";
import type { EvalModule } from "../protocol.ts";
import { compiled, type Runs, repeated } from "../runs.ts";

interface Input extends Runs {
  readonly A: readonly number[];
  readonly ell: number;
}

/** Minors of that many rows are expanded all at once, one such minor after another. */
const AT_ONCE = 6;

/** For each column, the others: int32[n, n - 1]. */
const otherColumns = (n: number): NDArray =>
  np.array(
    Array.from({ length: n }, (_, j) => Array.from({ length: n - 1 }, (_, i) => (i < j ? i : i + 1))),
    "int32",
  );

/** float64[n, n] → float64[]. */
export const determinant = (a: NDArray): NDArray => {
  const n = a.shape[0]!;
  const [first, below] = [a.at(0).get(), lax.sliceInDim(a, 1, n)];
  if (n === 1) return first.at(0).get();
  const signs = np.array(
    Array.from({ length: n }, (_, j) => (j % 2 === 0 ? 1 : -1)),
    "float64",
  );
  const minor = (others: NDArray): NDArray => determinant(below.take(others, 1));
  const minors =
    n - 1 < AT_ONCE
      ? vmap(minor)(otherColumns(n))
      : // Reverse mode keeps what a large minor is made of, and expands it again.
        lax.map(n - 1 === AT_ONCE ? checkpoint(minor) : minor, otherColumns(n));
  return first.mul(signs).mul(minors).sum();
};

const matrix = ({ A, ell }: Input): NDArray => np.array(A, "float64").reshape(ell, ell);

export const det: EvalModule = {
  primal: repeated(
    (input: Input) => compiled(determinant, matrix(input)),
    (y) => y.item(),
  ),
  gradient: repeated(
    (input: Input) => compiled(grad(determinant), matrix(input)),
    (y) => [...y.toTypedArray()],
  ),
};
