import { castScalar, type NDArray } from "../../array/index.ts";
import type { Primitive } from "../../core/index.ts";
import {
  abs,
  add,
  and,
  constant,
  div,
  type Expr,
  eq,
  floor,
  ge,
  gt,
  le,
  lt,
  mul,
  not,
  or,
  select,
  sqrt,
  sub,
} from "../../kernel/expr.ts";
import { lgamma, log } from "../../kernel/math/index.ts";
import type { MutableVariable, NestBuilder } from "../../kernel/nest.ts";
import { lgammaOf } from "../elementwise/numeric/index.ts";
import { bindSampler, defineSampler, type SampledRow, type SampledRowExpr } from "./define.ts";
import { type Key, uniformAt } from "./draws.ts";
import { doubled, uniformExpr } from "./draws-nest.ts";
import { drawInRounds, roundsOfDraws } from "./rounds.ts";

/*
 * Numbers of the Poisson distribution. Below a mean of 10 they are counted: how many uniformly random numbers can be
 * multiplied before the product is less than e^-mean (Knuth, The Art of Computer Programming, volume 2). From there on
 * they come from transformed rejection, algorithm PTRS of W. Hörmann, "The transformed rejection method for generating
 * Poisson random variables", Insurance: Mathematics and Economics 12, 1993. Uniform numbers have float32's bits.
 *
 * As in JAX, an element that has been accepted is drawn again in every round that another element wants, and what was
 * accepted last counts; elements that are counted take part with a mean of 10⁵. JAX decides on those in float32, whose
 * rounding shows at that size, so a row of small and great means can have other numbers than JAX's.
 */

/** Parameters of `randomPoisson`. */
export interface RandomPoissonParams {
  readonly dtype: "int32" | "uint32";
}

/** From which mean on numbers are rejected instead of counted. */
const LEAST_REJECTED = 10;
/** The mean that counted elements have in rounds of rejection. */
const STAND_IN = 1e5;

const COUNTING = { draws: [1], next: 0 };
const REJECTION = { draws: [1, 2], next: 0 };

const isCounted = (mean: number): boolean => !(mean >= LEAST_REJECTED);

/** What stands for the numbers of a mean that is negative or NaN. */
const invalidOf = (dtype: RandomPoissonParams["dtype"]): number => (dtype === "int32" ? -1 : 2 ** 32 - 1);

/** The number that a pair of uniform numbers is transformed to, and whether it is accepted. */
const propose = (mean: number, u: number, v: number): { readonly k: number; readonly accepted: boolean } => {
  const b = 0.931 + 2.53 * Math.sqrt(mean);
  const a = -0.059 + 0.02483 * b;
  const us = 0.5 - Math.abs(u);
  const k = Math.floor(((2 * a) / us + b) * u + mean + 0.43);
  if (us >= 0.07 && v <= 0.9277 - 3.6224 / (b - 2)) return { k, accepted: true };
  if (k < 0 || (us < 0.013 && v > us)) return { k, accepted: false };
  const density = Math.log((v * (1.1239 + 1.1328 / (b - 3.4))) / (a / (us * us) + b));
  return { k, accepted: density <= k * Math.log(mean) - mean - lgammaOf(k + 1) };
};

const samplePoisson = (
  { key, parameters: [means], out }: SampledRow,
  { dtype }: RandomPoissonParams,
): void => {
  const meanOf = (i: number): number => means?.[i] as number;
  const drawn = new Float64Array(out.length);
  const sums = new Float64Array(out.length);
  drawInRounds(key, COUNTING, out.length, ([own], i) => {
    const mean = meanOf(i);
    if (!isCounted(mean) || !((sums[i] as number) > -mean)) return false;
    drawn[i] = (drawn[i] as number) + 1;
    sums[i] = (sums[i] as number) + Math.log(uniformAt(own as Key, i, "float32"));
    return (sums[i] as number) > -mean;
  });
  const accepted = new Uint8Array(out.length);
  if (!drawn.every((_, i) => isCounted(meanOf(i)))) {
    drawInRounds(key, REJECTION, out.length, ([forU, forV], i) => {
      const mean = meanOf(i);
      const u = uniformAt(forU as Key, i, "float32") - 0.5;
      const proposal = propose(isCounted(mean) ? STAND_IN : mean, u, uniformAt(forV as Key, i, "float32"));
      if (proposal.accepted) {
        accepted[i] = 1;
        if (!isCounted(mean)) drawn[i] = proposal.k;
      }
      return accepted[i] === 0;
    });
  }
  for (let i = 0; i < out.length; i++) {
    const mean = meanOf(i);
    const counted = mean === 0 ? 0 : (drawn[i] as number) - 1;
    out[i] =
      mean >= 0 ? castScalar(isCounted(mean) ? counted : (drawn[i] as number), dtype) : invalidOf(dtype);
  }
};

/** `propose` in loops; sets `k` and `accepted`. */
const proposal = (nest: NestBuilder, mean: Expr, u: Expr, v: Expr, accepted: MutableVariable): Expr => {
  const b = nest.let(add(mul(sqrt(mean), 2.53), 0.931));
  const a = nest.let(sub(mul(b, 0.02483), 0.059));
  const us = nest.let(sub(0.5, abs(u)));
  const k = nest.let(floor(add(add(mul(add(div(mul(a, 2), us), b), u), mean), 0.43)));
  const over = (top: number, bottom: Expr): Expr => div(constant("f64", top), bottom);
  accepted.set(and(ge(us, 0.07), le(v, sub(0.9277, over(3.6224, sub(b, 2))))));
  const isOpen = not(or(accepted.value, or(lt(k, 0), and(lt(us, 0.013), gt(v, us)))));
  nest.if(isOpen, () => {
    const scale = add(over(1.1328, sub(b, 3.4)), 1.1239);
    const density = log(div(mul(v, scale), add(div(a, mul(us, us)), b)));
    accepted.set(le(density, sub(sub(mul(k, log(mean)), mean), lgamma(add(k, 1)))));
  });
  return k;
};

const poissonLoops = (nest: NestBuilder, size: number, { dtype }: RandomPoissonParams) => {
  const [drawn, sums, accepted] = [
    nest.scratch("f64", size),
    nest.scratch("f64", size),
    nest.scratch("bool", size),
  ];
  const counted = (mean: Expr): Expr => not(ge(mean, LEAST_REJECTED));
  return ({ key, count, parameters, store }: SampledRowExpr): void => {
    const meanOf = (i: Expr): Expr => (parameters(i) as readonly [Expr])[0];
    const uniform = (own: Expr | undefined, i: Expr): Expr =>
      nest.let(doubled(uniformExpr(nest, own as Expr, i, "f32")));
    const [anyCounted, anyRejected] = [nest.variable("bool", 0), nest.variable("bool", 0)];
    nest.for(count, (i) => {
      const mean = meanOf(i);
      nest.store(drawn, i, 0);
      nest.store(sums, i, 0);
      nest.store(accepted, i, 0);
      anyCounted.set(or(anyCounted.value, and(counted(mean), gt(mean, 0))));
      anyRejected.set(or(anyRejected.value, ge(mean, LEAST_REJECTED)));
    });
    roundsOfDraws(nest, anyCounted.value, key, COUNTING, count, ([own], i, goesOn) => {
      const mean = meanOf(i);
      const sum = nest.load(sums, i);
      nest.if(and(counted(mean), gt(add(sum, mean), 0)), () => {
        nest.store(drawn, i, add(nest.load(drawn, i), 1));
        const next = nest.let(add(sum, log(uniform(own, i))));
        nest.store(sums, i, next);
        goesOn.set(or(goesOn.value, gt(add(next, mean), 0)));
      });
    });
    roundsOfDraws(nest, anyRejected.value, key, REJECTION, count, ([forU, forV], i, goesOn) => {
      const mean = meanOf(i);
      const isStandIn = counted(mean);
      const u = nest.let(sub(uniform(forU, i), 0.5));
      const isAccepted = nest.variable("bool", 0);
      const own = nest.let(select(isStandIn, STAND_IN, mean));
      const k = proposal(nest, own, u, uniform(forV, i), isAccepted);
      nest.if(
        isAccepted.value,
        () => {
          nest.store(accepted, i, constant("bool", true));
          nest.if(not(isStandIn), () => nest.store(drawn, i, k));
        },
        () => goesOn.set(or(goesOn.value, not(nest.load(accepted, i)))),
      );
    });
    nest.for(count, (i) => {
      const mean = meanOf(i);
      const number = nest.load(drawn, i);
      const small = select(eq(mean, 0), 0, sub(number, 1));
      store(i, select(ge(mean, 0), select(counted(mean), small, number), invalidOf(dtype)));
    });
  };
};

export const randomPoissonPrimitive: Primitive<RandomPoissonParams> = defineSampler<RandomPoissonParams>({
  name: "randomPoisson",
  ranges: [{ min: 0, max: 40 }],
  drawParams: (choose) => ({ dtype: choose.pick(["int32", "uint32"]) }),
  dtype: ({ dtype }) => dtype,
  sample: samplePoisson,
  loops: poissonLoops,
});

/**
 * Numbers of the Poisson distribution with means float[...batch, ...shape]; one key, uint32[...batch, 2], a row. Where
 * a mean is negative or NaN, -1 (or the greatest uint32).
 */
export const randomPoisson = (key: NDArray, mean: NDArray, dtype: "int32" | "uint32"): NDArray =>
  bindSampler(randomPoissonPrimitive, key, [mean], { dtype });
