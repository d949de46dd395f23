export { erf, erfc, erfInv } from "./error-function.ts";
export { cosh, exp, exp2, expm1, logistic, sinh, tanh } from "./exponential.ts";
export { digamma, lgamma } from "./gamma.ts";
export { acos, asin, atan, atan2 } from "./inverse-trigonometric.ts";
export { acosh, asinh, atanh, log, log1p, log2, log10 } from "./logarithm.ts";
export { pow } from "./power.ts";
export { cbrt, rsqrt } from "./root.ts";
export { cos, sin, tan } from "./trigonometric.ts";
