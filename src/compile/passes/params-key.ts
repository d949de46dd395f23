import { type ConcreteArray, firstElement } from "../../array/index.ts";
import type { Params } from "../../core/index.ts";

const identities = new WeakMap<object, number>();
let nextIdentity = 0;

/** A number that tells objects apart. */
const identityOf = (object: object): number => {
  let identity = identities.get(object);
  if (identity === undefined) {
    identity = nextIdentity++;
    identities.set(object, identity);
  }
  return identity;
};

const describe = (value: unknown): string => {
  if (typeof value === "string") return JSON.stringify(value);
  if (typeof value === "number") return Object.is(value, -0) ? "-0" : String(value);
  if (typeof value === "function") return `#${identityOf(value)}`;
  if (typeof value !== "object" || value === null) return String(value);
  if (Array.isArray(value)) return `[${value.map(describe).join()}]`;
  if (Object.getPrototypeOf(value) !== Object.prototype) return `#${identityOf(value)}`;
  const record = value as Readonly<Record<string, unknown>>;
  const names = Object.keys(record).filter((name) => record[name] !== undefined);
  return `{${names
    .sort()
    .map((name) => `${name}:${describe(record[name])}`)
    .join()}}`;
};

const keys = new WeakMap<Params, string>();

/**
 * A text that is equal for parameters that mean the same. Plain data is compared by what it says; functions, jaxprs,
 * arrays and other objects by identity. It is remembered for as long as the parameters live.
 */
export const paramsKey = (params: Params): string => {
  let key = keys.get(params);
  if (key === undefined) {
    key = describe(params);
    keys.set(params, key);
  }
  return key;
};

/** A text that is equal for scalars of one dtype and the same bits. */
export const scalarKey = (value: ConcreteArray): string => {
  const element = firstElement(value);
  return `${value.dtype} ${Object.is(element, -0) ? "-0" : element}`;
};
