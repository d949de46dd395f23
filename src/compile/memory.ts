import { CotangentError } from "../core/index.ts";
import { ResidentArea, type Slot } from "./resident-area.ts";

const PAGE = 65536;

/** Views of the memory as it is now; growing it makes new ones. */
export interface MemoryViews {
  readonly f32: Float32Array;
  readonly f64: Float64Array;
  readonly i32: Int32Array;
  readonly u32: Uint32Array;
  readonly i16: Int16Array;
  readonly u16: Uint16Array;
  readonly i8: Int8Array;
  readonly u8: Uint8Array;
}

/** Constants of a module, which `write` puts into memory. */
export interface Resident {
  readonly size: number;
  readonly place: ResidentPlace;
  readonly write: (views: MemoryViews, start: number) => void;
}

/** Where constants stand, if they do. It does not know them, so that who watches over it keeps nothing alive. */
export interface ResidentPlace {
  slot: Slot | undefined;
}

/** How much of the memory constants may take together; only those of one module may be more. */
const RESIDENT_LIMIT = 2 ** 28;

/**
 * The memory that all compiled functions share. Constants stay at its low end between calls, as long as there is room
 * for them; behind them is scratch memory, which belongs to whoever is being called.
 */
export class SharedMemory {
  readonly memory = new WebAssembly.Memory({ initial: 16 });
  /** Where the constants of whoever is being called start. */
  readonly constants = new WebAssembly.Global({ value: "i32", mutable: true }, 0);
  readonly #area: ResidentArea;
  #constantsStart = 0;
  #views: MemoryViews | undefined;

  constructor(residentLimit = RESIDENT_LIMIT) {
    this.#area = new ResidentArea(64, residentLimit);
  }

  views(): MemoryViews {
    let views = this.#views;
    if (views === undefined || views.u8.buffer !== this.memory.buffer) {
      const { buffer } = this.memory;
      views = {
        f32: new Float32Array(buffer),
        f64: new Float64Array(buffer),
        i32: new Int32Array(buffer),
        u32: new Uint32Array(buffer),
        i16: new Int16Array(buffer),
        u16: new Uint16Array(buffer),
        i8: new Int8Array(buffer),
        u8: new Uint8Array(buffer),
      };
      this.#views = views;
    }
    return views;
  }

  /** Where the constants start that were made ready last. */
  get constantsStart(): number {
    return this.#constantsStart;
  }

  /** Make ready for a call: its constants in place, and scratch memory of `bytes`, whose start is returned. */
  prepare(resident: Resident, bytes: number): number {
    try {
      return this.#prepare(resident, bytes);
    } catch {
      // There may be room without the constants of others.
      this.#area.clear();
      return this.#prepare(resident, bytes);
    }
  }

  #prepare({ size, place, write }: Resident, bytes: number): number {
    const area = this.#area;
    if (size === 0) {
      this.#ensure(area.end + bytes);
      return area.end;
    }
    const known = place.slot;
    const slot = known?.isPlaced === true ? known : area.place(size);
    try {
      this.#ensure(area.end + bytes);
    } catch (error) {
      area.release(slot);
      throw error;
    }
    if (slot === known) area.touch(slot);
    else {
      place.slot = slot;
      write(this.views(), slot.start);
    }
    if (slot.start !== this.#constantsStart) {
      this.#constantsStart = slot.start;
      this.constants.value = slot.start;
    }
    return area.end;
  }

  /** Give back the place of constants that nobody will ask for any more. */
  release({ slot }: ResidentPlace): void {
    if (slot !== undefined) this.#area.release(slot);
  }

  #ensure(bytes: number): void {
    const missing = bytes - this.memory.buffer.byteLength;
    if (missing <= 0) return;
    try {
      this.memory.grow(Math.ceil(missing / PAGE));
    } catch (error) {
      throw new CotangentError(
        `jit: this program needs ${(bytes / 2 ** 20).toFixed(0)} MiB of WebAssembly memory, and the engine grants no more ` +
          "than it has (at most 4 GiB). Use smaller batches or checkpoint, or call the function without jit.",
        { cause: error },
      );
    }
  }
}

let shared: SharedMemory | undefined;

/** The memory of all compiled functions, made when first asked for. */
export const sharedMemory = (): SharedMemory => {
  shared ??= new SharedMemory();
  return shared;
};
