export * from "./binomial.ts";
export * from "./gamma.ts";
export * from "./poisson.ts";
