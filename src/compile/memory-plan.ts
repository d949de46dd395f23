import { dtypeInfo } from "../array/index.ts";
import {
  type Buffer,
  innerKernels,
  type Kernel,
  memoryOf,
  type Program,
  readBuffers,
  writtenBuffers,
} from "./program.ts";

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

/** Numbers of kernels, both included. */
interface Range {
  from: number;
  to: number;
}

interface Span extends Range {
  readonly buffer: Buffer;
}

/** A kernel that uses a buffer, and the regions around it. */
interface Use {
  readonly at: number;
  readonly inside: readonly Range[];
}

/** When each buffer is alive, as numbers of kernels: inputs from the start, outputs to the end. */
const lifetimes = (program: Program): Span[] => {
  const uses = new Map<Buffer, Use[]>();
  const use = (buffer: Buffer, at: number, inside: readonly Range[]): void => {
    for (const own of memoryOf(buffer)) {
      if (own.origin.kind === "const") continue;
      const list = uses.get(own);
      if (list === undefined) uses.set(own, [{ at, inside }]);
      else list.push({ at, inside });
    }
  };
  let position = 0;
  const walk = (kernels: readonly Kernel[], inside: readonly Range[]): void => {
    for (const kernel of kernels) {
      const { results, scratch } = writtenBuffers(kernel);
      const buffers = [...readBuffers(kernel), ...results, ...scratch];
      const from = position++;
      for (const buffer of buffers) use(buffer, from, inside);
      const lists = innerKernels(kernel);
      if (lists.length === 0) continue;
      const region = { from, to: from };
      for (const list of lists) walk(list, [...inside, region]);
      region.to = position++;
      for (const buffer of buffers) use(buffer, region.to, inside);
    }
  };
  for (const { buffer } of program.inputs) use(buffer, -1, []);
  walk(program.kernels, []);
  for (const { from } of program.outputs) if (from.kind === "buffer") use(from.buffer, position, []);
  return [...uses].map(([buffer, list]) => ({ buffer, ...lifetime(list) }));
};

/**
 * From the first use to the last. What is used inside a region and outside of it lives through the whole region, because
 * a turn of a loop may come again.
 */
const lifetime = (uses: readonly Use[]): Range => {
  const [first] = uses as readonly [Use];
  let common = first.inside.length;
  // In front of the first region there is none, in which all agree.
  for (const { inside } of uses) while (inside[common - 1] !== first.inside[common - 1]) common--;
  const life = { from: Infinity, to: -Infinity };
  for (const { at, inside } of uses) {
    const range = inside[common] ?? { from: at, to: at };
    life.from = Math.min(life.from, range.from);
    life.to = Math.max(life.to, range.to);
  }
  return life;
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
      const start = tail?.end === bytes ? tail.start : bytes;
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
  let i = gaps.findIndex((gap) => gap.start >= end);
  if (i < 0) i = gaps.length;
  const before = gaps[i - 1];
  const after = gaps[i];
  const joined = after?.start === end ? after : undefined;
  if (before?.end === start) {
    before.end = joined?.end ?? end;
    if (joined !== undefined) gaps.splice(i, 1);
  } else if (joined !== undefined) {
    joined.start = start;
  } else {
    gaps.splice(i, 0, { start, end });
  }
};
