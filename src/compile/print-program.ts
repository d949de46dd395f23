import { dtypeInfo } from "../array/index.ts";
import { formatAval } from "../core/index.ts";
import { text } from "../kernel/print.ts";
import { sequence } from "../kernel/sequence.ts";
import { bufferBytes, type MemoryPlan } from "./memory-plan.ts";
import type { Buffer, Kernel, Layout, Leaf, Program } from "./program.ts";

/** A buffer; one that goes with the turns of a loop as a formula of i0 (the turn of the outermost loop), i1, … */
const name = ({ id, origin }: Buffer): string => {
  switch (origin.kind) {
    case "input":
      return `in${origin.index}`;
    case "const":
      return `const${id}`;
    case "temp":
      return `t${id}`;
    case "same":
      return name(origin.of);
    case "moving":
      return `${name(origin.of)}+${origin.step}·i${origin.loop}`;
    case "swapped":
      return `(i${origin.loop} even ? ${name(origin.even)} : ${name(origin.odd)})`;
  }
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
    case "scan":
      return [
        `scan ${kernel.length} times${kernel.reverse ? " in reverse" : ""}`,
        ...inside(kernel.body),
        `  leaves ${kernel.held.map(typed).join(", ")}`,
      ];
    case "while":
      return [
        "while",
        ...inside(kernel.test),
        `  ${name(kernel.flag)} do`,
        ...inside(kernel.body),
        `  leaves ${kernel.carry.map(({ even }) => typed(even)).join(", ")}`,
      ];
    case "branch":
      return [
        `branch ${name(kernel.index)}${kernel.offset === 0 ? "" : ` from ${kernel.offset}`}`,
        ...kernel.branches.flatMap((branch, k) => [`  case ${k}`, ...inside(branch).map((l) => `  ${l}`)]),
        `  leaves ${kernel.outputs.map(typed).join(", ")}`,
      ];
  }
};

const inside = (kernels: readonly Kernel[]): string[] =>
  kernels.flatMap((kernel) => kernelText(kernel).map((line) => `  ${line}`));

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
