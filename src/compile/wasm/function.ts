import { ByteWriter } from "./bytes.ts";
import {
  type LaneOpcode,
  type MemoryOpcode,
  type Opcode,
  opcodeNumber,
  type PlainOpcode,
} from "./opcodes.ts";

/** A value type of WebAssembly. */
export type ValueType = "i32" | "i64" | "f32" | "f64" | "v128";

/** The binary code of a value type. */
export const valueTypeCode: Readonly<Record<ValueType, number>> = {
  i32: 0x7f,
  i64: 0x7e,
  f32: 0x7d,
  f64: 0x7c,
  v128: 0x7b,
};

/** A local variable or parameter of one function. */
export interface Local {
  readonly index: number;
  readonly type: ValueType;
}

/** A place that a branch can go to: the end of a block, or the start of a loop. */
export interface Label {
  readonly depth: number;
}

/** A number outside of all functions. */
export interface GlobalRef {
  readonly index: number;
  readonly type: ValueType;
}

/** A function that can be called: its place in the module. */
export interface FunctionRef {
  readonly index: number;
  readonly params: readonly ValueType[];
  readonly results: readonly ValueType[];
}

/** Writes the body of one function, instruction by instruction, in the order of the binary format. */
export class FunctionBuilder implements FunctionRef {
  readonly index: number;
  readonly params: readonly ValueType[];
  readonly results: readonly ValueType[];
  readonly code = new ByteWriter();
  private readonly locals: ValueType[] = [];
  private readonly free = new Map<ValueType, Local[]>();
  private depth = 0;

  constructor(index: number, params: readonly ValueType[], results: readonly ValueType[]) {
    this.index = index;
    this.params = params;
    this.results = results;
  }

  param(index: number): Local {
    const type = this.params[index];
    if (type === undefined)
      throw new RangeError(`param: ${index} is not one of ${this.params.length} parameters`);
    return { index, type };
  }

  /** A local of this type: a released one if there is any (which holds its last value), else a new one. */
  local(type: ValueType): Local {
    const released = this.free.get(type)?.pop();
    return released ?? { index: this.params.length + this.locals.push(type) - 1, type };
  }

  /** Gives a local back for others to use. */
  release(local: Local): this {
    const list = this.free.get(local.type);
    if (list === undefined) this.free.set(local.type, [local]);
    else list.push(local);
    return this;
  }

  op(...names: PlainOpcode[]): this {
    for (const name of names) this.opcode(name);
    return this;
  }

  /** A load or a store at the address on the stack plus `offset`; `lane` for the instructions that take one. */
  memory(name: MemoryOpcode, offset = 0, lane?: number): this {
    this.opcode(name);
    this.code.u32(0); // alignment is a hint: 2^0 promises nothing
    this.code.u32(offset);
    if (lane !== undefined) this.code.u8(lane);
    return this;
  }

  lane(name: LaneOpcode, lane: number): this {
    this.opcode(name);
    this.code.u8(lane);
    return this;
  }

  /** Picks 16 bytes out of two vectors (0–15 the first, 16–31 the second). */
  shuffle(bytes: readonly number[]): this {
    this.code.u8(0xfd);
    this.code.u32(0x0d);
    for (const b of bytes) this.code.u8(b);
    return this;
  }

  i32(value: number): this {
    this.code.u8(0x41);
    this.code.s32(value);
    return this;
  }

  i64(value: bigint): this {
    this.code.u8(0x42);
    this.code.s64(value);
    return this;
  }

  f32(value: number): this {
    this.code.u8(0x43);
    this.code.f32(value);
    return this;
  }

  f64(value: number): this {
    this.code.u8(0x44);
    this.code.f64(value);
    return this;
  }

  /** A vector constant from its 16 bytes. */
  v128(bytes: Uint8Array): this {
    this.code.u8(0xfd);
    this.code.u32(0x0c);
    this.code.raw(bytes);
    return this;
  }

  get(local: Local): this {
    return this.variable(0x20, local);
  }

  getGlobal(global: GlobalRef): this {
    this.code.u8(0x23);
    this.code.u32(global.index);
    return this;
  }

  set(local: Local): this {
    return this.variable(0x21, local);
  }

  tee(local: Local): this {
    return this.variable(0x22, local);
  }

  /** `block … end`; a branch to its label goes behind its end. */
  block(body: (label: Label) => void): this {
    return this.nested(0x02, body);
  }

  /** `loop … end`; a branch to its label starts it again. */
  loop(body: (label: Label) => void): this {
    return this.nested(0x03, body);
  }

  /** `if … else … end` on the i32 on the stack; leaves nothing on the stack. */
  if(then: () => void, otherwise?: () => void): this {
    return this.nested(0x04, () => {
      then();
      if (otherwise !== undefined) {
        this.code.u8(0x05);
        otherwise();
      }
    });
  }

  br(label: Label): this {
    return this.branch(0x0c, label);
  }

  brIf(label: Label): this {
    return this.branch(0x0d, label);
  }

  call(target: FunctionRef): this {
    this.code.u8(0x10);
    this.code.u32(target.index);
    return this;
  }

  /** `memory.copy` of (destination, source, length) on the stack. */
  memoryCopy(): this {
    this.opcode("memory.copy");
    this.code.u8(0);
    this.code.u8(0);
    return this;
  }

  /** `memory.fill` of (destination, byte, length) on the stack. */
  memoryFill(): this {
    this.opcode("memory.fill");
    this.code.u8(0);
    return this;
  }

  /** Writes the body (its locals, its code, its end) with its size in front. */
  writeTo(out: ByteWriter): void {
    const runs: [number, ValueType][] = [];
    for (const type of this.locals) {
      const last = runs[runs.length - 1];
      if (last?.[1] === type) last[0]++;
      else runs.push([1, type]);
    }
    const head = new ByteWriter();
    head.u32(runs.length);
    for (const [count, type] of runs) {
      head.u32(count);
      head.u8(valueTypeCode[type]);
    }
    out.u32(head.length + this.code.length + 1);
    out.raw(head.written());
    out.raw(this.code.written());
    out.u8(0x0b);
  }

  private opcode(name: Opcode): void {
    const number = opcodeNumber(name);
    const prefix = number >>> 16;
    if (prefix === 0) this.code.u8(number);
    else {
      this.code.u8(prefix);
      this.code.u32(number & 0xffff);
    }
  }

  private variable(code: number, local: Local): this {
    this.code.u8(code);
    this.code.u32(local.index);
    return this;
  }

  private nested(code: number, body: (label: Label) => void): this {
    this.code.u8(code);
    this.code.u8(0x40);
    body({ depth: ++this.depth });
    this.depth--;
    this.code.u8(0x0b);
    return this;
  }

  private branch(code: number, label: Label): this {
    this.code.u8(code);
    this.code.u32(this.depth - label.depth);
    return this;
  }
}
