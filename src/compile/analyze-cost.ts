import { dtypeInfo, sizeOf } from "../array/index.ts";
import type { MemoryPlan } from "./memory-plan.ts";
import type { Buffer, DotKernel, Kernel, LoopKernel, NestKernel, Program } from "./program.ts";

/** What a program costs, worked out before it runs. Of a `while`, one turn counts; of branches, the dearest. */
export interface CostAnalysis {
  /** Arithmetic operations, additions and multiplications counted apart. */
  readonly flops: number;
  /** Bytes that kernels read and write. */
  readonly bytesAccessed: number;
  /** Bytes of scratch memory that a call takes, arguments and results included. */
  readonly peakBytes: number;
}

type Cost = Pick<CostAnalysis, "flops" | "bytesAccessed">;

/** Count the operations of a program and the bytes it moves. */
export const analyzeCost = (program: Program, plan: MemoryPlan): CostAnalysis => ({
  ...sum(program.kernels),
  peakBytes: plan.bytes,
});

const sum = (kernels: readonly Kernel[]): Cost => {
  let flops = 0;
  let bytesAccessed = 0;
  for (const kernel of kernels) {
    const cost = costOf(kernel);
    flops += cost.flops;
    bytesAccessed += cost.bytesAccessed;
  }
  return { flops, bytesAccessed };
};

const costOf = (kernel: Kernel): Cost => {
  switch (kernel.kind) {
    case "loop":
      return loopCost(kernel);
    case "nest":
      return nestCost(kernel);
    case "dot":
      return dotCost(kernel);
    case "scan": {
      const { flops, bytesAccessed } = sum(kernel.body);
      return { flops: kernel.length * flops, bytesAccessed: kernel.length * bytesAccessed };
    }
    case "while":
      return sum([...kernel.test, ...kernel.body]);
    case "branch": {
      const costs = kernel.branches.map(sum);
      return {
        flops: Math.max(0, ...costs.map((cost) => cost.flops)),
        bytesAccessed: Math.max(0, ...costs.map((cost) => cost.bytesAccessed)),
      };
    }
  }
};

const whole = (buffer: Buffer): number => buffer.size * dtypeInfo(buffer.dtype).bytes;

const loopCost = (kernel: LoopKernel): Cost => {
  const points = sizeOf(kernel.shape);
  let flops = 0;
  let bytesAccessed = 0;
  const seen = new Set<object>();
  const open: { readonly op: string; readonly args: readonly object[] }[] = kernel.results.map(
    (r) => r.value,
  );
  for (let e = open.pop(); e !== undefined; e = open.pop()) {
    if (seen.has(e)) continue;
    seen.add(e);
    if (e.args.length > 0) flops += points;
    open.push(...(e.args as (typeof open)[number][]));
  }
  for (const result of kernel.results) {
    if (result.kind === "reduce") flops += points;
    bytesAccessed += whole(result.buffer);
  }
  for (const leaf of kernel.leaves)
    if (leaf.kind === "load")
      bytesAccessed += Math.min(points * dtypeInfo(leaf.buffer.dtype).bytes, whole(leaf.buffer));
  return { flops, bytesAccessed };
};

const nestCost = ({ inputs, outputs }: NestKernel): Cost => {
  const buffers = [...inputs.map(({ buffer }) => buffer), ...outputs];
  return { flops: 0, bytesAccessed: buffers.reduce((bytes, buffer) => bytes + whole(buffer), 0) };
};

const dotCost = ({ lhs, rhs, output }: DotKernel): Cost => {
  const { batch, free, contracted } = lhs.operand;
  const columns = rhs.operand.free.size;
  const elements = free.size * contracted.size + contracted.size * columns + free.size * columns;
  return {
    flops: 2 * batch.size * free.size * contracted.size * columns,
    bytesAccessed: dtypeInfo(output.dtype).bytes * batch.size * elements,
  };
};
