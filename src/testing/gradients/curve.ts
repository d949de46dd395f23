import { ConcreteArray, type DType, type NDArray } from "../../array/index.ts";
import type { Tangent } from "../../core/index.ts";
import { elementsOf } from "../closeness.ts";

/** `x + step * v`, rounded to the dtype of `x`. */
export const moved = (x: NDArray, v: Tangent, step: number): NDArray => {
  if (v === null) return x;
  const data = elementsOf(x).slice();
  const direction = elementsOf(v);
  for (let i = 0; i < data.length; i++) data[i] = (data[i] as number) + step * (direction[i] as number);
  return new ConcreteArray(data, x.shape, x.dtype, x.weakType);
};

/** The point `primals + t * tangents`. */
export const movedAll = (primals: readonly NDArray[], tangents: readonly Tangent[], t: number): NDArray[] =>
  primals.map((x, i) => moved(x, tangents[i] ?? null, t));

/** The distance of 1 to the next number, in the coarsest float among the arrays. */
export const unitOf = (arrays: readonly { readonly dtype: DType }[]): number =>
  arrays.some((x) => x.dtype === "float32") ? 2 ** -23 : 2 ** -52;

/** Some numbers as functions of one, each point computed once. */
export class Curve {
  /** The relative error that each value may have by rounding alone. */
  readonly unit: number;
  readonly #evaluate: (t: number) => Float64Array;
  readonly #known = new Map<number, Float64Array>();

  constructor(unit: number, evaluate: (t: number) => Float64Array) {
    this.unit = unit;
    this.#evaluate = evaluate;
  }

  at(t: number): Float64Array {
    let values = this.#known.get(t);
    if (values === undefined) {
      values = this.#evaluate(t);
      this.#known.set(t, values);
    }
    return values;
  }

  /** One of the numbers. */
  value(k: number, t: number): number {
    return this.at(t)[k] as number;
  }
}
