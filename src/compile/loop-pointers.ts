import type { AddressSpace } from "./address-space.ts";
import type { Buffer } from "./program.ts";
import type { FunctionBuilder, Local } from "./wasm/function.ts";

/** How one access of a loop goes through memory. */
export interface AccessSpec {
  readonly buffer: Buffer;
  /** Where it starts, in elements. */
  readonly offset: number;
  /** Elements a step along each axis of the loop. */
  readonly strides: readonly number[];
  readonly bytes: number;
}

/** Where an access is at present: an address that moves with the outer axes, and a distance from it. */
export interface Place {
  readonly pointer: Local;
  readonly at: number;
}

interface Pointer {
  readonly local: Local;
  /** Bytes a step along each axis but the last. */
  readonly steps: readonly number[];
}

/** The moving addresses of a loop: accesses that move alike share one. */
export class LoopPointers {
  readonly #f: FunctionBuilder;
  readonly #space: AddressSpace;
  readonly #pointers = new Map<string, Pointer>();

  constructor(f: FunctionBuilder, space: AddressSpace) {
    this.#f = f;
    this.#space = space;
  }

  /** The place of an access; its pointer is made, and set to the start, if there is none like it. */
  place({ buffer, offset, strides, bytes }: AccessSpec): Place {
    const steps = strides.slice(0, -1).map((s) => s * bytes);
    const distance = this.#space.offsetOf(buffer) + offset * bytes;
    // Addresses are unsigned, and a distance is added without wrapping: where an access goes backwards, its pointer has
    // to start at the element itself.
    const backwards = strides.some((s) => s < 0);
    const key = `${this.#space.baseOf(buffer)}${backwards ? distance : ""}:${steps}`;
    let pointer = this.#pointers.get(key);
    if (pointer === undefined) {
      const local = this.#f.local("i32");
      this.#space.pushBase(this.#f, buffer);
      if (backwards) this.#f.i32(distance).op("i32.add");
      this.#f.set(local);
      pointer = { local, steps };
      this.#pointers.set(key, pointer);
    }
    return { pointer: pointer.local, at: backwards ? 0 : distance };
  }

  /** Move all pointers `count` steps along an axis. */
  move(axis: number, count: number): void {
    for (const { local, steps } of this.#pointers.values()) {
      const distance = (steps[axis] as number) * count;
      if (distance !== 0) this.#f.get(local).i32(distance).op("i32.add").set(local);
    }
  }

  /** Push `pointer + i · bytes`. */
  pushAddress(pointer: Local, i: Local, bytes: number): void {
    const f = this.#f;
    f.get(pointer);
    if (bytes === 0) return;
    const shift = Math.log2(bytes);
    f.get(i);
    if (bytes > 1 && Number.isInteger(shift)) f.i32(shift).op("i32.shl");
    else if (bytes !== 1) f.i32(bytes).op("i32.mul");
    f.op("i32.add");
  }
}
