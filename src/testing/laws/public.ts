/**
 * Laws as functions, each one line in the test of any runner: it returns if the law holds on what was drawn, and throws
 * an error with a minimal counterexample if not.
 *
 * @module
 */
export { derivative, linear } from "./derivative-laws.ts";
export { type OptimizerLawOptions, optimizer } from "./optimizer-law.ts";
export { pytree } from "./pytree-law.ts";
export { transforms } from "./transform-laws.ts";
