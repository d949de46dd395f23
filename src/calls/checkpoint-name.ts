import type { NDArray } from "../array/index.ts";
import { avalOf, bind1, definePrimitive, type Primitive } from "../core/index.ts";
import { linearJvp } from "../primitives/rules.ts";

/** Parameters of `checkpointName`. */
export interface CheckpointNameParams {
  readonly label: string;
}

/** The identity, with a name by which checkpoint policies can refer to the value. */
export const checkpointNamePrimitive: Primitive<CheckpointNameParams> = definePrimitive<CheckpointNameParams>(
  {
    name: "checkpointName",
    abstractEval: (inputs) => inputs.map(avalOf),
    evaluate: (inputs) => inputs,
    jvp: linearJvp(() => checkpointNamePrimitive),
    transpose: ([ct]) => [ct ?? null],
    batch: ([x], axes, _size, { label }) => ({ outputs: [checkpointName(x as NDArray, label)], axes }),
    lowering: { kind: "identity" },
    args: {
      example: (choose) => ({
        inputs: [{ shape: choose.shape(), dtype: choose.floatDType() }],
        params: { label: "kept" },
      }),
    },
  },
);

/**
 * `x` itself, named `label` for `checkpointPolicies.saveOnlyTheseNames`.
 *
 * @example
 * const h = checkpointName(np.tanh(x), "hidden");
 * @see https://docs.jax.dev/en/latest/_autosummary/jax.ad_checkpoint.checkpoint_name.html
 */
export const checkpointName = (x: NDArray, label: string): NDArray =>
  bind1(checkpointNamePrimitive, [x], { label });
