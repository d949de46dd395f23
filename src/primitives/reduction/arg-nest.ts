import type { Aval } from "../../core/index.ts";
import { and, convert, type Expr, eq, ge, gt, isFloat, le, lt, not, select } from "../../kernel/expr.ts";
import type { Buffer, NestBuilder } from "../../kernel/nest.ts";
import { plus, settled, times } from "../../kernel/strided.ts";
import { linesOf } from "../lines.ts";

/** Which extreme is looked for. */
export type Extreme = "greatest" | "least";

/** Whether `candidate` takes the place of `best`. The first NaN does, and then nothing more. */
const isBetter = (extreme: Extreme, candidate: Expr, best: Expr): Expr => {
  if (best.type === "bool") {
    return extreme === "greatest" ? and(candidate, not(best)) : and(not(candidate), best);
  }
  if (!isFloat(best.type)) return extreme === "greatest" ? gt(candidate, best) : lt(candidate, best);
  const isWorse = extreme === "greatest" ? le(candidate, best) : ge(candidate, best);
  return and(not(isWorse), eq(best, best));
};

/**
 * The loops of `argmax` and `argmin`. Along the last axis one line follows the other; along another axis all lines of a
 * block go on together, so that memory is read in order.
 */
export const buildArg = (nest: NestBuilder, axis: number, extreme: Extreme, [x]: readonly Aval[]): void => {
  const from = nest.inputs[0] as Buffer;
  const to = nest.outputs[0] as Buffer;
  if (to.size === 0) return;
  const { outer, length, inner } = linesOf((x as Aval).shape, axis);

  if (inner === 1) {
    nest.for(outer, (line) => {
      const start = settled(nest, times(line, length));
      const best = nest.variable(from.type, nest.load(from, start));
      const place = nest.variable(to.type, 0);
      nest.for(
        length,
        (k) => {
          const candidate = nest.load(from, plus(start, k));
          const wins = nest.let(isBetter(extreme, candidate, best.value));
          best.set(select(wins, candidate, best.value));
          place.set(select(wins, convert(k, to.type), place.value));
        },
        1,
      );
      nest.store(to, line, place.value);
    });
    return;
  }

  const best = nest.scratch(from.type, inner);
  nest.for(outer, (o) => {
    const start = settled(nest, times(o, length * inner));
    const line = settled(nest, times(o, inner));
    nest.for(inner, (i) => {
      nest.store(best, i, nest.load(from, plus(start, i)));
      nest.store(to, plus(line, i), 0);
    });
    nest.for(
      length,
      (k) => {
        const row = settled(nest, plus(start, times(k, inner)));
        nest.for(inner, (i) => {
          const candidate = nest.load(from, plus(row, i));
          nest.if(isBetter(extreme, candidate, nest.load(best, i)), () => {
            nest.store(best, i, candidate);
            nest.store(to, plus(line, i), convert(k, to.type));
          });
        });
      },
      1,
    );
  });
};
