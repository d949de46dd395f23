/**
 * Property tests of one's own function: fast-check draws arrays, and what must hold for all of them is stated once.
 * The gradient is checked like everything else.
 *
 *     npx tsx examples/property-test.ts
 */
import { fileURLToPath } from "node:url";
import { customJvp, grad, type NDArray, numpy as np } from "cotangent";
import { allClose, arrays, checkGrads } from "cotangent/testing";
import fc from "fast-check";
import { isRight } from "fp-ts/lib/Either.js";

/**
 * The function under test: a loss like the square near 0 and like the absolute value, times `delta`, far from it.
 * (P. Charbonnier et al., "Deterministic edge-preserving regularization in computed imaging", 1997.)
 */
export const pseudoHuber = (x: NDArray, delta = 1): NDArray =>
  np
    .sqrt(x.div(delta).square().add(1))
    .sub(1)
    .mul(delta ** 2);

/** The same with a derivative by hand, in which somebody forgot the root. */
export const broken = customJvp((x: NDArray) => pseudoHuber(x)).defjvp(
  ([x]: [NDArray], [t]: [NDArray]) => [pseudoHuber(x), t.mul(x).div(x.square().add(1))] as const,
);

const total =
  (f: (x: NDArray) => NDArray) =>
  (x: NDArray): NDArray =>
    f(x).sum();

const anyArray = arrays({ maxRank: 2, minLength: 1, elements: { min: -5, max: 5 } });
const anyDelta = fc.double({ min: 0.5, max: 4, noNaN: true });

/** Whether derivatives are those that differences of the function show, to second order and in both modes. */
export const hasRightDerivatives =
  (f: (x: NDArray) => NDArray) =>
  (x: NDArray): boolean =>
    isRight(checkGrads(total(f), [x]));

/** What must hold. */
export const properties = {
  "its derivatives are right": fc.property(anyArray, hasRightDerivatives(pseudoHuber)),

  "it is even": fc.property(anyArray, anyDelta, (x, delta) =>
    allClose(pseudoHuber(x.neg(), delta), pseudoHuber(x, delta)),
  ),

  "it lies between 0 and half the square": fc.property(anyArray, anyDelta, (x, delta) => {
    const y = pseudoHuber(x, delta);
    const isInside = y.greaterEqual(0).logicalAnd(y.lessEqual(x.square().mul(0.5).add(1e-12)));
    return isInside.all().item() === true;
  }),

  "its slope is never more than delta": fc.property(anyArray, anyDelta, (x, delta) => {
    const slope = grad(total((y) => pseudoHuber(y, delta)))(x);
    return slope.abs().less(delta).all().item() === true;
  }),
} as const;

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const [name, property] of Object.entries(properties)) {
    fc.assert(property as fc.IProperty<unknown>);
    console.log(`for 100 arrays, ${name}`);
  }
  const report = fc.check(fc.property(anyArray, hasRightDerivatives(broken)));
  console.log(`the broken derivative fails for ${String(report.counterexample?.[0])}:`);
  const verdict = checkGrads(total(broken), report.counterexample as [NDArray]);
  if (!isRight(verdict)) console.log(verdict.left.message);
}
