/**
 * The language that lowerings of primitives are written in: scalar expressions, and the elementary functions among them.
 */
export * from "./expr.ts";
export * as math from "./math/index.ts";
