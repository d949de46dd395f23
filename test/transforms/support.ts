import { expect } from "vitest";
import { arrayFrom, type NDArray, type NestedInput } from "../../src/array/index.ts";
import { type ClosedJaxpr, checkJaxpr } from "../../src/core/index.ts";
import type { InputsOf } from "../../src/transforms/index.ts";
import { makeJaxpr } from "../../src/transforms/make-jaxpr.ts";
import { map } from "../../src/tree/index.ts";

/*
 * The transforms are tested on functions made of primitives alone, so that a fault of the array language cannot hide
 * behind theirs.
 */

/** A float64 array. */
export const f64 = (values: NestedInput): NDArray => arrayFrom(values, "float64");
/** A float32 array. */
export const f32 = (values: NestedInput): NDArray => arrayFrom(values, "float32");
/** An int32 array. */
export const i32 = (values: NestedInput): NDArray => arrayFrom(values, "int32");

/** A tree of arrays as nested JavaScript values. */
export const values = (tree: unknown): unknown => map((x) => (x as NDArray).toArray(), tree);

/** Expects the arrays of `actual` to be those of `expected`, a tree of nested JavaScript values, to 1e-9 or `tolerance`. */
export const expectClose = (actual: unknown, expected: unknown, tolerance = 1e-9): void => {
  compare(values(actual), expected, tolerance, "");
};

const compare = (actual: unknown, expected: unknown, tolerance: number, path: string): void => {
  if (typeof expected === "number") {
    const text = `${path === "" ? "the value" : path}: ${String(actual)} is not close to ${expected}`;
    expect(typeof actual, text).toBe("number");
    const error = Math.abs((actual as number) - expected);
    expect(error <= tolerance * Math.max(1, Math.abs(expected)) || Object.is(actual, expected), text).toBe(
      true,
    );
  } else if (typeof expected === "object" && expected !== null) {
    expect(Object.keys(actual as object).sort(), path).toEqual(Object.keys(expected).sort());
    for (const [key, item] of Object.entries(expected)) {
      compare((actual as Record<string, unknown>)[key], item, tolerance, `${path}.${key}`);
    }
  } else {
    expect(actual, path).toEqual(expected);
  }
};

/** The jaxpr of `f`, which must pass the checker. */
export const traced =
  <A extends readonly unknown[]>(f: (...args: A) => unknown) =>
  (...args: InputsOf<A>): ClosedJaxpr => {
    const closed = makeJaxpr(f)(...args);
    checkJaxpr(closed);
    return closed;
  };

/** The names of the primitives of a jaxpr in the order of its equations. */
export const operations = (closed: ClosedJaxpr): string[] =>
  closed.jaxpr.equations.map((e) => e.primitive.name);

/** How often each primitive appears in a jaxpr, those of the jaxprs inside it included. */
export const countOperations = (closed: ClosedJaxpr): Map<string, number> => {
  const counts = new Map<string, number>();
  const visit = ({ jaxpr }: ClosedJaxpr): void => {
    for (const { primitive, params } of jaxpr.equations) {
      counts.set(primitive.name, (counts.get(primitive.name) ?? 0) + 1);
      if ("jaxpr" in params) visit(params.jaxpr as ClosedJaxpr);
    }
  };
  visit(closed);
  return counts;
};

/** A function that counts its calls. */
export const counted = <A extends readonly unknown[], R>(
  f: (...args: A) => R,
): ((...args: A) => R) & { calls(): number } => {
  let calls = 0;
  return Object.assign(
    (...args: A): R => {
      calls++;
      return f(...args);
    },
    { calls: () => calls },
  );
};

/** A function without its static types, to call it as they forbid. */
export const untyped = (f: unknown): ((...args: readonly unknown[]) => unknown) =>
  f as (...args: readonly unknown[]) => unknown;
