import type { NDArray } from "../../array/index.ts";
import type { Primitive } from "../../core/index.ts";
import {
  add,
  constant,
  div,
  type Expr,
  eq,
  ge,
  le,
  lt,
  mul,
  neg,
  select,
  sqrt,
  sub,
} from "../../kernel/expr.ts";
import { log, log1p, pow } from "../../kernel/math/index.ts";
import type { NestBuilder } from "../../kernel/nest.ts";
import { bindSampler, defineSampler } from "./define.ts";
import { type FloatType, type Key, normalAt, subkey, uniformAt } from "./draws.ts";
import { doubled, type FloatScalar, normalExpr, subkeyExpr, uniformExpr } from "./draws-nest.ts";

/*
 * Numbers of the gamma distribution: G. Marsaglia and W. W. Tsang, "A simple method for generating gamma variables",
 * ACM Transactions on Mathematical Software 26, 2000. With d = a − 1/3 and c = 1 / (3 √d), the number d (1 + c x)³ for
 * normal x is accepted with a probability that is nearly always 1. For a < 1 a number for a + 1 is multiplied by
 * u^(1 / a). Each element has a key of its own.
 */

/** Parameters of `randomGamma`. */
export interface RandomGammaParams {
  /** Whether to give the logarithms of the numbers, which do not underflow for a small parameter. */
  readonly logSpace: boolean;
}

const THIRD = 1 / 3;

/** The coefficient of the quick test, which accepts nearly all without a logarithm. */
const SQUEEZE = 0.0331;

const gammaOf = (key: Key, a: number, type: FloatType, logSpace: boolean): number => {
  const isBoosted = a < 1;
  const d = (a < 0 ? Number.NaN : isBoosted ? a + 1 : a) - THIRD;
  const c = THIRD / Math.sqrt(d);
  let next = subkey(key, 0);
  let cube = 1;
  // A parameter that is infinite or NaN is its own sample.
  let isRejected = d * 0 === 0;
  while (isRejected) {
    let [x, root] = [0, -1];
    let forNormal = subkey(next, 1);
    while (root <= 0) {
      x = normalAt(subkey(forNormal, 1), 0, type);
      root = 1 + x * c;
      forNormal = subkey(forNormal, 0);
    }
    const u = uniformAt(subkey(next, 2), 0, type);
    const square = x * x;
    cube = root * root * root;
    isRejected =
      u >= 1 - SQUEEZE * square * square && Math.log(u) >= square / 2 + d * (1 - cube + Math.log(cube));
    next = subkey(next, 0);
  }
  const u = isBoosted ? uniformAt(subkey(key, 1), 0, type) : 0;
  if (!logSpace) return d * cube * (isBoosted ? (1 - u) ** (1 / a) : 1);
  return Math.log(d) + Math.log(cube) + (u === 0 ? 0 : Math.log1p(-u) / a);
};

const gammaExpr = (nest: NestBuilder, key: Expr, a: Expr, type: FloatScalar, logSpace: boolean): Expr => {
  const isBoosted = nest.let(lt(a, 1));
  const d = nest.let(sub(select(lt(a, 0), Number.NaN, select(isBoosted, add(a, 1), a)), THIRD));
  const c = nest.let(div(constant("f64", THIRD), sqrt(d)));
  const next = nest.variable("u64", subkeyExpr(nest, key, 0));
  const cube = nest.variable("f64", 1);
  const isRejected = nest.variable("bool", eq(mul(d, 0), 0));
  nest.while(
    () => isRejected.value,
    () => {
      const [x, root] = [nest.variable("f64", 0), nest.variable("f64", -1)];
      const forNormal = nest.variable("u64", subkeyExpr(nest, next.value, 1));
      nest.while(
        () => le(root.value, 0),
        () => {
          x.set(doubled(normalExpr(nest, subkeyExpr(nest, forNormal.value, 1), 0, type)));
          root.set(add(mul(x.value, c), 1));
          forNormal.set(subkeyExpr(nest, forNormal.value, 0));
        },
      );
      const u = doubled(uniformExpr(nest, subkeyExpr(nest, next.value, 2), 0, type));
      const square = nest.let(mul(x.value, x.value));
      cube.set(mul(mul(root.value, root.value), root.value));
      isRejected.set(ge(u, sub(1, mul(mul(square, SQUEEZE), square))));
      nest.if(isRejected.value, () => {
        const tail = mul(d, add(sub(1, cube.value), log(cube.value)));
        isRejected.set(ge(log(u), add(mul(square, 0.5), tail)));
      });
      next.set(subkeyExpr(nest, next.value, 0));
    },
  );
  const sample = nest.variable("f64", logSpace ? add(log(d), log(cube.value)) : mul(d, cube.value));
  nest.if(isBoosted, () => {
    const u = nest.let(doubled(uniformExpr(nest, subkeyExpr(nest, key, 1), 0, type)));
    sample.set(
      logSpace
        ? add(sample.value, select(eq(u, 0), 0, div(log1p(neg(u)), a)))
        : mul(sample.value, pow(sub(1, u), div(constant("f64", 1), a))),
    );
  });
  return sample.value;
};

export const randomGammaPrimitive: Primitive<RandomGammaParams> = defineSampler<RandomGammaParams>({
  name: "randomGamma",
  ranges: [{ min: 0.1, max: 5 }],
  drawParams: (choose) => ({ logSpace: choose.bool() }),
  sample: ({ key, parameters: [a], out, type }, { logSpace }) => {
    for (let i = 0; i < out.length; i++) out[i] = gammaOf(subkey(key, i), a?.[i] as number, type, logSpace);
  },
  loops:
    (nest, count, { logSpace }) =>
    ({ key, parameters, store, type }) =>
      nest.for(count, (i) => {
        const [a] = parameters(i) as readonly [Expr];
        store(i, gammaExpr(nest, subkeyExpr(nest, key, i), a, type, logSpace));
      }),
});

/**
 * Numbers of the gamma distribution with parameters `a`, float[...batch, ...shape], or their logarithms; one key,
 * uint32[...batch, 2], a row. NaN where `a` is negative or NaN.
 */
export const randomGamma = (key: NDArray, a: NDArray, logSpace: boolean): NDArray =>
  bindSampler(randomGammaPrimitive, key, [a], { logSpace });
