export * from "./concrete.ts";
export * from "./convert.ts";
export * from "./dtype.ts";
export * from "./ndarray.ts";
export * from "./print.ts";
export * from "./promotion.ts";
export * from "./scalars.ts";
export * from "./shape.ts";
