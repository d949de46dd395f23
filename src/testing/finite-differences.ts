import { ConcreteArray, isFloat, type NDArray, sizeOf } from "../array/index.ts";
import type { Tangent } from "../core/index.ts";
import { elementsOf } from "./closeness.ts";

/*
 * Derivatives by evaluation alone. (f(x + hv) − f(x − hv)) / 2h is off by O(h²); two such quotients, of steps h and
 * h/2, are combined to cancel that term (Richardson's extrapolation), which leaves O(h⁴). The step can then be large
 * enough for rounding errors to stay small.
 */

/** The step that suits the coarsest float among the arrays: at the root of its precision or above. */
export const stepFor = (arrays: readonly { readonly dtype: NDArray["dtype"] }[]): number =>
  arrays.some((x) => x.dtype === "float32") ? 2 ** -5 : 2 ** -9;

/** `x + step * v`, rounded to the dtype of `x`. */
const moved = (x: NDArray, v: Tangent, step: number): NDArray => {
  if (v === null) return x;
  const data = elementsOf(x).slice();
  const direction = elementsOf(v);
  for (let i = 0; i < data.length; i++) data[i] = (data[i] as number) + step * (direction[i] as number);
  return new ConcreteArray(data, x.shape, x.dtype, x.weakType);
};

/** The derivative of one output in double precision, and the size of the numbers that it was computed from. */
export interface Difference {
  readonly values: Float64Array;
  /** The greatest finite magnitude in the output: rounding errors are proportional to it. */
  readonly scale: number;
}

/**
 * The derivative of `fun` at `primals` in the direction `tangents` (`null` for an input that is held fast), by central
 * differences. Elements where `fun` is infinite or NaN, and outputs that are no floats, have derivative 0.
 */
export const directionalDifference = (
  fun: (...inputs: readonly NDArray[]) => readonly NDArray[],
  primals: readonly NDArray[],
  tangents: readonly Tangent[],
  step: number,
): readonly Difference[] => {
  const at = (h: number): readonly NDArray[] =>
    fun(...primals.map((x, i) => moved(x, tangents[i] ?? null, h)));
  const [farLow, low, high, farHigh] = [at(-step), at(-step / 2), at(step / 2), at(step)];
  return high.map((output, k): Difference => {
    const values = new Float64Array(sizeOf(output.shape));
    if (!isFloat(output.dtype)) return { values, scale: 0 };
    const [a, b, c, d] = [farLow[k], low[k], output, farHigh[k]].map((y) => elementsOf(y as NDArray));
    let scale = 0;
    for (let i = 0; i < values.length; i++) {
      const near = (c?.[i] as number) - (b?.[i] as number);
      const far = (d?.[i] as number) - (a?.[i] as number);
      const slope = (4 * (near / step) - far / (2 * step)) / 3;
      if (Number.isFinite(slope)) values[i] = slope;
      const size = Math.abs(c?.[i] as number);
      if (Number.isFinite(size)) scale = Math.max(scale, size);
    }
    return { values, scale };
  });
};
