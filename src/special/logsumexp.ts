import type { ArrayLike, AxisArgument, NDArray, ReductionOptions } from "../array/index.ts";
import { inNameOf } from "../core/index.ts";
import * as np from "../numpy/index.ts";
import { operand, promote, toInexact } from "../numpy/operands.ts";
import { reducedAxes } from "../numpy/reducing.ts";
import { stopGradient } from "../primitives/index.ts";

/** Options of `logmeanexp`. */
export interface LogmeanexpOptions extends ReductionOptions {
  /** Only elements where this is true (it broadcasts) take part. */
  readonly where?: ArrayLike | null;
}

/** Options of `logsumexp`. */
export interface LogsumexpOptions extends LogmeanexpOptions {
  /** What each exponential is multiplied by, broadcast; may be negative. Default 1. */
  readonly b?: ArrayLike | null;
  /** Return `[result, sign]`, the sign of a sum that `b` can make negative. Default false: NaN for a negative sum. */
  readonly returnSign?: boolean;
}

/** The logarithm of the absolute sum, and its sign. */
const logAndSign = (
  x: ArrayLike,
  axis: AxisArgument,
  { b = null, where = null, keepdims = false }: LogsumexpOptions,
): readonly [NDArray, NDArray] => {
  const [given, factor] =
    b === null ? [operand(x, "logsumexp", toInexact)] : promote("logsumexp", [x, b], toInexact);
  const left =
    where === null ? (given as NDArray) : np.where(where, given as NDArray, Number.NEGATIVE_INFINITY);
  const terms =
    factor === undefined ? left : np.where(np.notEqual(factor, 0), left, Number.NEGATIVE_INFINITY);
  const axes = reducedAxes("logsumexp", terms, axis);
  const most = np.max(terms, axes, { initial: Number.NEGATIVE_INFINITY, keepdims: true });
  const shift = stopGradient(np.where(np.isfinite(most), most, 0));
  const exps = np.exp(np.subtract(terms, shift));
  const total = np.sum(factor === undefined ? exps : np.multiply(exps, factor), axes, { keepdims });
  const size = factor === undefined ? total : np.abs(total);
  const result = np.add(np.log(size), keepdims ? shift : np.reshape(shift, total.shape));
  return [result, np.sign(total)];
};

/**
 * log(sum(exp(x))) over `axis` (one, several, or all of them), without overflow or underflow; −∞ for nothing.
 *
 * @example
 * nn.logsumexp(np.array([1000, 1000])); // 1000.6932
 * @see https://docs.jax.dev/en/latest/_autosummary/jax.scipy.special.logsumexp.html
 */
export function logsumexp(
  x: ArrayLike,
  axis: AxisArgument,
  options: LogsumexpOptions & { readonly returnSign: true },
): readonly [result: NDArray, sign: NDArray];
export function logsumexp(
  x: ArrayLike,
  axis?: AxisArgument,
  options?: LogsumexpOptions & { readonly returnSign?: false },
): NDArray;
export function logsumexp(
  x: ArrayLike,
  axis?: AxisArgument,
  options: LogsumexpOptions = {},
): NDArray | readonly [NDArray, NDArray] {
  const [result, sign] = logAndSign(x, axis, options);
  if (options.returnSign === true) return [result, sign];
  const canBeNegative = options.b !== undefined && options.b !== null;
  return canBeNegative ? np.where(np.less(sign, 0), Number.NaN, result) : result;
}

/**
 * log(mean(exp(x))) over `axis` (one, several, or all of them), without overflow or underflow.
 *
 * @example
 * nn.logmeanexp(np.array([1000, 1000])); // 1000
 * @see https://docs.jax.dev/en/latest/_autosummary/jax.nn.logmeanexp.html
 */
export const logmeanexp = (x: ArrayLike, axis?: AxisArgument, options: LogmeanexpOptions = {}): NDArray => {
  const result = inNameOf("logmeanexp", () => logsumexp(x, axis, options));
  const ones = np.onesLike(x, { dtype: result.dtype });
  const { where = null, keepdims = false } = options;
  return np.subtract(result, np.log(np.sum(ones, axis, { where, keepdims })));
};
