/*
 * Stands in for vitest where its tests are wanted as functions: a fault is looked for by running them, thousands of times
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

export const test = Object.assign(add, {
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
