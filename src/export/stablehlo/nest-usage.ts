import type { Expr } from "../../kernel/expr.ts";
import type { Statement } from "../../kernel/nest.ts";

/*
 * Which variables and buffers statements touch. A loop of StableHLO hands its state from turn to turn explicitly, so
 * it must be known what a loop changes that is seen outside of it.
 */

/** What some statements touch. */
export interface Usage {
  /** How often each variable is named. */
  readonly named: ReadonlyMap<number, number>;
  /** The variables that are set. */
  readonly set: ReadonlySet<number>;
  /** The buffers that are written to. */
  readonly stored: ReadonlySet<number>;
}

const known = new WeakMap<readonly Statement[], Usage>();

/** What `statements` touch, those inside of them included. */
export const usageOf = (statements: readonly Statement[]): Usage => {
  let usage = known.get(statements);
  if (usage === undefined) {
    usage = collect(statements);
    known.set(statements, usage);
  }
  return usage;
};

/** Of several lists of statements together. */
export const usageOfAll = (lists: readonly (readonly Statement[])[]): Usage => {
  const named = new Map<number, number>();
  const set = new Set<number>();
  const stored = new Set<number>();
  for (const usage of lists.map(usageOf)) {
    for (const [id, count] of usage.named) named.set(id, (named.get(id) ?? 0) + count);
    for (const id of usage.set) set.add(id);
    for (const id of usage.stored) stored.add(id);
  }
  return { named, set, stored };
};

/** The variables that an expression names. */
const variablesOf = (root: Expr): ReadonlySet<number> => {
  const found = new Set<number>();
  const seen = new Set<Expr>();
  const open = [root];
  for (let expr = open.pop(); expr !== undefined; expr = open.pop()) {
    if (seen.has(expr)) continue;
    seen.add(expr);
    if (expr.op === "input") found.add(expr.index as number);
    open.push(...expr.args);
  }
  return found;
};

const collect = (statements: readonly Statement[]): Usage => {
  const named = new Map<number, number>();
  const set = new Set<number>();
  const stored = new Set<number>();
  const name = (id: number, times = 1): void => void named.set(id, (named.get(id) ?? 0) + times);
  const read = (...exprs: readonly Expr[]): void => {
    for (const expr of exprs) for (const id of variablesOf(expr)) name(id);
  };
  const assign = (id: number): void => {
    name(id);
    set.add(id);
  };
  const inside = (...lists: readonly (readonly Statement[])[]): void => {
    const usage = usageOfAll(lists);
    for (const [id, count] of usage.named) name(id, count);
    for (const id of usage.set) set.add(id);
    for (const id of usage.stored) stored.add(id);
  };
  for (const statement of statements) {
    switch (statement.kind) {
      case "set":
        read(statement.value);
        assign(statement.variable.id);
        break;
      case "load":
        read(statement.index);
        assign(statement.variable.id);
        break;
      case "store":
        read(statement.index, statement.value);
        stored.add(statement.buffer.id);
        break;
      case "for":
        read(statement.from, statement.to);
        name(statement.variable.id);
        inside(statement.body);
        break;
      case "sum":
        read(statement.from, statement.to, statement.term);
        name(statement.variable.id);
        assign(statement.result.id);
        inside(statement.body);
        break;
      case "while":
        read(statement.condition);
        inside(statement.test, statement.body);
        break;
      case "if":
        read(statement.condition);
        inside(statement.whenTrue, statement.whenFalse);
        break;
      case "copy":
        read(statement.fromIndex, statement.toIndex, statement.count);
        stored.add(statement.to.id);
        break;
    }
  }
  return { named, set, stored };
};
