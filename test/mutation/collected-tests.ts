import fc from "fast-check";

/*
 * Stands in for vitest, and for fast-check's version of it, where its tests are wanted as functions: a fault is looked for by running them, thousands of times
 * in one process. Only what the tests of the compiler use is here.
 */

type Body = (...args: never[]) => unknown;

/** The tests that the imported files hold, in order. */
export const collected: { readonly name: string; readonly run: () => unknown }[] = [];

/** Each row of a table as arguments. */
const rows = (table: readonly unknown[]): readonly (readonly unknown[])[] =>
  table.map((row) => (Array.isArray(row) ? row : [row]));

const call = (body: Body, args: readonly unknown[]): unknown =>
  (body as (...args: readonly unknown[]) => unknown)(...args);

/** `test(name, body)` and `test(name, options, body)`. */
const add = (name: string, first: Body | object, second?: Body | number): void => {
  const body = typeof first === "function" ? (first as Body) : (second as Body);
  collected.push({ name, run: () => call(body, []) });
};

/** A property of values that are drawn from these. */
const propertyOf = (
  values: readonly fc.Arbitrary<unknown>[] | Readonly<Record<string, fc.Arbitrary<unknown>>>,
  body: Body,
) => {
  const run = async (...args: readonly unknown[]): Promise<void> => void (await call(body, args));
  return Array.isArray(values)
    ? fc.asyncProperty(fc.tuple(...(values as readonly fc.Arbitrary<unknown>[])), (args) => run(...args))
    : fc.asyncProperty(fc.record(values as Readonly<Record<string, fc.Arbitrary<unknown>>>), run);
};

export const test = Object.assign(add, {
  prop:
    (values: Parameters<typeof propertyOf>[0], options: fc.Parameters<unknown> = {}) =>
    (name: string, body: Body) => {
      collected.push({ name, run: () => fc.assert(propertyOf(values, body), options as never) });
    },
  each: (table: readonly unknown[]) => (name: string, body: Body) => {
    for (const row of rows(table)) collected.push({ name, run: () => call(body, row) });
  },
});

export const it = test;

export const describe = Object.assign((_: string, body: Body) => void call(body, []), {
  each: (table: readonly unknown[]) => (_: string, body: Body) => {
    for (const row of rows(table)) call(body, row);
  },
});

export const beforeAll = (body: Body): void => void call(body, []);

export { expect } from "vitest";
export { fc };
