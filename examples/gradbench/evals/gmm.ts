/**
 * gmm: the logarithm of the posterior density of a mixture of Gaussians with a Wishart prior on the precision matrices,
 * and its gradient by weights, means and the factors of those matrices. The formulas are those of the eval's README.
 */
import { grad, lax, type NDArray, numpy as np, scipy, vmap } from "cotangent";
import type { EvalModule } from "../protocol.ts";
import { compiled, type Runs, repeated } from "../runs.ts";

interface Input extends Runs {
  readonly d: number;
  readonly k: number;
  readonly n: number;
  readonly x: readonly (readonly number[])[];
  readonly m: number;
  readonly gamma: number;
  readonly alpha: readonly number[];
  readonly mu: readonly (readonly number[])[];
  readonly q: readonly (readonly number[])[];
  readonly l: readonly (readonly number[])[];
}

/** What the density is differentiated by. */
export interface Mixture {
  /** Logarithms of weights, up to a constant: float64[k] */
  readonly alpha: NDArray;
  /** Means: float64[k, d] */
  readonly mu: NDArray;
  /** Logarithms of the diagonals of the factors: float64[k, d] */
  readonly q: NDArray;
  /** What is below those diagonals, column by column: float64[k, d·(d - 1)/2] */
  readonly l: NDArray;
}

/** The prior: degrees of freedom beyond d + 1, and the scale. */
export interface Prior {
  readonly m: number;
  readonly gamma: number;
}

const logSumExp = (v: NDArray): NDArray => {
  const largest = lax.stopGradient(np.max(v, -1, { keepdims: true }));
  return np.log(np.exp(v.sub(largest)).sum(-1)).add(largest.squeeze(-1));
};

/** The lower triangular factor of a precision matrix, Q: float64[d, d]. */
const factor = (q: NDArray, l: NDArray): NDArray => {
  const d = q.size;
  // Column by column below the diagonal is row by row above it, transposed.
  const [column, row] = np.triuIndices(d, 1) as [NDArray, NDArray];
  return np.diag(np.exp(q)).at(row, column).set(l);
};

/** log p(x | mixture) + log p(mixture): float64[n, d] → float64[]. */
export const logPosterior =
  (x: NDArray, { m, gamma }: Prior) =>
  ({ alpha, mu, q, l }: Mixture): NDArray => {
    const [n, d] = x.shape as [number, number];
    const [k] = alpha.shape as [number];
    const Q = vmap(factor)(q, l);
    const deviations = vmap((Qk: NDArray, mean: NDArray) =>
      Qk.matmul(x.T).sub(Qk.matmul(mean).reshape(-1, 1)),
    );
    const sums = q.sum(1);
    const inner = alpha
      .add(sums)
      .reshape(-1, 1)
      .sub(np.square(deviations(Q, mu)).sum(1).div(2));
    const likelihood = logSumExp(inner.T)
      .sum()
      .sub(logSumExp(alpha).mul(n))
      .sub((n * d * Math.log(2 * Math.PI)) / 2);

    const freedom = d + m + 1;
    const norm = np.subtract(
      freedom * d * Math.log(gamma / Math.SQRT2),
      scipy.special.multigammaln(np.array(freedom / 2, "float64"), d),
    );
    const prior = norm
      .mul(k)
      .sub(
        np
          .square(Q)
          .sum()
          .mul(gamma ** 2 / 2),
      )
      .add(sums.sum().mul(m));
    return likelihood.add(prior);
  };

const arrays = (input: Input): Mixture => {
  const of = (values: readonly number[] | readonly (readonly number[])[]): NDArray =>
    np.array(values, "float64");
  return { alpha: of(input.alpha), mu: of(input.mu), q: of(input.q), l: of(input.l) };
};

export const gmm: EvalModule = {
  objective: repeated(
    (input: Input) => {
      const f = (x: NDArray, mixture: Mixture): NDArray => logPosterior(x, input)(mixture);
      return compiled(f, np.array(input.x, "float64"), arrays(input));
    },
    (y) => y.item(),
  ),
  jacobian: repeated(
    (input: Input) => {
      const f = (x: NDArray, mixture: Mixture): Mixture => grad(logPosterior(x, input))(mixture);
      return compiled(f, np.array(input.x, "float64"), arrays(input));
    },
    ({ alpha, mu, q, l }) => ({
      alpha: alpha.toArray(),
      mu: mu.toArray(),
      q: q.toArray(),
      l: l.toArray(),
    }),
  ),
};
