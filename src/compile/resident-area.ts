/** A stretch of memory in use, until it is released or makes room for another. */
export interface Slot {
  readonly start: number;
  readonly size: number;
  /** False once the memory belongs to somebody else. */
  isPlaced: boolean;
}

interface Gap {
  readonly start: number;
  readonly size: number;
}

/**
 * Hands out stretches of memory from `start` up. While they fit below `limit` everybody keeps theirs; after that, who
 * has not used theirs for longest loses it. So the area is never larger than the limit or its largest stretch, and
 * nothing needs to be given back: what nobody asks for any more makes room by itself.
 */
export class ResidentArea {
  readonly #start: number;
  readonly #limit: number;
  /** Least recently used first. */
  readonly #slots = new Set<Slot>();
  #latest: Slot | undefined;
  /** What is free below `#end`: in order of address, never two side by side, none at the very end. */
  #gaps: Gap[] = [];
  #end: number;

  constructor(start: number, limit: number) {
    this.#start = start;
    this.#limit = limit;
    this.#end = start;
  }

  /** Where the last stretch in use ends. */
  get end(): number {
    return this.#end;
  }

  /** A stretch of `size` bytes; others may lose theirs. */
  place(size: number): Slot {
    let start = this.#find(size);
    for (const oldest of this.#slots) {
      if (start !== undefined) break;
      this.release(oldest);
      start = this.#find(size);
    }
    const slot: Slot = { start: start ?? this.#start, size, isPlaced: true };
    this.#take(slot);
    this.#slots.add(slot);
    this.#latest = slot;
    return slot;
  }

  /** Make `slot` the last to lose its place. */
  touch(slot: Slot): void {
    if (slot === this.#latest || !this.#slots.delete(slot)) return;
    this.#slots.add(slot);
    this.#latest = slot;
  }

  /** Give a stretch back. */
  release(slot: Slot): void {
    if (!slot.isPlaced) return;
    slot.isPlaced = false;
    this.#slots.delete(slot);
    this.#free(slot);
  }

  /** Take everybody's place away. */
  clear(): void {
    for (const slot of this.#slots) slot.isPlaced = false;
    this.#slots.clear();
    this.#gaps = [];
    this.#end = this.#start;
  }

  /** Where `size` bytes are free: the first gap that is large enough, or behind all others. */
  #find(size: number): number | undefined {
    const gap = this.#gaps.find((g) => g.size >= size);
    if (gap !== undefined) return gap.start;
    return this.#end + size <= this.#limit ? this.#end : undefined;
  }

  #take({ start, size }: Slot): void {
    const at = this.#gaps.findIndex((gap) => gap.start === start);
    const gap = this.#gaps[at];
    if (gap === undefined) {
      this.#end = start + size;
      return;
    }
    const rest = gap.size === size ? [] : [{ start: start + size, size: gap.size - size }];
    this.#gaps.splice(at, 1, ...rest);
  }

  #free({ start, size }: Slot): void {
    const after = this.#gaps.findIndex((gap) => gap.start >= start + size);
    const at = after < 0 ? this.#gaps.length : after;
    const before = this.#gaps[at - 1];
    const behind = this.#gaps[at];
    const joinsBefore = before !== undefined && before.start + before.size === start;
    const joinsBehind = behind !== undefined && start + size === behind.start;
    const from = joinsBefore ? before.start : start;
    const to = joinsBehind ? behind.start + behind.size : start + size;
    const isLast = to === this.#end;
    if (isLast) this.#end = from;
    this.#gaps.splice(
      joinsBefore ? at - 1 : at,
      Number(joinsBefore) + Number(joinsBehind),
      ...(isLast ? [] : [{ start: from, size: to - from }]),
    );
  }
}
