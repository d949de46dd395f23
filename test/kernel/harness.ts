import { type ConstantPlacement, ExprEmitter } from "../../src/compile/emit-expr.ts";
import { naturalLanes, scalarValueType } from "../../src/compile/lanes.ts";
import { Support } from "../../src/compile/support.ts";
import { ModuleBuilder } from "../../src/compile/wasm/module.ts";
import type { MemoryOpcode } from "../../src/compile/wasm/opcodes.ts";
import { bitWidth, type Expr, type ScalarType } from "../../src/kernel/expr.ts";
import { sequence } from "../../src/kernel/sequence.ts";

export type TypedArray =
  | Float32Array
  | Float64Array
  | Int32Array
  | Uint32Array
  | BigInt64Array
  | BigUint64Array;

/** Arrays of these stand for a bool as i32 0 and 1. */
export function arrayOf(type: ScalarType, buffer: ArrayBufferLike, at: number, n: number): TypedArray {
  switch (type) {
    case "f32":
      return new Float32Array(buffer, at, n);
    case "f64":
      return new Float64Array(buffer, at, n);
    case "i64":
      return new BigInt64Array(buffer, at, n);
    case "u64":
      return new BigUint64Array(buffer, at, n);
    case "u32":
      return new Uint32Array(buffer, at, n);
    default:
      return new Int32Array(buffer, at, n);
  }
}

export interface MapKernel {
  readonly inputs: readonly TypedArray[];
  readonly output: TypedArray;
  readonly bytes: Uint8Array;
  /** Computes the first n elements: vectors, then a scalar tail; or scalars only. */
  run(n: number): void;
  runScalar(n: number): void;
  /** The sum of the first n elements, never stored. */
  sum(n: number): number;
}

/** A module that applies an expression to arrays of up to `capacity` elements. */
export function mapKernel(
  expr: Expr,
  inputs: readonly ScalarType[],
  capacity: number,
  constants: ConstantPlacement = "hoist",
): MapKernel {
  const program = sequence([expr]);
  const room = (capacity * 8 + 63) & ~63;
  const constantRoom = 1 << 20;
  const pages = Math.ceil((constantRoom + room * (inputs.length + 1)) / 65536) + 1;
  const module = new ModuleBuilder();
  module.ownMemory({ min: pages }, "memory");
  const support = new Support(module, module.importGlobal("env", "constants", "i32"), 0);
  const lanes = naturalLanes(program.steps);
  const sizes = [...inputs, expr.type].map((type) => (bitWidth(type) ?? 32) / 8);
  const address = (k: number): number => constantRoom + k * room;
  const isSum = expr.type === "f32" || expr.type === "f64";

  for (const kind of ["run", "runScalar", "sum"]) {
    if (kind === "sum" && !isSum) continue;
    const results = kind === "sum" ? ([scalarValueType(expr.type)] as const) : [];
    module.func(
      ["i32"],
      results,
      (f) => {
        const n = f.param(0);
        const i = f.local("i32");
        const wide = expr.type === "f64" ? "f64x2" : "f32x4";
        const [total, vectorTotal] = [f.local(scalarValueType(expr.type)), f.local("v128")];
        const offset = (k: number): void => {
          f.get(i)
            .i32(Math.log2(sizes[k] as number))
            .op("i32.shl");
        };
        const body = (width: 1 | 2 | 4): void => {
          const emitter = new ExprEmitter(f, program, {
            lanes: width,
            support,
            constants,
            input: (_, k, part) => {
              offset(k);
              const name: MemoryOpcode =
                width === 1 ? `${scalarValueType(inputs[k] as ScalarType)}.load` : "v128.load";
              f.memory(name, address(k) + part * 16);
            },
          });
          emitter.hoist();
          f.block((done) => {
            f.loop((again) => {
              f.get(i).i32(width).op("i32.add").get(n).op("i32.gt_u").brIf(done);
              const parts = width === 1 ? 1 : emitter.parts(0);
              emitter.emit(
                Array.from({ length: parts }, (_, part) => ({
                  result: 0,
                  part,
                  before: () => {
                    if (kind === "sum") f.get(width === 1 ? total : vectorTotal);
                    else offset(inputs.length);
                  },
                  after: () => {
                    if (kind === "sum") {
                      if (width === 1) f.op(expr.type === "f64" ? "f64.add" : "f32.add").set(total);
                      else f.op(`${wide}.add`).set(vectorTotal);
                      return;
                    }
                    const at = address(inputs.length) + part * 16;
                    if (width === 1) f.memory(`${scalarValueType(expr.type)}.store`, at);
                    else f.memory("v128.store", at);
                  },
                })),
              );
              f.get(i).i32(width).op("i32.add").set(i).br(again);
            });
          });
        };
        if (kind !== "runScalar") body(lanes);
        body(1);
        if (kind !== "sum") return;
        f.get(total);
        for (let k = 0; k < (wide === "f64x2" ? 2 : 4); k++) {
          f.get(vectorTotal)
            .lane(`${wide}.extract_lane`, k)
            .op(wide === "f64x2" ? "f64.add" : "f32.add");
        }
      },
      kind,
    );
  }
  const constantBytes = support.written();
  if (constantBytes.length > constantRoom) throw new RangeError("mapKernel: too many constants");
  module.data(0, constantBytes);
  const bytes = module.toBytes();
  const zero = new WebAssembly.Global({ value: "i32", mutable: true }, 0);
  const instance = new WebAssembly.Instance(new WebAssembly.Module(bytes), { env: { constants: zero } });
  const { memory, run, runScalar, sum } = instance.exports as {
    memory: WebAssembly.Memory;
    run: (n: number) => void;
    runScalar: (n: number) => void;
    sum: (n: number) => number;
  };
  return {
    inputs: inputs.map((type, k) => arrayOf(type, memory.buffer, address(k), capacity)),
    output: arrayOf(expr.type, memory.buffer, address(inputs.length), capacity),
    bytes,
    run,
    runScalar,
    sum,
  };
}
