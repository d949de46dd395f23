/**
 * The problem of chapters 5 and 6: points of a plane on three spiral arms, and which arm each is on.
 */
import { type NDArray, numpy as np, random } from "cotangent";

export const armCount = 3;

export interface Points {
  /** float32[n, 2] */
  readonly x: NDArray;
  /** int32[n], the arm, 0 to 2 */
  readonly y: NDArray;
}

/** As many points on each arm, with normal noise on their angles. */
export const spirals = (key: NDArray, perArm: number, noise = 0.15): Points => {
  const n = armCount * perArm;
  const y = np.arange(n).mod(armCount).astype("int32");
  const radius = random.uniform(random.foldIn(key, 0), [n], { minval: 0.1, maxval: 1 });
  const jitter = random.normal(random.foldIn(key, 1), [n]).mul(noise);
  const angle = radius
    .mul(4.5)
    .add(y.astype("float32").mul((2 * Math.PI) / armCount))
    .add(jitter);
  return { x: np.stack([radius.mul(np.cos(angle)), radius.mul(np.sin(angle))], -1).mul(2), y };
};
