import {
  allocate,
  ConcreteArray as Concrete,
  type ConcreteArray,
  type DType,
  type DTypeKind,
  denseData,
  dtypeInfo,
  firstElement,
  type NDArray,
  type Shape,
  sameShape,
  sizeOf,
  storedScalar,
} from "../../array/index.ts";
import {
  type ArgumentsDescription,
  type Aval,
  aval,
  type BatchAxis,
  type BatchResult,
  bind,
  type Chooser,
  DTypeError,
  describeAval,
  type ElementRange,
  type Lowering,
  type Params,
  type Primitive,
  ShapeError,
} from "../../core/index.ts";
import type { Expr } from "../../kernel/expr.ts";
import { batchedAtFront, broadcastInDim, reduceSum } from "../broadcast.ts";
import { range } from "../rules.ts";
import { moveAxis } from "../shape.ts";

/*
 * What all elementwise primitives have in common. Their operands have one dtype and one shape, except that a scalar
 * stands for an array full of it.
 */

/** The element types that an elementwise primitive takes. */
export const FLOAT: readonly DTypeKind[] = ["float"];
export const NUMBER: readonly DTypeKind[] = ["float", "int", "uint"];
export const INTEGER: readonly DTypeKind[] = ["int", "uint"];
export const BITS: readonly DTypeKind[] = ["bool", "int", "uint"];
export const ANY: readonly DTypeKind[] = ["bool", "int", "uint", "float"];

/** The one shape that operands have: that of those which are not scalars. */
export const commonShape = (name: string, inputs: readonly Aval[]): Shape => {
  let shape: Shape | undefined;
  for (const input of inputs) {
    if (input.shape.length === 0) continue;
    if (shape === undefined) shape = input.shape;
    else if (!sameShape(shape, input.shape)) {
      throw new ShapeError(
        `${name}: operands must have equal shapes or be scalars; got ${inputs.map(describeAval).join(" and ")}.`,
      );
    }
  }
  return shape ?? (inputs[0] as Aval).shape;
};

/** Throws a DTypeError unless all operands have one dtype, of a kind that `name` takes. */
export const checkDTypes = (name: string, inputs: readonly Aval[], kinds: readonly DTypeKind[]): DType => {
  const { dtype } = inputs[0] as Aval;
  for (const input of inputs) {
    if (input.dtype !== dtype) {
      throw new DTypeError(
        `${name}: operands must have one dtype; got ${inputs.map(describeAval).join(" and ")}. Convert with astype.`,
      );
    }
  }
  if (!kinds.includes(dtypeInfo(dtype).kind)) {
    throw new DTypeError(
      `${name}: takes ${kinds.join(", ")} arrays; got ${describeAval(inputs[0] as Aval)}.`,
    );
  }
  return dtype;
};

/** A result is weakly typed if all that it is made from is. */
export const allWeak = (inputs: readonly Aval[]): boolean => inputs.every((x) => x.weakType);

/** Apply a function of numbers to the elements of up to three operands. */
export const mapElements = (
  f: (...xs: number[]) => number,
  inputs: readonly ConcreteArray[],
  output: Aval,
): ConcreteArray => {
  const { shape, dtype, weakType } = output;
  const size = sizeOf(shape);
  const a = inputs[0] as ConcreteArray;
  const b = inputs[1];
  const c = inputs[2];
  if (size === 1) {
    const x = firstElement(a);
    const value =
      b === undefined
        ? f(x)
        : c === undefined
          ? f(x, firstElement(b))
          : f(x, firstElement(b), firstElement(c));
    return new Concrete(storedScalar(value, dtype), shape, dtype, weakType);
  }
  const out = allocate(dtype, size);
  if (size > 0) {
    const x = denseData(a);
    const sx = a.shape.length === 0 ? 0 : 1;
    if (b === undefined) {
      for (let i = 0; i < size; i++) out[i] = f(x[i] as number);
    } else {
      const y = denseData(b);
      const sy = b.shape.length === 0 ? 0 : 1;
      if (c === undefined) {
        for (let i = 0; i < size; i++) out[i] = f(x[i * sx] as number, y[i * sy] as number);
      } else {
        const z = denseData(c);
        const sz = c.shape.length === 0 ? 0 : 1;
        for (let i = 0; i < size; i++)
          out[i] = f(x[i * sx] as number, y[i * sy] as number, z[i * sz] as number);
      }
    }
  }
  return new Concrete(out, shape, dtype, weakType);
};

/** The lowering of a primitive whose result is an expression of its operands, element by element. */
export const elementwiseLowering = <P extends Params>(
  expr: (params: P, ...operands: Expr[]) => Expr,
): Lowering<P> => ({ kind: "elementwise", expr: (inputs, params) => expr(params, ...inputs) });

/** The batching of every elementwise primitive. */
export const batchElementwise = <P extends Params>(
  primitive: Primitive<P>,
  inputs: readonly NDArray[],
  axes: readonly BatchAxis[],
  size: number,
  params: P,
): BatchResult => {
  const at = axes.find((axis) => axis !== null) as number;
  const rank = inputs.reduce((most, x, i) => Math.max(most, x.shape.length - (axes[i] === null ? 0 : 1)), 0);
  const aligned = inputs.every((x, i) =>
    axes[i] === null ? x.shape.length === 0 : axes[i] === at && x.shape.length === rank + 1,
  );
  if (aligned) return { outputs: bind(primitive, inputs, params), axes: [at] };
  const shape = inputs
    .map((x, i) => (axes[i] === null ? x.shape : x.shape.filter((_, d) => d !== axes[i])))
    .find((s) => s.length === rank) as Shape;
  const moved = inputs.map((x, i) => {
    const axis = axes[i] as BatchAxis;
    if (axis === null) return x.shape.length === 0 ? x : batchedAtFront(x, null, size);
    return x.shape.length === rank + 1 ? moveAxis(x, axis, 0) : broadcastInDim(x, [size, ...shape], [0]);
  });
  return { outputs: bind(primitive, moved, params), axes: [0] };
};

/** A cotangent for an operand that may be a scalar standing for an array: its sum then. */
export const unbroadcast = (ct: NDArray, shape: Shape): NDArray =>
  shape.length === 0 && ct.shape.length > 0 ? reduceSum(ct, range(ct.shape.length)) : ct;

/** A tangent of an operand that may be a scalar, in the shape of the output. */
export const broadcastScalar = (x: NDArray, shape: Shape): NDArray =>
  x.shape.length === shape.length ? x : broadcastInDim(x, shape, []);

/** Arguments of one shape, some of them scalars, with elements from `ranges`. */
export const elementwiseArgs = <P extends Params>(
  ranges: readonly ElementRange[],
  params: P,
  options: {
    readonly otherDTypes?: readonly DType[];
    readonly otherRanges?: readonly ElementRange[];
    /** Set when the primitive takes no floats, so that all examples have the other dtypes. */
    readonly noFloats?: boolean;
    readonly tolerance?: number;
    readonly smooth?: boolean;
    readonly differentiable?: readonly number[];
  } = {},
): ArgumentsDescription<P> => {
  const { otherDTypes, otherRanges = ranges, noFloats = false, ...rest } = options;
  const draw = (choose: Chooser, dtype: DType, elements: readonly ElementRange[]) => {
    const shape = choose.shape();
    const scalar = elements.length > 1 && choose.bool() ? choose.int(0, elements.length - 1) : -1;
    return {
      inputs: elements.map((range, i) => ({ shape: i === scalar ? [] : shape, dtype, elements: range })),
      params,
    };
  };
  const other = (choose: Chooser) => draw(choose, choose.pick(otherDTypes ?? []), otherRanges);
  return {
    example: noFloats ? other : (choose) => draw(choose, choose.floatDType(), ranges),
    ...(otherDTypes !== undefined && { otherDTypes: other }),
    ...rest,
  };
};

/** The abstract evaluation of a primitive whose result has its operands' dtype, or `result` if given. */
export const elementwiseAval =
  (name: string, kinds: readonly DTypeKind[], result?: DType) =>
  (inputs: readonly Aval[]): readonly Aval[] => {
    const dtype = checkDTypes(name, inputs, kinds);
    return [aval(commonShape(name, inputs), result ?? dtype, result === undefined && allWeak(inputs))];
  };
