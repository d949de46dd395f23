import type { Shape } from "../array/index.ts";
import { and, constant, type Expr, gt, lt, max, not, sub } from "../kernel/expr.ts";
import type { Buffer, NestBuilder } from "../kernel/nest.ts";
import { plus, settled, times } from "../kernel/strided.ts";
import { orderKey } from "./order-key.ts";
import { StableSort } from "./stable-sort-nest.ts";

/** Up to so many are found by insertion into a list of the best, which is quick as long as few elements get in. */
const MOST_INSERTED = 32;

/** The loops of `topK`: a few are found by insertion, many by sorting the whole row. */
export const buildTopK = (nest: NestBuilder, k: number, shape: Shape): void => {
  const from = nest.inputs[0] as Buffer;
  const [values, positions] = nest.outputs as readonly [Buffer, Buffer];
  if (values.size === 0) return;
  const n = shape.at(-1) as number;
  const type = from.type === "f64" ? "u64" : "u32";
  const find = k > MOST_INSERTED ? sorting(nest, n, type) : inserting(nest, n, k, type);
  nest.for(from.size / n, (row) => {
    const start = settled(nest, times(row, n));
    const to = settled(nest, times(row, k));
    const placeAt = find((i) => orderKey(nest.load(from, plus(start, i)), "apart"));
    nest.for(k, (i) => {
      const place = placeAt(i);
      nest.store(values, plus(to, i), nest.load(from, plus(start, place)));
      nest.store(positions, plus(to, i), place);
    });
  });
};

/** Finds the greatest keys of a row and says where each of them is, the greatest first. */
type Finder = (keyAt: (i: Expr) => Expr) => (i: Expr) => Expr;

const sorting = (nest: NestBuilder, n: number, type: "u32" | "u64"): Finder => {
  const sorter = new StableSort(nest, n);
  return (keyAt) => {
    sorter.begin();
    // Turned round, the greatest keys are the least.
    sorter.sort((place) => not(keyAt(place)), type);
    return (i) => sorter.place(i);
  };
};

const inserting = (nest: NestBuilder, n: number, k: number, type: "u32" | "u64"): Finder => {
  const keys = nest.scratch(type, k);
  const places = nest.scratch("i32", k);
  // Those that are less move one place down; equal ones came earlier and stay in front.
  const insert = (key: Expr, place: Expr, last: Expr): void => {
    const slot = nest.variable("i32", last);
    nest.while(
      () => {
        const before = nest.load(keys, max(sub(slot.value, 1), 0));
        return and(gt(slot.value, 0), lt(before, key));
      },
      () => {
        const before = nest.let(sub(slot.value, 1));
        nest.store(keys, slot.value, nest.load(keys, before));
        nest.store(places, slot.value, nest.load(places, before));
        slot.set(before);
      },
    );
    nest.store(keys, slot.value, key);
    nest.store(places, slot.value, place);
  };
  return (keyAt) => {
    nest.for(k, (i) => insert(nest.let(keyAt(i)), i, i));
    nest.for(
      n,
      (i) => {
        const key = nest.let(keyAt(i));
        nest.if(gt(key, nest.load(keys, k - 1)), () => insert(key, i, constant("i32", k - 1)));
      },
      k,
    );
    return (i) => nest.load(places, i);
  };
};
