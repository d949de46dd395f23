import { evaluateStep } from "./evaluate.ts";
import type { Expr, Procedure, ScalarValue, Table } from "./expr.ts";
import type { Sequence, Step } from "./step.ts";

export type { Sequence, Step };

const literal = (value: ScalarValue | undefined): string => (Object.is(value, -0) ? "-0" : String(value));

/**
 * Writes expressions out as one sequence: equal subexpressions become one step, operations on constants are done here.
 * Takes time linear in the number of nodes.
 */
export function sequence(roots: readonly Expr[]): Sequence {
  const steps: Step[] = [];
  const numbers = new Map<Expr, number>();
  const known = new Map<string, number>();
  const named = new Map<Table | Procedure, number>();

  const intern = (step: Step): number => {
    const { op, type, args, value, index, table, procedure } = step;
    const name = table ?? procedure;
    if (name !== undefined && !named.has(name)) named.set(name, named.size);
    const key = `${op} ${type} ${args} ${literal(value)} ${index} ${name && named.get(name)}`;
    const found = known.get(key);
    if (found !== undefined) return found;
    known.set(key, steps.push(step) - 1);
    return steps.length - 1;
  };

  const number = (expr: Expr): number => {
    const args = expr.args.map((arg) => numbers.get(arg) as number);
    const step: Step = { ...expr, args };
    const operands = args.map((i) => steps[i] as Step);
    if (args.length > 0 && operands.every((o) => o.op === "constant")) {
      const values = operands.map((o) => o.value as ScalarValue);
      const types = operands.map((o) => o.type);
      return intern({ op: "constant", type: expr.type, args: [], value: evaluateStep(step, values, types) });
    }
    return intern(step);
  };

  // Depth first without recursion: expressions may be deeper than the call stack.
  const visit = (root: Expr): number => {
    const path: { readonly expr: Expr; next: number }[] = [{ expr: root, next: 0 }];
    for (let top = path[0]; top !== undefined; top = path[path.length - 1]) {
      const arg = numbers.has(top.expr) ? undefined : top.expr.args[top.next++];
      if (arg !== undefined) {
        if (!numbers.has(arg)) path.push({ expr: arg, next: 0 });
        continue;
      }
      if (!numbers.has(top.expr)) numbers.set(top.expr, number(top.expr));
      path.pop();
    }
    return numbers.get(root) as number;
  };

  const results = roots.map(visit);
  return { steps, results };
}

const programs = /* @__PURE__ */ new WeakMap<Procedure, Sequence>();

/** The body of a procedure, written out once. */
export function programOf(procedure: Procedure): Sequence {
  const program = programs.get(procedure) ?? sequence([procedure.body]);
  programs.set(procedure, program);
  return program;
}
