/*
 * Where ours differ from JAX's on purpose, and why.
 */

/** Why some expressions differ from JAX's at some points. */
export interface Difference {
  readonly why: string;
  /** Arguments by expression, as golden/edges.json has them. */
  readonly at: { readonly [expression: string]: readonly (readonly (number | string)[])[] };
}

export const DIFFERENCES: readonly Difference[] = [
  {
    why:
      "A term of 0 whose logarithm is infinite counts as the constant 0: a sum with such terms keeps finite gradients. JAX's " +
      "gradient is that of the formula, which spoils the sum.",
    at: { "xlogy(x, y)": [[0, 0]], "xlog1py(x, y)": [[0, -1]], "entr(x)": [[0]] },
  },
  {
    why: "0 to the power 0 is 1 however the base moves, as for a fixed exponent of 0, where JAX says so too.",
    at: { "power(x, y)": [[0, 0]] },
  },
  {
    why: "Ours is the limit from inside of the domain; JAX has 0.",
    at: { "ndtri(x)": [[0], [1]] },
  },
  {
    why: "Ours is exact; JAX subtracts nearly equal numbers.",
    at: { "sinc(x)": [[1e-10]] },
  },
  {
    why: "The value is NaN or outside of the domain either way, and so is what the gradient says.",
    at: { "relu(x)": [["NaN"]], "remainder(x, y)": [[5, 0]], "entr(x)": [[-1]] },
  },
];
