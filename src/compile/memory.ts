import { CotangentError } from "../core/index.ts";

const PAGE = 65536;

/** Views of the memory as it is now; growing it makes new ones. */
export interface MemoryViews {
  readonly f32: Float32Array;
  readonly f64: Float64Array;
  readonly i32: Int32Array;
  readonly u32: Uint32Array;
  readonly u8: Uint8Array;
}

/**
 * The memory that all compiled functions share. Constants stay at its low end, each module's for as long as the module
 * lives; behind them is scratch memory, which belongs to whoever is being called.
 */
class SharedMemory {
  readonly memory = new WebAssembly.Memory({ initial: 16 });
  /** Stretches of the resident part that are free again. */
  readonly #free: { start: number; size: number }[] = [];
  #residentEnd = 64;
  #views: MemoryViews | undefined;

  views(): MemoryViews {
    let views = this.#views;
    if (views === undefined || views.u8.buffer !== this.memory.buffer) {
      const { buffer } = this.memory;
      views = {
        f32: new Float32Array(buffer),
        f64: new Float64Array(buffer),
        i32: new Int32Array(buffer),
        u32: new Uint32Array(buffer),
        u8: new Uint8Array(buffer),
      };
      this.#views = views;
    }
    return views;
  }

  /** Where the next module's constants go: it must be claimed before anything else is compiled. */
  get residentEnd(): number {
    return this.#residentEnd;
  }

  /** Keep the memory up to `end` for constants. */
  claim(end: number): void {
    this.ensure(end);
    this.#residentEnd = end;
  }

  /** Give back a stretch of constants whose module is gone. */
  release(start: number, end: number): void {
    this.#free.push({ start, size: end - start });
    this.#free.sort((a, b) => a.start - b.start);
    // What is free at the very end is scratch memory again.
    for (
      let last = this.#free.at(-1);
      last !== undefined && last.start + last.size === this.#residentEnd;
      last = this.#free.at(-1)
    ) {
      this.#residentEnd = last.start;
      this.#free.pop();
    }
  }

  /** Where scratch memory of `bytes` starts. */
  scratch(bytes: number): number {
    this.ensure(this.#residentEnd + bytes);
    return this.#residentEnd;
  }

  ensure(bytes: number): void {
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
