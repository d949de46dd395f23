import fc from "fast-check";
import { describe, expect, it } from "vitest";
import wabtFactory from "wabt";
import { ByteWriter } from "../../src/compile/wasm/bytes.ts";
import { ModuleBuilder } from "../../src/compile/wasm/module.ts";
import { type Opcode, opcodeNumber } from "../../src/compile/wasm/opcodes.ts";

const features = { simd: true, bulk_memory: true, multi_value: true, sat_float_to_int: true } as const;

/** The exports of a module, after both judges have passed it. */
async function load(m: ModuleBuilder, imports: WebAssembly.Imports = {}): Promise<WebAssembly.Exports> {
  const bytes = m.toBytes();
  expect(WebAssembly.validate(bytes)).toBe(true);
  const wabt = await wabtFactory();
  const module = wabt.readWasm(bytes, { ...features, readDebugNames: false });
  module.validate();
  module.destroy();
  return new WebAssembly.Instance(new WebAssembly.Module(bytes), imports).exports;
}

const read = (bytes: Uint8Array, bits: bigint, signed: boolean): bigint => {
  let value = 0n;
  let shift = 0n;
  for (const byte of bytes) {
    value |= BigInt(byte & 0x7f) << shift;
    shift += 7n;
  }
  const last = bytes[bytes.length - 1] ?? 0;
  return signed && last & 0x40 ? BigInt.asIntN(Number(bits), value - (1n << shift)) : value;
};

describe("ByteWriter", () => {
  it("writes LEB128 that reads back", () => {
    fc.assert(
      fc.property(
        fc.nat(0xffffffff),
        fc.integer(),
        fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
        (u, s, b) => {
          const [x, y, z] = [new ByteWriter(), new ByteWriter(), new ByteWriter()];
          x.u32(u);
          y.s32(s);
          z.s64(b);
          expect(read(x.written(), 32n, false)).toBe(BigInt(u));
          expect(read(y.written(), 32n, true)).toBe(BigInt(s));
          expect(read(z.written(), 64n, true)).toBe(b);
        },
      ),
    );
  });
});

describe("ModuleBuilder", () => {
  it("computes with every scalar type", async () => {
    const m = new ModuleBuilder();
    m.func(
      ["i64", "f64"],
      ["f64"],
      (f) => f.get(f.param(0)).op("f64.convert_i64_s").get(f.param(1)).op("f64.mul"),
      "a",
    );
    m.func(
      ["i32", "f32"],
      ["f32"],
      (f) => f.f32(0.5).get(f.param(1)).op("f32.add").get(f.param(0)).op("f32.convert_i32_s", "f32.sub"),
      "b",
    );
    const { a, b } = (await load(m)) as {
      a: (x: bigint, y: number) => number;
      b: (x: number, y: number) => number;
    };
    expect(a(-3n, 1.5)).toBe(-4.5);
    expect(b(2, 10)).toBe(8.5);
  });

  it("loops, branches and calls", async () => {
    const m = new ModuleBuilder();
    const square = m.func(["i32"], ["i32"], (f) => f.get(f.param(0)).get(f.param(0)).op("i32.mul"));
    m.func(
      ["i32"],
      ["i32"],
      (f) => {
        const [n, sum] = [f.param(0), f.local("i32")];
        f.block((done) => {
          f.loop((again) => {
            f.get(n).op("i32.eqz").brIf(done);
            f.get(n).i32(1).op("i32.and");
            f.if(
              () => f.get(sum).get(n).call(square).op("i32.add").set(sum),
              () => f.get(sum).i32(-1).op("i32.add").set(sum),
            );
            f.get(n).i32(1).op("i32.sub").set(n).br(again);
          });
        });
        f.get(sum);
      },
      "f",
    );
    const { f } = (await load(m)) as { f: (n: number) => number };
    expect(f(5)).toBe(1 + 9 + 25 - 2);
  });

  it("imports memory and functions, places data, and moves vectors", async () => {
    const m = new ModuleBuilder();
    m.importMemory("env", "memory", { min: 1, max: 2 });
    const twice = m.importFunction("env", "twice", ["f32"], ["f32"]);
    m.data(16, new Uint8Array(new Float32Array([1, 2, 3, 4]).buffer));
    m.func(
      [],
      ["f32"],
      (f) => {
        const v = f.local("v128");
        f.i32(0).memory("v128.load", 16).f32(10).op("f32x4.splat", "f32x4.mul").set(v);
        f.i32(32)
          .get(v)
          .get(v)
          .shuffle([12, 13, 14, 15, 8, 9, 10, 11, 4, 5, 6, 7, 0, 1, 2, 3])
          .memory("v128.store");
        f.i32(48).i32(32).i32(8).memoryCopy().i32(56).i32(0).i32(8).memoryFill();
        f.get(v).lane("f32x4.extract_lane", 2).call(twice);
      },
      "f",
    );
    const memory = new WebAssembly.Memory({ initial: 1, maximum: 2 });
    const { f } = (await load(m, { env: { memory, twice: (x: number) => 2 * x } })) as { f: () => number };
    expect(f()).toBe(60);
    expect([...new Float32Array(memory.buffer, 32, 8)]).toEqual([40, 30, 20, 10, 40, 30, 0, 0]);
  });

  it("takes long bodies in linear time and returns several values", async () => {
    const m = new ModuleBuilder();
    m.func(
      ["i64"],
      ["i64", "i32"],
      (f) => {
        f.get(f.param(0));
        for (let i = 0; i < 100_000; i++) f.i64(BigInt(i)).op("i64.add");
        f.i32(7);
      },
      "f",
    );
    const { f } = (await load(m)) as { f: (n: bigint) => [bigint, number] };
    expect(f(1n)).toEqual([4999950001n, 7]);
  });

  it("spells instructions as wabt does", async () => {
    const wabt = await wabtFactory();
    const cases: [Opcode, string][] = [
      ["i64x2.extmul_high_i32x4_u", "(param v128 v128) (result v128) local.get 0 local.get 1"],
      ["f64x2.nearest", "(param v128) (result v128) local.get 0"],
      ["i32x4.trunc_sat_f64x2_u_zero", "(param v128) (result v128) local.get 0"],
      ["f32x4.pmax", "(param v128 v128) (result v128) local.get 0 local.get 1"],
      ["i64.trunc_sat_f64_u", "(param f64) (result i64) local.get 0"],
      ["i64.rotr", "(param i64 i64) (result i64) local.get 0 local.get 1"],
      ["f64.copysign", "(param f64 f64) (result f64) local.get 0 local.get 1"],
    ];
    for (const [name, rest] of cases) {
      const parsed = wabt.parseWat("t.wat", `(module (func ${rest} ${name}))`, features);
      const bytes = parsed.toBinary({}).buffer;
      const number = opcodeNumber(name);
      const written = new ByteWriter();
      if (number > 0xff) written.u8(number >>> 16);
      written.u32(number & 0xffff);
      if (number <= 0xff) expect([...bytes].slice(-2)[0]).toBe(number);
      else expect([...bytes].slice(-1 - written.length, -1)).toEqual([...written.written()]);
      parsed.destroy();
    }
  });
});
