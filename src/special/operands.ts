import type { ArrayLike, NDArray } from "../array/index.ts";
import { operands, toInexact } from "../numpy/operands.ts";

/** A function of three arrays, element by element, with promotion to floats and broadcasting. */
export const ternary =
  (
    name: string,
    apply: (x: NDArray, y: NDArray, z: NDArray) => NDArray,
  ): ((x: ArrayLike, y: ArrayLike, z: ArrayLike) => NDArray) =>
  (x, y, z) => {
    const [a, b, c] = operands(name, [x, y, z], toInexact) as readonly [NDArray, NDArray, NDArray];
    return apply(a, b, c);
  };
