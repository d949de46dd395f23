import { type DType, dtypeInfo, sizeOf } from "../array/index.ts";
import { skinnyForm } from "./dot-skinny.ts";
import type { DotOperand, Layout, Run } from "./program.ts";

/** The sizes of the blocks that fit into caches and registers. */
export interface DotBlocks {
  /** Rows and columns of the tile that is kept in registers. */
  readonly tileRows: number;
  readonly tileColumns: number;
  readonly rows: number;
  readonly depth: number;
  readonly packsLeft: boolean;
  readonly packsRight: boolean;
}

/** The axes in `list` as one run, or `undefined` if they have no common stride. Axes of length 1 don't count. */
const runOf = ({ shape, strides }: Layout, list: readonly number[]): Run | undefined => {
  // Without elements, strides mean nothing.
  if (sizeOf(shape) === 0)
    return { size: list.reduce((n, axis) => n * (shape[axis] as number), 1), stride: 1 };
  let run: Run | undefined;
  for (const axis of [...list].reverse()) {
    const size = shape[axis] as number;
    const stride = strides[axis] as number;
    if (size === 1) continue;
    if (run === undefined) run = { size, stride };
    else if (stride === run.stride * run.size) run = { size: run.size * size, stride: run.stride };
    else return undefined;
  }
  return run ?? { size: 1, stride: 1 };
};

const others = (rank: number, ...taken: readonly (readonly number[])[]): number[] =>
  Array.from({ length: rank }, (_, axis) => axis).filter(
    (axis) => !taken.some((list) => list.includes(axis)),
  );

/** An operand as a batch of matrices, or `undefined` if its strides do not allow that and it must be copied first. */
export const dotOperand = (
  layout: Layout,
  batch: readonly number[],
  contracting: readonly number[],
): DotOperand | undefined => {
  const runs = [batch, others(layout.shape.length, batch, contracting), contracting].map((list) =>
    runOf(layout, list),
  );
  const [b, free, contracted] = runs;
  if (b === undefined || free === undefined || contracted === undefined) return undefined;
  if (contracted.stride < 0 || free.stride < 0) return undefined;
  return { batch: b, free, contracted, offset: layout.offset };
};

/**
 * The order of axes in which an operand is copied that its strides do not allow to be used: a batch of matrices, those
 * axes inside that can be read in longer runs.
 */
export const matrixOrder = (
  layout: Layout,
  batch: readonly number[],
  contracting: readonly number[],
): number[] => {
  const free = others(layout.shape.length, batch, contracting);
  return run(layout, free) > run(layout, contracting)
    ? [...batch, ...contracting, ...free]
    : [...batch, ...free, ...contracting];
};

/** How many elements stand side by side along the last of some axes. */
const run = ({ shape, strides }: Layout, axes: readonly number[]): number => {
  let length = 1;
  for (const axis of [...axes].reverse()) {
    if (shape[axis] === 1) continue;
    if (strides[axis] !== length) break;
    length *= shape[axis] as number;
  }
  return length;
};

/**
 * Whether the transposed product, of the transposed operands in turn, needs less packing: the right operand has its
 * columns side by side then. The result is small, so that transposing it costs little if somebody needs that.
 */
export const isBetterSwapped = (lhs: DotOperand, rhs: DotOperand): boolean =>
  rhs.free.stride !== 1 &&
  lhs.free.stride === 1 &&
  lhs.free.size > 1 &&
  lhs.contracted.size >= 4 * Math.max(lhs.free.size, rhs.free.size);

/** How a product is cut into blocks. */
export const dotBlocks = (dtype: DType, lhs: DotOperand, rhs: DotOperand): DotBlocks => {
  const { bytes } = dtypeInfo(dtype);
  const lanes = 16 / bytes;
  const tileRows = 4;
  const tileColumns = 2 * lanes;
  const [m, n, k] = [lhs.free.size, rhs.free.size, lhs.contracted.size];
  const depth = Math.min(k, bytes === 4 ? 256 : 192);
  // Packing reads every element once more: it pays where each is used by several tiles.
  const isWide = n > 4 * tileColumns || rhs.contracted.stride > 8 * tileColumns;
  const packsRight = rhs.free.stride !== 1 || (m >= 8 && isWide);
  const packsLeft = m >= 8 && n > 2 * tileColumns && (lhs.contracted.stride !== 1 || k * m > 1 << 14);
  return { tileRows, tileColumns, rows: Math.min(m, 96), depth, packsLeft, packsRight };
};

/** The scratch buffers that a product packs its operands into. */
export const dotScratch = (
  dtype: DType,
  lhs: DotOperand,
  rhs: DotOperand,
): readonly { readonly dtype: DType; readonly size: number }[] => {
  if (skinnyForm(dtype, lhs, rhs) !== undefined) return [0, 0].map((size) => ({ dtype, size }));
  const { tileRows, tileColumns, rows, depth, packsLeft, packsRight } = dotBlocks(dtype, lhs, rhs);
  const roundUp = (n: number, to: number): number => Math.ceil(n / to) * to;
  return [
    { dtype, size: packsLeft ? roundUp(rows, tileRows) * depth : 0 },
    { dtype, size: packsRight ? roundUp(rhs.free.size, tileColumns) * depth : 0 },
  ];
};
