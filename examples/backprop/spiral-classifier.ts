/**
 * The network that tells the arms of the spirals apart in chapter 6 and in the pictures, and its loss.
 */
import { type NDArray, nn } from "cotangent";
import { armCount, type Points } from "./spirals.ts";

export const model = nn.sequential(
  nn.dense(32, { kernelInit: nn.initializers.heNormal() }),
  nn.pointwise(nn.relu),
  nn.dense(32, { kernelInit: nn.initializers.heNormal() }),
  nn.pointwise(nn.relu),
  nn.dense(armCount),
);

export type Params = nn.ParamsOf<typeof model>;

/** The mean cross-entropy of some points, float32[]. */
export const dataLoss = (params: Params, { x, y }: Points): NDArray =>
  nn.losses.softmaxCrossEntropyWithIntegerLabels(model.apply(params, x), y).mean();
