import { ConcreteArray, type NDArray } from "../array/index.ts";
import { ArgumentError } from "../core/index.ts";

/** Refuse arrays that have no numbers, since another transform traces. */
export function requireConcrete(
  where: string,
  arrays: readonly NDArray[],
): asserts arrays is readonly ConcreteArray[] {
  if (arrays.every((x) => x instanceof ConcreteArray)) return;
  throw new ArgumentError(
    `${where}: it needs the numbers of arrays, and there are none while another transform traces. Call it outside of ` +
      "jit, grad and vmap.",
  );
}
