import { type DType, dtypeInfo } from "../array/index.ts";
import { scalarTypeOf } from "../kernel/scalar-type.ts";
import { count } from "./count.ts";
import { scalarValueType } from "./lanes.ts";
import type { FunctionBuilder, FunctionRef, Local } from "./wasm/function.ts";
import type { ModuleBuilder } from "./wasm/module.ts";
import type { MemoryOpcode } from "./wasm/opcodes.ts";

/** A matrix and how it is cut into panels; strides count elements. */
export interface PackSpec {
  readonly dtype: DType;
  readonly free: number;
  readonly depth: number;
  /** How many of the free positions a panel takes. */
  readonly width: number;
  readonly freeStride: number;
  readonly depthStride: number;
}

/** Moves a pointer on. */
const advance = (f: FunctionBuilder, pointer: Local, bytes: number): void => {
  f.get(pointer).i32(bytes).op("i32.add").set(pointer);
};

/**
 * Add a function `(from, to)` that copies a matrix into panels: element (k, j) of panel p goes to `to[p][k][j]`, and
 * comes from `from[(p · width + j) · freeStride + k · depthStride]`. The last panel is filled up with zeros.
 */
export const writePack = (
  module: ModuleBuilder,
  { dtype, free, depth, width, freeStride, depthStride }: PackSpec,
): FunctionRef => {
  const { bytes } = dtypeInfo(dtype);
  const type = scalarValueType(scalarTypeOf(dtype));
  const [load, store]: [MemoryOpcode, MemoryOpcode] = [`${type}.load`, `${type}.store`];
  const lanes = 16 / bytes;
  const panel = module.func(["i32", "i32", "i32"], [], (f) => {
    // (from, to, columns): one whole or partial panel.
    const [from, to, columns] = [f.param(0), f.param(1), f.param(2)];
    const k = f.local("i32");
    const whole = (): void => {
      if (freeStride === 1 && width % lanes === 0) {
        f.i32(0).set(k);
        count(f, k, depth, 1, () => {
          for (let j = 0; j < width; j += lanes)
            f.get(to)
              .get(from)
              .memory("v128.load", j * bytes)
              .memory("v128.store", j * bytes);
          advance(f, from, depthStride * bytes);
          advance(f, to, width * bytes);
        });
        return;
      }
      if (depthStride === 1 && bytes === 4 && width % 4 === 0 && depth >= 4) {
        transposePanel(f, from, to, k, depth, width, freeStride);
        return;
      }
      f.i32(0).set(k);
      count(f, k, depth, 1, () => {
        for (let j = 0; j < width; j++)
          f.get(to)
            .get(from)
            .memory(load, j * freeStride * bytes)
            .memory(store, j * bytes);
        advance(f, from, depthStride * bytes);
        advance(f, to, width * bytes);
      });
    };
    const partial = (): void => {
      const [j, source, target] = [f.local("i32"), f.local("i32"), f.local("i32")];
      f.get(to)
        .i32(0)
        .i32(depth * width * bytes)
        .memoryFill();
      f.i32(0).set(k);
      count(f, k, depth, 1, () => {
        f.get(from).set(source).get(to).set(target).i32(0).set(j);
        f.loop((again) => {
          f.get(target).get(source).memory(load).memory(store);
          advance(f, source, freeStride * bytes);
          advance(f, target, bytes);
          f.get(j).i32(1).op("i32.add").tee(j).get(columns).op("i32.lt_u").brIf(again);
        });
        advance(f, from, depthStride * bytes);
        advance(f, to, width * bytes);
      });
    };
    f.get(columns).i32(width).op("i32.eq").if(whole, partial);
  });
  return module.func(["i32", "i32"], [], (f) => {
    const [from, to] = [f.param(0), f.param(1)];
    const whole = Math.floor(free / width);
    const step = (columns: number): void => {
      f.get(from).get(to).i32(columns).call(panel);
      advance(f, from, width * freeStride * bytes);
      advance(f, to, width * depth * bytes);
    };
    if (whole > 0) {
      const p = f.local("i32");
      f.i32(0).set(p);
      count(f, p, whole, 1, () => step(width));
    }
    if (free % width > 0) step(free % width);
  });
};

/** A panel whose columns stand far apart, but whose depth is contiguous: four by four, transposed in registers. */
const transposePanel = (
  f: FunctionBuilder,
  from: Local,
  to: Local,
  k: Local,
  depth: number,
  width: number,
  freeStride: number,
): void => {
  const quads = depth - (depth % 4);
  const rows = [0, 1, 2, 3].map(() => f.local("v128"));
  const halves = [0, 1, 2, 3].map(() => f.local("v128"));
  const words = (...order: readonly number[]): number[] =>
    order.flatMap((w) => [4 * w, 4 * w + 1, 4 * w + 2, 4 * w + 3]);
  f.i32(0).set(k);
  count(f, k, quads, 4, () => {
    for (let j = 0; j < width; j += 4) {
      rows.forEach((row, r) => {
        f.get(from)
          .memory("v128.load", (j + r) * freeStride * 4)
          .set(row);
      });
      const [r0, r1, r2, r3] = rows as [Local, Local, Local, Local];
      const [h0, h1, h2, h3] = halves as [Local, Local, Local, Local];
      f.get(r0)
        .get(r1)
        .shuffle(words(0, 4, 1, 5))
        .set(h0);
      f.get(r2)
        .get(r3)
        .shuffle(words(0, 4, 1, 5))
        .set(h1);
      f.get(r0)
        .get(r1)
        .shuffle(words(2, 6, 3, 7))
        .set(h2);
      f.get(r2)
        .get(r3)
        .shuffle(words(2, 6, 3, 7))
        .set(h3);
      const store = (a: Local, b: Local, order: readonly number[], row: number): void => {
        f.get(to)
          .get(a)
          .get(b)
          .shuffle(words(...order))
          .memory("v128.store", (row * width + j) * 4);
      };
      store(h0, h1, [0, 1, 4, 5], 0);
      store(h0, h1, [2, 3, 6, 7], 1);
      store(h2, h3, [0, 1, 4, 5], 2);
      store(h2, h3, [2, 3, 6, 7], 3);
    }
    advance(f, from, 16);
    advance(f, to, width * 16);
  });
  for (const local of [...rows, ...halves]) f.release(local);
  if (quads === depth) return;
  count(f, k, depth, 1, () => {
    for (let j = 0; j < width; j++)
      f.get(to)
        .get(from)
        .memory("i32.load", j * freeStride * 4)
        .memory("i32.store", j * 4);
    advance(f, from, 4);
    advance(f, to, width * 4);
  });
};
