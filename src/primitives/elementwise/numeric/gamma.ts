import { polynomial } from "./polynomial.ts";

/*
 * The logarithm of the gamma function and its derivative in double precision.
 *
 * lgamma: the intervals and approximations of FDLIBM's e_lgamma_r.c (Sun Microsystems, 1993); relative error below
 * 5e-16 for x > 0.
 * digamma: on [1, 2] the rational approximation of Boost.Math (J. Maddock, digamma.hpp, 53 bits), from there the
 * recurrence, and from 10 on the asymptotic series (Abramowitz & Stegun 6.3.18); relative error below 1e-14 for x > 0.
 * Both are reflected to negative numbers, where the errors are relative to the larger of the terms: near their zeros
 * there, and only there, few digits may be right.
 */

/** lgamma(2 − y) + y / 2, in y, divided by y. */
const NEAR_TWO: readonly number[] = [
  0.07721566490153287, 0.3224670334241136, 0.06735230105312927, 0.020580808432516733, 0.007385550860814029,
  0.0028905138367341563, 0.0011927076318336207, 0.0005100697921535113, 0.00022086279071390839,
  0.00010801156724758394, 2.5214456545125733e-5, 4.4864094961891516e-5,
];

/** lgamma(MINIMUM + y) − MINIMUM_VALUE, in y, divided by y². */
const NEAR_MINIMUM: readonly number[] = [
  0.48383612272381005, -0.1475877229945939, 0.06462494023913339, -0.032788541075985965, 0.01797067508118204,
  -0.010314224129834144, 0.006100538702462913, -0.0036845201678113826, 0.0022596478090061247,
  -0.0014034646998923284, 0.000881081882437654, -0.0005385953053567405, 0.00031563207090362595,
  -0.00031275416837512086, 0.0003355291926355191,
];

/** Where lgamma is least on the positive axis, its value there, and what rounding left of it. */
const MINIMUM = 1.4616321449683622;
const MINIMUM_VALUE = -0.12148629053584961;
const MINIMUM_VALUE_REST = 3.6386769970395054e-18;

/** lgamma(1 + y) + y / 2, in y; numerator divided by y. */
const ABOVE_ONE_P: readonly number[] = [
  -0.07721566490153287, 0.6328270640250934, 1.4549225013723477, 0.9777175279633727, 0.22896372806469245,
  0.013381091853678766,
];
const ABOVE_ONE_Q: readonly number[] = [
  1, 2.4559779371304113, 2.128489763798934, 0.7692851504566728, 0.10422264559336913, 0.003217092422824239,
];

/** lgamma(2 + y) − y / 2, in y; numerator divided by y. */
const ABOVE_TWO_P: readonly number[] = [
  -0.07721566490153287, 0.21498241596060885, 0.325778796408931, 0.14635047265246445, 0.02664227030336386,
  0.0018402845140733772, 3.194753265841009e-5,
];
const ABOVE_TWO_Q: readonly number[] = [
  1, 1.3920053346762105, 0.7219355475671381, 0.17193386563280308, 0.01864591917156529, 0.0007779424963818936,
  7.326684307446256e-6,
];

/** lgamma(x) − (x − 1/2) (log(x) − 1) for x >= 8: a constant and a series in 1 / x², divided by x. */
const STIRLING_CONSTANT = 0.4189385332046727;
const STIRLING: readonly number[] = [
  0.08333333333333297, -0.0027777777772877554, 0.0007936505586430196, -0.00059518755745034,
  0.0008363399189962821, -0.0016309293409657527,
];

/** lgamma(x) for x > 0, as lgamma(x + 1) − log(x) up to 0.9. */
const lgammaBelowTwo = (x: number): number => {
  const shifted = x <= 0.9;
  const z = shifted ? x + 1 : x;
  const base = shifted ? -Math.log(x) : 0;
  // Differences from x itself: x + 1 is rounded.
  if (z >= 1.7316) {
    const y = shifted ? 1 - x : 2 - x;
    return base + (y * polynomial(NEAR_TWO, y) - 0.5 * y);
  }
  if (z >= 1.2316) {
    const y = shifted ? x - (MINIMUM - 1) : x - MINIMUM;
    return base + (MINIMUM_VALUE + (y * y * polynomial(NEAR_MINIMUM, y) + MINIMUM_VALUE_REST));
  }
  const y = shifted ? x : x - 1;
  return base + ((y * polynomial(ABOVE_ONE_P, y)) / polynomial(ABOVE_ONE_Q, y) - 0.5 * y);
};

/** lgamma(x) for 2 <= x < 8, brought down to [2, 3) by the recurrence. */
const lgammaBelowEight = (x: number): number => {
  const whole = Math.floor(x);
  const y = x - whole;
  let factor = 1;
  for (let k = 2; k < whole; k++) factor *= y + k;
  return 0.5 * y + (y * polynomial(ABOVE_TWO_P, y)) / polynomial(ABOVE_TWO_Q, y) + Math.log(factor);
};

/** log |Γ(x)|: infinite at 0, at the negative whole numbers and at ±∞. */
export const lgammaOf = (x: number): number => {
  if (Math.abs(x) === Number.POSITIVE_INFINITY) return Number.POSITIVE_INFINITY;
  if (x <= 0) {
    if (Number.isInteger(x)) return Number.POSITIVE_INFINITY;
    if (x > -(2 ** -70)) return -Math.log(-x);
    // Γ(x) Γ(−x) = −π / (x sin(πx)), with the sine's argument brought near zero exactly.
    return Math.log(Math.PI / Math.abs(x * Math.sin(Math.PI * (x - Math.round(x))))) - lgammaOf(-x);
  }
  if (x === 1 || x === 2) return 0;
  if (x < 2) return lgammaBelowTwo(x);
  if (x < 8) return lgammaBelowEight(x);
  if (x >= 2 ** 58) return x * (Math.log(x) - 1);
  const inverse = 1 / x;
  return (
    (x - 0.5) * (Math.log(x) - 1) + (STIRLING_CONSTANT + inverse * polynomial(STIRLING, inverse * inverse))
  );
};

/** The zero of digamma between 1 and 2, in three parts of which the first two are exact. */
const DIGAMMA_ZERO: readonly [number, number, number] = [
  1569415565 / 2 ** 30,
  381566830 / 2 ** 60,
  9.016312093258695e-20,
];
/** digamma(x) / (x − zero) − DIGAMMA_LEVEL for 1 <= x <= 2, in x − 1. */
const DIGAMMA_LEVEL = 0.9955816268920898;
const DIGAMMA_P: readonly number[] = [
  0.25479851061131553, -0.3255503118680449, -0.6503185377089651, -0.28919126444774784, -0.04525132144873906,
  -0.002071332116774595,
];
const DIGAMMA_Q: readonly number[] = [
  1, 2.076711702373047, 1.4606242909763516, 0.43593529692665967, 0.054151797245674226, 0.0021284987017821146,
  -5.578984132167551e-7,
];
/** log(x) − 1 / (2x) − digamma(x), in 1 / x², divided by it: B₂ₖ / 2k. */
const DIGAMMA_SERIES: readonly number[] = [
  1 / 12,
  -1 / 120,
  1 / 252,
  -1 / 240,
  1 / 132,
  -691 / 32760,
  1 / 12,
  -3617 / 8160,
];

/** The derivative of log Γ: NaN at 0, at the negative whole numbers and at −∞. */
export const digammaOf = (x: number): number => {
  if (x <= 0) {
    // ψ(x) = ψ(1 − x) − π cot(πx)
    if (Number.isInteger(x) || x === Number.NEGATIVE_INFINITY) return Number.NaN;
    return digammaOf(1 - x) - Math.PI / Math.tan(Math.PI * (x - Math.round(x)));
  }
  if (x === Number.POSITIVE_INFINITY) return x;
  if (x >= 10) {
    const s = 1 / (x * x);
    return Math.log(x) - 0.5 / x - s * polynomial(DIGAMMA_SERIES, s);
  }
  // ψ(x + 1) = ψ(x) + 1 / x
  let sum = 0;
  let z = x;
  for (; z > 2; sum += 1 / z) z -= 1;
  if (x < 1) {
    sum = -1 / x;
    z = x + 1;
  }
  const fromOne = x < 1 ? x : z - 1;
  const fromZero =
    (x < 1 ? x - (DIGAMMA_ZERO[0] - 1) : z - DIGAMMA_ZERO[0]) - DIGAMMA_ZERO[1] - DIGAMMA_ZERO[2];
  return sum + fromZero * (DIGAMMA_LEVEL + polynomial(DIGAMMA_P, fromOne) / polynomial(DIGAMMA_Q, fromOne));
};
