import { type Shape, sameShape } from "../../array/index.ts";
import type { Atom } from "../../core/index.ts";
import { type BroadcastInDimParams, broadcastInDimPrimitive } from "../../primitives/broadcast.ts";
import { reshapePrimitive, transposePrimitive } from "../../primitives/shape.ts";
import { isCounting } from "./axes.ts";
import type { Rewriter } from "./rewrite.ts";

/*
 * Applications that rules write again and again; those that change nothing are left out.
 */

/** `x` in another shape. */
export const reshape = (program: Rewriter, x: Atom, shape: Shape): Atom =>
  sameShape(x.aval.shape, shape) ? x : program.emit(reshapePrimitive, [x], { shape });

/** `x` with its axes in another order. */
export const transpose = (program: Rewriter, x: Atom, permutation: readonly number[]): Atom =>
  isCounting(permutation) ? x : program.emit(transposePrimitive, [x], { permutation });

/** `x` repeated. */
export const broadcast = (program: Rewriter, x: Atom, params: BroadcastInDimParams): Atom =>
  sameShape(x.aval.shape, params.shape) ? x : program.emit(broadcastInDimPrimitive, [x], params);
