import {
  add,
  and,
  convert,
  type Expr,
  eq,
  le,
  lt,
  min,
  mul,
  not,
  type ScalarType,
  select,
  shr,
  sub,
} from "../kernel/expr.ts";
import type { Buffer, MutableVariable, NestBuilder } from "../kernel/nest.ts";
import { plus, settled } from "../kernel/strided.ts";

/*
 * Sorting of unsigned integers together with the places that they come from, stably.
 */

/** Shorter lines are merged: going through all digits would take longer than going through the line. */
const SHORTEST_RADIX = 128;
const DIGIT_BITS = 8;
const DIGITS = 2 ** DIGIT_BITS;

/** Sorts lines of one length. */
export class StableSort {
  readonly #nest: NestBuilder;
  readonly #length: number;
  readonly #keys = new Map<ScalarType, Buffer>();
  readonly #counts = new Map<ScalarType, Buffer>();
  /** Two halves of `length` elements, of which one is in use at a time. */
  readonly #places: Buffer;
  /** Where the half in use starts: at 0 or at `length`. */
  readonly #half: MutableVariable;

  constructor(nest: NestBuilder, length: number) {
    this.#nest = nest;
    this.#length = length;
    this.#places = nest.scratch("i32", 2 * length);
    this.#half = nest.variable("i32", 0);
  }

  /** Start a line with its elements where they are. */
  begin(): void {
    this.#half.set(0);
    this.#nest.for(this.#length, (k) => this.#nest.store(this.#places, k, k));
  }

  /** Which element of the line comes in place `k` now. */
  place(k: Expr): Expr {
    return this.#nest.load(this.#places, plus(this.#half.value, k));
  }

  /** Put the line in increasing order of unsigned keys; elements with equal keys keep the order that they are in. */
  sort(keyAt: (place: Expr) => Expr, type: "u32" | "u64"): void {
    const nest = this.#nest;
    const n = this.#length;
    const keys = this.#buffer(this.#keys, type, type, 2 * n);
    const half = this.#half.value;
    nest.for(n, (k) => {
      const slot = settled(nest, plus(half, k));
      nest.store(keys, slot, keyAt(nest.load(this.#places, slot)));
    });
    if (n < SHORTEST_RADIX) this.#merge(keys);
    else this.#distribute(keys, type === "u32" ? 4 : 8);
  }

  #buffer(buffers: Map<ScalarType, Buffer>, key: ScalarType, type: ScalarType, size: number): Buffer {
    const buffer = buffers.get(key) ?? this.#nest.scratch(type, size);
    buffers.set(key, buffer);
    return buffer;
  }

  #move(keys: Buffer, from: Expr, to: Expr): void {
    this.#nest.store(keys, to, this.#nest.load(keys, from));
    this.#nest.store(this.#places, to, this.#nest.load(this.#places, from));
  }

  /** Merging of runs whose length doubles each time. */
  #merge(keys: Buffer): void {
    const nest = this.#nest;
    const n = this.#length;
    const places = this.#places;
    const width = nest.variable("i32", 1);
    const isShort = (): Expr => lt(width.value, n);
    nest.while(isShort, () => {
      const source = nest.let(this.#half.value);
      const target = nest.let(sub(n, source));
      const start = nest.variable("i32", 0);
      const isLeft = (): Expr => lt(start.value, n);
      nest.while(isLeft, () => {
        // All of these are places in the buffers.
        const left = nest.variable("i32", add(source, start.value));
        const middle = nest.let(add(source, min(add(start.value, width.value), n)));
        const right = nest.variable("i32", middle);
        const next = nest.let(min(add(start.value, mul(width.value, 2)), n));
        const end = nest.let(add(source, next));
        const to = nest.variable("i32", add(target, start.value));
        const bothLeft = (): Expr => and(lt(left.value, middle), lt(right.value, end));
        nest.while(bothLeft, () => {
          const [a, b] = [nest.load(keys, left.value), nest.load(keys, right.value)];
          const isFirst = nest.let(le(a, b));
          nest.store(keys, to.value, select(isFirst, a, b));
          nest.store(places, to.value, nest.load(places, select(isFirst, left.value, right.value)));
          left.set(add(left.value, convert(isFirst, "i32")));
          right.set(add(right.value, convert(not(isFirst), "i32")));
          to.set(add(to.value, 1));
        });
        // One of the runs is used up; what is left of the other follows.
        const shift = nest.let(sub(to.value, left.value));
        nest.for(middle, (from) => this.#move(keys, from, add(from, shift)), left.value);
        const rightShift = nest.let(sub(target, source));
        nest.for(end, (from) => this.#move(keys, from, add(from, rightShift)), right.value);
        start.set(next);
      });
      this.#half.set(target);
      width.set(mul(width.value, 2));
    });
  }

  /** Radix sort: distribution by one digit after the other, the least significant first. */
  #distribute(keys: Buffer, digits: number): void {
    const nest = this.#nest;
    const n = this.#length;
    const counts = this.#buffer(this.#counts, keys.type, "i32", digits * DIGITS);
    // Where the count of digit `place` of a key stands.
    const slotOf = (key: Expr, place: Expr): Expr => {
      const shifted = shr(key, convert(mul(place, DIGIT_BITS), key.type));
      return add(convert(and(shifted, DIGITS - 1), "i32"), mul(place, DIGITS));
    };
    nest.for(digits * DIGITS, (i) => nest.store(counts, i, 0));
    const first = nest.let(this.#half.value);
    nest.for(n, (k) => {
      const key = nest.load(keys, plus(first, k));
      nest.for(digits, (place) => {
        const slot = nest.let(slotOf(key, place));
        nest.store(counts, slot, add(nest.load(counts, slot), 1));
      });
    });
    nest.for(digits, (place) => {
      const source = nest.let(this.#half.value);
      const isShared = eq(nest.load(counts, slotOf(nest.load(keys, source), place)), n);
      nest.if(not(isShared), () => {
        const target = nest.let(sub(n, source));
        // Where the next key with each digit goes.
        const start = nest.variable("i32", target);
        nest.for(DIGITS, (digit) => {
          const slot = nest.let(add(mul(place, DIGITS), digit));
          const count = nest.load(counts, slot);
          nest.store(counts, slot, start.value);
          start.set(add(start.value, count));
        });
        nest.for(n, (k) => {
          const from = nest.let(add(source, k));
          const key = nest.load(keys, from);
          const slot = nest.let(slotOf(key, place));
          const to = nest.load(counts, slot);
          nest.store(counts, slot, add(to, 1));
          nest.store(keys, to, key);
          nest.store(this.#places, to, nest.load(this.#places, from));
        });
        this.#half.set(target);
      });
    });
  }
}
