export * from "./erf.ts";
export * from "./float-format.ts";
export * from "./gamma.ts";
export * from "./incomplete-gamma.ts";
export * from "./polynomial.ts";
export * from "./power.ts";
export * from "./round.ts";
export * from "./zeta.ts";
