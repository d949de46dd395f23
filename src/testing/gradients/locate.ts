import { allocate, ConcreteArray, isFloat, type NDArray, sizeOf } from "../../array/index.ts";
import type { Tangent } from "../../core/index.ts";
import { elementsOf } from "../closeness.ts";

/*
 * Which of many inputs is to blame: leaf by leaf, then by parts of the leaf, until few enough elements are left to look
 * at each. It takes some ten evaluations for each part, however large the arrays are.
 */

/** Elements `from` to `to` of one input. */
export interface Stretch {
  readonly input: number;
  readonly from: number;
  readonly to: number;
}

/** So many elements are looked at one by one. */
const FEW = 64;
const PARTS = 4;

/** A direction that is `tangents` on a stretch, and 0 elsewhere. */
export const restrictedTo = (tangents: readonly Tangent[], { input, from, to }: Stretch): Tangent[] =>
  tangents.map((t, i) => {
    if (i !== input || t === null) return null;
    const all = elementsOf(t);
    const some = allocate(t.dtype, all.length);
    for (let k = from; k < to; k++) some[k] = all[k] as number;
    return new ConcreteArray(some, t.shape, t.dtype);
  });

/** The direction of one element of one input, as far as `size`. */
export const alongElement = (inputs: readonly NDArray[], input: number, k: number, size: number): Tangent[] =>
  inputs.map((x, i) => {
    if (i !== input) return null;
    const data = allocate(x.dtype, sizeOf(x.shape));
    data[k] = size;
    return new ConcreteArray(data, x.shape, x.dtype);
  });

/** The few elements of one input to which a score, such as an error, is due most. */
export const locate = (inputs: readonly NDArray[], scoreOf: (stretch: Stretch) => number): Stretch => {
  const best = (stretches: readonly Stretch[]): Stretch => {
    if (stretches.length === 1) return stretches[0] as Stretch;
    const scores = stretches.map(scoreOf).map((s) => (Number.isNaN(s) ? Infinity : s));
    return stretches[scores.indexOf(Math.max(...scores))] as Stretch;
  };
  let stretch = best(
    inputs.flatMap((x, input) =>
      isFloat(x.dtype) && sizeOf(x.shape) > 0 ? [{ input, from: 0, to: sizeOf(x.shape) }] : [],
    ),
  );
  while (stretch.to - stretch.from > FEW) {
    const { input, from, to } = stretch;
    const step = Math.ceil((to - from) / PARTS);
    stretch = best(
      Array.from({ length: Math.ceil((to - from) / step) }, (_, i) => ({
        input,
        from: from + i * step,
        to: Math.min(to, from + (i + 1) * step),
      })),
    );
  }
  return stretch;
};
