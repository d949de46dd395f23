/**
 * Matchers of arrays and gradients for vitest (an optional peer dependency), typed by declaration merging. Once, in a
 * setup file or at the top of a test:
 *
 *     import { matchers } from "cotangent/testing/vitest";
 *     expect.extend(matchers);
 *
 * @module
 */

import type {} from "vitest";
import type { DType, Shape } from "../../array/index.ts";
import type { Tolerance } from "../closeness.ts";
import type { GradCheckOptions } from "../gradients/check-grads.ts";

export { type MatcherResult, matchers } from "./matchers.ts";

/** What `expect` can say of arrays and of functions of arrays. */
export interface CotangentMatchers<R = void> {
  /**
   * Trees of arrays and numbers are equal in structure and shapes, and nearly equal in values:
   * `|actual - expected| <= atol + rtol * |expected|`. Tolerances default to rounding errors in the coarser dtype; NaN is
   * near NaN. Where there is an array, nested lists of numbers may be expected.
   *
   * @example
   * expect(grad(loss)(params)).toBeAllClose({ w: [1, 2] }, { rtol: 1e-6 });
   */
  toBeAllClose(expected: unknown, tolerance?: Tolerance): R;
  /**
   * An array has this shape.
   *
   * @example
   * expect(np.zeros([2, 3])).toHaveShape([2, 3]);
   */
  toHaveShape(shape: Shape): R;
  /**
   * An array has this dtype.
   *
   * @example
   * expect(np.arange(3)).toHaveDType("int32");
   */
  toHaveDType(dtype: DType): R;
  /**
   * A function's derivatives at these arguments are right, as `checkGrads` has it. At a kink nothing can be said: the
   * assertion fails, with or without `not`.
   *
   * @example
   * expect(loss).toHaveCorrectGradients([params, batch], { order: 1 });
   */
  toHaveCorrectGradients(args: readonly unknown[], options?: GradCheckOptions): R;
}

declare module "vitest" {
  // biome-ignore lint/suspicious/noExplicitAny: merging asks for vitest's own type parameters.
  interface Matchers<T = any> extends CotangentMatchers<T> {}
}
