import { ConcreteArray, castArray, isFloat, type NDArray, sizeOf } from "../../array/index.ts";
import type { FlatFunction, Tangent } from "../../core/index.ts";
import { zerosLike } from "../../primitives/broadcast.ts";
import { convertElementType } from "../../primitives/elementwise/conversion.ts";
import { jvpFlat } from "../../transforms/jvp.ts";
import { vjpFlat } from "../../transforms/vjp.ts";
import { formatPath, type Path } from "../../tree/index.ts";
import { elementsOf } from "../closeness.ts";
import { drawDirection } from "../elements.ts";
import { innerProduct } from "../inner-product.ts";
import type { Source } from "../tape.ts";
import { Curve, movedAll, unitOf } from "./curve.ts";
import type { GradCheckMode } from "./verdict.ts";

/** The outputs of a flat function and their tangents. */
export type Push = (
  primals: readonly NDArray[],
  tangents: readonly Tangent[],
) => { readonly outputs: readonly NDArray[]; readonly tangents: readonly Tangent[] };

/** The outputs of a flat function and its pullback. */
export type Pull = (primals: readonly NDArray[]) => {
  readonly outputs: readonly NDArray[];
  readonly pullback: (cotangents: readonly Tangent[]) => readonly Tangent[];
};

/** A flat function at a point, whose derivatives are checked. */
export interface Subject {
  readonly fun: FlatFunction;
  readonly push: Push;
  readonly pull: Pull;
  readonly inputs: readonly NDArray[];
  /** The relative error of numbers by rounding, in the coarsest dtype of inputs and outputs. */
  readonly unit: number;
  /** The modes that made it of the function that is checked, the outermost first. */
  readonly modes: readonly GradCheckMode[];
  readonly inPaths: readonly Path[];
  readonly outPaths: readonly Path[];
}

/** A function with the derivatives that the transforms give it. */
export const derivatives = (fun: FlatFunction): { readonly push: Push; readonly pull: Pull } => ({
  push: (primals, tangents) => jvpFlat(fun, primals, tangents),
  pull: (primals) => vjpFlat(fun, primals),
});

const inDoubles = (x: NDArray): NDArray =>
  x.dtype === "float32" && x instanceof ConcreteArray ? castArray(x, "float64") : x;

/** The same function at the same point in float64, if it goes through with that; differences are far more exact then. */
export const widened = (subject: Subject): Subject | undefined => {
  const inputs = subject.inputs.map(inDoubles);
  if (inputs.every((x, i) => x === subject.inputs[i])) return undefined;
  try {
    const outputs = subject.fun(...inputs);
    if (outputs.some((y) => y.dtype === "float32")) return undefined;
    return { ...subject, inputs, unit: unitOf([...inputs, ...outputs]) };
  } catch {
    return undefined;
  }
};

/** Tangents or cotangents in the dtypes of the arrays that they belong to. */
export const converted = (tangents: readonly Tangent[], like: readonly NDArray[]): Tangent[] =>
  tangents.map((t, i) => {
    const x = like[i] as NDArray;
    return t === null || t.dtype === x.dtype ? t : convertElementType(t, x.dtype);
  });

/** Zeros written out. */
export const instantiated = (tangents: readonly Tangent[], like: readonly NDArray[]): readonly NDArray[] =>
  like.map((x, i) => tangents[i] ?? zerosLike(x));

/** The JVP along a fixed direction, as a function of the point. */
export const pushed = (subject: Subject, tangents: readonly Tangent[]): Subject => {
  const fun: FlatFunction = (...xs) => {
    const result = subject.push(xs, converted(tangents, xs));
    return instantiated(result.tangents, result.outputs);
  };
  return { ...subject, fun, ...derivatives(fun), modes: ["fwd", ...subject.modes] };
};

/** The VJP of a fixed cotangent, as a function of the point. */
export const pulled = (subject: Subject, cotangents: readonly Tangent[]): Subject => {
  const fun: FlatFunction = (...xs) => {
    const { outputs, pullback } = subject.pull(xs);
    return instantiated(pullback(converted(cotangents, outputs)), xs);
  };
  return {
    ...subject,
    fun,
    ...derivatives(fun),
    modes: ["rev", ...subject.modes],
    outPaths: subject.inPaths,
  };
};

/** A power of two as large as most elements of the array, and at least 1: how far to move it. */
export const scaleOf = (x: NDArray): number => {
  let [square, count] = [0, 0];
  for (const v of elementsOf(x)) {
    if (!Number.isFinite(v)) continue;
    square += v * v;
    count++;
  }
  const size = Math.sqrt(square / Math.max(1, count));
  return Number.isFinite(size) && size > 1 ? 2 ** Math.floor(Math.log2(size)) : 1;
};

const times = (x: NDArray, factor: number): NDArray =>
  factor === 1
    ? x
    : new ConcreteArray(
        elementsOf(x).map((v) => v * factor),
        x.shape,
        x.dtype,
      );

/** A random direction to move the inputs in: as far, for each, as its elements are large. */
export const drawTangents = (source: Source, inputs: readonly NDArray[]): readonly Tangent[] =>
  inputs.map((x) => (isFloat(x.dtype) ? times(drawDirection(source, x), scaleOf(x)) : null));

/** Random cotangents of the outputs that are floats. */
export const drawCotangents = (source: Source, outputs: readonly NDArray[]): readonly Tangent[] =>
  outputs.map((y) => (isFloat(y.dtype) ? drawDirection(source, y) : null));

/** Where the elements of the outputs stand in one list: floats only, as no others have slopes. */
export interface Layout {
  readonly size: number;
  /** The output and the element in it. */
  placeOf(k: number): readonly [output: number, element: number];
  /** The place in the list where an output begins; -1 if it has none. */
  readonly starts: readonly number[];
}

export const layoutOf = (outputs: readonly NDArray[]): Layout => {
  const starts: number[] = [];
  let size = 0;
  for (const y of outputs) {
    starts.push(isFloat(y.dtype) ? size : -1);
    if (isFloat(y.dtype)) size += sizeOf(y.shape);
  }
  return {
    size,
    starts,
    placeOf: (k) => {
      const output = starts.findLastIndex((start) => start >= 0 && start <= k);
      return [output, k - (starts[output] as number)];
    },
  };
};

/** The elements of arrays in one list, zeros for `null`. */
export const listOf = (arrays: readonly Tangent[], { size, starts }: Layout): Float64Array => {
  const list = new Float64Array(size);
  arrays.forEach((x, i) => {
    const start = starts[i] as number;
    if (x !== null && start >= 0) list.set(elementsOf(x), start);
  });
  return list;
};

/** All elements of the outputs, as the inputs move. */
export const elementCurve = (
  { fun, inputs, unit }: Subject,
  tangents: readonly Tangent[],
  layout: Layout,
): Curve => new Curve(unit, (t) => listOf(fun(...movedAll(inputs, tangents, t)), layout));

/** The inner product of each output with its cotangent, and the sum of all at last. */
export const productCurve = (
  { fun, inputs, unit }: Subject,
  tangents: readonly Tangent[],
  cotangents: readonly Tangent[],
): Curve =>
  new Curve(unit, (t) => {
    const outputs = fun(...movedAll(inputs, tangents, t));
    const products = outputs.map((y, i) => innerProduct([y], [cotangents[i] ?? null]).value);
    return Float64Array.from([...products, products.reduce((sum, p) => sum + p, 0)]);
  });

/** The name of a leaf in words. */
export const describeLeaf = (side: "argument" | "result", path: Path): string =>
  path.length === 0 ? side : `${side} ${formatPath(path)}`;
