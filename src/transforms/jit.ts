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
import type { Argnums, InputsOf } from "./types.ts";

/** Options of `jit`. */
export interface JitOptions {
  /**
   * Arguments that are plain JavaScript values: the function is traced anew for each value of theirs. Plain data is
   * compared by content, functions and instances of classes by identity.
   */
  readonly staticArgnums?: Argnums;
}

/** One tracing of a function. */
interface Entry {
  readonly jaxpr: ClosedJaxpr;
  /** Tracers of enclosing transforms that the function closed over; they are passed along. */
  readonly hoisted: readonly NDArray[];
  readonly outTree: TreeDef;
  /** What it was traced for. */
  readonly inTree: TreeDef;
  readonly inputs: readonly Aval[];
  readonly scope: string;
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
  { staticArgnums = [] }: JitOptions = {},
): ((...args: InputsOf<A>) => Arrays<R>) => {
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

  const compiled = (...args: readonly unknown[]): unknown => {
    const scope = namedAxesKey();
    // Most calls are like the one before.
    if (latest !== undefined && !hasStatics && isAlive(latest)) {
      const inputs = arraysLike(latest, args, scope);
      if (inputs !== undefined) return run(latest, inputs);
    }
    const isStatic = hasStatics ? staticFlags(statics, args.length) : undefined;
    const dynamic = isStatic === undefined ? args : args.filter((_, i) => !isStatic[i]);
    const [inputs, inTree] = flattenArrays(dynamic, "jit, arguments");
    let key = inTree.key;
    for (const x of inputs) key += avalKey(x);
    if (isStatic !== undefined)
      for (const [i, arg] of args.entries()) if (isStatic[i]) key += `|${stableKey(arg)}`;
    key += scope;
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
      entry = { jaxpr: closed, hoisted, outTree: flat.outTree(), inTree, inputs: avals, scope };
      cache.set(key, entry);
    }
    latest = entry;
    return run(entry, inputs);
  };
  Object.defineProperty(compiled, "name", { value: name });
  return compiled as (...args: InputsOf<A>) => Arrays<R>;
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
