export { ball, generalizedNormal } from "./ball.ts";
export { type BernoulliOptions, bernoulli } from "./bernoulli.ts";
export { beta, dirichlet } from "./beta.ts";
export { type BitsOptions, bits } from "./bits.ts";
export { type CategoricalOptions, categorical } from "./categorical.ts";
export { chisquare, f, t } from "./chisquare.ts";
export { type ChoiceOptions, choice } from "./choice.ts";
export {
  cauchy,
  exponential,
  laplace,
  logistic,
  pareto,
  rayleigh,
  triangular,
  weibullMin,
} from "./continuous.ts";
export { binomial, geometric, type IntegerOptions, multinomial, poisson } from "./counts.ts";
export { gamma, loggamma } from "./gamma.ts";
export { gumbel, type Precision } from "./gumbel.ts";
export { foldIn, key, split } from "./key.ts";
export { type MultivariateNormalOptions, multivariateNormal } from "./multivariate-normal.ts";
export { normal, truncatedNormal } from "./normal.ts";
export { doubleSidedMaxwell, lognormal, maxwell, wald } from "./normal-based.ts";
export type { DTypeOptions } from "./operands.ts";
export { type OrthogonalOptions, orthogonal } from "./orthogonal.ts";
export { type PermutationOptions, permutation } from "./permutation.ts";
export { rademacher } from "./rademacher.ts";
export { type RandintOptions, randint } from "./randint.ts";
export { type UniformOptions, uniform } from "./uniform.ts";
