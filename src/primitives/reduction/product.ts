import { type ConcreteArray, dtypeInfo, type NDArray } from "../../array/index.ts";
import { type Aval, bind1, definePrimitive, type Primitive } from "../../core/index.ts";
import { type AxesParams, batchReduction } from "../broadcast.ts";
import { add } from "../elementwise/add.ts";
import { mul } from "../elementwise/arithmetic.ts";
import { NUMBER } from "../elementwise/base.ts";
import { type PaddingDimension, pad, sliceInDim } from "../padding.ts";
import { NOT_LINEAR, range, scalarLike } from "../rules.ts";
import { reshape, transpose } from "../shape.ts";
import { drawReduction, foldGroups, reductionAval } from "./base.ts";

/** The product over some axes. Floats are accumulated in float64; integers wrap. */
export const reduceProdPrimitive: Primitive<AxesParams> = definePrimitive<AxesParams>({
  name: "reduceProd",
  abstractEval: reductionAval("reduceProd", NUMBER),
  evaluate: ([x], { axes }, [output]) => {
    const input = x as ConcreteArray;
    const isFloat = dtypeInfo(input.dtype).kind === "float";
    return [foldGroups(input, axes, output as Aval, 1, isFloat ? (p, element) => p * element : Math.imul)];
  },
  jvp: ([x], [t], { axes }) => {
    const input = x as NDArray;
    const output = reduceProd(input, axes);
    if (!t || input.size === 0) return { outputs: [output], tangents: [null] };
    return { outputs: [output], tangents: [productTangent(input, t, axes)] };
  },
  transpose: { missing: NOT_LINEAR },
  batch: ([x], [axis], _size, { axes }) => batchReduction(x as NDArray, axis as number, axes, reduceProd),
  lowering: { kind: "reduction", combine: "mul", axes: ({ axes }) => axes },
  args: {
    example: (choose) => drawReduction(choose, choose.floatDType(), {}),
    otherDTypes: (choose) => drawReduction(choose, choose.pick(["int32", "uint32"]), { min: 0, max: 5 }),
  },
});

/**
 * The tangent of a product over some axes. It multiplies halves with each other until one element is left, by the
 * product rule, so that nothing is divided and zeros do no harm.
 */
const productTangent = (x: NDArray, t: NDArray, axes: readonly number[]): NDArray => {
  const kept = range(x.shape.length).filter((axis) => !axes.includes(axis));
  const keptShape = kept.map((axis) => x.shape[axis] as number);
  const last = kept.length;
  let n = axes.reduce((size, axis) => size * (x.shape[axis] as number), 1);
  const asRows = (z: NDArray): NDArray => reshape(transpose(z, [...kept, ...axes]), [...keptShape, n]);
  let product = asRows(x);
  let tangent = asRows(t);
  while (n > 1) {
    const half = Math.ceil(n / 2);
    const [a, b] = halves(product, half, last, 1);
    const [ta, tb] = halves(tangent, half, last, 0);
    tangent = add(mul(ta, b), mul(a, tb));
    product = mul(a, b);
    n = half;
  }
  return reshape(tangent, keptShape);
};

/** The first `half` elements along `axis` and the others, to which `filling` is added if they are fewer. */
const halves = (x: NDArray, half: number, axis: number, filling: number): readonly [NDArray, NDArray] => {
  const n = x.shape[axis] as number;
  const second = sliceInDim(x, half, n, axis);
  const config = x.shape.map((_, a): PaddingDimension => [0, a === axis ? 2 * half - n : 0, 0]);
  return [
    sliceInDim(x, 0, half, axis),
    n === 2 * half ? second : pad(second, scalarLike(x, filling), config),
  ];
};

/** The product of `x` over `axes`; returns `x` itself if there are none. */
export const reduceProd = (x: NDArray, axes: readonly number[]): NDArray =>
  axes.length === 0 ? x : bind1(reduceProdPrimitive, [x], { axes });
