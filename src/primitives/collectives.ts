import type { NDArray } from "../array/index.ts";
import { avalOf, bind1, definePrimitive, type Primitive } from "../core/index.ts";
import * as kernel from "../kernel/expr.ts";
import { batchedAtFront, reduceSum } from "./broadcast.ts";
import { mul } from "./elementwise/arithmetic.ts";
import { elementwiseLowering } from "./elementwise/base.ts";
import { linearJvp, scalarLike } from "./rules.ts";

/** Parameters of collective operations. */
export interface CollectiveParams {
  /** The axis of an enclosing `vmap`. */
  readonly axisName: string;
  readonly axisSize: number;
}

/** The sum over a named axis of an enclosing `vmap`. A value that is the same for the whole batch is multiplied. */
export const psumPrimitive: Primitive<CollectiveParams> = definePrimitive<CollectiveParams>({
  name: "psum",
  abstractEval: (inputs) => inputs.map(avalOf),
  evaluate: ([x], { axisSize }) => [mul(x as NDArray, scalarLike(x as NDArray, axisSize))] as never,
  jvp: linearJvp(() => psumPrimitive),
  transpose: ([ct], _inputs, params) => [ct ? bind1(psumPrimitive, [ct], params) : null],
  batch: ([x], axes, _size, params) => ({ outputs: [bind1(psumPrimitive, [x as NDArray], params)], axes }),
  lowering: elementwiseLowering(({ axisSize }, x) => kernel.mul(x, axisSize)),
  collect: ([x], [axis], size) => ({
    outputs: [reduceSum(batchedAtFront(x as NDArray, axis ?? null, size), [0])],
    axes: [null],
  }),
  args: {
    example: (choose) => ({
      inputs: [{ shape: choose.shape(), dtype: choose.floatDType() }],
      params: { axisName: "batch", axisSize: choose.int(1, 4) },
    }),
  },
});
