import { dotOperand, matrixOrder } from "./dot-kernel.ts";
import type { Buffer, DotOperand, Layout } from "./program.ts";
import type { Stored } from "./scheduled-value.ts";

/** One operand of a product: where it lies, as matrices, and how many axes it has. */
export interface MatrixOperand {
  readonly buffer: Buffer;
  readonly operand: DotOperand;
  readonly rank: number;
}

/** Operands of products as matrices, copied into an order that allows it where their own does not. */
export class DotOperands {
  /** Windows that were copied: products of a function and of its gradient often need the same. */
  readonly #copies = new Map<string, Layout>();
  readonly #copy: (value: Stored) => Layout;

  /** @param copy stores a window row by row. */
  constructor(copy: (value: Stored) => Layout) {
    this.#copy = copy;
  }

  of(value: Stored, batch: readonly number[], contracting: readonly number[]): MatrixOperand {
    const { layout, after } = value;
    const rank = layout.shape.length;
    const direct = dotOperand(layout, batch, contracting);
    if (direct !== undefined) return { buffer: layout.buffer, operand: direct, rank };
    const order = matrixOrder(layout, batch, contracting);
    const shape = order.map((axis) => layout.shape[axis] as number);
    const strides = order.map((axis) => layout.strides[axis] as number);
    const key = `${layout.buffer.id}@${layout.offset}:${shape}:${strides}`;
    const copied =
      this.#copies.get(key) ??
      this.#copy({
        kind: "stored",
        layout: { ...layout, shape, strides },
        after,
        aval: { ...value.aval, shape },
      });
    this.#copies.set(key, copied);
    const at = (list: readonly number[]): number[] => list.map((axis) => order.indexOf(axis));
    const operand = dotOperand(copied, at(batch), at(contracting)) as DotOperand;
    return { buffer: copied.buffer, operand, rank };
  }
}
