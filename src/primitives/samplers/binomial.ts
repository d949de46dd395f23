import type { NDArray } from "../../array/index.ts";
import { NO_PARAMS, type Params, type Primitive } from "../../core/index.ts";
import {
  abs,
  add,
  and,
  ceil,
  constant,
  convert,
  div,
  type Expr,
  floor,
  ge,
  gt,
  le,
  lookup,
  lt,
  mul,
  neg,
  not,
  or,
  pmax,
  pmin,
  select,
  sqrt,
  sub,
  type Table,
} from "../../kernel/expr.ts";
import { log, log1p } from "../../kernel/math/index.ts";
import type { MutableVariable, NestBuilder } from "../../kernel/nest.ts";
import { bindSampler, defineSampler, type SampledRow, type SampledRowExpr } from "./define.ts";
import { type Key, uniformAt } from "./draws.ts";
import { doubled, uniformExpr } from "./draws-nest.ts";
import { drawInRounds, roundsOfDraws } from "./rounds.ts";

/*
 * Numbers of the binomial distribution. Up to a mean of 10 they are counted: how many geometrically distributed waits
 * for the next success fit among the trials. Beyond they come from transformed rejection, algorithm BTRS of
 * W. Hörmann, "The generation of binomial random variates", Journal of Statistical Computation and Simulation 46, 1993.
 * A probability above 1/2 counts failures.
 *
 * As in JAX, an element that has been accepted is drawn again in every round that another element wants, and what was
 * accepted last counts; elements that are not rejected take part as 10⁴ trials with probability 1/2.
 */

/** Up to which mean numbers are counted instead of rejected. */
const MOST_COUNTED = 10;
/** How many trials elements that are not rejected have in rounds of rejection, and with what probability. */
const STAND_IN = { trials: 1e4, probability: 0.5 } as const;

const COUNTING = { draws: [0], next: 1 };
const REJECTION = { draws: [1, 2], next: 0 };

/** How one element is sampled. */
interface Plan {
  readonly kind: "invalid" | "infinite" | "counted" | "rejected";
  readonly trials: number;
  /** Of what is counted: successes, or failures if those are rarer. */
  readonly probability: number;
  readonly countsFailures: boolean;
}

const planOf = (n: number, p: number): Plan => {
  const countsFailures = !(p < 0.5);
  const probability = countsFailures ? 1 - p : p;
  const plan = { trials: Math.floor(n), probability, countsFailures };
  if (!(n >= 0 && p >= 0 && p <= 1)) return { kind: "invalid", ...plan };
  if (n === Number.POSITIVE_INFINITY) return { kind: "infinite", ...plan };
  return { kind: n * probability <= MOST_COUNTED ? "counted" : "rejected", ...plan };
};

/** log k! − (k + 1/2) log(k + 1) + k + 1 − log √(2π) for k from 0 to 9; further by an asymptotic series. */
const STIRLING_TAILS: Table = {
  type: "f64",
  values: [
    0.08106146679532726, 0.04134069595540929, 0.02767792568499834, 0.02079067210376509, 0.01664469118982119,
    0.01387612882307075, 0.01189670994589177, 0.01041126526197209, 0.009255462182712733, 0.008330563433362871,
    0, 0, 0, 0, 0, 0,
  ],
};

const stirlingTail = (k: number): number => {
  if (k <= 9) return STIRLING_TAILS.values[k] as number;
  const square = (k + 1) * (k + 1);
  return (1 / 12 - (1 / 360 - 1 / 1260 / square) / square) / (k + 1);
};

const stirlingTailExpr = (k: Expr): Expr => {
  const next = add(k, 1);
  const square = mul(next, next);
  const over = (top: number): Expr => div(constant("f64", top), square);
  const series = div(sub(1 / 12, div(sub(1 / 360, over(1 / 1260)), square)), next);
  return select(le(k, 9), lookup(STIRLING_TAILS, convert(pmax(pmin(k, 9), 0), "i32")), series);
};

/** The number that a pair of uniform numbers is transformed to, and whether it is accepted. */
const propose = (
  n: number,
  p: number,
  u: number,
  v: number,
): { readonly k: number; readonly accepted: boolean } => {
  const deviation = Math.sqrt(n * p * (1 - p));
  const b = 1.15 + 2.53 * deviation;
  const a = -0.0873 + 0.0248 * b + 0.01 * p;
  const us = 0.5 - Math.abs(u);
  const k = Math.floor(((2 * a) / us + b) * u + n * p + 0.5);
  if (us >= 0.07 && v <= 0.92 - 4.2 / b) return { k, accepted: true };
  if (k < 0 || k > n) return { k, accepted: false };
  const density = Math.log((v * (2.83 + 5.1 / b) * deviation) / (a / (us * us) + b));
  const odds = p / (1 - p);
  const mode = Math.floor((n + 1) * p);
  const bound =
    (mode + 0.5) * Math.log((mode + 1) / (odds * (n - mode + 1))) +
    (n + 1) * Math.log((n - mode + 1) / (n - k + 1)) +
    (k + 0.5) * Math.log((odds * (n - k + 1)) / (k + 1)) +
    (stirlingTail(mode) + stirlingTail(n - mode) - stirlingTail(k) - stirlingTail(n - k));
  return { k, accepted: density <= bound };
};

const sampleBinomial = ({ key, parameters: [ns, ps], out, type }: SampledRow): void => {
  const plans = Array.from(out, (_, i) => planOf(ns?.[i] as number, ps?.[i] as number));
  const drawn = new Float64Array(out.length);
  const waits = new Float64Array(out.length);
  const counts = ({ kind, trials }: Plan, i: number): boolean =>
    kind === "counted" && (waits[i] as number) <= trials;
  drawInRounds(key, COUNTING, out.length, ([own], i) => {
    const plan = plans[i] as Plan;
    if (!counts(plan, i)) return false;
    drawn[i] = (drawn[i] as number) + 1;
    const wait = Math.log(uniformAt(own as Key, i, type)) / Math.log1p(-plan.probability);
    waits[i] = (waits[i] as number) + Math.ceil(wait);
    return counts(plan, i);
  });
  const accepted = new Uint8Array(out.length);
  if (plans.some(({ kind }) => kind === "rejected")) {
    drawInRounds(key, REJECTION, out.length, ([forU, forV], i) => {
      const plan = plans[i] as Plan;
      const { trials, probability } = plan.kind === "rejected" ? plan : STAND_IN;
      const u = uniformAt(forU as Key, i, type) - 0.5;
      const proposal = propose(trials, probability, u, uniformAt(forV as Key, i, type));
      if (proposal.accepted) {
        accepted[i] = 1;
        if (plan.kind === "rejected") drawn[i] = proposal.k;
      }
      return accepted[i] === 0;
    });
  }
  plans.forEach(({ kind, trials, countsFailures }, i) => {
    if (kind === "invalid" || kind === "infinite") out[i] = kind === "invalid" ? Number.NaN : trials;
    else {
      const counted = (drawn[i] as number) - (kind === "counted" ? 1 : 0);
      out[i] = countsFailures ? trials - counted : counted;
    }
  });
};

/** `Plan` in expressions. */
const planExpr = (nest: NestBuilder, n: Expr, p: Expr) => {
  const countsFailures = nest.let(not(lt(p, 0.5)));
  const probability = nest.let(select(countsFailures, sub(1, p), p));
  const isValid = nest.let(and(ge(n, 0), and(ge(p, 0), le(p, 1))));
  const isLimited = nest.let(and(isValid, lt(n, Number.POSITIVE_INFINITY)));
  const isSmall = le(mul(n, probability), MOST_COUNTED);
  return {
    trials: nest.let(floor(n)),
    probability,
    countsFailures,
    isValid,
    isLimited,
    isCounted: nest.let(and(isLimited, isSmall)),
    isRejected: nest.let(and(isLimited, not(isSmall))),
  };
};

/** `propose` in loops; sets `accepted`. */
const proposal = (nest: NestBuilder, n: Expr, p: Expr, u: Expr, v: Expr, accepted: MutableVariable): Expr => {
  const over = (top: number, bottom: Expr): Expr => div(constant("f64", top), bottom);
  const deviation = nest.let(sqrt(mul(mul(n, p), sub(1, p))));
  const b = nest.let(add(mul(deviation, 2.53), 1.15));
  const a = nest.let(add(sub(mul(b, 0.0248), 0.0873), mul(p, 0.01)));
  const us = nest.let(sub(0.5, abs(u)));
  const k = nest.let(floor(add(add(mul(add(div(mul(a, 2), us), b), u), mul(n, p)), 0.5)));
  accepted.set(and(ge(us, 0.07), le(v, sub(0.92, over(4.2, b)))));
  nest.if(not(or(accepted.value, or(lt(k, 0), gt(k, n)))), () => {
    const scale = mul(add(over(5.1, b), 2.83), deviation);
    const density = log(div(mul(v, scale), add(div(a, mul(us, us)), b)));
    const odds = nest.let(div(p, sub(1, p)));
    const mode = nest.let(floor(mul(add(n, 1), p)));
    const [below, left] = [nest.let(add(sub(n, mode), 1)), nest.let(add(sub(n, k), 1))];
    const logs = [
      mul(add(mode, 0.5), log(div(add(mode, 1), mul(odds, below)))),
      mul(add(n, 1), log(div(below, left))),
      mul(add(k, 0.5), log(div(mul(odds, left), add(k, 1)))),
    ];
    const tails = [mode, sub(n, mode)].map(stirlingTailExpr);
    const others = [k, sub(n, k)].map((x) => neg(stirlingTailExpr(x)));
    const bound = [...logs, ...tails, ...others].reduce((sum, x) => add(sum, x));
    accepted.set(le(density, bound));
  });
  return k;
};

const binomialLoops = (nest: NestBuilder, size: number) => {
  const [drawn, waits, accepted] = [
    nest.scratch("f64", size),
    nest.scratch("f64", size),
    nest.scratch("bool", size),
  ];
  return ({ key, count, parameters, store, type }: SampledRowExpr): void => {
    const planAt = (i: Expr) => planExpr(nest, ...(parameters(i) as readonly [Expr, Expr]));
    const uniform = (own: Expr | undefined, i: Expr): Expr =>
      nest.let(doubled(uniformExpr(nest, own as Expr, i, type)));
    const [anyCounted, anyRejected] = [nest.variable("bool", 0), nest.variable("bool", 0)];
    nest.for(count, (i) => {
      const { isCounted, isRejected } = planAt(i);
      nest.store(drawn, i, 0);
      nest.store(waits, i, 0);
      nest.store(accepted, i, 0);
      anyCounted.set(or(anyCounted.value, isCounted));
      anyRejected.set(or(anyRejected.value, isRejected));
    });
    roundsOfDraws(nest, anyCounted.value, key, COUNTING, count, ([own], i, goesOn) => {
      const { trials, probability, isCounted } = planAt(i);
      const wait = nest.load(waits, i);
      nest.if(and(isCounted, le(wait, trials)), () => {
        nest.store(drawn, i, add(nest.load(drawn, i), 1));
        const next = nest.let(add(wait, ceil(div(log(uniform(own, i)), log1p(neg(probability))))));
        nest.store(waits, i, next);
        goesOn.set(or(goesOn.value, le(next, trials)));
      });
    });
    roundsOfDraws(nest, anyRejected.value, key, REJECTION, count, ([forU, forV], i, goesOn) => {
      const { trials, probability, isRejected } = planAt(i);
      const n = nest.let(select(isRejected, trials, STAND_IN.trials));
      const p = nest.let(select(isRejected, probability, STAND_IN.probability));
      const isAccepted = nest.variable("bool", 0);
      const k = proposal(nest, n, p, nest.let(sub(uniform(forU, i), 0.5)), uniform(forV, i), isAccepted);
      nest.if(
        isAccepted.value,
        () => {
          nest.store(accepted, i, constant("bool", true));
          nest.if(isRejected, () => nest.store(drawn, i, k));
        },
        () => goesOn.set(or(goesOn.value, not(nest.load(accepted, i)))),
      );
    });
    nest.for(count, (i) => {
      const { trials, countsFailures, isCounted, isValid, isLimited } = planAt(i);
      const counted = sub(nest.load(drawn, i), select(isCounted, constant("f64", 1), 0));
      const sample = select(countsFailures, sub(trials, counted), counted);
      store(i, select(isLimited, sample, select(isValid, trials, Number.NaN)));
    });
  };
};

export const randomBinomialPrimitive: Primitive = defineSampler<Params>({
  name: "randomBinomial",
  ranges: [
    { min: 0, max: 60 },
    { min: 0, max: 1 },
  ],
  drawParams: () => NO_PARAMS,
  sample: sampleBinomial,
  loops: binomialLoops,
});

/**
 * Numbers of the binomial distribution with `n` trials (rounded down) of probability `p`, both float[...batch,
 * ...shape]; one key, uint32[...batch, 2], a row. NaN where `n` is negative or `p` no probability; infinite where `n` is.
 */
export const randomBinomial = (key: NDArray, n: NDArray, p: NDArray): NDArray =>
  bindSampler(randomBinomialPrimitive, key, [n, p], NO_PARAMS);
