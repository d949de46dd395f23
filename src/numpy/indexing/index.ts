export * from "./positions.ts";
export { slice } from "./slice.ts";
export { putAlongAxis, type TakeMode, type TakeOptions, take, takeAlongAxis } from "./take.ts";
