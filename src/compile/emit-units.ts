import type { Unit } from "./units.ts";
import type { FunctionBuilder, Local } from "./wasm/function.ts";

interface Frame {
  readonly index: number;
  /** Operands that are put into locals, then operands that are left on the stack. */
  readonly kept: readonly number[];
  readonly stacked: readonly number[];
  readonly keep: boolean;
  next: number;
}

/**
 * Straight-line code for units that are computed on demand, each once: one used again is kept in a local until its
 * last use. Of a `rare` (in scalar code) the slow side becomes code of its own inside an `if`; what it shares with
 * the code around it is computed in front of the `if`. The roots are pushed in any order, each as often as it is
 * among the roots.
 */
export function emitUnits(
  f: FunctionBuilder,
  list: readonly Unit[],
  roots: readonly number[],
  pushTrivial: (index: number) => void,
  outer: ReadonlyMap<number, Local> = new Map(),
): { readonly push: (root: number) => void } {
  const at = (index: number): Unit => list[index] as Unit;
  const own = reachable(list, roots, outer);
  const shared = new Map<number, readonly number[]>();
  const uses = new Map<number, number>();
  const count = (i: number): void => void uses.set(i, (uses.get(i) ?? 0) + 1);
  for (const i of own) {
    const { args, slow } = at(i);
    args.forEach(count);
    if (slow === undefined) continue;
    const both = boundary(list, slow, own, outer);
    both.forEach(count);
    shared.set(i, both);
  }
  roots.forEach(count);

  const held = new Map<number, Local>();
  const push = (i: number): void => {
    const local = held.get(i) ?? outer.get(i);
    if (local !== undefined) f.get(local);
    else pushTrivial(i);
  };
  const used = (i: number): void => {
    const left = (uses.get(i) ?? 0) - 1;
    uses.set(i, left);
    const local = held.get(i);
    if (left > 0 || local === undefined) return;
    f.release(local);
    held.delete(i);
  };
  const hold = (index: number, keep: boolean): void => {
    const local = f.local(at(index).type);
    held.set(index, local);
    if (keep) f.set(local);
    else f.tee(local);
  };

  const frame = (index: number, keep: boolean): Frame => {
    const { args, named, slow } = at(index);
    const [condition = 0, value = 0] = args;
    if (slow !== undefined) {
      return { index, kept: [...(shared.get(index) ?? []), condition], stacked: [value], keep, next: 0 };
    }
    return named === true
      ? { index, kept: args, stacked: [], keep, next: 0 }
      : { index, kept: [], stacked: args, keep, next: 0 };
  };
  const finish = ({ index, kept, keep }: Frame): void => {
    const unit = at(index);
    const { slow } = unit;
    unit.emit(f, (k) => push(unit.args[k] as number));
    if (slow !== undefined) {
      const value = f.local(unit.type);
      f.set(value);
      push(unit.args[0] as number);
      f.if(() => {
        emitUnits(f, list, [slow], pushTrivial, new Map([...outer, ...held])).push(slow);
        f.set(value);
      });
      f.get(value).release(value);
    }
    kept.forEach(used);
    if (keep || (uses.get(index) ?? 0) > 1) hold(index, keep);
    if (!keep) used(index);
  };

  // On demand, without recursion: sequences may be deeper than the call stack.
  const compute = (root: number): void => {
    const path: Frame[] = [];
    const demand = (i: number, keep: boolean): void => {
      const ready = at(i).trivial === true || held.has(i) || outer.has(i);
      if (!ready) path.push(frame(i, keep));
      else if (!keep) {
        push(i);
        used(i);
      }
    };
    demand(root, false);
    for (let top = path[path.length - 1]; top !== undefined; top = path[path.length - 1]) {
      const k = top.next++;
      const { kept, stacked } = top;
      if (k < kept.length) demand(kept[k] as number, true);
      else if (k < kept.length + stacked.length) demand(stacked[k - kept.length] as number, false);
      else {
        path.pop();
        finish(top);
      }
    }
  };
  return { push: compute };
}

/** The units that these need, without what stands behind slow sides; those of `outer` are there already. */
function reachable(
  list: readonly Unit[],
  roots: readonly number[],
  outer: ReadonlyMap<number, Local>,
): ReadonlySet<number> {
  const found = new Set<number>();
  const open = [...roots];
  for (let i = open.pop(); i !== undefined; i = open.pop()) {
    if (found.has(i) || outer.has(i)) continue;
    found.add(i);
    open.push(...(list[i] as Unit).args);
  }
  return found;
}

/**
 * The units of `own` that a slow side needs at once. What these need in turn is not looked at: it would be all that was
 * ever computed, for each slow side anew.
 */
function boundary(
  list: readonly Unit[],
  slowSide: number,
  own: ReadonlySet<number>,
  outer: ReadonlyMap<number, Local>,
): readonly number[] {
  const found = new Set<number>();
  const shared: number[] = [];
  const open = [slowSide];
  for (let i = open.pop(); i !== undefined; i = open.pop()) {
    if (found.has(i) || outer.has(i)) continue;
    found.add(i);
    const { args, slow, trivial } = list[i] as Unit;
    if (own.has(i)) {
      if (trivial !== true) shared.push(i);
      continue;
    }
    open.push(...args);
    if (slow !== undefined) open.push(slow);
  }
  return shared;
}
