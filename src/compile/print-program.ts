import { dtypeInfo, sizeOf } from "../array/index.ts";
import { formatAval } from "../core/index.ts";
import { text } from "../kernel/print.ts";
import { sequence } from "../kernel/sequence.ts";
import { bufferBytes, type MemoryPlan } from "./memory-plan.ts";
import type { Buffer, Kernel, Layout, Leaf, Program } from "./program.ts";

const name = (buffer: Buffer): string => {
  const { origin } = buffer;
  return origin.kind === "input"
    ? `in${origin.index}`
    : `${origin.kind === "const" ? "const" : "t"}${buffer.id}`;
};

const typed = (buffer: Buffer): string => `${name(buffer)}:${dtypeInfo(buffer.dtype).short}[${buffer.size}]`;

const leafText = (leaf: Leaf): string => {
  if (leaf.kind === "index") return `index ${leaf.axis}`;
  const at = leaf.offset === 0 ? "" : ` from ${leaf.offset}`;
  return `${name(leaf.buffer)}${at} strides (${leaf.strides.join(", ")})`;
};

const layoutText = ({ buffer, shape, strides, offset }: Layout): string =>
  `${name(buffer)}[${shape.join(", ")}] strides (${strides.join(", ")})${offset === 0 ? "" : ` from ${offset}`}`;

const kernelText = (kernel: Kernel): string[] => {
  switch (kernel.kind) {
    case "loop": {
      const program = sequence(kernel.results.map((result) => result.value));
      return [
        `loop [${kernel.shape.join(", ")}]`,
        ...kernel.leaves.map((leaf, k) => `  input ${k} = ${leafText(leaf)}`),
        ...text(program)
          .split("\n")
          .slice(0, -1)
          .map((line) => `  ${line}`),
        ...kernel.results.map((result, k) => {
          const value = `%${program.results[k]}`;
          return `  ${typed(result.buffer)} = ${result.kind === "store" ? value : `${result.combine} over (${result.axes.join(", ")}) of ${value}`}`;
        }),
      ];
    }
    case "nest":
      return [
        `nest ${kernel.name}`,
        ...kernel.inputs.map((layout) => `  reads ${layoutText(layout)}`),
        `  writes ${kernel.outputs.map(typed).join(", ")}`,
      ];
    case "dot": {
      const { lhs, rhs, output } = kernel;
      const { batch, free, contracted } = lhs.operand;
      return [
        `dot ${batch.size} × [${free.size}, ${contracted.size}] · [${contracted.size}, ${rhs.operand.free.size}]`,
        `  ${typed(output)} = ${name(lhs.buffer)} · ${name(rhs.buffer)}`,
      ];
    }
  }
};

/** A program and its memory plan, for people. */
export const formatProgram = (program: Program, plan: MemoryPlan): string => {
  const lines = [
    `inputs: ${program.inputs.map(({ aval, buffer }) => `${name(buffer)}:${formatAval(aval)}`).join(", ")}`,
    ...program.kernels.flatMap(kernelText),
    `outputs: ${program.outputs
      .map(({ from }) =>
        from.kind === "buffer" ? name(from.buffer) : from.kind === "input" ? `in${from.index}` : "constant",
      )
      .join(", ")}`,
    `scratch: ${plan.bytes} bytes`,
    ...[...plan.offsets].map(
      ([buffer, offset]) => `  ${name(buffer)} at ${offset}, ${bufferBytes(buffer)} bytes`,
    ),
  ];
  return lines.join("\n");
};

/** What a program costs, worked out before it runs. */
export interface CostAnalysis {
  /** Arithmetic operations, additions and multiplications counted apart. */
  readonly flops: number;
  /** Bytes that kernels read and write. */
  readonly bytesAccessed: number;
  /** Bytes of scratch memory that a call takes, arguments and results included. */
  readonly peakBytes: number;
}

/** Count the operations of a program and the bytes it moves. */
export const analyzeCost = (program: Program, plan: MemoryPlan): CostAnalysis => {
  let flops = 0;
  let bytesAccessed = 0;
  const whole = (buffer: Buffer): number => buffer.size * dtypeInfo(buffer.dtype).bytes;
  for (const kernel of program.kernels) {
    switch (kernel.kind) {
      case "loop": {
        const points = sizeOf(kernel.shape);
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
        break;
      }
      case "nest":
        for (const { buffer } of kernel.inputs) bytesAccessed += whole(buffer);
        for (const buffer of kernel.outputs) bytesAccessed += whole(buffer);
        break;
      case "dot": {
        const { batch, free, contracted } = kernel.lhs.operand;
        const columns = kernel.rhs.operand.free.size;
        flops += 2 * batch.size * free.size * contracted.size * columns;
        const { bytes } = dtypeInfo(kernel.output.dtype);
        bytesAccessed +=
          bytes *
          batch.size *
          (free.size * contracted.size + contracted.size * columns + free.size * columns);
        break;
      }
    }
  }
  return { flops, bytesAccessed, peakBytes: plan.bytes };
};
