import {
  type ArrayLike,
  ConcreteArray,
  castScalar,
  type DType,
  firstElement,
  NDArray,
  scalarArray,
} from "../array/index.ts";
import {
  ArgumentError,
  aval,
  DTypeError,
  describeAval,
  inNameOf,
  ShapeError,
  traceToJaxpr,
} from "../core/index.ts";
import * as prim from "../primitives/index.ts";
import { operand } from "./operands.ts";
import { dilatedLength, positiveList, resolvePadding, type WindowPadding } from "./window-padding.ts";

/** A reduction that windows can be put together by. */
export type WindowReduction = "add" | "mul" | "max" | "min";

/** How windows are reduced: the neutral element, and the reductions of axes and of pairs. */
interface Reduction {
  readonly neutral: (dtype: DType) => number;
  readonly reduce: (x: NDArray, axes: readonly number[]) => NDArray;
  readonly combine: (x: NDArray, y: NDArray) => NDArray;
}

const REDUCTIONS: { readonly [K in WindowReduction]: Reduction } = {
  add: { neutral: () => 0, reduce: prim.reduceSum, combine: prim.add },
  mul: { neutral: () => 1, reduce: prim.reduceProd, combine: prim.mul },
  max: { neutral: (dtype) => prim.LEAST[dtype], reduce: prim.reduceMax, combine: prim.max },
  min: { neutral: (dtype) => prim.GREATEST[dtype], reduce: prim.reduceMin, combine: prim.min },
};

const isReduction = (name: string): name is WindowReduction => Object.hasOwn(REDUCTIONS, name);

/** Which reduction a function of two scalars is: it must apply one primitive to its arguments, as `lax.add` does. */
const reductionOf = (
  computation: WindowReduction | ((x: NDArray, y: NDArray) => ArrayLike),
  dtype: DType,
): WindowReduction => {
  if (typeof computation === "string") {
    if (isReduction(computation)) return computation;
  } else {
    const scalar = aval([], dtype);
    const fun = (x: NDArray, y: NDArray): NDArray[] => [operand(computation(x, y), "reduceWindow")];
    const { jaxpr } = traceToJaxpr(
      (x, y) => fun(x as NDArray, y as NDArray),
      [scalar, scalar],
      "reduceWindow",
    );
    const [equation] = jaxpr.equations;
    const isPlain =
      equation !== undefined &&
      jaxpr.equations.length === 1 &&
      jaxpr.outputs[0] === equation.outputs[0] &&
      equation.inputs.length === 2 &&
      jaxpr.inputs.every((input) => equation.inputs.includes(input));
    if (isPlain && isReduction(equation.primitive.name)) return equation.primitive.name;
  }
  throw new ArgumentError(
    'reduceWindow: the computation must be lax.add, lax.mul, lax.max or lax.min, or the name of one of them ("add", …).',
  );
};

const reduceWindows = (
  name: string,
  kind: WindowReduction,
  x: NDArray,
  init: NDArray,
  windowDimensions: readonly number[],
  windowStrides: readonly number[] | undefined,
  padding: WindowPadding,
  givenBaseDilation: readonly number[] | undefined,
  givenWindowDilation: readonly number[] | undefined,
): NDArray => {
  const rank = x.ndim;
  if (windowDimensions.length !== rank) {
    throw new ShapeError(
      `${name}: windowDimensions must have a length for each axis of ${describeAval(x)}; got ${windowDimensions.length}.`,
    );
  }
  const dimensions = positiveList(name, "windowDimensions", windowDimensions, rank);
  const strides = positiveList(name, "windowStrides", windowStrides, rank);
  const baseDilation = positiveList(name, "baseDilation", givenBaseDilation, rank);
  const dilation = positiveList(name, "windowDilation", givenWindowDilation, rank);
  const lengths = dimensions.map((n, axis) => dilatedLength(n, dilation[axis] as number));
  const pads = resolvePadding(name, x.shape, lengths, strides, padding);
  const config = pads.map(
    ([low, high], axis): prim.PaddingDimension => [low, high, (baseDilation[axis] as number) - 1],
  );
  const isPadded = config.some((edges) => edges.some((n) => n !== 0));
  const padded = isPadded ? prim.pad(x, init, config) : x;
  // Axes before the first that is windowed stay as they are.
  const isWindowed = (axis: number): boolean => dimensions[axis] !== 1 || strides[axis] !== 1;
  const first = prim.range(rank).find(isWindowed) ?? rank;
  const { reduce } = REDUCTIONS[kind];
  const windowed = prim.windows(padded, dimensions.slice(first), strides.slice(first), dilation.slice(first));
  const axes = prim.range(rank - first).map((i) => rank + i);
  return inNameOf(name, () => reduce(windowed, axes));
};

/**
 * Windows of `x`, padded with `initValue`, each reduced to one element, starting from `initValue`. JAX's
 * `lax.reduce_window`, for sums, products, maxima and minima.
 *
 * The derivative of a maximum or minimum is shared equally by all elements of a window that attain it, as in
 * `lax.reduceMax` (JAX gives all of it to the first here).
 *
 * @param initValue a scalar; a JavaScript number is rounded to the dtype of `x`, so that `-Infinity` is the least int32.
 * @param computation `lax.add`, `lax.mul`, `lax.max` or `lax.min`, or its name.
 * @param padding of all axes, as for convolutions; default: "VALID".
 * @param baseDilation `baseDilation[i] - 1` times `initValue` stands between neighbours of `x` along axis `i`.
 * @param windowDilation how far apart neighbours of a window are along each axis; default: 1.
 * @throws ShapeError, DTypeError or ArgumentError if the arguments do not fit together.
 * @example
 * reduceWindow(x, -Infinity, lax.max, [1, 2, 2, 1], [1, 2, 2, 1], "VALID"); // max pooling of [N, H, W, C]
 */
export const reduceWindow = (
  x: ArrayLike,
  initValue: NDArray | number | boolean,
  computation: WindowReduction | ((x: NDArray, y: NDArray) => ArrayLike),
  windowDimensions: readonly number[],
  windowStrides?: readonly number[],
  padding: WindowPadding = "VALID",
  baseDilation?: readonly number[],
  windowDilation?: readonly number[],
): NDArray => {
  const array = operand(x, "reduceWindow");
  const { dtype } = array;
  const init =
    initValue instanceof NDArray ? initValue : scalarArray(castScalar(Number(initValue), dtype), dtype, true);
  if (init.dtype !== dtype) {
    throw new DTypeError(
      `reduceWindow: the initial value must have the operand's dtype; got ${describeAval(array)} and ${describeAval(init)}.`,
    );
  }
  if (init.ndim > 0) {
    throw new ShapeError(`reduceWindow: the initial value must be a scalar; got ${describeAval(init)}.`);
  }
  const kind = reductionOf(computation, dtype);
  const reduced = reduceWindows(
    "reduceWindow",
    kind,
    array,
    init,
    windowDimensions,
    windowStrides,
    padding,
    baseDilation,
    windowDilation,
  );
  const { neutral, combine } = REDUCTIONS[kind];
  const isNeutral = init instanceof ConcreteArray && firstElement(init) === neutral(dtype);
  return isNeutral ? reduced : combine(reduced, init);
};

/** A reduction over windows that starts from its neutral element. */
const define =
  (name: string, kind: WindowReduction) =>
  (
    x: ArrayLike,
    windowDimensions: readonly number[],
    windowStrides?: readonly number[],
    padding: WindowPadding = "VALID",
    baseDilation?: readonly number[],
    windowDilation?: readonly number[],
  ): NDArray => {
    const array = operand(x, name);
    const init = scalarArray(REDUCTIONS[kind].neutral(array.dtype), array.dtype, true);
    return reduceWindows(
      name,
      kind,
      array,
      init,
      windowDimensions,
      windowStrides,
      padding,
      baseDilation,
      windowDilation,
    );
  };

/**
 * The sum of each window; padding counts as 0.
 *
 * @example
 * lax.reduceWindowSum(np.array([1, 2, 3, 4]), [2], [2], "VALID"); // [3, 7]
 */
export const reduceWindowSum = define("reduceWindowSum", "add");
/**
 * The product of each window; padding counts as 1.
 *
 * @example
 * lax.reduceWindowProd(np.array([1, 2, 3, 4]), [2], [2], "VALID"); // [2, 12]
 */
export const reduceWindowProd = define("reduceWindowProd", "mul");
/**
 * The greatest element of each window; padding is never greatest. Elements that tie share the derivative.
 *
 * @example
 * lax.reduceWindowMax(np.array([1, 2, 3, 4]), [2], [2], "VALID"); // [2, 4]
 */
export const reduceWindowMax = define("reduceWindowMax", "max");
/**
 * The least element of each window; padding is never least. Elements that tie share the derivative.
 *
 * @example
 * lax.reduceWindowMin(np.array([1, 2, 3, 4]), [2], [2], "VALID"); // [1, 3]
 */
export const reduceWindowMin = define("reduceWindowMin", "min");
