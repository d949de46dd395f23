import { asArray, isArrayLike, type NDArray } from "../array/index.ts";
import { jitCall } from "../calls/jit-call.ts";
import {
  ArgumentError,
  type Aval,
  activeTraces,
  avalKey,
  avalOf,
  bind,
  type ClosedJaxpr,
  hoistTracers,
  sameAval,
  Tracer,
  traceToJaxpr,
} from "../core/index.ts";
import { BatchTrace } from "../interpreters/batch-trace.ts";
import { type Arrays, flattenLike, type TreeDef, unflatten } from "../tree/index.ts";
import { stableKey } from "../tree/stable-key.ts";
import { flattenArrays, flattenFunction, functionName } from "./flatten-function.ts";
import { type Lowered, lowered } from "./lowered.ts";
import {
  DEAD_CLOSURE,
  observeTrace,
  retraceReason,
  type TraceEvent,
  type TraceSignature,
} from "./retrace.ts";
import type { Argnums, InputsOf } from "./types.ts";

/** Options of `jit`. */
export interface JitOptions {
  /**
   * Arguments that are plain JavaScript values: the function is traced anew for each value of theirs. Plain data is
   * compared by content, functions and instances of classes by identity.
   */
  readonly staticArgnums?: Argnums;
  /** Called whenever the function is traced, with the reason: why it retraces can be seen. */
  readonly onTrace?: (event: TraceEvent) => void;
}

/** A compiled function. */
export interface JitFunction<A extends readonly unknown[], R> {
  (...args: InputsOf<A>): Arrays<R>;
  /** What would run for these arguments: the optimized jaxpr, the kernels, the cost. Nothing is computed. */
  lower(...args: InputsOf<A>): Lowered<A, R>;
}

/** One tracing of a function. */
interface Entry extends TraceSignature {
  readonly jaxpr: ClosedJaxpr;
  /** Tracers of enclosing transforms that the function closed over; they are passed along. */
  readonly hoisted: readonly NDArray[];
  readonly outTree: TreeDef;
}

/** A tracing that closed over tracers is good only for as long as their transform runs. */
const isAlive = ({ hoisted }: Entry): boolean => !hoisted.some((x) => x instanceof Tracer && !x.trace.alive);

/** The arrays of `args` if they are like those that `entry` was traced for, found out without a key. */
const arraysLike = (entry: Entry, args: readonly unknown[], scope: string): NDArray[] | undefined => {
  if (entry.scope !== scope) return undefined;
  const leaves = flattenLike(entry.inTree, args);
  if (leaves === undefined) return undefined;
  const arrays = new Array<NDArray>(leaves.length);
  for (let i = 0; i < leaves.length; i++) {
    const leaf = leaves[i];
    if (!isArrayLike(leaf)) return undefined;
    const x = asArray(leaf, "jit");
    const expected = entry.inputs[i] as Aval;
    if (x.weakType !== expected.weakType || !sameAval(x, expected)) return undefined;
    arrays[i] = x;
  }
  return arrays;
};

/** The named axes in scope: a function that reduces over them means something else where they differ. */
const namedAxesKey = (): string => {
  let key = "";
  for (const trace of activeTraces()) {
    if (trace instanceof BatchTrace && trace.axisName !== undefined)
      key += `${trace.axisName}=${trace.size};`;
  }
  return key;
};

/**
 * `f`, traced once for each combination of tree structure, shapes and dtypes of its arguments, and run as a program
 * from then on. `f` must be pure: what it does besides computing its result happens while it is traced, not when it
 * is called again.
 *
 * @throws ConcretizationError if `f` looks at the values of traced arguments.
 * @example
 * const step = jit((params: Params, x: NDArray) => grad(loss)(params, x));
 * @see https://docs.jax.dev/en/latest/_autosummary/jax.jit.html
 */
export const jit = <A extends readonly unknown[], R>(
  f: (...args: A) => R,
  { staticArgnums = [], onTrace }: JitOptions = {},
): JitFunction<A, R> => {
  if (typeof f !== "function") throw new TypeError(`jit: expected a function, got ${typeof f}.`);
  const cache = new Map<string, Entry>();
  let latest: Entry | undefined;
  const name = functionName(f);
  const statics = typeof staticArgnums === "number" ? [staticArgnums] : staticArgnums;
  const hasStatics = statics.length > 0;

  const run = ({ jaxpr, hoisted, outTree }: Entry, inputs: readonly NDArray[]): unknown =>
    unflatten(
      outTree,
      bind(jitCall, hoisted.length === 0 ? inputs : [...hoisted, ...inputs], { jaxpr, name }),
    );

  /** The tracing for these arguments, made if there is none, and the arrays among them. */
  const find = (args: readonly unknown[]): { readonly entry: Entry; readonly inputs: readonly NDArray[] } => {
    const scope = namedAxesKey();
    // Most calls are like the one before.
    if (latest !== undefined && !hasStatics && isAlive(latest)) {
      const inputs = arraysLike(latest, args, scope);
      if (inputs !== undefined) return { entry: latest, inputs };
    }
    const isStatic = hasStatics ? staticFlags(statics, args.length) : undefined;
    const dynamic = isStatic === undefined ? args : args.filter((_, i) => !isStatic[i]);
    const [inputs, inTree] = flattenArrays(dynamic, "jit, arguments");
    let staticsKey = "";
    if (isStatic !== undefined)
      for (const [i, arg] of args.entries()) if (isStatic[i]) staticsKey += `|${stableKey(arg)}`;
    const key = inTree.key + inputs.map(avalKey).join("") + staticsKey + scope;
    let entry = cache.get(key);
    if (entry === undefined || !isAlive(entry)) {
      const call = (...chosen: never[]): unknown => {
        if (isStatic === undefined) return (f as (...xs: never[]) => unknown)(...chosen);
        let next = 0;
        return f(...(args.map((arg, i) => (isStatic[i] ? arg : chosen[next++])) as unknown as A));
      };
      const flat = flattenFunction(call, inTree, "jit");
      const { closed, hoisted } = hoistTracers(traceToJaxpr(flat.fun, inputs, "jit"));
      const avals = inputs.map(avalOf);
      const known = entry !== undefined;
      entry = { jaxpr: closed, hoisted, outTree: flat.outTree(), inTree, inputs: avals, scope, staticsKey };
      cache.set(key, entry);
      const reason = known ? DEAD_CLOSURE : retraceReason(latest, entry);
      const event: TraceEvent = { name, count: cache.size, reason };
      onTrace?.(event);
      observeTrace(event);
    }
    latest = entry;
    return { entry, inputs };
  };

  const compiled = (...args: readonly unknown[]): unknown => {
    const { entry, inputs } = find(args);
    return run(entry, inputs);
  };
  const lower = (...args: readonly unknown[]): Lowered<A, R> => {
    const { entry } = find(args);
    const call = (...others: InputsOf<A>): Arrays<R> => {
      const found = find(others);
      if (found.entry === entry) return run(entry, found.inputs) as Arrays<R>;
      throw new ArgumentError(
        `jit: "${name}" was lowered for other arguments: ${retraceReason(entry, found.entry)}. Call the jitted ` +
          "function itself, which is traced again where it has to be.",
      );
    };
    return lowered(entry.jaxpr, call, () => {
      const isStatic = staticFlags(statics, args.length);
      const traced = [...isStatic.keys()].filter((i) => !isStatic[i]);
      return { inTree: entry.inTree, outTree: entry.outTree, name, fun: f, count: args.length, traced };
    });
  };
  Object.defineProperty(compiled, "name", { value: name });
  return Object.assign(compiled, { lower }) as unknown as JitFunction<A, R>;
};

const staticFlags = (statics: readonly number[], count: number): boolean[] => {
  const flags = new Array<boolean>(count).fill(false);
  for (const n of statics) {
    const position = n < 0 ? n + count : n;
    if (!Number.isInteger(n) || position < 0 || position >= count) {
      throw new ArgumentError(
        `jit: staticArgnums names argument ${n}, but the function was called with ${count}.`,
      );
    }
    flags[position] = true;
  }
  return flags;
};
