import type { Aval } from "../../core/index.ts";
import { convert, type Expr, type ScalarType } from "../../kernel/expr.ts";
import type { Buffer, NestBuilder } from "../../kernel/nest.ts";
import { plus, settled, times } from "../../kernel/strided.ts";
import { linesOf } from "../lines.ts";
import type { ScanParams } from "./recurrence.ts";

/** How a scan is folded: what is carried on, and in which type. */
export interface CumulativeNest {
  readonly initial: number;
  /** The type of what is carried on, which a float32 may need to be wider than its elements. */
  readonly carry: ScalarType;
  readonly step: (sofar: Expr, element: Expr) => Expr;
}

/**
 * The loops of a cumulative primitive. Along the last axis one line follows the other; along another axis all lines of
 * a block go on together, so that memory is read in order.
 */
export const buildCumulative = (
  nest: NestBuilder,
  { axis, reverse }: ScanParams,
  { initial, carry, step }: CumulativeNest,
  [x]: readonly Aval[],
): void => {
  const from = nest.inputs[0] as Buffer;
  const to = nest.outputs[0] as Buffer;
  if (to.size === 0) return;
  const { outer, length, inner } = linesOf((x as Aval).shape, axis);
  const block = length * inner;
  const [first, direction] = reverse ? [block - inner, -inner] : [0, inner];

  if (inner === 1) {
    nest.for(outer, (line) => {
      const start = settled(nest, plus(times(line, block), first));
      const sofar = nest.variable(carry, initial);
      nest.for(length, (k) => {
        const at = settled(nest, plus(start, times(k, direction)));
        sofar.set(step(sofar.value, convert(nest.load(from, at), carry)));
        nest.store(to, at, convert(sofar.value, to.type));
      });
    });
    return;
  }

  const carried = nest.scratch(carry, inner);
  nest.for(outer, (o) => {
    nest.for(inner, (i) => nest.store(carried, i, initial));
    const start = settled(nest, plus(times(o, block), first));
    nest.for(length, (k) => {
      const row = settled(nest, plus(start, times(k, direction)));
      nest.for(inner, (i) => {
        const at = settled(nest, plus(row, i));
        const next = nest.let(step(nest.load(carried, i), convert(nest.load(from, at), carry)));
        nest.store(carried, i, next);
        nest.store(to, at, convert(next, to.type));
      });
    });
  });
};
