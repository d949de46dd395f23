import type { Sequence, Step } from "./sequence.ts";

function operation(step: Step): string {
  const args = step.args.map((i) => `%${i}`);
  switch (step.op) {
    case "constant":
      return Object.is(step.value, -0) ? "-0" : String(step.value);
    case "input":
      return `input ${step.index}`;
    case "lookup":
      return `lookup[${step.table?.values.length}] ${args}`;
    case "call":
      return `call[${step.procedure?.name}] ${args}`;
    default:
      return [step.op, ...args].join(" ");
  }
}

/**
 * A sequence as text, one step a line.
 *
 *     %0:f32 = input 0
 *     %1:f32 = mul %0 %0
 *     return %1
 */
export function text(program: Sequence): string {
  const lines = program.steps.map((step, i) => `%${i}:${step.type} = ${operation(step)}`);
  return [...lines, `return ${program.results.map((i) => `%${i}`).join(" ")}`].join("\n");
}
