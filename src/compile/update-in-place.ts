import type { Statement } from "../kernel/nest.ts";
import {
  type Buffer,
  innerKernels,
  type Kernel,
  type Layout,
  type NestKernel,
  type Program,
  readBuffers,
  writtenBuffers,
} from "./program.ts";

/*
 * Updates in place: a nest that copies its operand and then changes a few elements (scatter, dynamicUpdateSlice) takes
 * the memory of the operand, if nobody needs that afterwards. A loop that sets one element of its carry in each turn then
 * costs one element a turn and not the whole carry. A nest that puts more behind the copy (concatenate) gives its operand
 * the front of its result to live in.
 */

/** Whether a nest begins by copying its first operand to the front of its result, and does not look at the operand again. */
const isUpdate = ({ nest }: NestKernel): boolean => {
  const [first, ...rest] = nest.body;
  return (
    nest.outputs.length === 1 &&
    first?.kind === "copy" &&
    first.from === nest.inputs[0] &&
    first.to === nest.outputs[0] &&
    first.fromIndex.value === 0 &&
    first.toIndex.value === 0 &&
    first.count.value === first.from.size &&
    first.from.size <= first.to.size &&
    !rest.some((statement) => reads(statement, first.from))
  );
};

const reads = (statement: Statement, buffer: object): boolean => {
  switch (statement.kind) {
    case "load":
      return statement.buffer === buffer;
    case "copy":
      return statement.from === buffer;
    case "for":
    case "sum":
      return statement.body.some((inner) => reads(inner, buffer));
    case "while":
      return [...statement.test, ...statement.body].some((inner) => reads(inner, buffer));
    case "if":
      return [...statement.whenTrue, ...statement.whenFalse].some((inner) => reads(inner, buffer));
    case "set":
    case "store":
      return false;
  }
};

/** A use of a buffer: which kernel of which list, and in which kernel that list stands. */
interface Place {
  readonly list: readonly Kernel[];
  readonly index: number;
  readonly around: Place | undefined;
}

/** The number of the kernel of `list` that a use belongs to, `undefined` for a use outside. */
const positionIn = (list: readonly Kernel[], place: Place | undefined): number | undefined =>
  place === undefined || place.list === list ? place?.index : positionIn(list, place.around);

/** A buffer, and those whose memory it names. */
function* chain(buffer: Buffer): Generator<Buffer> {
  yield buffer;
  const { origin } = buffer;
  if (origin.kind === "same" || origin.kind === "moving") yield* chain(origin.of);
  else if (origin.kind === "swapped") {
    yield* chain(origin.even);
    yield* chain(origin.odd);
  }
}

const isInChain = (target: Buffer, buffer: Buffer): boolean => {
  for (const link of chain(buffer)) if (link === target) return true;
  return false;
};

/** The buffer that another one is only a second name of. */
const named = (buffer: Buffer): Buffer => (buffer.origin.kind === "same" ? named(buffer.origin.of) : buffer);

/** The buffer that stands for a place in memory: two that change places, but are one by now, are that one. */
export const placeOf = (buffer: Buffer): Buffer => {
  const target = named(buffer);
  const { origin } = target;
  if (origin.kind !== "swapped") return target;
  const even = placeOf(origin.even);
  return even === placeOf(origin.odd) ? even : target;
};

/** Let updates of a program be done in place wherever nobody can tell: sets where their results lie. */
export const updateInPlace = (program: Program): void => {
  if (!hasUpdates(program.kernels)) return;
  new InPlace(program).list(program.kernels, 0);
};

const hasUpdates = (kernels: readonly Kernel[]): boolean =>
  kernels.some((kernel) =>
    kernel.kind === "nest" ? isUpdate(kernel) : innerKernels(kernel).some(hasUpdates),
  );

/** Whether a nest runs on the memory of its first operand, so that it has nothing to copy at its start. */
export const isInPlace = (kernel: NestKernel): boolean => {
  if (!isUpdate(kernel)) return false;
  const [operand, result] = [kernel.inputs[0] as Layout, kernel.outputs[0] as Buffer];
  return placeOf(operand.buffer) === placeOf(result);
};

/**
 * Let `buffer` be a second name of `target`, in front of whose uses all of its own lie. They need not be counted as uses of
 * `target`: kernels further on come after them, those before ask of `target` only where it begins, which is the kernel that
 * wrote `buffer`.
 */
const nameAs = (buffer: Buffer, target: Buffer): void => {
  buffer.origin = { kind: "same", of: target };
};

class InPlace {
  readonly #program: Program;
  readonly #uses = new Map<Buffer, Place[]>();

  constructor(program: Program) {
    this.#program = program;
    const end = { list: program.kernels, index: Number.POSITIVE_INFINITY, around: undefined };
    for (const { from } of program.outputs) if (from.kind === "buffer") this.#use(from.buffer, end);
    this.#record(program.kernels, undefined);
  }

  /** Inner lists first, and then from the last kernel to the first: so a chain of updates knows where it leads to. */
  list(kernels: readonly Kernel[], loops: number): void {
    for (const kernel of kernels) {
      const around = kernel.kind === "branch" ? loops : loops + 1;
      for (const inner of innerKernels(kernel)) this.list(inner, around);
    }
    for (const [at, kernel] of [...kernels.entries()].reverse())
      if (kernel.kind === "nest" && isUpdate(kernel)) this.#update(kernel, kernels, at, loops);
  }

  #record(list: readonly Kernel[], around: Place | undefined): void {
    list.forEach((kernel, index) => {
      const place = { list, index, around };
      const { results, scratch } = writtenBuffers(kernel);
      for (const buffer of [...readBuffers(kernel), ...results, ...scratch]) this.#use(buffer, place);
      for (const inner of innerKernels(kernel)) this.#record(inner, place);
    });
  }

  #use(buffer: Buffer, place: Place): void {
    for (const link of chain(buffer)) {
      const uses = this.#uses.get(link);
      if (uses === undefined) this.#uses.set(link, [place]);
      else uses.push(place);
    }
  }

  /** Whether all that `list` does with a buffer is done by its kernels up to number `at`, and nobody else uses it. */
  #endsAt(buffer: Buffer, list: readonly Kernel[], at: number): boolean {
    return (this.#uses.get(buffer) ?? []).every(
      (use) => (positionIn(list, use) ?? Number.POSITIVE_INFINITY) <= at,
    );
  }

  /** Whether no kernel of `list` in front of number `at` uses a buffer. */
  #beginsAt(buffer: Buffer, list: readonly Kernel[], at: number): boolean {
    return (this.#uses.get(buffer) ?? []).every((use) => (positionIn(list, use) ?? at) >= at);
  }

  #update(kernel: NestKernel, list: readonly Kernel[], at: number, loops: number): void {
    const [operand, ...others] = kernel.inputs as readonly [NestKernel["inputs"][number]];
    const [from, to] = [named(operand.buffer), named(kernel.outputs[0] as Buffer)];
    if (from === to || operand.offset !== 0 || from.size > to.size || from.dtype !== to.dtype) return;
    if (others.some(({ buffer }) => isInChain(from, buffer))) return;
    if (!this.#endsAt(from, list, at) || !this.#beginsAt(to, list, at)) return;
    const [a, b] = [from.origin, to.origin];
    if (a.kind === "temp") nameAs(from, to);
    else if (from.size < to.size) return;
    else if (a.kind === "input" && b.kind === "temp" && list === this.#program.kernels) nameAs(to, from);
    else if (a.kind === "swapped" && b.kind === "swapped" && a.loop === loops - 1) {
      // The carry of this loop becomes what the next turn begins with: one buffer does for both.
      if (a.even !== b.odd) return;
      if (a.odd.origin.kind === "temp") nameAs(a.odd, a.even);
      else if (a.even.origin.kind === "temp") nameAs(a.even, a.odd);
    }
  }
}
