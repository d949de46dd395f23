import { NDArray } from "../array/ndarray.ts";
import { sameShape } from "../array/shape.ts";
import { flatten } from "./flatten.ts";
import { checkSameStructure } from "./mismatch.ts";

/** How near is near: `|a - b| <= atol + rtol * |b|`, as in NumPy. */
export interface AllcloseOptions {
  /** Allowed relative to `b`; 1e-5 if absent. */
  readonly rtol?: number;
  /** Allowed absolutely; 1e-8 if absent. */
  readonly atol?: number;
  /** Whether a NaN is near another NaN; false if absent. */
  readonly equalNan?: boolean;
}

/**
 * Whether two trees of arrays and numbers have the same shapes and nearly the same values. Infinities are near
 * themselves only. Leaves that are neither arrays, numbers nor booleans have to be identical.
 *
 * Throws a TypeError if the structures differ.
 *
 * @example
 * allclose({ w: 1, b: 2 }, { w: 1 + 1e-9, b: 2 }); // true
 */
export const allclose = (a: unknown, b: unknown, options: AllcloseOptions = {}): boolean => {
  const [left, leftDef] = flatten(a);
  const [right, rightDef] = flatten(b);
  checkSameStructure(leftDef, rightDef, { where: "allclose", names: ["a", "b"] });
  return left.every((x, i) => leafClose(x, right[i], options));
};

const leafClose = (a: unknown, b: unknown, options: AllcloseOptions): boolean => {
  const x = valuesOf(a);
  const y = valuesOf(b);
  if (x === undefined || y === undefined) return Object.is(a, b);
  if (!sameShape(x.shape, y.shape)) return false;
  const { rtol = 1e-5, atol = 1e-8, equalNan = false } = options;
  for (let i = 0; i < x.data.length; i++) {
    const p = x.data[i] as number;
    const q = y.data[i] as number;
    if (p === q || (equalNan && Number.isNaN(p) && Number.isNaN(q))) continue;
    // An infinite right-hand side would make every distance small enough.
    if (!Number.isFinite(q) || !(Math.abs(p - q) <= atol + rtol * Math.abs(q))) return false;
  }
  return true;
};

const valuesOf = (leaf: unknown): { shape: readonly number[]; data: ArrayLike<number> } | undefined => {
  if (leaf instanceof NDArray) return { shape: leaf.shape, data: leaf.toTypedArray() };
  if (typeof leaf === "number" || typeof leaf === "boolean") return { shape: [], data: [Number(leaf)] };
  return undefined;
};
