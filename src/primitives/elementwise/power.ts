import { isFloat, isInteger, type NDArray } from "../../array/index.ts";
import {
  ArgumentError,
  aval,
  bind,
  bind1,
  DTypeError,
  definePrimitive,
  describeAval,
  type ElementRange,
  NO_PARAMS,
  type Params,
  type Primitive,
} from "../../core/index.ts";
import * as kernel from "../../kernel/expr.ts";
import { pow as powExpr } from "../../kernel/math/index.ts";
import { integerPower } from "../../kernel/math/integer-power.ts";
import { NOT_LINEAR, scalarLike } from "../rules.ts";
import { mul, sub } from "./arithmetic.ts";
import {
  allWeak,
  batchElementwise,
  commonShape,
  elementwiseArgs,
  elementwiseAval,
  elementwiseLowering,
  mapElements,
  NUMBER,
} from "./base.ts";
import { and } from "./bits.ts";
import { eq } from "./comparison.ts";
import { convertElementType } from "./conversion.ts";
import { chainRule } from "./define.ts";
import { log } from "./exponential.ts";
import { power, wrappedPower } from "./numeric/index.ts";
import { select } from "./select.ts";

/**
 * d(x^y)/dx = y x^(y − 1). Where that is 0 times a pole, x = 0 with y = 0, the derivative is 0, since x^0 is 1
 * everywhere: the exponent is moved off the pole there, so that derivatives of this rule stay finite too.
 */
const byBase = (t: NDArray, _output: NDArray, x: NDArray, y: NDArray): NDArray => {
  const noPower = eq(y, scalarLike(y, 0));
  // An integer exponent is never differentiated, so that all its zeros can be moved; a float's only on the pole.
  const moved = isInteger(y.dtype) ? noPower : and(noPower, eq(x, scalarLike(x, 0)));
  const one = scalarLike(y, 1);
  return mul(t, mul(convertElementType(y, x.dtype, y.weakType), pow(x, sub(select(moved, one, y), one))));
};

/** d(x^y)/dy = log(x) x^y, with the logarithm of 0 taken as 0. */
const byExponent = (t: NDArray, output: NDArray, x: NDArray): NDArray => {
  const safe = select(eq(x, scalarLike(x, 0)), scalarLike(x, 1), x);
  return mul(t, mul(log(safe), output));
};

/** Powers of floats, with exponents of the same dtype or integers. */
export const powPrimitive: Primitive = definePrimitive<Params>({
  name: "pow",
  abstractEval: (inputs) => {
    const [x, y] = inputs as readonly [NDArray, NDArray];
    if (!isFloat(x.dtype) || (y.dtype !== x.dtype && !isInteger(y.dtype))) {
      throw new DTypeError(
        "pow: the base must be float32 or float64 and the exponent of the same dtype or an integer; got " +
          `${describeAval(x)} and ${describeAval(y)}. Convert with astype.`,
      );
    }
    return [aval(commonShape("pow", inputs), x.dtype, allWeak(inputs))];
  },
  evaluate: (inputs, _params, [output]) => [mapElements((x, y) => power(x, y), inputs, output as NDArray)],
  jvp: (primals, tangents) => {
    const outputs = bind(powPrimitive, primals, NO_PARAMS);
    const derivatives = [
      (t: NDArray, out: NDArray, ...[x, y]: NDArray[]) => byBase(t, out, x as NDArray, y as NDArray),
      (t: NDArray, out: NDArray, ...[x]: NDArray[]) => byExponent(t, out, x as NDArray),
    ];
    return { outputs, tangents: [chainRule(derivatives, primals, tangents, outputs[0] as NDArray)] };
  },
  transpose: { missing: NOT_LINEAR },
  batch: (inputs, axes, size, params) => batchElementwise(powPrimitive, inputs, axes, size, params),
  lowering: elementwiseLowering((_, x, y) => {
    if (x.type === y.type) return powExpr(x, y);
    // In double precision, which holds every integer.
    return kernel.convert(powExpr(kernel.convert(x, "f64"), kernel.convert(y, "f64")), x.type);
  }),
  args: {
    example: (choose) => {
      const base: ElementRange = { min: 0.4, max: 2.5 };
      if (choose.bool()) return elementwiseArgs([base, {}], NO_PARAMS).example(choose);
      const shape = choose.shape();
      return {
        inputs: [
          { shape, dtype: choose.floatDType(), elements: base },
          { shape: choose.bool() ? [] : shape, dtype: "int32", elements: { min: -3, max: 3 } },
        ],
        params: NO_PARAMS,
      };
    },
  },
});

/**
 * `x` to the power `y`, element by element: `x` of floats, `y` of the same dtype or of integers. 1 to any power and
 * anything to the power 0 is 1; a negative number to a power that is not whole is NaN.
 */
export const pow = (x: NDArray, y: NDArray): NDArray => bind1(powPrimitive, [x, y], NO_PARAMS);

/** Parameters of `integerPow`. */
export interface IntegerPowParams {
  readonly y: number;
}

/** A fixed whole power. */
export const integerPowPrimitive: Primitive<IntegerPowParams> = definePrimitive<IntegerPowParams>({
  name: "integerPow",
  abstractEval: (inputs, { y }) => {
    if (!Number.isInteger(y)) {
      throw new ArgumentError(
        `integerPow: the exponent must be a whole number; got ${y}. Use pow for others.`,
      );
    }
    const outputs = elementwiseAval("integerPow", NUMBER)(inputs);
    const [x] = inputs as readonly [NDArray];
    if (y < 0 && isInteger(x.dtype)) {
      throw new ArgumentError(
        `integerPow: integers have no negative powers; got ${describeAval(x)} and ${y}.`,
      );
    }
    return outputs;
  },
  evaluate: (inputs, { y }, [output]) => {
    const scalar = isInteger((output as NDArray).dtype) ? wrappedPower : power;
    return [mapElements((x) => scalar(x, y), inputs, output as NDArray)];
  },
  jvp: (primals, [t], params) => {
    const [x] = primals as readonly [NDArray];
    const { y } = params;
    const outputs = bind(integerPowPrimitive, primals, params);
    if (!t || y === 0) return { outputs, tangents: [null] };
    return { outputs, tangents: [y === 1 ? t : mul(t, mul(scalarLike(x, y), integerPow(x, y - 1)))] };
  },
  transpose: { missing: NOT_LINEAR },
  batch: (inputs, axes, size, params) => batchElementwise(integerPowPrimitive, inputs, axes, size, params),
  lowering: elementwiseLowering(({ y }, x) => integerPower(x, y)),
  args: {
    example: (choose) =>
      elementwiseArgs<IntegerPowParams>([{ avoid: [0], margin: 0.5 }], { y: choose.int(-3, 4) }).example(
        choose,
      ),
    otherDTypes: (choose) => ({
      inputs: [
        {
          shape: choose.shape(),
          dtype: choose.pick(["int32", "uint32"] as const),
          elements: { min: 0, max: 99 },
        },
      ],
      params: { y: choose.int(0, 9) },
    }),
  },
});

/**
 * `x` to the whole power `y`, a JavaScript number; integers keep the low 32 bits. Returns `x` itself for `y` = 1.
 *
 * @throws ArgumentError if `y` is not whole, or negative for integers.
 */
export const integerPow = (x: NDArray, y: number): NDArray =>
  y === 1 ? x : bind1(integerPowPrimitive, [x], { y });
