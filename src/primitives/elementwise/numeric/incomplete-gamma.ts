import { erfcOf } from "./erf.ts";
import { digammaOf, lgammaOf } from "./gamma.ts";

/*
 * The incomplete gamma functions and their derivatives with respect to a. Where x < 1 or x <= a they are the series
 * x^a e^−x / Γ(a + 1) · Σ xⁿ / ((a + 1) … (a + n)) (NIST Digital Library of Mathematical Functions, 8.11.4), elsewhere the
 * continued fraction x^a e^−x / Γ(a) · 1 / (x + 1 − a − 1·(1 − a) / (x + 3 − a − …)) (8.9.2); each is differentiated term by
 * term. From a = 10⁶ on, where those would take too many terms, Temme's uniform expansion (8.12) takes their place.
 */

/** A sum and its derivative with respect to a. */
interface Sum {
  readonly value: number;
  readonly slope: number;
}

const EPSILON = 2 ** -53;

/** From here on the expansions for great a are good to all digits. */
export const GREAT_SHAPE = 1e6;

/** Beyond, derivatives with respect to a are those of a normal distribution, good to 1e-8. */
export const GREAT_SLOPE = 1e8;

const series = (a: number, x: number): Sum => {
  let [term, termSlope, value, slope] = [1, 0, 1, 0];
  for (let n = 1; term > value * EPSILON || Math.abs(termSlope) > Math.abs(slope) * EPSILON; n++) {
    const ratio = x / (a + n);
    termSlope = (termSlope - term / (a + n)) * ratio;
    term *= ratio;
    value += term;
    slope += termSlope;
  }
  return { value, slope };
};

/** By Lentz's method, as modified by Thompson and Barnett. */
const fraction = (a: number, x: number): Sum => {
  let b = x + 1 - a;
  let d = 1 / b;
  let dSlope = d * d;
  let [c, cSlope] = [1e300, 0];
  let [value, slope] = [d, dSlope];
  let isOpen = true;
  for (let n = 1; isOpen; n++) {
    const numerator = n * (a - n);
    b += 2;
    const inverse = numerator * d + b;
    const inverseSlope = n * d + numerator * dSlope - 1;
    cSlope = (n - (numerator * cSlope) / c) / c - 1;
    c = numerator / c + b;
    d = 1 / inverse;
    dSlope = -inverseSlope * d * d;
    const factor = c * d;
    const [left, right] = [cSlope * d, c * dSlope];
    const next = slope * factor + value * (left + right);
    // Of a difference of nearly equal numbers no more can be asked than what their rounding leaves.
    const noise = 4 * value * (Math.abs(left) + Math.abs(right));
    isOpen =
      Math.abs(factor - 1) > 2 * EPSILON ||
      Math.abs(next - slope) > 2 * EPSILON * (Math.abs(next) + Math.abs(noise));
    value *= factor;
    slope = next;
  }
  return { value, slope };
};

const usesSeries = (a: number, x: number): boolean => x < 1 || x <= a;

/**
 * r − 1 − log r, given m = r − 1 too, without cancellation where m is small: by the series of the hyperbolic arctangent of
 * m / (2 + m).
 */
export const excessOverLog = (r: number, m: number): number => {
  if (m < -0.5 || m > 1) return m - Math.log(r);
  const s = m / (2 + m);
  let sum = 0;
  for (let k = 16; k >= 0; k--) sum = sum * s * s + 1 / (2 * k + 3);
  return s * (m - 2 * s * s * sum);
};

/** Stirling's series for log Γ(a) − (a − ½) log a + a − ½ log 2π. */
const stirling = (a: number): number => {
  const r = 1 / a;
  const r2 = r * r;
  return (
    r *
    (1 / 12 +
      r2 *
        (-1 / 360 + r2 * (1 / 1260 + r2 * (-1 / 1680 + r2 * (1 / 1188 + r2 * (-691 / 360360 + r2 / 156))))))
  );
};

/** x^a e^−x / Γ(a + 1). */
const factor = (a: number, x: number): number =>
  a < 10
    ? Math.exp(a * Math.log(x) - x - lgammaOf(a + 1))
    : Math.exp(-a * excessOverLog(x / a, (x - a) / a) - stirling(a)) / Math.sqrt(2 * Math.PI * a);

/** Coefficients of Temme's expansion in 1 / a, each a series in η; enough for a >= 10⁶. */
export const TEMME: readonly (readonly number[])[] = [
  [-1 / 3, 1 / 12, -2 / 135, 1 / 864, 1 / 2835, -139 / 777600, 1 / 25515],
  [-1 / 540, -1 / 288, 1 / 378, -77 / 77760],
  [25 / 6048, -139 / 51840],
];

/** η with η² / 2 = x / a − 1 − log(x / a), and the sign of x − a. */
const temmeEta = (a: number, x: number): number => {
  const m = (x - a) / a;
  return Math.sign(m) * Math.sqrt(2 * excessOverLog(x / a, m));
};

/** P for great a, or Q with `sign` −1: ½ erfc(∓η √(a/2)) ∓ R. */
const temme = (a: number, x: number, sign: 1 | -1): number => {
  const eta = temmeEta(a, x);
  const scale = Math.exp(-0.5 * a * eta * eta) / Math.sqrt(2 * Math.PI * a);
  if (scale === 0) return sign * eta > 0 ? 1 : 0;
  const rest = TEMME.map((c) => c.reduceRight((sum, value) => sum * eta + value, 0));
  const sum = rest.reduceRight((total, value) => total / a + value, 0);
  return 0.5 * erfcOf(-sign * eta * Math.sqrt(a / 2)) - sign * scale * sum;
};

/** The values at the ends of the domain, and NaN outside of it; `undefined` inside. */
const atEdge = (a: number, x: number): number | undefined => {
  if (!(a >= 0 && x >= 0) || (a === 0 && x === 0)) return Number.NaN;
  if (x === 0) return 0;
  if (a === 0 || x === Number.POSITIVE_INFINITY) return 1;
  return a === Number.POSITIVE_INFINITY ? 0 : undefined;
};

/** P(a, x), the regularized lower incomplete gamma function. */
export const igammaOf = (a: number, x: number): number => {
  const edge = atEdge(a, x);
  if (edge !== undefined) return edge;
  if (a >= GREAT_SHAPE) return temme(a, x, 1);
  if (usesSeries(a, x)) return factor(a, x) * series(a, x).value;
  return 1 - factor(a, x) * a * fraction(a, x).value;
};

/** Q(a, x) = 1 − P(a, x), the regularized upper incomplete gamma function. */
export const igammacOf = (a: number, x: number): number => {
  const edge = atEdge(a, x);
  if (edge !== undefined) return 1 - edge;
  if (a >= GREAT_SHAPE) return temme(a, x, -1);
  if (usesSeries(a, x)) return 1 - factor(a, x) * series(a, x).value;
  return factor(a, x) * a * fraction(a, x).value;
};

/** −(∂P/∂a) / (∂P/∂x): how a sample of the gamma distribution moves with its shape. */
export const randomGammaGradOf = (a: number, x: number): number => {
  const edge = atEdge(a, x);
  if (edge !== undefined) return Number.isNaN(edge) ? edge : x === 0 || a === 0 ? 0 : Number.NaN;
  if (a >= GREAT_SLOPE) return 1 + 0.5 * temmeEta(a, x);
  if (usesSeries(a, x)) {
    const { value, slope } = series(a, x);
    return -((slope + value * (Math.log(x) - digammaOf(a + 1))) * x) / a;
  }
  const { value, slope } = fraction(a, x);
  return x * (slope + value * (Math.log(x) - digammaOf(a)));
};

/** ∂P/∂a. */
export const igammaGradAOf = (a: number, x: number): number => {
  const edge = atEdge(a, x);
  if (edge !== undefined) return Number.isNaN(edge) || a === 0 ? Number.NaN : 0;
  const density = (factor(a, x) * a) / x;
  return density === 0 ? 0 : -randomGammaGradOf(a, x) * density;
};
