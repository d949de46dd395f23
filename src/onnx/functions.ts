import { isFloat } from "../array/index.ts";
import type { Aval, Params, Primitive } from "../core/index.ts";
import * as prim from "../primitives/index.ts";
import type { PlainAttributes } from "./graph-builder.ts";

/*
 * What ONNX has no operators for is written out in those that it has: bits, tables and loops, in a function of the model
 * that bears the primitive's name. Runtimes put the nodes of a function in the place of its call; the import puts
 * the primitive there, which has a gradient and is compiled whole.
 */

/** What a parameter is: a whole number, a truth value, a dtype, or one of several words. As attributes these are ints and strings. */
export type ParamKind = "int" | "flag" | "dtype" | readonly string[];

/** A primitive that is written as a function. */
export interface NamedFunction {
  readonly primitive: Primitive;
  readonly params: { readonly [name: string]: ParamKind };
  /** Whether an application is a function, whatever rules there are. Without it, it is one where no rule gives operators. */
  isFunction?(inputs: readonly Aval[], params: Params): boolean;
}

const named = <P extends Params>(
  primitive: Primitive<P>,
  params: { readonly [name in keyof P & string]: ParamKind },
  isFunction?: (inputs: readonly Aval[], params: P) => boolean,
): NamedFunction => ({
  primitive: primitive as unknown as Primitive,
  params,
  ...(isFunction && { isFunction: (inputs, given) => isFunction(inputs, given as P) }),
});

const always = (): boolean => true;
/** Where the operators of ONNX leave open what comes of zeros, ends of ranges and long distances. */
const ofIntegers = ([x]: readonly Aval[]): boolean => !isFloat((x as Aval).dtype);

/** What has no parameters: functions element by element, factorizations and samplers. */
const PLAIN: readonly Primitive[] = [
  prim.acosPrimitive,
  prim.acoshPrimitive,
  prim.asinPrimitive,
  prim.asinhPrimitive,
  prim.atanPrimitive,
  prim.atan2Primitive,
  prim.atanhPrimitive,
  prim.besselI0ePrimitive,
  prim.besselI1ePrimitive,
  prim.betaincPrimitive,
  prim.cbrtPrimitive,
  prim.choleskyPrimitive,
  prim.clzPrimitive,
  prim.coshPrimitive,
  prim.digammaPrimitive,
  prim.eighPrimitive,
  prim.erfPrimitive,
  prim.erfcPrimitive,
  prim.erfInvPrimitive,
  prim.exp2Primitive,
  prim.expm1Primitive,
  prim.igammaPrimitive,
  prim.igammacPrimitive,
  prim.igammaGradAPrimitive,
  prim.lgammaPrimitive,
  prim.log1pPrimitive,
  prim.luPrimitive,
  prim.ndtriPrimitive,
  prim.nextafterPrimitive,
  prim.polygammaPrimitive,
  prim.populationCountPrimitive,
  prim.powPrimitive,
  prim.randomBinomialPrimitive,
  prim.randomGammaGradPrimitive,
  prim.shiftLeftPrimitive,
  prim.shiftRightArithmeticPrimitive,
  prim.shiftRightLogicalPrimitive,
  prim.sinhPrimitive,
  prim.svdPrimitive,
  prim.tanPrimitive,
  prim.threefry2x32Primitive,
  prim.zetaPrimitive,
];

/** The primitives that are written as functions. */
export const FUNCTIONS: ReadonlyMap<string, NamedFunction> = new Map(
  [
    ...PLAIN.map((primitive) => named(primitive, {})),
    named(prim.argmaxPrimitive, { axis: "int", indexDtype: "dtype" }, always),
    named(prim.argminPrimitive, { axis: "int", indexDtype: "dtype" }, always),
    named(
      prim.bitcastConvertTypePrimitive,
      { newDtype: "dtype" },
      ([x], { newDtype }) => x?.dtype !== newDtype && (x?.dtype === "float16" || newDtype === "float16"),
    ),
    named(
      prim.convertElementTypePrimitive,
      { newDtype: "dtype", weakType: "flag" },
      ([x], { newDtype }) => x?.dtype === "float64" && newDtype === "float16",
    ),
    named(prim.cumlogsumexpPrimitive, { axis: "int", reverse: "flag" }, always),
    named(prim.divPrimitive, {}, ofIntegers),
    named(prim.eigPrimitive, { left: "flag", right: "flag", vectorDerivatives: "flag" }),
    named(prim.qrPrimitive, { fullMatrices: "flag" }),
    named(prim.randomGammaPrimitive, { logSpace: "flag" }),
    named(prim.randomPoissonPrimitive, { dtype: "dtype" }),
    named(prim.reducePrecisionPrimitive, { exponentBits: "int", mantissaBits: "int" }),
    named(prim.remPrimitive, {}, ofIntegers),
    named(prim.roundPrimitive, { roundingMethod: ["AWAY_FROM_ZERO", "TO_NEAREST_EVEN"] }),
    named(prim.sortPrimitive, { dimension: "int", isStable: "flag", numKeys: "int" }, always),
    named(prim.topKPrimitive, { k: "int" }, always),
    named(prim.triangularSolvePrimitive, { lower: "flag", unitDiagonal: "flag" }),
  ].map((entry) => [entry.primitive.name, entry]),
);

/** The attributes of a call with these parameters. */
export const attributesOfParams = ({ params: kinds }: NamedFunction, params: Params): PlainAttributes => {
  const values = params as { readonly [name: string]: number | boolean | string };
  return Object.fromEntries(
    Object.keys(kinds).map((name) => {
      const value = values[name] as number | boolean | string;
      return [name, typeof value === "boolean" ? Number(value) : value];
    }),
  );
};
