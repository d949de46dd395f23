import { type DType, dtypeInfo } from "../array/index.ts";
import { scalarTypeOf } from "../kernel/scalar-type.ts";
import type { AddressSpace } from "./address-space.ts";
import { count } from "./count.ts";
import { type DotBlocks, dotBlocks } from "./dot-kernel.ts";
import { writePack } from "./dot-pack.ts";
import { skinnyForm, writeSkinny } from "./dot-skinny.ts";
import { scalarValueType, shapeOf } from "./lanes.ts";
import type { Buffer, DotKernel, DotOperand } from "./program.ts";
import type { Support } from "./support.ts";
import type { FunctionBuilder, FunctionRef, Local } from "./wasm/function.ts";
import type { ModuleBuilder } from "./wasm/module.ts";
import type { MemoryOpcode, PlainOpcode } from "./wasm/opcodes.ts";

/*
 * Matrix products after Goto and van de Geijn, "Anatomy of High-Performance Matrix Multiplication" (ACM TOMS 2008):
 * panels of the right operand lie in the first cache, blocks of the left one in the second, and a tile of the result in
 * registers. All sizes and strides are known while the code is written.
 */

/** Add a function to the module that runs the product; it takes the base of scratch memory. */
export const writeDot = (
  module: ModuleBuilder,
  kernel: DotKernel,
  space: AddressSpace,
  support: Support,
): FunctionRef => new DotWriter(module, kernel, space, support).write();

class DotWriter {
  readonly #module: ModuleBuilder;
  readonly #kernel: DotKernel;
  readonly #lhs: DotOperand;
  readonly #rhs: DotOperand;
  readonly #space: AddressSpace;
  readonly #support: Support;
  readonly #blocks: DotBlocks;
  readonly #dtype: DType;
  readonly #bytes: number;
  readonly #lanes: number;
  readonly #tiles = new Map<string, FunctionRef>();

  constructor(module: ModuleBuilder, kernel: DotKernel, space: AddressSpace, support: Support) {
    this.#module = module;
    this.#kernel = kernel;
    this.#lhs = kernel.lhs.operand;
    this.#rhs = kernel.rhs.operand;
    this.#space = space;
    this.#support = support;
    this.#dtype = kernel.output.dtype;
    this.#blocks = dotBlocks(this.#dtype, this.#lhs, this.#rhs);
    this.#bytes = dtypeInfo(this.#dtype).bytes;
    this.#lanes = 16 / this.#bytes;
  }

  write(): FunctionRef {
    const { output, scratch } = this.#kernel;
    const [m, n, k] = [this.#lhs.free.size, this.#rhs.free.size, this.#lhs.contracted.size];
    const empty = output.size === 0;
    const matrix = empty || k === 0 ? undefined : this.#support.product(this.#key(), () => this.#matrix());
    return this.#module.func(this.#space.params, [], (f) => {
      if (empty) return;
      const address = (buffer: Buffer, offset: number): void => {
        this.#space.pushBase(f, buffer);
        f.i32(this.#space.offsetOf(buffer) + offset * this.#bytes).op("i32.add");
      };
      if (matrix === undefined) {
        address(output, 0);
        f.i32(0)
          .i32(output.size * this.#bytes)
          .memoryFill();
        return;
      }
      const [a, b, c, i] = [f.local("i32"), f.local("i32"), f.local("i32"), f.local("i32")];
      address(this.#kernel.lhs.buffer, this.#lhs.offset);
      f.set(a);
      address(this.#kernel.rhs.buffer, this.#rhs.offset);
      f.set(b);
      address(output, 0);
      f.set(c).i32(0).set(i);
      count(f, i, this.#lhs.batch.size, 1, () => {
        f.get(a).get(b).get(c);
        for (const buffer of scratch) address(buffer, 0);
        f.call(matrix);
        f.get(a)
          .i32(this.#lhs.batch.stride * this.#bytes)
          .op("i32.add")
          .set(a);
        f.get(b)
          .i32(this.#rhs.batch.stride * this.#bytes)
          .op("i32.add")
          .set(b);
        f.get(c)
          .i32(m * n * this.#bytes)
          .op("i32.add")
          .set(c);
      });
    });
  }

  /** All that the code of one product of matrices depends on: products that agree in it share that code. */
  #key(): string {
    const runs = [this.#lhs, this.#rhs].flatMap(({ free, contracted }) => [free, contracted]);
    return `${this.#dtype} ${runs.map(({ size, stride }) => `${size}:${stride}`)}`;
  }

  /** One product of matrices: addresses of left, right and result, and of the two packed blocks. */
  #matrix(): FunctionRef {
    const params = ["i32", "i32", "i32", "i32", "i32"] as const;
    const form = skinnyForm(this.#dtype, this.#lhs, this.#rhs);
    if (form !== undefined) {
      const skinny = writeSkinny(this.#module, this.#dtype, form);
      return this.#module.func(params, [], (f) => {
        f.get(f.param(0)).get(f.param(1)).get(f.param(2)).call(skinny);
      });
    }
    const { rows, depth } = this.#blocks;
    const [m, n, k] = [this.#lhs.free.size, this.#rhs.free.size, this.#lhs.contracted.size];
    const bytes = this.#bytes;
    // All block functions are made before the one that calls them.
    const plan: (() => void)[] = [];
    let f: FunctionBuilder;
    for (let k0 = 0; k0 < k; k0 += depth) {
      const kc = Math.min(depth, k - k0);
      const packRight = this.#blocks.packsRight ? this.#packRight(n, kc) : undefined;
      const rowPlans: (() => void)[] = [];
      for (let i0 = 0; i0 < m; i0 += rows) {
        const mc = Math.min(rows, m - i0);
        const packLeft = this.#blocks.packsLeft ? this.#packLeft(mc, kc) : undefined;
        const block = this.#block(mc, n, kc, k0 > 0);
        rowPlans.push(() => {
          const left = (i0 * this.#lhs.free.stride + k0 * this.#lhs.contracted.stride) * bytes;
          if (packLeft !== undefined)
            f.get(f.param(0)).i32(left).op("i32.add").get(f.param(3)).call(packLeft);
          if (packLeft !== undefined) f.get(f.param(3));
          else f.get(f.param(0)).i32(left).op("i32.add");
          if (packRight !== undefined) f.get(f.param(4));
          else
            f.get(f.param(1))
              .i32(k0 * this.#rhs.contracted.stride * bytes)
              .op("i32.add");
          f.get(f.param(2))
            .i32(i0 * n * bytes)
            .op("i32.add")
            .call(block);
        });
      }
      plan.push(() => {
        if (packRight !== undefined) {
          f.get(f.param(1))
            .i32(k0 * this.#rhs.contracted.stride * bytes)
            .op("i32.add")
            .get(f.param(4))
            .call(packRight);
        }
        for (const step of rowPlans) step();
      });
    }
    return this.#module.func(params, [], (builder) => {
      f = builder;
      for (const step of plan) step();
    });
  }

  readonly #packs = new Map<string, FunctionRef>();

  /** Copies `kc` rows of the right operand into panels of one tile's columns, filled up with zeros. */
  #packRight(n: number, kc: number): FunctionRef {
    const { tileColumns } = this.#blocks;
    return this.#remember(`right ${kc}`, () => this.#pack(n, kc, tileColumns, this.#rhs));
  }

  /** Copies `kc` columns of some rows of the left operand into panels of one tile's rows. */
  #packLeft(m: number, kc: number): FunctionRef {
    const { tileRows } = this.#blocks;
    return this.#remember(`left ${m} ${kc}`, () => this.#pack(m, kc, tileRows, this.#lhs));
  }

  #pack(free: number, depth: number, width: number, operand: DotOperand): FunctionRef {
    return writePack(this.#module, {
      dtype: this.#dtype,
      free,
      depth,
      width,
      freeStride: operand.free.stride,
      depthStride: operand.contracted.stride,
    });
  }

  #remember(key: string, make: () => FunctionRef): FunctionRef {
    let made = this.#packs.get(key);
    if (made === undefined) {
      made = make();
      this.#packs.set(key, made);
    }
    return made;
  }

  /** `(left, right, result)`: some rows of the result, all columns, from `kc` steps of the contracted axis. */
  #block(mc: number, n: number, kc: number, accumulates: boolean): FunctionRef {
    const { tileRows, tileColumns, packsLeft, packsRight } = this.#blocks;
    const bytes = this.#bytes;
    const leftStep = packsLeft ? tileRows * kc * bytes : tileRows * this.#lhs.free.stride * bytes;
    const rightStep = packsRight ? tileColumns * kc * bytes : tileColumns * bytes;
    const wholeRows = Math.floor(mc / tileRows);
    const restRows = mc % tileRows;
    const wholeColumns = Math.floor(n / tileColumns);
    const restColumns = n % tileColumns;
    return this.#remember(`block ${mc} ${kc} ${accumulates}`, () => {
      const tile = (rows: number, columns: number): FunctionRef => this.#tile(rows, columns, kc, accumulates);
      const columnOf = (
        columns: number,
      ): ((f: FunctionBuilder, a: Local, b: Local, c: Local, i: Local) => void) => {
        const whole = wholeRows > 0 ? tile(tileRows, columns) : undefined;
        const rest = restRows > 0 ? tile(restRows, columns) : undefined;
        return (f, a, b, c, i) => {
          if (whole !== undefined) {
            f.i32(0).set(i);
            count(f, i, wholeRows, 1, () => {
              f.get(a).get(b).get(c).call(whole);
              f.get(a).i32(leftStep).op("i32.add").set(a);
              f.get(c)
                .i32(tileRows * n * bytes)
                .op("i32.add")
                .set(c);
            });
          }
          if (rest !== undefined) f.get(a).get(b).get(c).call(rest);
        };
      };
      const wholeColumn = wholeColumns > 0 ? columnOf(tileColumns) : undefined;
      const restColumn = restColumns > 0 ? columnOf(restColumns) : undefined;
      return this.#module.func(["i32", "i32", "i32"], [], (f) => {
        const [left, right, result] = [f.param(0), f.param(1), f.param(2)];
        const [a, c, i, j] = [f.local("i32"), f.local("i32"), f.local("i32"), f.local("i32")];
        const column = (run: NonNullable<typeof wholeColumn>): void => {
          f.get(left).set(a).get(result).set(c);
          run(f, a, right, c, i);
          f.get(right).i32(rightStep).op("i32.add").set(right);
          f.get(result)
            .i32(tileColumns * bytes)
            .op("i32.add")
            .set(result);
        };
        if (wholeColumn !== undefined) {
          f.i32(0).set(j);
          count(f, j, wholeColumns, 1, () => column(wholeColumn));
        }
        if (restColumn !== undefined) column(restColumn);
      });
    });
  }

  /** `(left, right, result)`: one tile of the result, kept in registers over `kc` steps. */
  #tile(rows: number, columns: number, kc: number, accumulates: boolean): FunctionRef {
    const key = `${rows} ${columns} ${kc} ${accumulates}`;
    let made = this.#tiles.get(key);
    if (made === undefined) {
      made = this.#module.func(["i32", "i32", "i32"], [], (f) =>
        this.#writeTile(f, rows, columns, kc, accumulates),
      );
      this.#tiles.set(key, made);
    }
    return made;
  }

  #writeTile(f: FunctionBuilder, rows: number, columns: number, kc: number, accumulates: boolean): void {
    const { tileRows, tileColumns, packsLeft, packsRight } = this.#blocks;
    const bytes = this.#bytes;
    const lanes = this.#lanes;
    const type = scalarTypeOf(this.#dtype);
    const shape = shapeOf(type);
    const [add, mul]: [PlainOpcode, PlainOpcode] = [
      `${shape}.add` as PlainOpcode,
      `${shape}.mul` as PlainOpcode,
    ];
    const splat: MemoryOpcode = bytes === 4 ? "v128.load32_splat" : "v128.load64_splat";
    const [a, b, c] = [f.param(0), f.param(1), f.param(2)];
    const vectors = Math.ceil(columns / lanes);
    const rowStep = packsLeft ? bytes : this.#lhs.free.stride * bytes;
    const leftStep = packsLeft ? tileRows * bytes : this.#lhs.contracted.stride * bytes;
    const rightStep = packsRight ? tileColumns * bytes : this.#rhs.contracted.stride * bytes;
    const sums = Array.from({ length: rows }, () => Array.from({ length: vectors }, () => f.local("v128")));
    const right = Array.from({ length: vectors }, () => f.local("v128"));
    const one = f.local("v128");
    const k = f.local("i32");
    // One step of the contracted axis; `u` steps beyond the pointers.
    const step = (u: number): void => {
      right.forEach((local, v) => {
        f.get(b)
          .memory("v128.load", u * rightStep + v * 16)
          .set(local);
      });
      sums.forEach((row, r) => {
        f.get(a)
          .memory(splat, u * leftStep + r * rowStep)
          .set(one);
        row.forEach((sum, v) => {
          f.get(sum)
            .get(one)
            .get(right[v] as Local)
            .op(mul)
            .op(add)
            .set(sum);
        });
      });
    };
    // V8 gathers the loads of a block in front of its arithmetic, and a longer block would spill registers: between two
    // steps stands a branch, which is also the end of an odd number of them.
    f.i32(0).set(k);
    f.block((done) => {
      count(f, k, kc, 2, () => {
        step(0);
        f.get(k)
          .i32(kc - 1)
          .op("i32.eq")
          .brIf(done);
        step(1);
        f.get(a)
          .i32(2 * leftStep)
          .op("i32.add")
          .set(a);
        f.get(b)
          .i32(2 * rightStep)
          .op("i32.add")
          .set(b);
      });
    });

    const rowBytes = this.#rhs.free.size * bytes;
    const scalar = scalarValueType(type);
    sums.forEach((row, r) => {
      row.forEach((sum, v) => {
        const at = r * rowBytes + v * 16;
        const live = Math.min(lanes, columns - v * lanes);
        if (live === lanes) {
          f.get(c);
          if (accumulates) f.get(c).memory("v128.load", at).get(sum).op(add);
          else f.get(sum);
          f.memory("v128.store", at);
          return;
        }
        for (let lane = 0; lane < live; lane++) {
          f.get(c).get(sum).lane(`${shape}.extract_lane`, lane);
          if (accumulates)
            f.get(c)
              .memory(`${scalar}.load`, at + lane * bytes)
              .op(`${scalar}.add` as PlainOpcode);
          f.memory(`${scalar}.store`, at + lane * bytes);
        }
      });
    });
  }
}
