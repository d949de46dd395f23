import type { ArrayLike, NDArray } from "../array/index.ts";
import { bindCustomJvp, type CustomJvp } from "../core/index.ts";
import * as prim from "../primitives/index.ts";
import { binary, toInexact, unary } from "./operands.ts";

/**
 * e to the power `x`, element by element.
 *
 * @example
 * np.exp(1); // 2.71828
 */
export const exp = unary("exp", prim.exp, toInexact);

/**
 * 2 to the power `x`, element by element.
 *
 * @example
 * np.exp2(3); // 8
 */
export const exp2 = unary("exp2", prim.exp2, toInexact);

/**
 * `exp(x) - 1`, accurate near 0, element by element.
 *
 * @example
 * np.expm1(1e-4); // 0.000100005
 */
export const expm1 = unary("expm1", prim.expm1, toInexact);

/**
 * The natural logarithm, element by element; −∞ at 0, NaN below.
 *
 * @example
 * np.log(10); // 2.30259
 */
export const log = unary("log", prim.log, toInexact);

/**
 * The logarithm to base 2, element by element.
 *
 * @example
 * np.log2(8); // 3
 */
export const log2 = unary("log2", (x) => prim.div(prim.log(x), prim.scalarLike(x, Math.LN2)), toInexact);

/**
 * The logarithm to base 10, element by element.
 *
 * @example
 * np.log10(1000); // 3
 */
export const log10 = unary("log10", (x) => prim.div(prim.log(x), prim.scalarLike(x, Math.LN10)), toInexact);

/**
 * `log(1 + x)`, accurate near 0, element by element.
 *
 * @example
 * np.log1p(1e-4); // 0.000099995
 */
export const log1p = unary("log1p", prim.log1p, toInexact);

/** `x` with 0 in place of ∞, so that differences of infinities are harmless. */
const withoutInfinity = (x: NDArray): NDArray =>
  prim.select(prim.eq(x, prim.scalarLike(x, Number.POSITIVE_INFINITY)), prim.scalarLike(x, 0), x);

/** What is particular to one base. */
interface Base {
  readonly name: string;
  /** `log(1 + z)` in the base. */
  readonly log1p: (z: NDArray) => NDArray;
  readonly exp: (z: NDArray) => NDArray;
}

const logOfSum = (x: NDArray, y: NDArray, base: Base): NDArray => {
  const difference = prim.sub(x, y);
  const sum = prim.add(prim.max(x, y), base.log1p(base.exp(prim.neg(prim.abs(difference)))));
  // Where the difference is NaN, the operands are NaN or equal infinities, whose sum is right.
  return prim.select(prim.ne(difference, difference), prim.add(x, y), sum);
};

/** The derivative is the share of each exponential in the sum, which is finite where operands are infinite. */
const defineLogAddExp = (base: Base): ((x: ArrayLike, y: ArrayLike) => NDArray) => {
  const call: CustomJvp = {
    name: base.name,
    fun: (x, y) => [logOfSum(x as NDArray, y as NDArray, base)],
    jvp: (primals, tangents) => {
      const outputs = bindCustomJvp(call, primals);
      const output = outputs[0] as NDArray;
      const terms = primals.flatMap((x, i) => {
        const t = tangents[i];
        if (!t) return [];
        const share = base.exp(prim.sub(withoutInfinity(x), withoutInfinity(output)));
        return [prim.mul(t, share)];
      });
      const tangent = terms.length === 0 ? null : terms.reduce(prim.add);
      return { outputs, tangents: [tangent && prim.broadcastTo(tangent, output.shape)] };
    },
  };
  return binary(base.name, (x, y) => bindCustomJvp(call, [x, y])[0] as NDArray, toInexact);
};

/**
 * `log(exp(x) + exp(y))` without overflow, element by element.
 *
 * @example
 * np.logaddexp(1000, 1000); // 1000.69
 */
export const logaddexp = defineLogAddExp({ name: "logaddexp", log1p: prim.log1p, exp: prim.exp });

/**
 * `log2(2**x + 2**y)` without overflow, element by element.
 *
 * @example
 * np.logaddexp2(3, 3); // 4
 */
export const logaddexp2 = defineLogAddExp({
  name: "logaddexp2",
  log1p: (z) => prim.div(prim.log1p(z), prim.scalarLike(z, Math.LN2)),
  exp: prim.exp2,
});
