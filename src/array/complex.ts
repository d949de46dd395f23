import { NDArray } from "./ndarray.ts";

/**
 * Complex numbers: a real and an imaginary part of one shape and dtype. A plain record, so it is a pytree like any
 * other, and every transform sees two real arrays (docs/architecture.md says why there is no complex dtype).
 *
 *     const z: Complex = { real: numpy.array([1, 0]), imag: numpy.array([0, 1]) };
 */
export interface Complex {
  readonly real: NDArray;
  readonly imag: NDArray;
}

/** Whether `x` is a pair of arrays and not one array. */
export const isComplex = (x: unknown): x is Complex =>
  typeof x === "object" &&
  x !== null &&
  !(x instanceof NDArray) &&
  "real" in x &&
  "imag" in x &&
  x.real instanceof NDArray &&
  x.imag instanceof NDArray;
