import type { Aval, Params, Primitive } from "../../../core/index.ts";
import type { CompareOp } from "../../../kernel/expr.ts";
import * as prim from "../../../primitives/index.ts";
import { binary, bitcast, compare, convert, filled, select, unary, withElement } from "../ops.ts";
import { saturated } from "../scalar-code.ts";
import { type ElementType, elementOfDType, isFloatElement, isUnsignedElement, type Value } from "../types.ts";
import type { Writer } from "../writer.ts";
import { type Rule, rule } from "./rule.ts";

/*
 * Elementwise primitives that StableHLO, or CHLO on top of it, has an operation for. Others are written out from their
 * scalar expressions.
 */

const onFloats = { applies: ([x]: readonly Value[]) => isFloatElement((x as Value).element) };
const onSigned = { applies: ([x]: readonly Value[]) => !isUnsignedElement((x as Value).element) };

const UNARY: readonly (readonly [Primitive, string, typeof onFloats?])[] = [
  [prim.negPrimitive, "stablehlo.negate"],
  [prim.notPrimitive, "stablehlo.not"],
  [prim.populationCountPrimitive, "stablehlo.popcnt"],
  [prim.clzPrimitive, "stablehlo.count_leading_zeros"],
  [prim.expPrimitive, "stablehlo.exponential"],
  [prim.expm1Primitive, "stablehlo.exponential_minus_one"],
  [prim.logPrimitive, "stablehlo.log"],
  [prim.log1pPrimitive, "stablehlo.log_plus_one"],
  [prim.logisticPrimitive, "stablehlo.logistic"],
  [prim.sqrtPrimitive, "stablehlo.sqrt"],
  [prim.rsqrtPrimitive, "stablehlo.rsqrt"],
  [prim.cbrtPrimitive, "stablehlo.cbrt"],
  [prim.signPrimitive, "stablehlo.sign", onSigned],
  [prim.absPrimitive, "stablehlo.abs", onSigned],
  [prim.floorPrimitive, "stablehlo.floor"],
  [prim.ceilPrimitive, "stablehlo.ceil"],
  [prim.tanhPrimitive, "stablehlo.tanh"],
  [prim.sinPrimitive, "stablehlo.sine"],
  [prim.cosPrimitive, "stablehlo.cosine"],
  [prim.tanPrimitive, "stablehlo.tan"],
];

/** Operations of CHLO say the types of operand and result apart. */
const CHLO: readonly (readonly [Primitive, string])[] = [
  [prim.sinhPrimitive, "chlo.sinh"],
  [prim.coshPrimitive, "chlo.cosh"],
  [prim.asinhPrimitive, "chlo.asinh"],
  [prim.acoshPrimitive, "chlo.acosh"],
  [prim.atanhPrimitive, "chlo.atanh"],
  [prim.asinPrimitive, "chlo.asin"],
  [prim.acosPrimitive, "chlo.acos"],
  [prim.atanPrimitive, "chlo.atan"],
  [prim.erfPrimitive, "chlo.erf"],
  [prim.erfcPrimitive, "chlo.erfc"],
  [prim.erfInvPrimitive, "chlo.erf_inv"],
  [prim.lgammaPrimitive, "chlo.lgamma"],
  [prim.digammaPrimitive, "chlo.digamma"],
];

const BINARY: readonly (readonly [Primitive, string, typeof onFloats?])[] = [
  [prim.addPrimitive, "stablehlo.add"],
  [prim.subPrimitive, "stablehlo.subtract"],
  [prim.mulPrimitive, "stablehlo.multiply"],
  [prim.divPrimitive, "stablehlo.divide", onFloats],
  [prim.remPrimitive, "stablehlo.remainder", onFloats],
  [prim.maxPrimitive, "stablehlo.maximum"],
  [prim.minPrimitive, "stablehlo.minimum"],
  [prim.atan2Primitive, "stablehlo.atan2"],
  [prim.andPrimitive, "stablehlo.and"],
  [prim.orPrimitive, "stablehlo.or"],
  [prim.xorPrimitive, "stablehlo.xor"],
];

const COMPARISONS: readonly (readonly [Primitive, CompareOp])[] = [
  [prim.eqPrimitive, "eq"],
  [prim.nePrimitive, "ne"],
  [prim.ltPrimitive, "lt"],
  [prim.lePrimitive, "le"],
  [prim.gtPrimitive, "gt"],
  [prim.gePrimitive, "ge"],
];

/** Two operands, a scalar repeated where the other is an array. */
const pair = (w: Writer, [x, y]: readonly Value[]): [Value, Value] => {
  const [a, b] = [x as Value, y as Value];
  return [filled(w, a, b.shape), filled(w, b, a.shape)];
};

/** One of several arrays by an index or a boolean, which an index beyond the ends takes the nearest of. */
const writeSelect = (w: Writer, [which, ...cases]: readonly Value[], shape: readonly number[]): Value => {
  const [index, ...arrays] = [which as Value, ...cases].map((x) => filled(w, x, shape)) as [
    Value,
    ...Value[],
  ];
  return arrays.reduce((chosen, x, k) => {
    if (k === 0) return chosen;
    const isBeyond = index.element === "i1" ? index : compare(w, "gt", index, w.splat(k - 1, index));
    return select(w, isBeyond, x, chosen);
  });
};

/** Where floats become integers, ends and NaN are as here whatever the engine makes of them. */
export const writeConversion = (w: Writer, x: Value, element: ElementType): Value => {
  if (!isFloatElement(x.element) || isFloatElement(element) || element === "i1")
    return convert(w, x, element);
  const isHalf = x.element === "f16" || x.element === "bf16";
  return saturated(w, isHalf ? convert(w, x, "f32") : x, element);
};

export const ELEMENTWISE: readonly Rule[] = [
  ...UNARY.map(([primitive, op, options]) =>
    rule<Params>(primitive, (w, [x]) => [unary(w, op, x as Value)], options),
  ),
  ...CHLO.map(([primitive, op]) =>
    rule<Params>(primitive, (w, [x]) => [w.op1(op, [x as Value], x as Value)]),
  ),
  ...BINARY.map(([primitive, op, options]) =>
    rule<Params>(primitive, (w, inputs) => [binary(w, op, ...pair(w, inputs))], options),
  ),
  ...COMPARISONS.map(([primitive, op]) =>
    rule<Params>(primitive, (w, inputs) => [compare(w, op, ...pair(w, inputs))]),
  ),
  rule(prim.squarePrimitive, (w, [x]) => [binary(w, "stablehlo.multiply", x as Value, x as Value)]),
  rule(prim.powPrimitive, (w, inputs) => {
    const [base, exponent] = pair(w, inputs);
    return [binary(w, "stablehlo.power", base, convert(w, exponent, base.element))];
  }),
  rule(prim.isFinitePrimitive, (w, [x]) => [
    w.op1("stablehlo.is_finite", [x as Value], withElement(x as Value, "i1")),
  ]),
  rule(prim.roundPrimitive, (w, [x], { roundingMethod }) => [
    unary(
      w,
      roundingMethod === "TO_NEAREST_EVEN" ? "stablehlo.round_nearest_even" : "stablehlo.round_nearest_afz",
      x as Value,
    ),
  ]),
  rule(prim.reducePrecisionPrimitive, (w, [x], { exponentBits, mantissaBits }) => [
    w.op1(
      "stablehlo.reduce_precision",
      [x as Value],
      x as Value,
      `exponent_bits = ${exponentBits} : i32, mantissa_bits = ${mantissaBits} : i32`,
    ),
  ]),
  rule(prim.selectNPrimitive, (w, inputs, _params, [output]) => [
    writeSelect(w, inputs, (output as Aval).shape),
  ]),
  rule(prim.convertElementTypePrimitive, (w, [x], { newDtype }) => [
    writeConversion(w, x as Value, elementOfDType(newDtype)),
  ]),
  rule(prim.bitcastConvertTypePrimitive, (w, [x], { newDtype }) => [
    bitcast(w, x as Value, elementOfDType(newDtype)),
  ]),
];
