import type { NDArray } from "../../array/index.ts";
import type { FlatFunction } from "../../core/index.ts";
import { jit } from "../../transforms/jit.ts";

/** `jit` of a function of flat lists. */
export const compiled = (fun: FlatFunction): FlatFunction => {
  const call = jit((...xs: NDArray[]): readonly NDArray[] => fun(...xs));
  return (...xs) => call(...xs);
};
