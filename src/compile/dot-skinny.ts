import { type DType, dtypeInfo } from "../array/index.ts";
import { scalarTypeOf } from "../kernel/scalar-type.ts";
import { count } from "./count.ts";
import { scalarValueType, shapeOf } from "./lanes.ts";
import type { DotOperand, Run } from "./program.ts";
import { emitHorizontal } from "./reduction-code.ts";
import type { FunctionBuilder, FunctionRef, Local } from "./wasm/function.ts";
import type { ModuleBuilder } from "./wasm/module.ts";
import type { PlainOpcode } from "./wasm/opcodes.ts";

/*
 * Products that read each element once or a few times: of a matrix and a vector, of few rows, of columns and rows that
 * are short. Tiles and packing would only be in the way; these kernels go through memory as it lies.
 */

/** A skinny product of matrices; strides count elements. */
export type SkinnyForm =
  /** Rows of the result are sums of multiples of the rows of a matrix: `to[i, :] = Σ by[i, k] · rows[k, :]`. */
  | {
      readonly kind: "combine";
      /** Whether the rows are those of the right operand, or, of a product with one column, columns of the left. */
      readonly rows: "lhs" | "rhs";
      readonly count: number;
      readonly length: number;
      readonly depth: number;
      readonly rowStride: number;
      readonly by: { readonly row: number; readonly depth: number };
    }
  /** Elements of the result are products of the rows of a matrix with one row: `to[i] = Σ rows[i, k] · by[k]`. */
  | {
      readonly kind: "dots";
      readonly rows: "lhs" | "rhs";
      readonly count: number;
      readonly depth: number;
      readonly rowStride: number;
    };

/** How many rows are combined at a time. */
const GROUP = 8;
/** Bytes of a right operand that tiles read again and again without packing it. */
const NEAR = 1 << 14;
/** How many steps are added up in vectors before they go to the total in float64. */
const BLOCK = 4096;

/** How a product is computed without tiles, or `undefined` if tiles are better. */
export const skinnyForm = (dtype: DType, lhs: DotOperand, rhs: DotOperand): SkinnyForm | undefined => {
  const { bytes } = dtypeInfo(dtype);
  const [m, n, k] = [lhs.free.size, rhs.free.size, lhs.contracted.size];
  const wide = 64 / bytes;
  const isRow = (run: Run): boolean => run.stride === 1;
  if (n === 1 && isRow(lhs.contracted) && isRow(rhs.contracted) && k >= wide)
    return { kind: "dots", rows: "lhs", count: m, depth: k, rowStride: lhs.free.stride };
  if (m === 1 && isRow(lhs.contracted) && isRow(rhs.contracted) && k >= wide)
    return { kind: "dots", rows: "rhs", count: n, depth: k, rowStride: rhs.free.stride };
  if (n === 1 && m >= wide && isRow(lhs.free)) {
    const by = { row: 0, depth: rhs.contracted.stride };
    const rowStride = lhs.contracted.stride;
    return { kind: "combine", rows: "lhs", count: 1, length: m, depth: k, rowStride, by };
  }
  const isFar = rhs.contracted.stride * Math.min(k, 256) * bytes > NEAR;
  if (n >= wide && isRow(rhs.free) && (m === 1 || k <= 4 || (m < 8 && isFar))) {
    const by = { row: lhs.free.stride, depth: lhs.contracted.stride };
    return {
      kind: "combine",
      rows: "rhs",
      count: m,
      length: n,
      depth: k,
      rowStride: rhs.contracted.stride,
      by,
    };
  }
  return undefined;
};

/** Add a function `(left, right, result)` that computes a skinny product. */
export const writeSkinny = (module: ModuleBuilder, dtype: DType, form: SkinnyForm): FunctionRef => {
  const run = form.kind === "combine" ? writeCombine(module, dtype, form) : writeDots(module, dtype, form);
  return module.func(["i32", "i32", "i32"], [], (f) => {
    const [left, right] = [f.param(0), f.param(1)];
    const [rows, by] = form.rows === "lhs" ? [left, right] : [right, left];
    f.get(rows).get(by).get(f.param(2)).call(run);
  });
};

/** The opcodes and sizes of one element type. */
const machine = (dtype: DType) => {
  const { bytes } = dtypeInfo(dtype);
  const type = scalarTypeOf(dtype);
  const [scalar, shape] = [scalarValueType(type), shapeOf(type)];
  return {
    bytes,
    lanes: 16 / bytes,
    type,
    scalar,
    add: `${shape}.add` as PlainOpcode,
    mul: `${shape}.mul` as PlainOpcode,
    scalarAdd: `${scalar}.add` as PlainOpcode,
    scalarMul: `${scalar}.mul` as PlainOpcode,
    load: `${scalar}.load` as const,
    store: `${scalar}.store` as const,
    splat: bytes === 4 ? ("v128.load32_splat" as const) : ("v128.load64_splat" as const),
  };
};

const move = (f: FunctionBuilder, pointer: Local, bytes: number): void => {
  if (bytes !== 0) f.get(pointer).i32(bytes).op("i32.add").set(pointer);
};

/** `(rows, by, result)` of the form "combine": the rows in groups, each of which goes to all rows of the result. */
const writeCombine = (
  module: ModuleBuilder,
  dtype: DType,
  form: SkinnyForm & { readonly kind: "combine" },
): FunctionRef => {
  const { bytes } = machine(dtype);
  const { count: rows, length, depth, rowStride, by } = form;
  const groups = Math.floor(depth / GROUP);
  const rest = depth % GROUP;
  const allRows = (size: number, isFirst: boolean): FunctionRef => {
    const one = writeGroup(module, dtype, form, size, isFirst);
    if (rows === 1) return one;
    return module.func(["i32", "i32", "i32"], [], (f) => {
      const [from, factors, to] = [f.param(0), f.param(1), f.param(2)];
      const i = f.local("i32");
      f.i32(0).set(i);
      count(f, i, rows, 1, () => {
        f.get(from).get(factors).get(to).call(one);
        move(f, factors, by.row * bytes);
        move(f, to, length * bytes);
      });
    });
  };
  const first = allRows(groups > 0 ? GROUP : rest, true);
  const more = groups > 1 ? allRows(GROUP, false) : undefined;
  const last = groups > 0 && rest > 0 ? allRows(rest, false) : undefined;
  return module.func(["i32", "i32", "i32"], [], (f) => {
    const [from, factors, to] = [f.param(0), f.param(1), f.param(2)];
    const step = (group: FunctionRef): void => {
      f.get(from).get(factors).get(to).call(group);
      move(f, from, GROUP * rowStride * bytes);
      move(f, factors, GROUP * by.depth * bytes);
    };
    step(first);
    if (more !== undefined) {
      const q = f.local("i32");
      f.i32(1).set(q);
      count(f, q, groups, 1, () => step(more));
    }
    if (last !== undefined) step(last);
  });
};

/** `(rows, by, result)`: some rows, multiplied and added to one row of the result, or, the first, put there. */
const writeGroup = (
  module: ModuleBuilder,
  dtype: DType,
  { length, rowStride, by }: SkinnyForm & { readonly kind: "combine" },
  size: number,
  isFirst: boolean,
): FunctionRef =>
  module.func(["i32", "i32", "i32"], [], (f) => {
    const { bytes, lanes, add, mul, scalarAdd, scalarMul, load, store, splat } = machine(dtype);
    const [from, factors, to] = [f.param(0), f.param(1), f.param(2)];
    const vectors = Math.floor(length / lanes);
    /** Push a sum by halves, which rounds less often than one after another. */
    const sum = (start: number, end: number, plus: PlainOpcode, push: (u: number) => void): void => {
      if (end - start === 1) {
        push(start);
        return;
      }
      const middle = (start + end) >> 1;
      sum(start, middle, plus, push);
      sum(middle, end, plus, push);
      f.op(plus);
    };
    const splats = Array.from({ length: size }, (_, u) => {
      const local = f.local("v128");
      f.get(factors)
        .memory(splat, u * by.depth * bytes)
        .set(local);
      return local;
    });
    const vector = (at: number): void => {
      f.get(to);
      sum(0, size, add, (u) => {
        f.get(from)
          .memory("v128.load", u * rowStride * bytes + at)
          .get(splats[u] as Local)
          .op(mul);
      });
      if (!isFirst) f.get(to).memory("v128.load", at).op(add);
      f.memory("v128.store", at);
    };
    // There are some: rows of the form "combine" are at least 64 bytes long.
    const pairs = vectors - (vectors % 2);
    const i = f.local("i32");
    f.i32(0).set(i);
    count(f, i, pairs, 2, () => {
      vector(0);
      vector(16);
      move(f, from, 32);
      move(f, to, 32);
    });
    if (pairs < vectors) vector(0);
    const done = (vectors - pairs) * lanes;
    for (let j = done; j < length - pairs * lanes; j++) {
      f.get(to);
      sum(0, size, scalarAdd, (u) => {
        f.get(from)
          .memory(load, (u * rowStride + j) * bytes)
          .get(factors)
          .memory(load, u * by.depth * bytes)
          .op(scalarMul);
      });
      if (!isFirst)
        f.get(to)
          .memory(load, j * bytes)
          .op(scalarAdd);
      f.memory(store, j * bytes);
    }
  });

/** `(rows, by, result)` of the form "dots": four rows at a time, so that what they are multiplied by is read once. */
const writeDots = (
  module: ModuleBuilder,
  dtype: DType,
  { count: rows, depth, rowStride }: SkinnyForm & { readonly kind: "dots" },
): FunctionRef => {
  const { bytes } = machine(dtype);
  const height = Math.min(4, rows);
  const blocks = Math.floor(rows / height);
  const rest = rows % height;
  const whole = writeDotRows(module, dtype, height, depth, rowStride);
  const last = rest > 0 ? writeDotRows(module, dtype, rest, depth, rowStride) : undefined;
  return module.func(["i32", "i32", "i32"], [], (f) => {
    const [from, by, to] = [f.param(0), f.param(1), f.param(2)];
    const i = f.local("i32");
    f.i32(0).set(i);
    count(f, i, blocks, 1, () => {
      f.get(from).get(by).get(to).call(whole);
      move(f, from, height * rowStride * bytes);
      move(f, to, height * bytes);
    });
    if (last !== undefined) f.get(from).get(by).get(to).call(last);
  });
};

const writeDotRows = (
  module: ModuleBuilder,
  dtype: DType,
  height: number,
  depth: number,
  rowStride: number,
): FunctionRef =>
  module.func(["i32", "i32", "i32"], [], (f) => {
    const { bytes, lanes, type, scalar, add, mul, scalarAdd, scalarMul, load, store } = machine(dtype);
    const [from, by, to] = [f.param(0), f.param(1), f.param(2)];
    // Enough sums at a time to hide how long one addition takes.
    const unroll = height >= 3 ? 2 : 4;
    const step = unroll * lanes;
    // One step at least: what is added up in the form "dots" is at least 64 bytes long.
    const vectorized = depth - (depth % step);
    const isWide = type === "f32";
    const totals = Array.from({ length: height }, () => f.local(isWide ? "f64" : scalar));
    const addTo = (total: Local): void => {
      if (isWide) f.op("f64.promote_f32").get(total).op("f64.add").set(total);
      else f.get(total).op(scalarAdd).set(total);
    };
    const k = f.local("i32");
    const forward = (elements: number): void => {
      move(f, from, elements * bytes);
      move(f, by, elements * bytes);
    };
    const sums = totals.map(() => Array.from({ length: unroll }, () => f.local("v128")));
    const right = Array.from({ length: unroll }, () => f.local("v128"));
    const limit = f.local("i32");
    f.i32(0).set(k);
    f.loop((nextBlock) => {
      f.get(k).i32(BLOCK).op("i32.add").tee(limit).i32(vectorized);
      f.get(limit).i32(vectorized).op("i32.lt_u", "select").set(limit);
      for (const sum of sums.flat()) f.v128(new Uint8Array(16)).set(sum);
      f.loop((again) => {
        right.forEach((local, u) => {
          f.get(by)
            .memory("v128.load", 16 * u)
            .set(local);
        });
        sums.forEach((row, r) => {
          row.forEach((sum, u) => {
            f.get(from)
              .memory("v128.load", r * rowStride * bytes + 16 * u)
              .get(right[u] as Local)
              .op(mul)
              .get(sum)
              .op(add)
              .set(sum);
          });
        });
        forward(step);
        f.get(k).i32(step).op("i32.add").tee(k).get(limit).op("i32.lt_u").brIf(again);
      });
      sums.forEach(([first, ...others], r) => {
        for (const other of others)
          f.get(first as Local)
            .get(other)
            .op(add)
            .set(first as Local);
        emitHorizontal(f, "add", type, first as Local);
        addTo(totals[r] as Local);
      });
      f.get(k).i32(vectorized).op("i32.lt_u").brIf(nextBlock);
    });
    if (vectorized < depth) {
      f.i32(vectorized).set(k);
      count(f, k, depth, 1, () => {
        totals.forEach((total, r) => {
          f.get(from)
            .memory(load, r * rowStride * bytes)
            .get(by)
            .memory(load)
            .op(scalarMul);
          addTo(total);
        });
        forward(1);
      });
    }
    totals.forEach((total, r) => {
      f.get(to).get(total);
      if (isWide) f.op("f32.demote_f64");
      f.memory(store, r * bytes);
    });
  });
