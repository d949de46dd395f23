import type { Sequence, Step } from "../kernel/sequence.ts";

/** A sequence without its rare cases, and the conditions under any of which its results don't hold. */
export interface Usual {
  readonly program: Sequence;
  /** Steps of the program. */
  readonly conditions: readonly number[];
}

/** Takes the usual value of every `rare`, leaving out what only the rare ones need. */
export function usual(program: Sequence): Usual {
  const { steps, results } = program;
  const needed = new Set<number>();
  const open = [...results];
  for (let i = open.pop(); i !== undefined; i = open.pop()) {
    if (needed.has(i)) continue;
    needed.add(i);
    const { op, args } = steps[i] as Step;
    args.forEach((arg, k) => {
      if (op !== "rare" || k !== 1) open.push(arg);
    });
  }
  const renumbered: number[] = [];
  const conditions = new Set<number>();
  const kept: Step[] = [];
  const at = (i: number): number => renumbered[i] as number;
  steps.forEach((step, i) => {
    if (!needed.has(i)) return;
    if (step.op === "rare") {
      conditions.add(at(step.args[0] as number));
      renumbered[i] = at(step.args[2] as number);
    } else {
      renumbered[i] = kept.push({ ...step, args: step.args.map(at) }) - 1;
    }
  });
  return { program: { steps: kept, results: results.map(at) }, conditions: [...conditions] };
}
