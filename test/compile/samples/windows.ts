import { lax, nn, numpy as np } from "../../../src/index.ts";
import { overlapAdd } from "../../../src/primitives/windows.ts";
import { type Sample, sample, withPullback } from "./sample.ts";

/** Convolutions and pooling. */
export const windows: readonly Sample[] = [
  // The loop over [3] is there before the zeros that the windows are put among.
  sample("windows-among-zeros", "f32[3,2] f32[3]", (x, y) => {
    const twice = np.flip(y.mul(2)).add(1);
    return [overlapAdd(x, [9], [3], [1]), twice];
  }),
  ...withPullback(
    sample("convolution", "f32[2,3,9,8] f32[4,3,3,3]", (x, w) => [
      lax.convGeneralDilated(x, w, [1, 1], "SAME"),
    ]),
  ),
  ...withPullback(
    sample("convolution-strided", "f32[2,2,9,9] f32[4,1,3,2]", (x, w) => [
      lax.convGeneralDilated(
        x,
        w,
        [2, 1],
        [
          [1, 2],
          [0, 1],
        ],
        {
          rhsDilation: [1, 2],
          featureGroupCount: 2,
        },
      ),
    ]),
  ),
  sample("convolution-dilated", "f32[1,2,6] f32[3,2,3]", (x, w) => [
    lax.convGeneralDilated(x, w, [1], [[2, 2]], { lhsDilation: [2] }),
  ]),
  ...withPullback(
    sample("max-pool", "f32[2,8,8,3]", (x) => [lax.reduceWindowMax(x, [1, 2, 2, 1], [1, 2, 2, 1], "VALID")]),
  ),
  ...withPullback(
    sample("max-pool-overlapping", "f32[1,7,7]", (x) => [
      lax.reduceWindowMax(x, [1, 3, 3], [1, 2, 2], "SAME"),
    ]),
  ),
  ...withPullback(
    sample("mean-pool", "f32[2,6,6,2]", (x) => [
      lax.reduceWindowSum(x, [1, 3, 2, 1], [1, 1, 2, 1], "VALID").div(6),
    ]),
  ),
  ...withPullback(
    sample("conv-relu-pool", "f32[2,1,10,10] f32[3,1,3,3]", (x, w) => [
      lax.reduceWindowMax(
        nn.relu(lax.convGeneralDilated(x, w, [1, 1], "VALID")),
        [1, 1, 2, 2],
        [1, 1, 2, 2],
        "VALID",
      ),
    ]),
  ),
  ...withPullback(
    sample("conv-bias-pool", "f32[2,1,8,8] f32[3,1,3,3] f32[3,1,1]", (x, w, b) => [
      lax.reduceWindowMax(
        nn.relu(lax.convGeneralDilated(x, w, [1, 1], "VALID").add(b)),
        [1, 1, 2, 2],
        [1, 1, 2, 2],
        "VALID",
      ),
    ]),
  ),
];
