import { type Aval, describeAval, sameAval } from "../core/index.ts";
import { formatPath, leafPaths, type TreeDef } from "../tree/index.ts";

/** Told to `onTrace` of `jit` when a function is traced. */
export interface TraceEvent {
  /** The name of the function. */
  readonly name: string;
  /** How many tracings of it there are now. */
  readonly count: number;
  /** What is not as it was in the call before. */
  readonly reason: string;
}

let observer: ((event: TraceEvent) => void) | undefined;

/** Set who is told of every tracing of every function under `jit`; returns who was before. */
export const setTraceObserver = (next: typeof observer): typeof observer => {
  const before = observer;
  observer = next;
  return before;
};

/** Tell the observer, if there is one. */
export const observeTrace = (event: TraceEvent): void => observer?.(event);

/** What a tracing is good for. */
export interface TraceSignature {
  readonly inTree: TreeDef;
  readonly inputs: readonly Aval[];
  /** The static arguments. */
  readonly staticsKey: string;
  /** The named axes of enclosing vmaps. */
  readonly scope: string;
}

/** Why a function is traced again for arguments that it was traced for before. */
export const DEAD_CLOSURE = "it closes over values of an enclosing transform that has ended";

const describe = (a: Aval): string => `${a.weakType ? "weakly typed " : ""}${describeAval(a)}`;

/** What differs between two calls, in words. */
export const retraceReason = (before: TraceSignature | undefined, now: TraceSignature): string => {
  if (before === undefined) return "it is called for the first time";
  if (!before.inTree.equals(now.inTree)) {
    return `the structure of its arguments changed from ${before.inTree} to ${now.inTree}`;
  }
  const paths = leafPaths(now.inTree);
  for (const [i, a] of now.inputs.entries()) {
    const was = before.inputs[i] as Aval;
    if (sameAval(a, was) && a.weakType === was.weakType) continue;
    return `argument ${formatPath(paths[i] ?? [])} changed from ${describe(was)} to ${describe(a)}`;
  }
  if (before.staticsKey !== now.staticsKey) return "a static argument has another value";
  return "the named axes of the enclosing vmaps are others";
};
