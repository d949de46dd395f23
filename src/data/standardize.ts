import type { ArrayLike, AxisArgument, NDArray } from "../array/index.ts";
import { DTypeError, describeAval } from "../core/index.ts";
import * as np from "../numpy/index.ts";
import { operand, toInexact } from "../numpy/operands.ts";

/** What data are standardised by; it broadcasts to them. */
export interface Standardizer {
  readonly mean: NDArray;
  readonly std: NDArray;
}

/** Options of `fitStandardizer`. */
export interface StandardizerOptions {
  /** Which axes are averaged over; default 0, the examples, so that each feature has its own. `null` for all. */
  readonly axis?: AxisArgument | null;
  /** Features whose standard deviation is less than this are only centred; default 1e-8. */
  readonly epsilon?: number;
}

/**
 * The mean and standard deviation of training data, to standardise them and all other data by: fitted on training data
 * alone, nothing of the test data leaks.
 *
 * @param x numbers, [examples, ...]; integers and bytes are taken as float32.
 * @example
 * const fitted = data.fitStandardizer(trainImages, { axis: null });
 * const [train, test] = [trainImages, testImages].map((x) => data.standardize(fitted, x));
 */
export const fitStandardizer = (
  x: ArrayLike,
  { axis = 0, epsilon = 1e-8 }: StandardizerOptions = {},
): Standardizer => {
  const array = operand(x, "fitStandardizer", toInexact);
  if (array.size === 0)
    throw new DTypeError(`fitStandardizer: there are no examples in ${describeAval(array)}.`);
  const over = axis ?? undefined;
  const mean = np.mean(array, over, { keepdims: true });
  const spread = np.std(array, over, { keepdims: true });
  return { mean, std: np.where(np.less(spread, epsilon), np.onesLike(spread), spread) };
};

/**
 * Data less the mean, divided by the standard deviation.
 *
 * @example
 * const x = np.array([[1], [3]]);
 * data.standardize(data.fitStandardizer(x), x); // [[-1], [1]]
 */
export const standardize = ({ mean, std }: Standardizer, x: ArrayLike): NDArray =>
  np.divide(np.subtract(operand(x, "standardize", toInexact), mean), std);

/**
 * What `standardize` undoes: standardised data in their own units.
 *
 * @example
 * const x = np.array([[1], [3]]);
 * const fitted = data.fitStandardizer(x);
 * data.unstandardize(fitted, data.standardize(fitted, x)); // [[1], [3]]
 */
export const unstandardize = ({ mean, std }: Standardizer, x: ArrayLike): NDArray =>
  np.add(np.multiply(operand(x, "unstandardize", toInexact), std), mean);
