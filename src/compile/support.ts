import type { Table } from "../kernel/expr.ts";
import type { Sequence } from "../kernel/sequence.ts";
import { ByteWriter } from "./wasm/bytes.ts";
import type { FunctionBuilder, FunctionRef, GlobalRef, ValueType } from "./wasm/function.ts";
import type { ModuleBuilder } from "./wasm/module.ts";

/**
 * What the code of a module stands on: constants and tables in memory, and helper functions, each added when first
 * asked for. The bytes are to stand `distance` (a multiple of 16) behind the address that is in a global.
 */
export class Support {
  private readonly module: ModuleBuilder;
  private readonly global: GlobalRef;
  private readonly distance: number;
  private readonly bytes = new ByteWriter();
  private readonly constants = new Map<string, number>();
  private readonly tables = new Map<Table, number>();
  private readonly scalars = new Map<Sequence, FunctionRef>();
  private readonly products = new Map<string, FunctionRef>();
  private fmod: FunctionRef | undefined;

  constructor(module: ModuleBuilder, global: GlobalRef, distance: number) {
    this.module = module;
    this.global = global;
    this.distance = distance;
  }

  /** Push the address that distances count from. */
  pushBase(f: FunctionBuilder): void {
    f.getGlobal(this.global);
  }

  /** The distance of these bytes. */
  constant(bytes: Uint8Array): number {
    const key = bytes.join();
    let at = this.constants.get(key);
    if (at === undefined) {
      at = this.distance + this.bytes.length;
      this.bytes.raw(bytes);
      this.constants.set(key, at);
    }
    return at;
  }

  /** The distance of a table. */
  table(table: Table): number {
    let at = this.tables.get(table);
    if (at === undefined) {
      at = this.distance + this.bytes.length;
      for (const value of table.values) {
        if (table.type === "f64") this.bytes.f64(value);
        else if (table.type === "f32") this.bytes.f32(value);
        else this.bytes.raw(new Uint8Array(Int32Array.of(value).buffer));
      }
      while (this.bytes.length % 16 !== 0) this.bytes.u8(0);
      this.tables.set(table, at);
    }
    return at;
  }

  /** The remainder of two f64 as C's `fmod`. */
  remainder(): FunctionRef {
    this.fmod ??= this.module.func(["f64", "f64"], ["f64"], writeRemainder);
    return this.fmod;
  }

  /** A function made for this program when first asked for. */
  scalar(
    program: Sequence,
    params: readonly ValueType[],
    results: readonly ValueType[],
    write: (f: FunctionBuilder) => void,
  ): FunctionRef {
    const known = this.scalars.get(program) ?? this.module.func(params, results, write);
    this.scalars.set(program, known);
    return known;
  }

  /** The product of two matrices of the shapes and strides that `key` tells, made when first asked for. */
  product(key: string, make: () => FunctionRef): FunctionRef {
    const known = this.products.get(key) ?? make();
    this.products.set(key, known);
    return known;
  }

  /** What has to stand in memory; nothing may be asked for afterwards. */
  written(): Uint8Array {
    return this.bytes.written();
  }
}

/**
 * |x| is brought below |y| by subtracting the greatest y * 2^k that it holds, with k going down: every step exact.
 * The multiples are made from y scaled into the normal range, so that a subnormal y is not a special case.
 */
function writeRemainder(f: FunctionBuilder): void {
  const [x, y] = [f.param(0), f.param(1)];
  const [rest, limit, multiple] = [f.local("f64"), f.local("f64"), f.local("f64")];
  const exponentMask = 0x7ffn << 52n;
  // x * y / (x * y) is NaN, as fmod is, where y is 0 or NaN or x is infinite or NaN.
  f.get(x).op("f64.abs").set(rest).get(y).op("f64.abs").set(limit);
  f.get(rest).f64(Infinity).op("f64.lt").get(limit).f64(0).op("f64.gt", "i32.and", "i32.eqz");
  f.if(() => f.f64(Number.NaN).op("return"));
  f.loop((again) => {
    f.get(rest).get(limit).op("f64.ge");
    f.if(() => {
      // multiple: the significand of y with the exponent of the rest (or y itself when either is subnormal).
      f.get(limit)
        .f64(2 ** -1022)
        .op("f64.lt");
      f.if(
        () => {
          // Subnormal y: as many doublings as keep it below the rest.
          f.get(limit).set(multiple);
          f.loop((double) => {
            f.get(multiple).get(multiple).op("f64.add").get(rest).op("f64.le");
            f.if(() => f.get(multiple).get(multiple).op("f64.add").set(multiple).br(double));
          });
        },
        () => {
          f.get(rest).op("i64.reinterpret_f64").i64(exponentMask).op("i64.and");
          f.get(limit).op("i64.reinterpret_f64").i64(~exponentMask).op("i64.and", "i64.or");
          f.op("f64.reinterpret_i64").set(multiple);
        },
      );
      f.get(multiple).get(rest).op("f64.gt");
      f.if(() => f.get(multiple).f64(0.5).op("f64.mul").set(multiple));
      f.get(rest).get(multiple).op("f64.sub").set(rest).br(again);
    });
  });
  f.get(rest).get(x).op("f64.copysign");
}
