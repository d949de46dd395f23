import {
  allocate,
  ConcreteArray as Concrete,
  type ConcreteArray,
  castArray,
  type DType,
  denseData,
  dtypeInfo,
  isFloat,
  type NDArray,
  type TypedArray,
  withWeakType,
} from "../../array/index.ts";
import {
  ArgumentError,
  type Aval,
  aval,
  bind,
  bind1,
  DTypeError,
  definePrimitive,
  describeAval,
  isLinearInput,
  NO_PARAMS,
  type Params,
  type Primitive,
} from "../../core/index.ts";
import type * as kernel from "../../kernel/expr.ts";
import { reducePrecision as reducePrecisionExpr } from "../../kernel/math/float-format.ts";
import { convertElement, reinterpretElement } from "../../kernel/math/storage.ts";
import { linearJvp, NOT_LINEAR, zeroJvp } from "../rules.ts";
import {
  batchElementwise,
  elementwiseArgs,
  elementwiseAval,
  elementwiseLowering,
  FLOAT,
  mapElements,
} from "./base.ts";
import { FLOAT_FORMAT, reduceToFormat } from "./numeric/index.ts";

/** Parameters of `convertElementType`. */
export interface ConvertElementTypeParams {
  readonly newDtype: DType;
  readonly weakType: boolean;
}

/**
 * The same numbers in another dtype. Floats become integers by truncation, saturating at the ends of the range, NaN
 * becoming 0; integers wrap into one another; anything but 0 is true. Between floats it is linear; what comes from or
 * goes to integers has no derivative.
 */
export const convertElementTypePrimitive: Primitive<ConvertElementTypeParams> =
  definePrimitive<ConvertElementTypeParams>({
    name: "convertElementType",
    storage: true,
    abstractEval: ([x], { newDtype, weakType }) => [aval((x as NDArray).shape, newDtype, weakType)],
    evaluate: ([x], { newDtype, weakType }) => [
      withWeakType(castArray(x as ConcreteArray, newDtype), weakType),
    ],
    jvp: (primals, tangents, params) => {
      const outputs = bind(convertElementTypePrimitive, primals, params);
      const t = tangents[0];
      if (!t || !isFloat(params.newDtype)) return { outputs, tangents: [null] };
      return { outputs, tangents: [convertElementType(t, params.newDtype, params.weakType)] };
    },
    transpose: ([ct], [x]) => [
      ct && x && isLinearInput(x) ? convertElementType(ct, x.aval.dtype, x.aval.weakType) : null,
    ],
    batch: ([x], [axis], _size, { newDtype, weakType }) => ({
      outputs: [convertElementType(x as NDArray, newDtype, weakType)],
      axes: [axis as number],
    }),
    lowering: {
      kind: "elementwise",
      expr: ([x], { newDtype }, _outputs, [from]) =>
        convertElement(x as kernel.Expr, (from as Aval).dtype, newDtype),
    },
    args: {
      example: (choose) => ({
        inputs: [{ shape: choose.shape(), dtype: choose.floatDType() }],
        params: { newDtype: choose.floatDType(), weakType: choose.bool() },
      }),
      otherDTypes: (choose) => ({
        inputs: [
          {
            shape: choose.shape(),
            dtype: choose.pick(["int32", "uint32", "bool", "float32", "float64"] as const),
            // Away from whole numbers, where truncation jumps.
            elements: { min: 0, max: 3, avoid: [0, 1, 2, 3] },
          },
        ],
        params: { newDtype: choose.pick(["int32", "uint32", "bool"] as const), weakType: false },
      }),
    },
  });

/**
 * `x` with elements of `newDtype`, strongly typed unless `weakType` is set. Returns `x` itself if there is nothing to
 * change.
 *
 * @example
 * convertElementType(array([1.7, -1.7]), "int32"); // [1, -1]
 */
export const convertElementType = (x: NDArray, newDtype: DType, weakType = false): NDArray =>
  x.dtype === newDtype && x.weakType === weakType
    ? x
    : bind1(convertElementTypePrimitive, [x], { newDtype, weakType });

/** Parameters of `bitcastConvertType`. */
export interface BitcastConvertTypeParams {
  readonly newDtype: DType;
}

/** The bytes of `data` as another dtype of the same width. */
const reinterpret = (data: TypedArray, dtype: DType): TypedArray => {
  const out = allocate(dtype, data.length);
  new Uint8Array(out.buffer).set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  return out;
};

/** The same bits read as another dtype of the same width. */
export const bitcastConvertTypePrimitive: Primitive<BitcastConvertTypeParams> =
  definePrimitive<BitcastConvertTypeParams>({
    name: "bitcastConvertType",
    storage: true,
    abstractEval: ([x], { newDtype }) => {
      const input = x as NDArray;
      const isBool = input.dtype === "bool" || newDtype === "bool";
      const sameWidth =
        dtypeInfo(input.dtype).bytes === dtypeInfo(newDtype).bytes && (!isBool || input.dtype === newDtype);
      if (!sameWidth && !isBool && (input.dtype === "float64" || newDtype === "float64")) {
        throw new DTypeError(
          `bitcastConvertType: ${describeAval(input)} and ${newDtype} differ in width; there are no 64-bit integers ` +
            "here. Convert to float32 first (astype).",
        );
      }
      if (!sameWidth) {
        throw new DTypeError(
          `bitcastConvertType: ${describeAval(input)} and ${newDtype} differ in width; booleans have no bits to ` +
            "reinterpret. Convert with astype.",
        );
      }
      return [aval(input.shape, newDtype, input.weakType && input.dtype === newDtype)];
    },
    evaluate: ([x], { newDtype }, [output]) => {
      const { shape, weakType } = output as NDArray;
      return [new Concrete(reinterpret(denseData(x as ConcreteArray), newDtype), shape, newDtype, weakType)];
    },
    jvp: zeroJvp(() => bitcastConvertTypePrimitive),
    transpose: { missing: NOT_LINEAR },
    batch: (inputs, axes, size, params) =>
      batchElementwise(bitcastConvertTypePrimitive, inputs, axes, size, params),
    lowering: elementwiseLowering(({ newDtype }, x) => reinterpretElement(x, newDtype)),
    args: {
      example: (choose) => ({
        inputs: [{ shape: choose.shape(), dtype: "float32" }],
        params: { newDtype: choose.pick(["int32", "uint32"] as const) },
      }),
      otherDTypes: (choose) => ({
        inputs: [
          { shape: choose.shape(), dtype: choose.pick(["int32", "uint32"] as const), elements: { min: 0 } },
        ],
        params: { newDtype: choose.pick(["float32", "int32", "uint32"] as const) },
      }),
      differentiable: [],
    },
  });

/** The bits of `x` read as `newDtype`: among float32, int32 and uint32. Returns `x` itself for its own dtype. */
export const bitcastConvertType = (x: NDArray, newDtype: DType): NDArray =>
  x.dtype === newDtype ? x : bind1(bitcastConvertTypePrimitive, [x], { newDtype });

/** Parameters of `reducePrecision`. */
export interface ReducePrecisionParams {
  readonly exponentBits: number;
  readonly mantissaBits: number;
}

const checkBits = (argument: string, bits: number, least: number): void => {
  if (!Number.isInteger(bits) || bits < least) {
    throw new ArgumentError(
      `reducePrecision: ${argument} must be a whole number of at least ${least}; got ${bits}.`,
    );
  }
};

/** Rounding to what a narrower floating-point format can hold. It is differentiated as if it did nothing else. */
export const reducePrecisionPrimitive: Primitive<ReducePrecisionParams> =
  definePrimitive<ReducePrecisionParams>({
    name: "reducePrecision",
    abstractEval: (inputs, { exponentBits, mantissaBits }) => {
      checkBits("exponentBits", exponentBits, 1);
      checkBits("mantissaBits", mantissaBits, 0);
      return elementwiseAval("reducePrecision", FLOAT)(inputs);
    },
    evaluate: (inputs, params, [output]) => {
      const from = FLOAT_FORMAT[(output as NDArray).dtype as "float32" | "float64"];
      return [mapElements((x) => reduceToFormat(x, from, params), inputs, output as NDArray)];
    },
    jvp: linearJvp(() => reducePrecisionPrimitive),
    transpose: ([ct], _inputs, { exponentBits, mantissaBits }) => [
      ct ? reducePrecision(ct, exponentBits, mantissaBits) : null,
    ],
    batch: (inputs, axes, size, params) =>
      batchElementwise(reducePrecisionPrimitive, inputs, axes, size, params),
    lowering: elementwiseLowering(({ exponentBits, mantissaBits }, x) =>
      reducePrecisionExpr(x, exponentBits, mantissaBits),
    ),
    args: {
      example: (choose) =>
        elementwiseArgs<ReducePrecisionParams>(
          [{}],
          // The full width of float64, where it is the identity and so linear; and those of narrower formats.
          choose.pick([
            { exponentBits: 11, mantissaBits: 52 },
            { exponentBits: 8, mantissaBits: 7 },
            { exponentBits: 5, mantissaBits: 10 },
          ]),
        ).example(choose),
      // A step function: differences do not converge to its derivative.
      differentiable: [],
    },
  });

/** `x` rounded to a floating-point format with so many bits of exponent and mantissa; its dtype stays. */
export const reducePrecision = (x: NDArray, exponentBits: number, mantissaBits: number): NDArray =>
  bind1(reducePrecisionPrimitive, [x], { exponentBits, mantissaBits });

/** The identity, with a derivative of zero. */
export const stopGradientPrimitive: Primitive = definePrimitive<Params>({
  name: "stopGradient",
  abstractEval: ([x]) => [aval((x as NDArray).shape, (x as NDArray).dtype, (x as NDArray).weakType)],
  evaluate: ([x]) => [x as ConcreteArray],
  jvp: zeroJvp(() => stopGradientPrimitive),
  transpose: { missing: NOT_LINEAR },
  batch: ([x], [axis]) => ({ outputs: [stopGradient(x as NDArray)], axes: [axis as number] }),
  lowering: { kind: "identity" },
  args: {
    ...elementwiseArgs([{}], NO_PARAMS, { otherDTypes: ["int32", "uint32", "bool"] }),
    differentiable: [],
  },
});

/** `x`, which counts as a constant when differentiated. */
export const stopGradient = (x: NDArray): NDArray => bind1(stopGradientPrimitive, [x], NO_PARAMS);
