import { dtypeInfo } from "../array/index.ts";
import { type Buffer, type Program, readBuffers, writtenBuffers } from "./program.ts";

/** Where the buffers of a program lie in scratch memory. */
export interface MemoryPlan {
  /** Byte offset of each input and temporary from the start of scratch memory. Constants are not here: they stay. */
  readonly offsets: ReadonlyMap<Buffer, number>;
  /** Bytes of scratch memory that the program takes. */
  readonly bytes: number;
}

/** Every buffer starts at a multiple of this, so that vectors never straddle two cache lines. */
export const ALIGNMENT = 64;

/** Vector loads of the last elements may read this far past the end. */
const PADDING = 64;

const alignUp = (n: number): number => Math.ceil(n / ALIGNMENT) * ALIGNMENT;

/** Bytes a buffer takes in memory. */
export const bufferBytes = (buffer: Buffer): number =>
  alignUp(buffer.size * dtypeInfo(buffer.dtype).bytes + PADDING);

interface Span {
  readonly buffer: Buffer;
  readonly from: number;
  readonly to: number;
}

/** When each buffer is alive, as kernel numbers: inputs from the start, outputs to the end. */
const lifetimes = (program: Program): Span[] => {
  const first = new Map<Buffer, number>();
  const last = new Map<Buffer, number>();
  const use = (buffer: Buffer, at: number): void => {
    if (buffer.origin.kind === "const") return;
    if (!first.has(buffer)) first.set(buffer, at);
    last.set(buffer, Math.max(last.get(buffer) ?? at, at));
  };
  for (const { buffer } of program.inputs) use(buffer, -1);
  program.kernels.forEach((kernel, i) => {
    const { results, scratch } = writtenBuffers(kernel);
    for (const buffer of readBuffers(kernel)) use(buffer, i);
    for (const buffer of results) use(buffer, i);
    for (const buffer of scratch) use(buffer, i);
  });
  for (const { from } of program.outputs)
    if (from.kind === "buffer") use(from.buffer, program.kernels.length);
  return [...first].map(([buffer, from]) => ({ buffer, from, to: last.get(buffer) as number }));
};

/** A stretch of memory that nothing lives in. */
interface Gap {
  start: number;
  end: number;
}

/**
 * Lay the buffers of a program out in one stretch of memory: in order of birth, each in the smallest gap that the dead
 * have left, or at the end.
 */
export const planMemory = (program: Program): MemoryPlan => {
  const spans = lifetimes(program).sort(
    (a, b) => a.from - b.from || bufferBytes(b.buffer) - bufferBytes(a.buffer),
  );
  const deaths = [...spans].sort((a, b) => a.to - b.to);
  const offsets = new Map<Buffer, number>();
  const gaps: Gap[] = [];
  let bytes = 0;
  let nextDeath = 0;
  for (const { buffer, from } of spans) {
    for (let dead = deaths[nextDeath]; dead !== undefined && dead.to < from; dead = deaths[++nextDeath]) {
      const start = offsets.get(dead.buffer) as number;
      release(gaps, start, start + bufferBytes(dead.buffer));
    }
    const size = bufferBytes(buffer);
    const gap = bestGap(gaps, size);
    if (gap === undefined) {
      const tail = gaps[gaps.length - 1];
      const start = tail !== undefined && tail.end === bytes ? tail.start : bytes;
      if (start !== bytes) gaps.pop();
      offsets.set(buffer, start);
      bytes = start + size;
    } else {
      offsets.set(buffer, gap.start);
      gap.start += size;
      if (gap.start === gap.end) gaps.splice(gaps.indexOf(gap), 1);
    }
  }
  return { offsets, bytes };
};

const bestGap = (gaps: readonly Gap[], size: number): Gap | undefined => {
  let best: Gap | undefined;
  for (const gap of gaps) {
    const room = gap.end - gap.start;
    if (room >= size && (best === undefined || room < best.end - best.start)) best = gap;
  }
  return best;
};

/** Give a stretch back; gaps stay sorted and apart. */
const release = (gaps: Gap[], start: number, end: number): void => {
  let i = gaps.findIndex((gap) => gap.start > start);
  if (i < 0) i = gaps.length;
  const before = gaps[i - 1];
  const after = gaps[i];
  const joinsBefore = before?.end === start;
  const joinsAfter = after?.start === end;
  if (before && joinsBefore) {
    before.end = joinsAfter && after ? after.end : end;
    if (joinsAfter) gaps.splice(i, 1);
  } else if (after && joinsAfter) {
    after.start = start;
  } else {
    gaps.splice(i, 0, { start, end });
  }
};
