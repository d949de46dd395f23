import type { Expr } from "../../kernel/expr.ts";
import type { MutableVariable, NestBuilder } from "../../kernel/nest.ts";
import { type Key, subkey } from "./draws.ts";
import { subkeyExpr } from "./draws-nest.ts";

/*
 * Draws in rounds, as JAX makes them: in each round one key serves all elements of a row, and there is another round as
 * long as some element wants one.
 */

/** Which keys a round takes from its own: those to draw with, and that of the next round. */
export interface RoundKeys {
  readonly draws: readonly number[];
  readonly next: number;
}

/** Rounds of `count` draws; `draw` says whether its element wants another round. */
export const drawInRounds = (
  first: Key,
  { draws, next }: RoundKeys,
  count: number,
  draw: (keys: readonly Key[], i: number) => boolean,
): void => {
  let key = first;
  for (let goesOn = true; goesOn; key = subkey(key, next)) {
    const keys = draws.map((i) => subkey(key, i));
    goesOn = false;
    for (let i = 0; i < count; i++) if (draw(keys, i)) goesOn = true;
  }
};

/** The same in loops, unless `begins` is false: `draw` sets the variable that it gets if its element wants another round. */
export const roundsOfDraws = (
  nest: NestBuilder,
  begins: Expr,
  first: Expr,
  { draws, next }: RoundKeys,
  count: number,
  draw: (keys: readonly Expr[], i: Expr, goesOn: MutableVariable) => void,
): void => {
  const key = nest.variable("u64", first);
  const goesOn = nest.variable("bool", begins);
  nest.while(
    () => goesOn.value,
    () => {
      goesOn.set(0);
      const keys = draws.map((i) => subkeyExpr(nest, key.value, i));
      nest.for(count, (i) => draw(keys, i, goesOn));
      key.set(subkeyExpr(nest, key.value, next));
    },
  );
};
