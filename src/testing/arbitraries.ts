import type { Arbitrary } from "fast-check";
import {
  type ArrayLike,
  asArray,
  type ConcreteArray,
  type DType,
  type NDArray,
  type Shape,
} from "../array/index.ts";
import type { ElementRange } from "../core/index.ts";
import { type Arrays, map } from "../tree/index.ts";
import { chooserFrom } from "./chooser.ts";
import { drawArray } from "./elements.ts";
import { drawn } from "./tape.ts";

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
}

/**
 * An arbitrary of shapes, some of them scalars and some with an axis of length 0. It shrinks towards few, short axes.
 *
 * @example
 * fc.assert(fc.property(shapes({ maxRank: 2 }), (shape) => np.zeros(shape).ndim <= 2));
 */
export const shapes = (options: ShapeOptions = {}): Arbitrary<number[]> =>
  drawn((source) => chooserFrom(source).shape(options));

/**
 * An arbitrary of arrays. Floats are binary fractions, exact in float32; `elements` keeps them away from poles and
 * kinks. It shrinks towards small shapes and round numbers.
 *
 * @example
 * const positive = arrays({ maxRank: 2, elements: { min: 0.5, max: 4 } });
 * fc.assert(fc.property(positive, (x) => allClose(np.exp(np.log(x)), x)));
 */
export const arrays = ({
  shape,
  dtype = "float64",
  elements = {},
  ...options
}: ArrayOptions = {}): Arbitrary<NDArray> =>
  drawn((source) => {
    const choose = chooserFrom(source);
    return drawArray(source, {
      shape: shape ?? choose.shape(options),
      dtype: typeof dtype === "string" ? dtype : choose.pick(dtype),
      elements,
    });
  });

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
