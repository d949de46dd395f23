import type { DType, NDArray } from "../../src/array/index.ts";
import { arrayMismatch, formatMismatch } from "../../src/testing/closeness.ts";

/**
 * How near the results of ONNX Runtime are to ours: its kernels for exp, tanh and the like are good to a few units in the
 * last place, and sums of floats go in another order. What is not a float is equal.
 */
const TOLERANCES: { readonly [D in DType]?: { readonly rtol: number; readonly atol: number } } = {
  float32: { rtol: 1e-5, atol: 1e-6 },
  float64: { rtol: 1e-12, atol: 1e-13 },
};

/** Throws unless arrays have the shapes and dtypes of those expected and, within `scale` times the tolerance, their elements. */
export const requireNear = (
  actual: readonly NDArray[],
  expected: readonly NDArray[],
  scale = 1,
  about = "",
): void => {
  if (actual.length !== expected.length)
    throw new Error(`${actual.length} results, expected ${expected.length}`);
  expected.forEach((want, i) => {
    const got = actual[i] as NDArray;
    if (got.dtype !== want.dtype || String(got.shape) !== String(want.shape))
      throw new Error(
        `result ${i}: ${got.dtype}[${got.shape}], expected ${want.dtype}[${want.shape}]\n${about}`,
      );
    const { rtol, atol } = TOLERANCES[want.dtype] ?? { rtol: 0, atol: 0 };
    const mismatch = arrayMismatch(got, want, { rtol: rtol * scale, atol: atol * scale });
    if (mismatch !== undefined)
      throw new Error(`result ${i}, ${want.dtype}: ${formatMismatch(mismatch)}\n${about}`);
  });
};
