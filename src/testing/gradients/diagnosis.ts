import type { GradCheckCause } from "./verdict.ts";

/** A share of a derivative: what comes by one argument, or goes to one result. */
export interface Share {
  /** `argument [0].w`, or empty for the whole. */
  readonly name: string;
  readonly numeric: ArrayLike<number>;
}

/** A cause and what there is to say of it. */
export interface Diagnosis {
  readonly cause: GradCheckCause;
  readonly advice: string;
}

/** How exactly a guess has to explain the error. */
const PRECISION = 1e-3;

/** Products of these are what people forget: factors of two and three, and their inverses. */
const isTelling = (c: number): boolean =>
  [0, -1, 2, 3, 4, 1 / 2, 1 / 3, 1 / 4, -2, -1 / 2].some((known) => Math.abs(c - known) < 2 * PRECISION);

/**
 * The factor by which a share enters `analytic`, if that explains how it differs from `numeric`: `undefined` if not.
 */
const factorOf = (
  analytic: ArrayLike<number>,
  numeric: ArrayLike<number>,
  share: ArrayLike<number>,
): { readonly factor: number; readonly witnesses: number } | undefined => {
  let [product, square, largest] = [0, 0, 0];
  const errors = Array.from(numeric, (n, i) => (analytic[i] as number) - n);
  errors.forEach((e, i) => {
    const s = share[i] as number;
    if (!Number.isFinite(e) || !Number.isFinite(s)) return;
    product += e * s;
    square += s * s;
    largest = Math.max(largest, Math.abs(e));
  });
  if (square === 0) return undefined;
  const excess = product / square;
  let witnesses = 0;
  for (let i = 0; i < errors.length; i++) {
    const [e, s] = [errors[i] as number, share[i] as number];
    if (!Number.isFinite(e) || !Number.isFinite(s)) continue;
    if (Math.abs(e - excess * s) > PRECISION * 5 * largest) return undefined;
    if (Math.abs(s) > 0.01 * Math.sqrt(square / errors.length)) witnesses++;
  }
  return { factor: 1 + excess, witnesses };
};

const isPermutation = (a: ArrayLike<number>, b: ArrayLike<number>): boolean => {
  const [x, y] = [a, b].map((list) => Float64Array.from(list).sort());
  const size = Math.max(...Array.from(b, Math.abs));
  return b.length > 1 && (x?.every((v, i) => Math.abs(v - (y?.[i] as number)) <= PRECISION * size) ?? false);
};

const describeFactor = (c: number, name: string): Diagnosis => {
  const of = name === "" ? "it" : `the part of the ${name}`;
  if (Math.abs(c) < 2 * PRECISION) {
    const what = name === "" ? "all of it is" : `what belongs to the ${name} is`;
    return { cause: "missing term", advice: `a missing term: ${what} left out.` };
  }
  if (Math.abs(c + 1) < 2 * PRECISION) {
    return { cause: "sign", advice: `a wrong sign: ${of} is the right one times -1.` };
  }
  return {
    cause: "factor",
    advice: `a wrong factor: ${of} is the right one times ${Number(c.toPrecision(4))}.`,
  };
};

/**
 * Guess why `analytic` differs from `numeric`: some share of it, or the whole, enters with another factor; or the numbers
 * are right and stand elsewhere. `isWhole` says that these are all the numbers of a leaf.
 */
export const diagnose = (
  analytic: ArrayLike<number>,
  numeric: ArrayLike<number>,
  shares: readonly Share[],
  isWhole: boolean,
): Diagnosis => {
  const whole: Share = { name: "", numeric };
  const guesses = [whole, ...shares].flatMap(({ name, numeric: share }) => {
    const found = factorOf(analytic, numeric, share);
    return found === undefined ? [] : [{ name, ...found }];
  });
  // One number is always some multiple of another, so then only the usual mistakes count.
  const sure = guesses.find(({ factor, witnesses }) => witnesses > 1 || isTelling(factor));
  if (sure !== undefined) return describeFactor(sure.factor, sure.name);
  if (isWhole && isPermutation(analytic, numeric)) {
    return {
      cause: "order",
      advice: "the right numbers in other places: something is transposed, reversed or swapped.",
    };
  }
  return {
    cause: "wrong term",
    advice: "some term is wrong or left out; it is no multiple of the right one.",
  };
};
