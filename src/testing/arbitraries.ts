import type { Arbitrary } from "fast-check";
import {
  type ArrayLike,
  allocate,
  asArray,
  ConcreteArray,
  type DType,
  firstElement,
  type NDArray,
  type Shape,
  sizeOf,
} from "../array/index.ts";
import type { ElementRange } from "../core/index.ts";
import { key } from "../random/key.ts";
import { type Arrays, map, type PyTree } from "../tree/index.ts";
import { chooserFrom } from "./chooser.ts";
import { drawArray } from "./elements.ts";
import { drawTree } from "./programs/draw.ts";
import { drawn, type Source } from "./tape.ts";

/** Which shapes are drawn. */
export interface ShapeOptions {
  /** Fewest axes; default 0. */
  readonly minRank?: number;
  /** Most axes; default 4. */
  readonly maxRank?: number;
  /** Shortest axis; default 0. */
  readonly minLength?: number;
  /** Longest axis; default 3. */
  readonly maxLength?: number;
}

/** Which arrays are drawn. */
export interface ArrayOptions extends ShapeOptions {
  /** The shape, if it is not drawn. */
  readonly shape?: Shape;
  /** One dtype, or several to choose from; default float64. */
  readonly dtype?: DType | readonly DType[];
  /** Which numbers the arrays hold; default −3 to 3. */
  readonly elements?: ElementRange;
  /**
   * Whether some elements are those that programs forget: zeros of both signs, the least and greatest numbers of the dtype,
   * infinities and NaN, whatever `elements` says. Default false.
   */
  readonly edges?: boolean;
}

/**
 * An arbitrary of shapes, some of them scalars and some with an axis of length 0. It shrinks towards few, short axes.
 *
 * @example
 * fc.assert(fc.property(shapes({ maxRank: 2 }), (shape) => np.zeros(shape).ndim <= 2));
 */
export const shapes = (options: ShapeOptions = {}): Arbitrary<number[]> =>
  drawn((source) => chooserFrom(source).shape(options));

const drawOne = (
  source: Source,
  { shape: fixed, dtype: some = "float64", elements = {}, edges = false, ...options }: ArrayOptions,
): ConcreteArray => {
  const choose = chooserFrom(source);
  const shape = fixed ?? choose.shape(options);
  const dtype = typeof some === "string" ? some : choose.pick(some);
  return edges
    ? drawWithEdges(source, shape, dtype, elements)
    : drawArray(source, { shape, dtype, elements });
};

/**
 * An arbitrary of arrays. Floats are binary fractions, exact in float32; `elements` keeps them away from poles and
 * kinks. It shrinks towards small shapes and round numbers.
 *
 * @example
 * const positive = arrays({ maxRank: 2, elements: { min: 0.5, max: 4 } });
 * fc.assert(fc.property(positive, (x) => allClose(np.exp(np.log(x)), x)));
 */
export const arrays = (options: ArrayOptions = {}): Arbitrary<NDArray> =>
  drawn((source) => drawOne(source, options));

const FLOAT_EDGES = [0, -0, 1, -1, Infinity, -Infinity, Number.NaN];

/** What programs forget, the simplest first. */
const edgesOf = (dtype: DType): readonly number[] => {
  switch (dtype) {
    case "float32":
      return [...FLOAT_EDGES, 2 ** -149, 2 ** -126, (2 - 2 ** -23) * 2 ** 127, 1 + 2 ** -23, 2 ** 24];
    case "float64":
      return [...FLOAT_EDGES, Number.MIN_VALUE, 2 ** -1022, Number.MAX_VALUE, 1 + 2 ** -52, 2 ** 53];
    case "int32":
      return [0, 1, -1, 2 ** 31 - 1, -(2 ** 31)];
    case "uint32":
      return [0, 1, 2 ** 32 - 1, 2 ** 31];
    default:
      return [0, 1];
  }
};

/** One element in so many is an edge value. */
const EDGE_EVERY = 4;

/** Element by element, so that shrinking can leave out each with its choices. */
const drawWithEdges = (source: Source, shape: Shape, dtype: DType, elements: ElementRange): ConcreteArray => {
  const values = edgesOf(dtype);
  const data = allocate(dtype, sizeOf(shape));
  for (let i = 0; i < data.length; i++) {
    data[i] = source.span(() => {
      if (source.next(EDGE_EVERY - 1) === EDGE_EVERY - 1)
        return values[source.next(values.length - 1)] as number;
      return firstElement(drawArray(source, { shape: [], dtype, elements }));
    });
  }
  return new ConcreteArray(data, shape, dtype);
};

const ALL_DTYPES: readonly DType[] = ["float32", "float64", "int32", "uint32", "bool"];

/**
 * An arbitrary of dtypes, by default of all. It shrinks towards the first.
 *
 * @example
 * fc.property(dtypes(["float32", "float64"]), (dtype) => np.zeros([2]).astype(dtype).dtype === dtype);
 */
export const dtypes = (options: readonly DType[] = ALL_DTYPES): Arbitrary<DType> =>
  drawn((source) => chooserFrom(source).pick(options));

/**
 * An arbitrary of PRNG keys. It shrinks towards `random.key(0)`.
 *
 * @example
 * fc.property(keys(), (key) => random.uniform(key, []).less(1).item() === true);
 */
export const keys = (): Arbitrary<NDArray> => drawn((source) => key(source.next(2 ** 31 - 1)));

/** Which trees are drawn. */
export interface PytreeOptions extends ArrayOptions {
  /** Fewest leaves, at least 1; default 1. */
  readonly minLeaves?: number;
  /** Most leaves; default 4. */
  readonly maxLeaves?: number;
}

/**
 * An arbitrary of trees of arrays: arrays alone, in lists and in records, and groups of these. It shrinks towards one
 * small array.
 *
 * @example
 * fc.property(pytrees({ dtype: "float32" }), (params) => allClose(tree.map((x) => x, params), params));
 */
export const pytrees = ({
  minLeaves = 1,
  maxLeaves = 4,
  ...options
}: PytreeOptions = {}): Arbitrary<PyTree<NDArray>> => {
  if (
    !(Number.isInteger(minLeaves) && Number.isInteger(maxLeaves) && minLeaves >= 1 && minLeaves <= maxLeaves)
  ) {
    throw new RangeError(
      `pytrees: needs whole numbers 1 <= minLeaves <= maxLeaves; got ${minLeaves} and ${maxLeaves}.`,
    );
  }
  return drawn((source) => {
    const choose = chooserFrom(source);
    const count = choose.int(minLeaves, maxLeaves);
    const leaves = Array.from({ length: count }, () => source.span(() => drawOne(source, options)));
    return drawTree(choose, leaves) as PyTree<NDArray>;
  });
};

/**
 * An arbitrary of trees like `tree`: of its structure, shapes and dtypes, with other elements.
 *
 * @example
 * fc.assert(fc.property(arraysLike(params), (p) => isRight(checkGrads(loss, [p]))));
 */
export const arraysLike = <T>(tree: T, elements: ElementRange = {}): Arbitrary<Arrays<T>> =>
  drawn(
    (source) =>
      map((leaf: unknown): ConcreteArray => {
        const { shape, dtype } = asArray(leaf as ArrayLike, "arraysLike, tree");
        return drawArray(source, { shape, dtype, elements });
      }, tree) as Arrays<T>,
  );
