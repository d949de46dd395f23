import type { NDArray } from "cotangent";
import { fromOnnx, toOnnx } from "cotangent/onnx";

export type Program = (...xs: NDArray[]) => NDArray | readonly NDArray[];

/** A program as a file. What is returned is a list in any case: of a model that was read it is. */
export const exported = (f: Program, inputs: readonly NDArray[]): Uint8Array =>
  toOnnx((...xs: NDArray[]): readonly NDArray[] => [f(...xs)].flat(), { name: "f" })(...inputs);

/** The program that a file was read as, its parameters in place. */
export const read =
  (bytes: Uint8Array): Program =>
  (...xs) => {
    const { params, apply } = fromOnnx(bytes);
    return apply(params, ...xs);
  };

/** The file of the program that a file was read as. */
export const again = (bytes: Uint8Array, inputs: readonly NDArray[]): Uint8Array =>
  exported(read(bytes), inputs);

/** How many trips it takes a file until a trip changes nothing; at most `most + 1` are made. */
export const tripsUntilFixed = (file: Uint8Array, inputs: readonly NDArray[], most: number): number => {
  let bytes = file;
  for (let trips = 0; trips <= most; trips++) {
    const next = again(bytes, inputs);
    if (Buffer.compare(bytes, next) === 0) return trips;
    bytes = next;
  }
  return Number.POSITIVE_INFINITY;
};
