import { describe, expect, test } from "vitest";
import { type Resident, SharedMemory } from "../../src/compile/memory.ts";

const LIMIT = 4096;

/** Constants that are `size` bytes of `value`, and how often they were written. */
const constants = (value: number, size = 1024): Resident & { writes: number } => {
  const resident = {
    size,
    place: { slot: undefined },
    writes: 0,
    write: (views: { readonly u8: Uint8Array }, start: number) => {
      resident.writes++;
      views.u8.fill(value, start, start + size);
    },
  };
  return resident;
};

/** What a module that is called now would find. */
const found = (memory: SharedMemory, { size }: Resident): readonly number[] => {
  expect(memory.constants.value).toBe(memory.constantsStart);
  return [...new Set(memory.views().u8.subarray(memory.constantsStart, memory.constantsStart + size))];
};

describe("constants of compiled functions", () => {
  test("are written once while there is room, and found at every call", () => {
    const memory = new SharedMemory(LIMIT);
    const all = [1, 2, 3].map((value) => constants(value));
    for (let round = 0; round < 3; round++) {
      for (const [i, resident] of all.entries()) {
        const base = memory.prepare(resident, 100);
        expect(base).toBeGreaterThanOrEqual(memory.constantsStart + resident.size);
        memory.views().u8.fill(255, base, base + 100);
        expect(found(memory, resident)).toEqual([i + 1]);
      }
    }
    expect(all.map(({ writes }) => writes)).toEqual([1, 1, 1]);
  });

  test("are written again after others took their place, and take no more than the limit", () => {
    const memory = new SharedMemory(LIMIT);
    const all = Array.from({ length: 9 }, (_, i) => constants(i + 1));
    for (let round = 0; round < 3; round++) {
      for (const [i, resident] of all.entries()) {
        expect(memory.prepare(resident, 100)).toBeLessThanOrEqual(LIMIT);
        expect(found(memory, resident)).toEqual([i + 1]);
      }
    }
    expect(all.map(({ writes }) => writes)).toEqual(new Array(9).fill(3));
  });

  test("that are given back make room without taking that of others", () => {
    const memory = new SharedMemory(LIMIT);
    const kept = constants(1);
    memory.prepare(kept, 0);
    for (let i = 0; i < 20; i++) {
      const passing = constants(2);
      memory.prepare(passing, 0);
      memory.release(passing.place);
    }
    memory.prepare(kept, 0);
    expect(found(memory, kept)).toEqual([1]);
    expect(kept.writes).toBe(1);
  });

  test("make room for a program that needs it, which is refused where that is not enough", () => {
    const memory = new SharedMemory(2 ** 28);
    const [large, small] = [constants(1, 2 ** 27), constants(2)];
    memory.prepare(large, 0);
    expect(() => memory.prepare(small, 2 ** 32)).toThrow(
      /jit: this program needs 4096 MiB of WebAssembly memory/,
    );
    expect(memory.prepare(small, 0)).toBeLessThan(2 ** 27);
    expect(found(memory, small)).toEqual([2]);
    memory.prepare(large, 0);
    expect(found(memory, large)).toEqual([1]);
  });
});
