import { type DType, isFloat, isInteger, storedScalar } from "../../array/index.ts";
import { type Atom, type Aval, type Literal, NO_PARAMS } from "../../core/index.ts";
import {
  absPrimitive,
  addPrimitive,
  divPrimitive,
  integerPowPrimitive,
  maxPrimitive,
  minPrimitive,
  mulPrimitive,
  negPrimitive,
  powPrimitive,
  squarePrimitive,
  subPrimitive,
} from "../../primitives/elementwise/index.ts";
import { GREATEST, LEAST } from "../../primitives/reduction/extrema.ts";
import { isSameAtom } from "./atoms.ts";
import { on, type Rewriter, type RuleEntry, type Site } from "./rewrite.ts";

/*
 * Algebra. The rules keep every bit of a float, but for these:
 * - x + 0, x - 0 and 0 + x become x, and 0 - x becomes -x, though the sign of a zero may differ (as in XLA);
 * - two factors of which one is a power of two become one factor, though the product of x with the first may overflow or
 *   be subnormal, where the result of both is neither: the single product is the more accurate one;
 * - powers with the fixed exponents -1 and 2 become 1 / x and x * x, which are correctly rounded.
 * Which of several NaNs comes out is not kept.
 */

const neg = (program: Rewriter, x: Atom): Atom => program.emit(negPrimitive, [x], NO_PARAMS);
const add = (program: Rewriter, x: Atom, y: Atom): Atom => program.emit(addPrimitive, [x, y], NO_PARAMS);
const sub = (program: Rewriter, x: Atom, y: Atom): Atom => program.emit(subPrimitive, [x, y], NO_PARAMS);
const mul = (program: Rewriter, x: Atom, y: Atom): Atom => program.emit(mulPrimitive, [x, y], NO_PARAMS);
const div = (program: Rewriter, x: Atom, y: Atom): Atom => program.emit(divPrimitive, [x, y], NO_PARAMS);

/** What `atom` is the negation of. */
const negated = (program: Rewriter, atom: Atom): Atom | undefined =>
  program.madeBy(atom, negPrimitive)?.inputs[0];

/** A whole number in the range of an integer dtype. */
const literal = (program: Rewriter, value: number, { dtype }: Aval): Literal =>
  program.literal(isInteger(dtype) ? storedScalar(value, dtype) : value, dtype);

/** The least number above 0 that has all its bits, and what is too large. Other floats are not computed in. */
const NORMAL: { readonly [K in DType]?: readonly [least: number, limit: number] } = {
  float32: [2 ** -126, 2 ** 128],
  float64: [2 ** -1022, Infinity],
};

/** Whether `x` is an ordinary number of a float dtype: products with powers of two that are too are exact. */
const isNormal = (x: number, dtype: DType): boolean => {
  const [least, limit] = NORMAL[dtype] ?? [0, 0];
  return Math.abs(x) >= least && Math.abs(x) < limit;
};

const isPowerOfTwo = (x: number): boolean => {
  const exponent = Math.round(Math.log2(Math.abs(x)));
  return Number.isFinite(x) && 2 ** exponent === Math.abs(x);
};

/** `x` divided by a power of two, times it and so on, if the result has all its bits. */
const exactly = (result: number, scale: number, dtype: DType): number | undefined =>
  isFloat(dtype) && isPowerOfTwo(scale) && isNormal(scale, dtype) && isNormal(result, dtype)
    ? result
    : undefined;

/** The one factor that stands for two. */
const mergedFactor = (a: number, b: number, dtype: DType): number | undefined =>
  isInteger(dtype) ? Math.imul(a, b) : exactly(a * b, isPowerOfTwo(a) ? a : b, dtype);

/** An application of a primitive of two operands one of which is a number: the other one, and the number. */
const withNumber = (
  program: Rewriter,
  application: { readonly inputs: readonly Atom[] } | undefined,
): { readonly x: Atom; readonly c: number } | undefined => {
  if (application === undefined) return undefined;
  const [x, y] = application.inputs as readonly [Atom, Atom];
  const right = program.numberOf(y);
  if (right !== undefined) return { x, c: right };
  const left = program.numberOf(x);
  return left === undefined ? undefined : { x: y, c: left };
};

/** An application whose second operand is a number. */
const byNumber = (
  program: Rewriter,
  application: { readonly inputs: readonly Atom[] } | undefined,
): { readonly x: Atom; readonly c: number } | undefined => {
  if (application === undefined) return undefined;
  const [x, y] = application.inputs as readonly [Atom, Atom];
  const c = program.numberOf(y);
  return c === undefined ? undefined : { x, c };
};

/** `x * c`, with whatever `x` is. */
const timesNumber = ({ program, output }: Site, x: Atom, c: number): Atom | undefined => {
  const { dtype } = output;
  if (c === 1) return x;
  if (c === 0 && isInteger(dtype)) return literal(program, 0, output);
  if (dtype !== "uint32" && c === -1) return neg(program, x);
  const inner = negated(program, x);
  if (inner !== undefined) return mul(program, inner, literal(program, -c, output));
  const product = withNumber(program, program.madeBy(x, mulPrimitive));
  const factor = product && mergedFactor(product.c, c, dtype);
  if (product && factor !== undefined) return mul(program, product.x, literal(program, factor, output));
  const quotient = byNumber(program, program.madeBy(x, divPrimitive));
  const divisor = quotient && exactly(quotient.c / c, c, dtype);
  return quotient && divisor !== undefined
    ? div(program, quotient.x, literal(program, divisor, output))
    : undefined;
};

/** `x / c` of floats. */
const overNumber = ({ program, output }: Site, x: Atom, c: number): Atom | undefined => {
  const { dtype } = output;
  if (c === -1) return neg(program, x);
  const reciprocal = exactly(1 / c, c, dtype);
  if (reciprocal !== undefined) return mul(program, x, literal(program, reciprocal, output));
  const inner = negated(program, x);
  if (inner !== undefined) return div(program, inner, literal(program, -c, output));
  const product = withNumber(program, program.madeBy(x, mulPrimitive));
  const divisor = product && exactly(c / product.c, product.c, dtype);
  return product && divisor !== undefined
    ? div(program, product.x, literal(program, divisor, output))
    : undefined;
};

/** A result that may be a scalar where the application gives an array. */
const as = ({ program, output }: Site, result: Atom | undefined): Atom | undefined =>
  result && program.asResult(result, output);

/** The rule of `max` and `min`: `nothing` is the extreme of nothing, `combine` that of two numbers. */
const extreme =
  (
    primitive: typeof maxPrimitive,
    nothing: { readonly [K in DType]: number },
    combine: (a: number, b: number) => number,
  ) =>
  (site: Site, x: Atom, y: Atom): Atom | undefined => {
    const { program, inputs, output } = site;
    if (isSameAtom(x, y)) return as(site, x);
    const outer = withNumber(program, { inputs });
    if (outer === undefined) return undefined;
    if (outer.c === nothing[output.dtype]) return as(site, outer.x);
    const inner = withNumber(program, program.madeBy(outer.x, primitive));
    if (inner === undefined) return undefined;
    return as(
      site,
      program.emit(primitive, [inner.x, literal(program, combine(inner.c, outer.c), output)], NO_PARAMS),
    );
  };

/** `x` to a fixed whole power. */
const fixedPower = (site: Site, x: Atom, exponent: number | undefined): Atom | undefined => {
  const { program, output } = site;
  if (exponent === 0) return as(site, literal(program, 1, output));
  if (exponent === 1) return as(site, x);
  if (exponent === 2) return as(site, mul(program, x, x));
  if (exponent === -1 && isFloat(output.dtype)) return as(site, div(program, literal(program, 1, output), x));
  return undefined;
};

/** The rules of arithmetic. */
export const arithmeticRules: readonly RuleEntry[] = [
  on(negPrimitive, (site, x) => {
    const { program, inputs, output } = site;
    const inner = negated(program, x);
    if (inner !== undefined) return inner;
    if (!program.isUsedHereOnly(x, inputs)) return undefined;
    const product = withNumber(program, program.madeBy(x, mulPrimitive));
    if (product) return as(site, mul(program, product.x, literal(program, -product.c, output)));
    const quotient = isFloat(output.dtype) ? byNumber(program, program.madeBy(x, divPrimitive)) : undefined;
    return quotient && as(site, div(program, quotient.x, literal(program, -quotient.c, output)));
  }),
  on(addPrimitive, (site, x, y) => {
    const { program, inputs, output } = site;
    const sum = withNumber(program, { inputs });
    if (sum?.c === 0) return as(site, sum.x);
    const [minusX, minusY] = [negated(program, x), negated(program, y)];
    if (minusY !== undefined) return as(site, sub(program, x, minusY));
    if (minusX !== undefined) return as(site, sub(program, y, minusX));
    const inner =
      sum && isInteger(output.dtype) ? withNumber(program, program.madeBy(sum.x, addPrimitive)) : undefined;
    return sum && inner && as(site, add(program, inner.x, literal(program, inner.c + sum.c, output)));
  }),
  on(subPrimitive, (site, x, y) => {
    const { program, output } = site;
    if (program.numberOf(y) === 0) return as(site, x);
    const minusY = negated(program, y);
    if (minusY !== undefined) return as(site, add(program, x, minusY));
    if (program.numberOf(x) === 0) return as(site, neg(program, y));
    return isInteger(output.dtype) && isSameAtom(x, y) ? as(site, literal(program, 0, output)) : undefined;
  }),
  on(mulPrimitive, (site, x, y) => {
    const { program, inputs } = site;
    const [minusX, minusY] = [negated(program, x), negated(program, y)];
    if (minusX !== undefined && minusY !== undefined) return as(site, mul(program, minusX, minusY));
    const product = withNumber(program, { inputs });
    return product && as(site, timesNumber(site, product.x, product.c));
  }),
  on(divPrimitive, (site, x, y) => {
    const { program, output } = site;
    const c = program.numberOf(y);
    if (c === 1) return as(site, x);
    if (!isFloat(output.dtype)) return undefined;
    const [minusX, minusY] = [negated(program, x), negated(program, y)];
    if (minusX !== undefined && minusY !== undefined) return as(site, div(program, minusX, minusY));
    return c === undefined ? undefined : as(site, overNumber(site, x, c));
  }),
  on(absPrimitive, ({ program, output }, x) => {
    if (output.dtype === "uint32") return x;
    if (program.madeBy(x, absPrimitive) !== undefined) return x;
    const inner = negated(program, x);
    return inner && program.emit(absPrimitive, [inner], NO_PARAMS);
  }),
  on(integerPowPrimitive, (site, x) => fixedPower(site as unknown as Site, x, site.params.y)),
  on(squarePrimitive, ({ program }, x) => mul(program, x, x)),
  on(powPrimitive, (site, x, y) => fixedPower(site, x, site.program.numberOf(y))),
  on(maxPrimitive, extreme(maxPrimitive, LEAST, Math.max)),
  on(minPrimitive, extreme(minPrimitive, GREATEST, Math.min)),
];
