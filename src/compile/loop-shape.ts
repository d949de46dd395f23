import type { LoopKernel } from "./program.ts";

/** How an access of a loop moves with its axes, in elements. */
export interface Access {
  readonly strides: readonly number[];
}

/** One axis of a loop after neighbours were merged. */
export interface LoopAxis {
  readonly length: number;
  readonly reduced: boolean;
}

/** A loop in as few axes as it can have. */
export interface LoopShape {
  readonly axes: readonly LoopAxis[];
  /** Strides of each leaf; for an index leaf, how much the index grows along each axis. */
  readonly leafStrides: readonly (readonly number[])[];
  /** Strides of each result; 0 along reduced axes. */
  readonly resultStrides: readonly (readonly number[])[];
}

/**
 * Drop axes of length 1, and merge neighbouring axes where every access goes through both with one stride. All
 * reductions of a loop have the same axes.
 */
export const loopShape = (kernel: LoopKernel): LoopShape => {
  const { shape, leaves, results } = kernel;
  const reducedAxes = results.find((r) => r.kind === "reduce")?.axes ?? [];
  const leafStrides = leaves.map((leaf) =>
    leaf.kind === "load" ? leaf.strides : shape.map((_, axis) => (axis === leaf.axis ? 1 : 0)),
  );
  const resultStrides = results.map((r) => r.strides);
  const all = [...leafStrides, ...resultStrides];
  const merged: { length: number; reduced: boolean; strides: number[] }[] = [];
  for (const axis of kernel.order) {
    const length = shape[axis] as number;
    if (length === 1) continue;
    const reduced = reducedAxes.includes(axis);
    const strides = all.map((s) => s[axis] as number);
    const outer = merged[merged.length - 1];
    if (
      outer !== undefined &&
      outer.reduced === reduced &&
      strides.every((s, k) => outer.strides[k] === s * length)
    ) {
      outer.length *= length;
      outer.strides = strides;
    } else {
      merged.push({ length, reduced, strides });
    }
  }
  const at = (k: number): number[] => merged.map((axis) => axis.strides[k] as number);
  return {
    axes: merged.map(({ length, reduced }) => ({ length, reduced })),
    leafStrides: leaves.map((_, k) => at(k)),
    resultStrides: results.map((_, k) => at(leaves.length + k)),
  };
};

/** Whether reductions are put together in memory, because a kept axis lies inside a reduced one or nothing is read. */
export const accumulatesInMemory = ({ axes }: LoopShape): boolean => {
  if (axes.some((axis) => axis.length === 0)) return true;
  const lastKept = axes.map((axis) => axis.reduced).lastIndexOf(false);
  return axes.slice(0, Math.max(lastKept, 0)).some((axis) => axis.reduced);
};
