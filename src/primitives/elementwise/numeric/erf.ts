import { polynomial } from "./polynomial.ts";

/*
 * Error functions in double precision.
 *
 * erf and erfc: the intervals and the rational approximations of FDLIBM's s_erf.c (Sun Microsystems, 1993); relative
 * errors below 4e-16.
 * erfInv: algorithm AS 241, PPND16, of M. J. Wichura, "The Percentage Points of the Normal Distribution", Applied
 * Statistics 37 (1988), with its coefficients scaled by powers of the square root of two; relative error below 1e-15.
 */

/** (erf(x) − x) / x for |x| < 0.84375, in x². */
const SMALL_P: readonly number[] = [
  0.12837916709551256, -0.3250421072470015, -0.02848174957559851, -0.005770270296489442,
  -2.3763016656650163e-5,
];
const SMALL_Q: readonly number[] = [
  1, 0.39791722395915535, 0.0650222499887673, 0.005081306281875766, 0.00013249473800432164,
  -3.960228278775368e-6,
];

/** About the middle of erf on [0.84375, 1.25], exact in few bits. */
const MIDDLE = 0.8450629115104675;

/** erf(x) − MIDDLE for 0.84375 <= x < 1.25, in x − 1. */
const MIDDLE_P: readonly number[] = [
  -0.0023621185607526594, 0.41485611868374833, -0.3722078760357013, 0.31834661990116175, -0.11089469428239668,
  0.035478304325618236, -0.002166375594868791,
];
const MIDDLE_Q: readonly number[] = [
  1, 0.10642088040084423, 0.540397917702171, 0.07182865441419627, 0.12617121980876164, 0.01363708391202905,
  0.011984499846799107,
];

/** log(x erfc(x)) + x² + 0.5625 for 1.25 <= x < 1 / 0.35, in 1 / x². */
const TAIL_P: readonly number[] = [
  -0.009864944034847148, -0.6938585727071818, -10.558626225323291, -62.375332450326006, -162.39666946257347,
  -184.60509290671104, -81.2874355063066, -9.814329344169145,
];
const TAIL_Q: readonly number[] = [
  1, 19.651271667439257, 137.65775414351904, 434.56587747522923, 645.3872717332679, 429.00814002756783,
  108.63500554177944, 6.570249770319282, -0.0604244152148581,
];

/** The same for 1 / 0.35 <= x < 28. */
const FAR_TAIL_P: readonly number[] = [
  -0.0098649429247001, -0.799283237680523, -17.757954917754752, -160.63638485582192, -637.5664433683896,
  -1025.0951316110772, -483.5191916086514,
];
const FAR_TAIL_Q: readonly number[] = [
  1, 30.33806074348246, 325.7925129965739, 1536.729586084437, 3199.8582195085955, 2553.0504064331644,
  474.52854120695537, -22.44095244658582,
];

/** erfInv(x) / x for |x| <= 0.85, in 0.180625 − x² / 4. */
const INVERSE_CENTRE_P: readonly number[] = [
  1.1975323115670913, 47.07268811238398, 697.062665343896, 4854.886889384388, 16235.862515167575,
  23782.041382114385, 11819.493347062295, 887.0940696254552,
];
const INVERSE_CENTRE_Q: readonly number[] = [
  1, 42.31333070160091, 687.1870074920579, 5394.196021424751, 21213.794301586597, 39307.89580009271,
  28729.085735721943, 5226.495278852854,
];

/** erfInv(x) beyond, in r − 1.6 for r = √(−log((1 − x) / 2)) <= 5. */
const INVERSE_TAIL_P: readonly number[] = [
  1.4234371107496835, 4.630337846156546, 5.769497221460691, 3.6478483247632045, 1.2704582524523684,
  0.2417807251774506, 0.022723844989269184, 0.0007745450142783414,
];
const INVERSE_TAIL_Q: readonly number[] = [
  Math.SQRT2,
  2.9036514445419948,
  2.3707661626024534,
  0.9754783200178743,
  0.2094506521051275,
  0.021494160384252878,
  0.0007744145906515771,
  1.4859850019840355e-9,
];

/** The same in r − 5 for r > 5. */
const INVERSE_FAR_TAIL_P: readonly number[] = [
  6.657904643501103, 5.463784911164114, 1.7848265399172913, 0.29656057182850487, 0.026532189526576124,
  0.0012426609473880784, 2.7115555687434876e-5, 2.0103343992922881e-7,
];
const INVERSE_FAR_TAIL_Q: readonly number[] = [
  Math.SQRT2,
  0.8482908416595164,
  0.19364809469506591,
  0.02103693768272069,
  0.0011128009970788597,
  2.6110884050805935e-5,
  2.010321207683943e-7,
  2.8910246058729655e-15,
];
const ratio = (p: readonly number[], q: readonly number[], x: number): number =>
  polynomial(p, x) / polynomial(q, x);

/** erfc(x) for 1.25 <= x. */
const tail = (x: number): number => {
  if (x >= 28) return 0;
  const s = 1 / (x * x);
  const correction = x < 1 / 0.35 ? ratio(TAIL_P, TAIL_Q, s) : ratio(FAR_TAIL_P, FAR_TAIL_Q, s);
  // The square of a float32 is exact, so that the error of x² does not grow with x.
  const head = Math.fround(x);
  return (Math.exp(-head * head - 0.5625) * Math.exp((head - x) * (head + x) + correction)) / x;
};

/** The error function, 2/√π ∫₀ˣ exp(−t²) dt. */
export const erfOf = (x: number): number => {
  const magnitude = Math.abs(x);
  if (magnitude < 0.84375) return x + x * ratio(SMALL_P, SMALL_Q, x * x);
  if (magnitude < 1.25) return Math.sign(x) * (MIDDLE + ratio(MIDDLE_P, MIDDLE_Q, magnitude - 1));
  return Math.sign(x) * (1 - tail(magnitude));
};

/** 1 − erf(x), without cancellation for large x. */
export const erfcOf = (x: number): number => {
  const magnitude = Math.abs(x);
  if (magnitude < 0.84375) {
    const excess = x * ratio(SMALL_P, SMALL_Q, x * x);
    return x < 0.25 ? 1 - (x + excess) : 0.5 - (x - 0.5 + excess);
  }
  if (magnitude < 1.25) {
    const excess = ratio(MIDDLE_P, MIDDLE_Q, magnitude - 1);
    return x > 0 ? 1 - MIDDLE - excess : 1 + (MIDDLE + excess);
  }
  return x < 0 ? 2 - tail(magnitude) : tail(x);
};

/** The inverse of erf: infinite at ±1, NaN beyond. */
export const erfInvOf = (x: number): number => {
  const magnitude = Math.abs(x);
  if (magnitude <= 0.85) return x * ratio(INVERSE_CENTRE_P, INVERSE_CENTRE_Q, 0.180625 - 0.25 * x * x);
  if (magnitude === 1) return x * Number.POSITIVE_INFINITY;
  const r = Math.sqrt(Math.LN2 - Math.log(1 - magnitude));
  const inverse =
    r <= 5
      ? ratio(INVERSE_TAIL_P, INVERSE_TAIL_Q, r - 1.6)
      : ratio(INVERSE_FAR_TAIL_P, INVERSE_FAR_TAIL_Q, r - 5);
  return Math.sign(x) * inverse;
};
