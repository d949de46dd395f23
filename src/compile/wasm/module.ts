import { ByteWriter } from "./bytes.ts";
import {
  FunctionBuilder,
  type FunctionRef,
  type GlobalRef,
  type ValueType,
  valueTypeCode,
} from "./function.ts";

interface MemoryLimits {
  /** Pages of 64 KiB. */
  readonly min: number;
  readonly max?: number;
}

/**
 * Puts a WebAssembly module together: functions, one memory, exports and data.
 *
 *     const m = new ModuleBuilder();
 *     const twice = m.func(["i32"], ["i32"], (f) => f.get(f.param(0)).i32(2).op("i32.mul"), "twice");
 *     new WebAssembly.Module(m.toBytes());
 */
export class ModuleBuilder {
  private readonly types = new Map<string, number>();
  private readonly typeBytes = new ByteWriter();
  private readonly imports = new ByteWriter();
  private importCount = 0;
  private importedFunctions = 0;
  private importedGlobals = 0;
  private readonly functions: { readonly type: number; readonly body: FunctionBuilder }[] = [];
  private memory: MemoryLimits | undefined;
  private readonly exports = new ByteWriter();
  private exportCount = 0;
  private readonly segments: { readonly offset: number; readonly bytes: Uint8Array }[] = [];

  /** Takes the memory from outside. */
  importMemory(module: string, name: string, limits: MemoryLimits): void {
    this.imported(module, name, 0x02);
    writeLimits(this.imports, limits);
  }

  /** Makes a memory of its own, and exports it if named. */
  ownMemory(limits: MemoryLimits, exportName?: string): void {
    this.memory = limits;
    if (exportName !== undefined) this.export(exportName, 0x02, 0);
  }

  /** Takes a number from outside, which may change between calls. */
  importGlobal(module: string, name: string, type: ValueType): GlobalRef {
    this.imported(module, name, 0x03);
    this.imports.u8(valueTypeCode[type]);
    this.imports.u8(1);
    return { index: this.importedGlobals++, type };
  }

  /** Takes a function from outside. All imports come before the first `func`. */
  importFunction(
    module: string,
    name: string,
    params: readonly ValueType[],
    results: readonly ValueType[],
  ): FunctionRef {
    if (this.functions.length > 0) throw new RangeError("importFunction: import before defining functions");
    this.imported(module, name, 0x00);
    this.imports.u32(this.typeIndex(params, results));
    return { index: this.importedFunctions++, params, results };
  }

  /** Defines a function by writing its body; exports it if named. */
  func(
    params: readonly ValueType[],
    results: readonly ValueType[],
    write: (f: FunctionBuilder) => void,
    exportName?: string,
  ): FunctionRef {
    const body = new FunctionBuilder(this.importedFunctions + this.functions.length, params, results);
    this.functions.push({ type: this.typeIndex(params, results), body });
    if (exportName !== undefined) this.export(exportName, 0x00, body.index);
    write(body);
    return body;
  }

  /** Bytes that stand in memory from the start. */
  data(offset: number, bytes: Uint8Array): void {
    this.segments.push({ offset, bytes });
  }

  /** The module in the binary format. */
  toBytes(): Uint8Array<ArrayBuffer> {
    const out = new ByteWriter();
    out.raw(Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0));
    section(out, 1, this.types.size, (s) => s.raw(this.typeBytes.written()));
    section(out, 2, this.importCount, (s) => s.raw(this.imports.written()));
    section(out, 3, this.functions.length, (s) => {
      for (const { type } of this.functions) s.u32(type);
    });
    const memory = this.memory;
    if (memory !== undefined) section(out, 5, 1, (s) => writeLimits(s, memory));
    section(out, 7, this.exportCount, (s) => s.raw(this.exports.written()));
    section(out, 10, this.functions.length, (s) => {
      for (const { body } of this.functions) body.writeTo(s);
    });
    section(out, 11, this.segments.length, (s) => {
      for (const { offset, bytes } of this.segments) {
        s.u8(0);
        s.u8(0x41);
        s.s32(offset);
        s.u8(0x0b);
        s.sized(bytes);
      }
    });
    return out.written().slice();
  }

  private imported(module: string, name: string, kind: number): void {
    this.importCount++;
    this.imports.name(module);
    this.imports.name(name);
    this.imports.u8(kind);
  }

  private export(name: string, kind: number, index: number): void {
    this.exportCount++;
    this.exports.name(name);
    this.exports.u8(kind);
    this.exports.u32(index);
  }

  private typeIndex(params: readonly ValueType[], results: readonly ValueType[]): number {
    const key = `${params}>${results}`;
    const known = this.types.get(key);
    if (known !== undefined) return known;
    this.typeBytes.u8(0x60);
    for (const list of [params, results]) {
      this.typeBytes.u32(list.length);
      for (const type of list) this.typeBytes.u8(valueTypeCode[type]);
    }
    const index = this.types.size;
    this.types.set(key, index);
    return index;
  }
}

function writeLimits(out: ByteWriter, { min, max }: MemoryLimits): void {
  out.u8(max === undefined ? 0 : 1);
  out.u32(min);
  if (max !== undefined) out.u32(max);
}

/** Writes a section of `count` entries, or nothing if it has none. */
function section(out: ByteWriter, id: number, count: number, write: (s: ByteWriter) => void): void {
  if (count === 0) return;
  const body = new ByteWriter();
  body.u32(count);
  write(body);
  out.u8(id);
  out.sized(body.written());
}
