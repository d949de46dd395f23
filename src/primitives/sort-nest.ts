import type { Shape } from "../array/index.ts";
import type { Expr } from "../kernel/expr.ts";
import type { Buffer, NestBuilder } from "../kernel/nest.ts";
import { copyRun, forEachPlace, plus, times } from "../kernel/strided.ts";
import { linesOf } from "./lines.ts";
import { orderKey } from "./order-key.ts";
import { StableSort } from "./stable-sort-nest.ts";

/**
 * The loops of `sort`: each line is sorted by its last key first and by its first key last, which puts keys in the order
 * of the first, then the second, …, since every one of the sorts is stable.
 */
export const buildSort = (nest: NestBuilder, dimension: number, numKeys: number, shape: Shape): void => {
  const { inputs, outputs } = nest;
  const { outer, length: n, inner } = linesOf(shape, dimension);
  if (n < 2) {
    inputs.forEach((from, i) => {
      copyRun(nest, from, 0, outputs[i] as Buffer, 0, from.size);
    });
    return;
  }
  const sorter = new StableSort(nest, n);
  forEachPlace(nest, [outer, inner], [[n * inner, 1]], [0], (line) => {
    const at = (k: Expr) => plus(line, times(k, inner));
    sorter.begin();
    for (let key = numKeys - 1; key >= 0; key--) {
      const from = inputs[key] as Buffer;
      const keyAt = (place: Expr): Expr => orderKey(nest.load(from, at(place)), "equal");
      sorter.sort(keyAt, from.type === "f64" ? "u64" : "u32");
    }
    nest.for(n, (k) => {
      const place = sorter.place(k);
      outputs.forEach((to, i) => {
        nest.store(to, at(k), nest.load(inputs[i] as Buffer, at(place)));
      });
    });
  });
};
