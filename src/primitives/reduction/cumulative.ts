import {
  allocate,
  ConcreteArray,
  type DType,
  type DTypeKind,
  denseData,
  isFloat,
  type NDArray,
} from "../../array/index.ts";
import {
  type Aval,
  aval,
  bind1,
  type Chooser,
  definePrimitive,
  describeAval,
  type ElementRange,
  type ExampleSpec,
  type Primitive,
  type PrimitiveDefinition,
  ShapeError,
} from "../../core/index.ts";
import type { Expr } from "../../kernel/expr.ts";
import * as expr from "../../kernel/expr.ts";
import { exp as exponential } from "../../kernel/math/exponential.ts";
import { log1p } from "../../kernel/math/logarithm.ts";
import type { Buffer } from "../../kernel/nest.ts";
import { zerosLike } from "../broadcast.ts";
import { div, mul, sub } from "../elementwise/arithmetic.ts";
import { FLOAT, NUMBER } from "../elementwise/base.ts";
import { eq } from "../elementwise/comparison.ts";
import { convertElementType } from "../elementwise/conversion.ts";
import { exp } from "../elementwise/exponential.ts";
import { selectN } from "../elementwise/select.ts";
import { linearJvp, NOT_LINEAR, range, scalarLike } from "../rules.ts";
import { checkKind } from "./base.ts";
import { buildCumulative } from "./cumulative-nest.ts";
import { GREATEST, LEAST } from "./extrema.ts";
import { linearRecurrence, type ScanParams, shifted } from "./recurrence.ts";

/** The tangent of the result, given the operand, its tangent, and the result. */
type TangentRule = (x: NDArray, t: NDArray, output: NDArray, params: ScanParams) => NDArray;

/** What is particular to one cumulative primitive. */
interface CumulativeDefinition {
  readonly name: string;
  readonly kinds: readonly DTypeKind[];
  /** What stands before the first element. */
  readonly initial: (dtype: DType) => number;
  readonly float: (sofar: number, element: number) => number;
  readonly int: (sofar: number, element: number) => number;
  /** The same as an expression, in the type that is carried on. */
  readonly step: (sofar: Expr, element: Expr) => Expr;
  /** Whether float32 is carried on in its own precision, since nothing is rounded. */
  readonly isExact?: boolean;
  /** Left out if the primitive is linear. */
  readonly tangent?: TangentRule;
  readonly elements?: ElementRange;
}

const drawScan = (choose: Chooser, dtype: DType, elements: ElementRange): ExampleSpec<ScanParams> => {
  const shape = choose.shape({ minRank: 1 });
  return {
    inputs: [{ shape, dtype, elements }],
    params: { axis: choose.pick(range(shape.length)), reverse: choose.bool() },
  };
};

const defineCumulative = (definition: CumulativeDefinition): Primitive<ScanParams> => {
  const { name, kinds, initial, float, int, step, isExact = false, tangent, elements = {} } = definition;
  const bindWith = (x: NDArray, params: ScanParams): NDArray => bind1(primitive, [x], params);
  const linear: Pick<PrimitiveDefinition<ScanParams>, "jvp" | "transpose"> = {
    jvp: linearJvp(() => primitive),
    transpose: ([ct], _inputs, { axis, reverse }) => [ct ? bindWith(ct, { axis, reverse: !reverse }) : null],
  };
  const primitive: Primitive<ScanParams> = definePrimitive<ScanParams>({
    name,
    abstractEval: ([x], { axis }) => {
      const input = x as Aval;
      checkKind(name, input, kinds);
      if (!(Number.isInteger(axis) && axis >= 0 && axis < input.shape.length)) {
        throw new ShapeError(`${name}: ${axis} is not an axis of ${describeAval(input)}.`);
      }
      return [aval(input.shape, input.dtype, input.weakType)];
    },
    evaluate: ([x], params) => {
      const { dtype } = x as NDArray;
      return [accumulate(x as ConcreteArray, params, initial(dtype), isFloat(dtype) ? float : int)];
    },
    ...(tangent === undefined
      ? linear
      : {
          jvp: ([x], [t], params) => {
            const input = x as NDArray;
            const output = bindWith(input, params);
            const isZero = !t || input.size === 0;
            return { outputs: [output], tangents: [isZero ? null : tangent(input, t, output, params)] };
          },
          transpose: { missing: NOT_LINEAR },
        }),
    batch: ([x], [at], _size, { axis, reverse }) => {
      const batchAxis = at as number;
      const moved = axis >= batchAxis ? axis + 1 : axis;
      return { outputs: [bindWith(x as NDArray, { axis: moved, reverse })], axes: [batchAxis] };
    },
    lowering: {
      kind: "nest",
      build: (nest, params, inputs) => {
        const { type } = nest.inputs[0] as Buffer;
        const carry = type === "f32" && !isExact ? "f64" : type;
        const { dtype } = inputs[0] as Aval;
        buildCumulative(nest, params, { initial: initial(dtype), carry, step }, inputs);
      },
    },
    args: {
      example: (choose) => drawScan(choose, choose.floatDType(), elements),
      ...(kinds.includes("int") && {
        otherDTypes: (choose: Chooser) =>
          drawScan(choose, choose.pick(["int32", "uint32"]), { min: 0, max: 5 }),
      }),
    },
  });
  return primitive;
};

/** Fold along an axis and keep every intermediate result; floats are folded in float64. */
const accumulate = (
  x: ConcreteArray,
  { axis, reverse }: ScanParams,
  initial: number,
  step: (sofar: number, element: number) => number,
): ConcreteArray => {
  const { shape, dtype, weakType } = x;
  const data = denseData(x);
  const out = allocate(dtype, data.length);
  const n = shape[axis] as number;
  const distance = shape.slice(axis + 1).reduce((size, length) => size * length, 1);
  const lines = n === 0 ? 0 : data.length / n;
  for (let line = 0; line < lines; line++) {
    const within = line % distance;
    const first = (line - within) * n + within;
    let sofar = initial;
    for (let k = 0; k < n; k++) {
      const at = first + (reverse ? n - 1 - k : k) * distance;
      sofar = step(sofar, data[at] as number);
      out[at] = sofar;
    }
  }
  return new ConcreteArray(out, shape, dtype, weakType);
};

/** Sums of all elements up to each. Floats are accumulated in float64; integers wrap. */
export const cumsumPrimitive: Primitive<ScanParams> = defineCumulative({
  name: "cumsum",
  kinds: NUMBER,
  initial: () => 0,
  float: (sum, element) => sum + element,
  int: (sum, element) => (sum + element) | 0,
  step: expr.add,
});

/** Products of all elements up to each. Floats are accumulated in float64; integers wrap. */
export const cumprodPrimitive: Primitive<ScanParams> = defineCumulative({
  name: "cumprod",
  kinds: NUMBER,
  initial: () => 1,
  float: (product, element) => product * element,
  int: Math.imul,
  step: expr.mul,
  // The product rule for y[k] = y[k - 1] x[k], without a division that zeros would spoil.
  tangent: (x, t, y, params) => linearRecurrence(x, mul(shifted(y, 1, 1, params), t), params),
});

/** All elements up to each that equal the extremum so far share its derivative, as in `reduceMax`. */
const extremumTangent =
  (ofNothing: { readonly [K in DType]: number }): TangentRule =>
  (x, t, y, params) => {
    const goesOn = convertElementType(eq(shifted(y, 1, ofNothing[y.dtype], params), y), x.dtype);
    const isExtreme = convertElementType(eq(x, y), x.dtype);
    return div(
      linearRecurrence(goesOn, mul(t, isExtreme), params),
      linearRecurrence(goesOn, isExtreme, params),
    );
  };

/** The greatest of all elements up to each; NaN once there is one. */
export const cummaxPrimitive: Primitive<ScanParams> = defineCumulative({
  name: "cummax",
  kinds: NUMBER,
  initial: (dtype) => LEAST[dtype],
  float: Math.max,
  int: Math.max,
  step: expr.max,
  isExact: true,
  tangent: extremumTangent(LEAST),
  elements: { distinct: true, min: -6, max: 6 },
});

/** The least of all elements up to each; NaN once there is one. */
export const cumminPrimitive: Primitive<ScanParams> = defineCumulative({
  name: "cummin",
  kinds: NUMBER,
  initial: (dtype) => GREATEST[dtype],
  float: Math.min,
  int: Math.min,
  step: expr.min,
  isExact: true,
  tangent: extremumTangent(GREATEST),
  elements: { distinct: true, min: -6, max: 6 },
});

const logAddExp = (x: number, y: number): number =>
  x === y ? x + Math.LN2 : Math.max(x, y) + Math.log1p(Math.exp(-Math.abs(x - y)));

const logAddExpStep = (x: Expr, y: Expr): Expr => {
  const correction = log1p(exponential(expr.neg(expr.abs(expr.sub(x, y)))));
  return expr.select(expr.eq(x, y), expr.add(x, Math.LN2), expr.add(expr.max(x, y), correction));
};

/** Logarithms of the sums of the exponentials of all elements up to each, without overflow. */
export const cumlogsumexpPrimitive: Primitive<ScanParams> = defineCumulative({
  name: "cumlogsumexp",
  kinds: FLOAT,
  initial: () => Number.NEGATIVE_INFINITY,
  float: logAddExp,
  int: logAddExp,
  step: logAddExpStep,
  // dy[k] = exp(y[k - 1] - y[k]) dy[k - 1] + exp(x[k] - y[k]) dx[k]; differences of equal infinities count as 0.
  tangent: (x, t, y, params) => {
    const infinity = Number.POSITIVE_INFINITY;
    const top = (z: NDArray): NDArray => replaced(z, infinity);
    const base = replaced(top(y), -infinity);
    const before = shifted(top(y), 1, -infinity, params);
    return linearRecurrence(exp(sub(before, base)), mul(exp(sub(top(x), base)), t), params);
  },
});

/** `x` with 0 in place of `value`. */
const replaced = (x: NDArray, value: number): NDArray =>
  selectN(eq(x, scalarLike(x, value)), x, zerosLike(x));

/**
 * Sums of all elements along `axis` up to each; with `reverse`, from each to the end.
 *
 * @example
 * cumsum(arrayFrom([1, 2, 3]), 0); // [1, 3, 6]
 */
export const cumsum = (x: NDArray, axis: number, reverse = false): NDArray =>
  bind1(cumsumPrimitive, [x], { axis, reverse });

/** Products of all elements along `axis` up to each; with `reverse`, from each to the end. */
export const cumprod = (x: NDArray, axis: number, reverse = false): NDArray =>
  bind1(cumprodPrimitive, [x], { axis, reverse });

/** The greatest of all elements along `axis` up to each; with `reverse`, from each to the end. */
export const cummax = (x: NDArray, axis: number, reverse = false): NDArray =>
  bind1(cummaxPrimitive, [x], { axis, reverse });

/** The least of all elements along `axis` up to each; with `reverse`, from each to the end. */
export const cummin = (x: NDArray, axis: number, reverse = false): NDArray =>
  bind1(cumminPrimitive, [x], { axis, reverse });

/** Logarithms of cumulative sums of exponentials along `axis`; with `reverse`, from each to the end. */
export const cumlogsumexp = (x: NDArray, axis: number, reverse = false): NDArray =>
  bind1(cumlogsumexpPrimitive, [x], { axis, reverse });
