export * from "./complex-transforms.ts";
export { fftfreq, rfftfreq } from "./frequencies.ts";
export type { Normalization } from "./normalization.ts";
export type { ComplexLike } from "./operands.ts";
export * from "./real-transforms.ts";
export { fftshift, ifftshift } from "./shift.ts";
