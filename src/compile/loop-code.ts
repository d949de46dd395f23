import { dtypeInfo } from "../array/index.ts";
import type { Combine } from "../core/index.ts";
import { convert, type Expr, type ScalarType } from "../kernel/expr.ts";
import { type Sequence, sequence } from "../kernel/sequence.ts";
import type { AddressSpace } from "./address-space.ts";
import { type ConstantPlacement, ExprEmitter, type Sink } from "./emit-expr.ts";
import { naturalLanes, scalarValueType, splatBytes } from "./lanes.ts";
import { emitIndex, emitLoad, emitWiden } from "./loop-leaves.ts";
import { LoopPointers, type Place } from "./loop-pointers.ts";
import { accumulatesInMemory, type LoopShape, loopShape } from "./loop-shape.ts";
import { emitNarrow, emitScatter } from "./loop-stores.ts";
import { loadOpcode, narrowBits, storeOpcode } from "./memory-access.ts";
import type { Buffer, Leaf, LoopKernel, LoopResult } from "./program.ts";
import { emitCombine, emitHorizontal, neutralElement, pushScalar } from "./reduction-code.ts";
import type { Support } from "./support.ts";
import type { FunctionBuilder, Local } from "./wasm/function.ts";
import { emitWideAdd, emitWideEnd } from "./wide-sums.ts";

/** How many iterations of a float sum go into one accumulator before it is added to the total in float64. */
const BLOCK = 1024;

/** Booleans are stored and reduced as numbers. */
const numeric = (value: Expr): Expr => (value.type === "bool" ? convert(value, "i32") : value);

/** Write the body of a function that runs a loop kernel. */
export const writeLoop = (
  f: FunctionBuilder,
  kernel: LoopKernel,
  space: AddressSpace,
  support: Support,
): void => new LoopWriter(f, kernel, space, support).write();

/** What a reduction has come to, in a local. */
interface Total {
  readonly local: Local;
  readonly combine: Combine;
}

/** The totals of the results that are reductions, where these accumulate in locals. */
type Totals = readonly (Total | undefined)[] | undefined;

/** The vectors that each result is accumulated in. */
type Accumulators = readonly (readonly Local[])[];

class LoopWriter {
  readonly #f: FunctionBuilder;
  readonly #kernel: LoopKernel;
  readonly #space: AddressSpace;
  readonly #support: Support;
  readonly #shape: LoopShape;
  /** Whether reductions are put together in memory, because a kept axis lies inside a reduced one. */
  readonly #inMemory: boolean;
  readonly #program: Sequence;
  readonly #types: readonly ScalarType[];
  readonly #pointers: LoopPointers;
  readonly #indices: Local[] = [];
  readonly #lanes: 2 | 4;
  /** Counts the innermost axis. */
  readonly #counter: Local;
  #vectorEmitter: ExprEmitter | undefined;

  constructor(f: FunctionBuilder, kernel: LoopKernel, space: AddressSpace, support: Support) {
    this.#f = f;
    this.#kernel = kernel;
    this.#space = space;
    this.#support = support;
    this.#shape = loopShape(kernel);
    this.#inMemory = accumulatesInMemory(this.#shape);
    this.#pointers = new LoopPointers(f, space);
    const roots = kernel.results.map((r) => numeric(r.value));
    this.#types = roots.map((r) => r.type);
    this.#program = sequence(roots);
    this.#lanes = naturalLanes(this.#program.steps);
    this.#counter = f.local("i32");
  }

  write(): void {
    const { axes } = this.#shape;
    this.#initializeMemory();
    if (axes.some((axis) => axis.length === 0)) return;
    // All axes but the last.
    this.#indices.push(...axes.slice(1).map(() => this.#f.local("i32")));
    this.#makePointers();
    this.#hoistConstants();
    this.#outer(0);
    this.#kernel.results.forEach((result, k) => {
      if (result.kind === "reduce" && result.wide !== undefined)
        emitWideEnd(this.#f, result.buffer.size, this.#widePlace(k, result.wide), this.#resultPlace(k));
    });
  }

  /** How many elements of the innermost axis are done as vectors. */
  #vectorLength(): number {
    const length = this.#shape.axes.at(-1)?.length ?? 0;
    return length - (length % this.#lanes);
  }

  /** Load vector constants in front of all loops. */
  #hoistConstants(): void {
    if (this.#vectorLength() === 0) return;
    this.#vectorEmitter = this.#emitter(this.#counter, this.#lanes, "hoist");
    this.#vectorEmitter.hoist();
  }

  /** Fill what is accumulated in memory with the neutral element. */
  #initializeMemory(): void {
    const f = this.#f;
    if (!this.#inMemory) return;
    this.#kernel.results.forEach((result, k) => {
      if (result.kind !== "reduce" || result.buffer.size === 0) return;
      if (result.wide !== undefined) {
        this.#space.pushBase(f, result.wide);
        f.i32(this.#space.offsetOf(result.wide)).op("i32.add");
        f.i32(0)
          .i32(8 * result.wide.size)
          .memoryFill();
        return;
      }
      const type = this.#types[k] as ScalarType;
      const bytes = dtypeInfo(result.buffer.dtype).bytes;
      const i = f.local("i32");
      f.i32(0).set(i);
      f.loop((again) => {
        this.#space.pushBase(f, result.buffer);
        f.get(i).op("i32.add");
        const boolean = result.buffer.dtype === "bool";
        pushScalar(
          f,
          type,
          boolean ? Number(neutralElement(result.combine, type)) & 1 : neutralElement(result.combine, type),
        );
        f.memory(storeOpcode(result.buffer.dtype), this.#space.offsetOf(result.buffer));
        f.get(i)
          .i32(bytes)
          .op("i32.add")
          .tee(i)
          .i32(bytes * result.buffer.size)
          .op("i32.lt_u")
          .brIf(again);
      });
      f.release(i);
    });
  }

  /** Make the pointers of all accesses. */
  #makePointers(): void {
    this.#kernel.leaves.forEach((leaf, k) => {
      if (leaf.kind === "load") this.#leafPlace(leaf, k);
    });
    this.#kernel.results.forEach((result, k) => {
      this.#resultPlace(k);
      if (result.kind === "reduce" && result.wide !== undefined) this.#widePlace(k, result.wide);
    });
  }

  #leafPlace({ buffer, offset }: Leaf & { readonly kind: "load" }, k: number): Place {
    const { bytes } = dtypeInfo(buffer.dtype);
    return this.#pointers.place({
      buffer,
      offset,
      strides: this.#shape.leafStrides[k] as readonly number[],
      bytes,
    });
  }

  #resultPlace(k: number): Place {
    const result = this.#kernel.results[k] as LoopResult;
    const { buffer } = result;
    const { bytes } = dtypeInfo(buffer.dtype);
    return this.#pointers.place({
      buffer,
      offset: result.kind === "store" ? result.offset : 0,
      strides: this.#shape.resultStrides[k] as readonly number[],
      bytes,
    });
  }

  #widePlace(k: number, buffer: Buffer): Place {
    const strides = this.#shape.resultStrides[k] as readonly number[];
    return this.#pointers.place({ buffer, offset: 0, strides, bytes: 8 });
  }

  /** Loops over all axes but the last. */
  #outer(axis: number): void {
    const f = this.#f;
    const { axes } = this.#shape;
    const trailing = this.#firstTrailing();
    if (axis === trailing) {
      this.#accumulated(axis);
      return;
    }
    if (axis === axes.length - 1) {
      this.#inner(undefined);
      return;
    }
    this.#counted(axis, () => this.#outer(axis + 1), f);
  }

  /** One loop over an axis that is not the last: counts, and moves the pointers. */
  #counted(axis: number, body: () => void, f: FunctionBuilder): void {
    const index = this.#indices[axis] as Local;
    const { length } = this.#shape.axes[axis] as { length: number };
    f.i32(0).set(index);
    f.loop((again) => {
      body();
      this.#pointers.move(axis, 1);
      f.get(index).i32(1).op("i32.add").tee(index).i32(length).op("i32.lt_u").brIf(again);
    });
    this.#pointers.move(axis, -length);
  }

  /** The first of the reduced axes at the end: inside it, reductions accumulate in locals. */
  #firstTrailing(): number {
    const { axes } = this.#shape;
    let first = axes.length;
    while (axes[first - 1]?.reduced === true) first--;
    return first;
  }

  /** All that is inside the trailing reduced axes, with accumulators around it. */
  #accumulated(axis: number): void {
    const f = this.#f;
    const { axes } = this.#shape;
    const totals = this.#kernel.results.map((result, k): Total | undefined => {
      if (result.kind !== "reduce") return undefined;
      const type = this.#types[k] as ScalarType;
      const wide = result.combine === "add" && type === "f32";
      const local = f.local(wide ? "f64" : scalarValueType(type));
      pushScalar(f, wide ? "f64" : type, neutralElement(result.combine, type));
      f.set(local);
      return { local, combine: result.combine };
    });
    const inside = (a: number): void => {
      if (a >= axes.length - 1) this.#inner(totals);
      else this.#counted(a, () => inside(a + 1), f);
    };
    inside(axis);
    this.#kernel.results.forEach((result, k) => {
      if (result.kind !== "reduce") return;
      const { local: total } = totals[k] as Total;
      const type = this.#types[k] as ScalarType;
      const boolean = result.buffer.dtype === "bool";
      if (result.wide !== undefined) {
        const { pointer, at } = this.#widePlace(k, result.wide);
        f.get(pointer).get(pointer).memory("f64.load", at).get(total).op("f64.add").memory("f64.store", at);
        f.release(total);
        return;
      }
      const { pointer, at } = this.#resultPlace(k);
      f.get(pointer);
      f.get(total);
      if (total.type === "f64" && type === "f32") f.op("f32.demote_f64");
      if (this.#inMemory) {
        f.get(pointer).memory(loadOpcode(result.buffer.dtype), at);
        emitCombine(f, result.combine, type, false);
      }
      if (boolean) f.i32(1).op("i32.and");
      f.memory(storeOpcode(result.buffer.dtype), at);
      f.release(total);
    });
  }

  /** The innermost axis: vectors, then the rest one by one. */
  #inner(totals: Totals): void {
    const f = this.#f;
    const { axes } = this.#shape;
    const last = axes[axes.length - 1];
    const i = this.#counter;
    f.i32(0).set(i);
    if (last === undefined) {
      this.#body(i, 1, totals);
      return;
    }
    const { length } = last;
    const vectors = this.#vectorLength();
    const emitter = this.#vectorEmitter;
    if (emitter !== undefined) {
      const accumulators = this.#vectorAccumulators(totals);
      const hasSums = accumulators.some((list) => list.length > 0);
      const block = BLOCK * this.#lanes;
      const blocked = hasSums && vectors > block;
      if (blocked) {
        const limit = f.local("i32");
        f.loop((nextBlock) => {
          // The end of this block: i + BLOCK vectors, or the end of all vectors.
          f.get(i).i32(block).op("i32.add").tee(limit).i32(vectors);
          f.get(limit).i32(vectors).op("i32.lt_u", "select").set(limit);
          f.loop((again) => {
            this.#step(i, this.#lanes, emitter, accumulators, totals);
            f.get(i).i32(this.#lanes).op("i32.add").tee(i).get(limit).op("i32.lt_u").brIf(again);
          });
          this.#flush(accumulators, totals);
          f.get(i).i32(vectors).op("i32.lt_u").brIf(nextBlock);
        });
        f.release(limit);
      } else {
        f.loop((again) => {
          this.#step(i, this.#lanes, emitter, accumulators, totals);
          f.get(i).i32(this.#lanes).op("i32.add").tee(i).i32(vectors).op("i32.lt_u").brIf(again);
        });
        this.#flush(accumulators, totals);
      }
      for (const local of accumulators.flat()) f.release(local);
    }
    if (vectors < length) {
      f.loop((again) => {
        this.#body(i, 1, totals);
        f.get(i).i32(1).op("i32.add").tee(i).i32(length).op("i32.lt_u").brIf(again);
      });
    }
  }

  /** For each result that accumulates in locals, its vectors, set to the neutral element. */
  #vectorAccumulators(totals: Totals): Accumulators {
    const f = this.#f;
    return this.#kernel.results.map((_, k) => {
      const total = totals?.[k];
      if (total === undefined) return [];
      const type = this.#types[k] as ScalarType;
      const parts = this.#lanes === 4 && type === "f64" ? 2 : 1;
      return Array.from({ length: parts }, () => {
        const local = f.local("v128");
        f.v128(splatBytes(type, neutralElement(total.combine, type))).set(local);
        return local;
      });
    });
  }

  /** Put what the vectors hold into the totals, and set them back to the neutral element. */
  #flush(accumulators: Accumulators, totals: Totals): void {
    const f = this.#f;
    accumulators.forEach((list, k) => {
      const into = totals?.[k];
      if (into === undefined) return;
      const { local: total, combine } = into;
      const type = this.#types[k] as ScalarType;
      for (const local of list) {
        f.get(total);
        emitHorizontal(f, combine, type, local);
        if (total.type === "f64" && type === "f32") f.op("f64.promote_f32", "f64.add");
        else emitCombine(f, combine, type, false);
        f.set(total);
        f.v128(splatBytes(type, neutralElement(combine, type))).set(local);
      }
    });
  }

  #emitter(i: Local, lanes: 1 | 2 | 4, constants: ConstantPlacement = "inline"): ExprEmitter {
    return new ExprEmitter(this.#f, this.#program, {
      lanes,
      constants,
      support: this.#support,
      input: (f, k, part) => this.#leaf(f, k, part, i, lanes),
    });
  }

  #body(i: Local, lanes: 1, totals: Totals): void {
    this.#step(i, lanes, this.#emitter(i, lanes), [], totals);
  }

  /** Compute all results at `i` and put them where they belong. */
  #step(i: Local, lanes: 1 | 2 | 4, emitter: ExprEmitter, accumulators: Accumulators, totals: Totals): void {
    const f = this.#f;
    const sinks: Sink[] = [];
    this.#kernel.results.forEach((result, k) => {
      const type = this.#types[k] as ScalarType;
      const parts = lanes === 1 ? 1 : emitter.parts(k);
      for (let part = 0; part < parts; part++) {
        const total = totals?.[k];
        const accumulator = accumulators[k]?.[part];
        if (total !== undefined) {
          const { local, combine } = total;
          sinks.push({
            result: k,
            part,
            after: () => {
              if (accumulator !== undefined) {
                f.get(accumulator);
                emitCombine(f, combine, type, true);
                f.set(accumulator);
                return;
              }
              if (local.type === "f64" && type === "f32")
                f.op("f64.promote_f32").get(local).op("f64.add").set(local);
              else {
                f.get(local);
                emitCombine(f, combine, type, false);
                f.set(local);
              }
            },
          });
        } else {
          sinks.push(this.#memorySink(result, k, part, type, i, lanes));
        }
      }
    });
    emitter.emit(sinks);
  }

  /** Store a value, or combine it with what memory holds. */
  #memorySink(
    result: LoopResult,
    k: number,
    part: number,
    type: ScalarType,
    i: Local,
    lanes: 1 | 2 | 4,
  ): Sink {
    const f = this.#f;
    const strides = this.#shape.resultStrides[k] as readonly number[];
    if (result.kind === "reduce" && result.wide !== undefined) {
      const { pointer, at } = this.#widePlace(k, result.wide);
      const push = (): void => this.#pointers.pushAddress(pointer, i, (strides.at(-1) ?? 0) * 8);
      return { result: k, part, after: () => emitWideAdd(f, lanes === 1 ? 1 : 4, at, push) };
    }
    const bytes = dtypeInfo(result.buffer.dtype).bytes;
    const place = this.#resultPlace(k);
    const innerStride = strides[strides.length - 1] ?? 0;
    const width = lanes === 1 ? 1 : type === "f64" ? 2 : lanes;
    const at = place.at + part * width * innerStride * bytes;
    const boolean = result.buffer.dtype === "bool";
    const combines = result.kind === "reduce" && this.#inMemory;
    const pushAddress = (): void => this.#pointers.pushAddress(place.pointer, i, innerStride * bytes);
    if (lanes > 1 && innerStride !== 1) {
      const after = (): void =>
        emitScatter(f, result.buffer.dtype, pushAddress, at, innerStride * bytes, width);
      return { result: k, part, after };
    }
    const bits = narrowBits(result.buffer.dtype);
    return {
      result: k,
      part,
      before: pushAddress,
      after: () => {
        if (lanes === 1) {
          if (combines) {
            pushAddress();
            f.memory(loadOpcode(result.buffer.dtype), at);
            emitCombine(f, result.combine, type, false);
            if (boolean) f.i32(1).op("i32.and");
          }
          f.memory(storeOpcode(result.buffer.dtype), at);
          return;
        }
        if (bits === undefined) {
          if (combines) {
            pushAddress();
            f.memory("v128.load", at);
            emitCombine(f, result.combine, type, true);
          }
          f.memory("v128.store", at);
          return;
        }
        if (combines) {
          pushAddress();
          emitWiden(f, result.buffer.dtype, at);
          emitCombine(f, result.combine, type, true);
        }
        const value = emitNarrow(f, result.buffer.dtype);
        f.get(value).memory(bits === 8 ? "v128.store32_lane" : "v128.store64_lane", at, 0);
        f.release(value);
      },
    };
  }

  /** Push the value of a leaf at `i`: a scalar, or one vector of the lanes. */
  #leaf(f: FunctionBuilder, k: number, part: number, i: Local, lanes: 1 | 2 | 4): void {
    const leaf = this.#kernel.leaves[k] as Leaf;
    const strides = this.#shape.leafStrides[k] as readonly number[];
    if (leaf.kind === "index") {
      emitIndex(f, strides, this.#indices, i, lanes);
      return;
    }
    const place = this.#leafPlace(leaf, k);
    emitLoad(f, this.#pointers, place, leaf.buffer.dtype, strides.at(-1) ?? 0, i, lanes, part);
  }
}
