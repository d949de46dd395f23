import type { ClosedJaxpr } from "../core/index.ts";

/**
 * Remember what is derived from a closed jaxpr for as long as the jaxpr lives. A compiled function that is
 * differentiated on every call is then transformed once.
 */
export const memoizeOnJaxpr = <A extends readonly unknown[], R>(
  key: (...args: A) => string,
  derive: (closed: ClosedJaxpr, ...args: A) => R,
): ((closed: ClosedJaxpr, ...args: A) => R) => {
  const cache = new WeakMap<ClosedJaxpr, Map<string, R>>();
  return (closed, ...args) => {
    let results = cache.get(closed);
    if (results === undefined) {
      results = new Map();
      cache.set(closed, results);
    }
    const k = key(...args);
    const known = results.get(k);
    if (known !== undefined) return known;
    const result = derive(closed, ...args);
    results.set(k, result);
    return result;
  };
};

/** A list of booleans as a key. */
export const flagsKey = (flags: readonly boolean[]): string => flags.map((f) => (f ? "1" : "0")).join("");
