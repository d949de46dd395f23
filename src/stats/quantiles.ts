import type { NDArray } from "../array/index.ts";
import { add, mul, sub } from "../primitives/index.ts";

/** z to z · scale + loc. */
export const moved = (z: NDArray, scale: NDArray, loc: NDArray): NDArray => add(mul(z, scale), loc);

/** z to loc − z · scale: the upper quantile of a symmetric distribution. */
export const movedBack = (z: NDArray, scale: NDArray, loc: NDArray): NDArray => sub(loc, mul(z, scale));
