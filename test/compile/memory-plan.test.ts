import { assert as check, property } from "fast-check";
import { describe, expect, test } from "vitest";
import { dtypeInfo } from "../../src/array/index.ts";
import "../../src/index.ts";
import { lowerJaxpr } from "../../src/compile/compile.ts";
import { generateModule } from "../../src/compile/generate.ts";
import { ALIGNMENT, bufferBytes, type MemoryPlan, planMemory } from "../../src/compile/memory-plan.ts";
import {
  type Buffer,
  memoryOf,
  type Program,
  readBuffers,
  writtenBuffers,
} from "../../src/compile/program.ts";
import { schedule } from "../../src/compile/schedule.ts";
import { add, exp } from "../../src/primitives/elementwise/index.ts";
import { cumsum } from "../../src/primitives/reduction/index.ts";
import { programs } from "../../src/testing/programs/index.ts";
import { filled, traced, writtenOut } from "./support.ts";

/** From which kernel to which each buffer holds something: −1 before the first, the number of kernels behind the last. */
const lives = (program: Program): Map<Buffer, readonly [number, number]> => {
  const touched = new Map<Buffer, number[]>();
  const touch = (buffer: Buffer, at: number): void => {
    for (const memory of memoryOf(buffer))
      if (memory.origin.kind !== "const") touched.set(memory, [...(touched.get(memory) ?? []), at]);
  };
  program.kernels.forEach((kernel, i) => {
    const { results, scratch } = writtenBuffers(kernel);
    for (const buffer of [...readBuffers(kernel), ...results, ...scratch]) touch(buffer, i);
  });
  for (const { buffer } of program.inputs) if (touched.has(buffer)) touch(buffer, -1);
  for (const { from } of program.outputs)
    if (from.kind === "buffer") touch(from.buffer, program.kernels.length);
  return new Map([...touched].map(([b, times]) => [b, [Math.min(...times), Math.max(...times)]]));
};

/** Throws if two buffers that are alive at one time share a byte, or one does not fit into the plan. */
const requireSound = (program: Program, { offsets, bytes }: MemoryPlan): void => {
  const list = [...lives(program)];
  for (const [buffer] of list) {
    const start = offsets.get(buffer) as number;
    expect(start % ALIGNMENT).toBe(0);
    expect(start).toBeGreaterThanOrEqual(0);
    expect(start + bufferBytes(buffer)).toBeLessThanOrEqual(bytes);
  }
  list.forEach(([a, [bornA, diesA]], i) => {
    for (const [b, [bornB, diesB]] of list.slice(i + 1)) {
      if (diesA < bornB || diesB < bornA) continue;
      const [startA, startB] = [offsets.get(a) as number, offsets.get(b) as number];
      const apart = startA + bufferBytes(a) <= startB || startB + bufferBytes(b) <= startA;
      if (!apart) throw new Error(`buffers ${a.id} and ${b.id} are alive together and overlap`);
    }
  });
};

/** Nothing is read before it is written. */
const requireOrder = (program: Program): void => {
  const ready = new Set<Buffer>(program.inputs.map(({ buffer }) => buffer));
  for (const kernel of program.kernels) {
    for (const buffer of readBuffers(kernel))
      expect(buffer.origin.kind === "const" || ready.has(buffer)).toBe(true);
    for (const buffer of writtenBuffers(kernel).results) ready.add(buffer);
  }
  for (const { from } of program.outputs)
    if (from.kind === "buffer")
      expect(from.buffer.origin.kind === "const" || ready.has(from.buffer)).toBe(true);
};

describe("of random programs", () => {
  test("buffers that are alive together lie apart, and nothing is read before it is written", () => {
    check(
      property(programs({ maxSteps: 40, reverseOnly: true }), ({ jaxpr }) => {
        const { program, plan } = lowerJaxpr(jaxpr);
        requireSound(program, plan);
        requireOrder(program);
        const raw = schedule(writtenOut(jaxpr));
        requireSound(raw, planMemory(raw));
        requireOrder(raw);
      }),
      { numRuns: 400 },
    );
  });

  test("modules are valid, and constants have room of their own", () => {
    check(
      property(programs({ maxSteps: 30, reverseOnly: true }), ({ jaxpr }) => {
        const { program, plan } = lowerJaxpr(jaxpr);
        const { bytes, constants } = generateModule(program, plan);
        expect(WebAssembly.validate(bytes)).toBe(true);
        let end = 0;
        for (const { value, place } of constants.arrays) {
          expect(place).toBeGreaterThanOrEqual(end);
          end = place + value.size * dtypeInfo(value.dtype).bytes;
        }
        expect(constants.support.place).toBeGreaterThanOrEqual(end);
        expect(constants.size).toBeGreaterThanOrEqual(
          constants.support.place + constants.support.bytes.length,
        );
      }),
      { numRuns: 150 },
    );
  });
});

describe("memory is used again", () => {
  test("a long chain of arrays takes the room of a few", () => {
    const n = 1000;
    // Running sums are not fused: each is an array of its own.
    const chain = traced(
      (x) => {
        let y = x as never;
        for (let i = 0; i < 50; i++) y = cumsum(exp(y), 0, false) as never;
        return [y];
      },
      [filled([n], "float32", () => 0)],
    );
    const { program, plan } = lowerJaxpr(chain);
    expect(program.kernels.length).toBeGreaterThanOrEqual(50);
    expect(plan.bytes).toBeLessThanOrEqual(4 * (4 * n + 128));
  });

  test("values that are all needed at the end have room of their own", () => {
    const x = filled([100], "float32", (i) => i);
    const { plan } = lowerJaxpr(
      traced((a) => [1, 2, 3, 4].map((k) => add(a as never, exp(filled([100], "float32", () => k)))), [x]),
    );
    expect(plan.bytes).toBeGreaterThanOrEqual(5 * 400);
  });
});
