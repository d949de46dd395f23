import type { ArrayLike, NDArray } from "../array/ndarray.ts";

/** A tree whose leaves are `A`: a leaf, nothing, a list of trees or a record of trees. */
export type PyTree<A> = A | null | undefined | readonly PyTree<A>[] | { readonly [key: string]: PyTree<A> };

/** Objects that are always leaves. An instance of any other class is one too, but its type doesn't tell. */
type OpaqueObject =
  | NDArray
  | ((...args: never[]) => unknown)
  | (abstract new (
      ...args: never[]
    ) => unknown)
  | Date
  | RegExp
  | Promise<unknown>
  | ReadonlyMap<unknown, unknown>
  | ReadonlySet<unknown>
  | ArrayBufferView
  | ArrayBuffer;

type Nothing = null | undefined;

// The types below map lists (`T[number][] extends T`) by `X<T[number]>[]` and only tuples by a mapped type: TypeScript
// puts off the first, so that types that contain themselves through lists, such as `PyTree`, come to an end.

type IsAny<T> = 0 extends 1 & T ? true : false;

/** How many levels `Leaf` looks down: types can be infinitely deep, and repeat themselves long before this. */
type Fuel = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];

type Less<F extends readonly unknown[]> = F extends readonly [unknown, ...infer Rest] ? Rest : [];

type LeafWithin<T, F extends readonly unknown[]> =
  IsAny<T> extends true
    ? T
    : unknown extends T
      ? T
      : T extends Nothing
        ? never
        : T extends OpaqueObject
          ? T
          : F extends readonly []
            ? never
            : T extends readonly unknown[]
              ? LeafWithin<T[number], Less<F>>
              : T extends object
                ? LeafWithin<T[keyof T], Less<F>>
                : T;

/** The union of the types of the leaves of a tree of type `T`. `null` and `undefined` are no leaves. */
export type Leaf<T> = LeafWithin<T, Fuel>;

/** The type of a tree of type `T` once every leaf is a `B`. Tuples, `readonly` and `?` stay; so do `null`s. */
export type MapLeaves<T, B> =
  IsAny<T> extends true
    ? T
    : unknown extends T
      ? T
      : T extends Nothing
        ? T
        : T extends OpaqueObject
          ? B
          : T extends readonly unknown[]
            ? T[number][] extends T
              ? T extends unknown[]
                ? MapLeaves<T[number], B>[]
                : readonly MapLeaves<T[number], B>[]
              : { [K in keyof T]: MapLeaves<T[K], B> }
            : T extends object
              ? { [K in keyof T]: MapLeaves<T[K], B> }
              : B;

/**
 * `T` with `NDArray` leaves that may be given as numbers or booleans too: what callers may pass for a `T`. Nothing writes to
 * what they pass, so lists and tuples may be readonly, whatever those of `T` are.
 */
export type Inputs<T> =
  IsAny<T> extends true
    ? T
    : unknown extends T
      ? T
      : T extends NDArray
        ? ArrayLike
        : T extends OpaqueObject
          ? T
          : T extends readonly unknown[]
            ? T[number][] extends T
              ? readonly Inputs<T[number]>[]
              : { readonly [K in keyof T]: Inputs<T[K]> }
            : T extends object
              ? { readonly [K in keyof T]: Inputs<T[K]> }
              : T;

/** `T` with numbers and booleans turned into `NDArray`s: what comes back where a `T` went through a transform. */
export type Arrays<T> =
  IsAny<T> extends true
    ? T
    : unknown extends T
      ? T
      : T extends NDArray | number | boolean
        ? NDArray
        : T extends OpaqueObject
          ? T
          : T extends readonly unknown[]
            ? T[number][] extends T
              ? T extends unknown[]
                ? Arrays<T[number]>[]
                : readonly Arrays<T[number]>[]
              : { [K in keyof T]: Arrays<T[K]> }
            : T extends object
              ? { [K in keyof T]: Arrays<T[K]> }
              : T;

/** `T` as a draft that can be written to: `readonly` is taken away at every level, arrays and other leaves stay. */
export type Editable<T> =
  IsAny<T> extends true
    ? T
    : T extends OpaqueObject
      ? T
      : T extends readonly unknown[]
        ? T[number][] extends T
          ? Editable<T[number]>[]
          : { -readonly [K in keyof T]: Editable<T[K]> }
        : T extends object
          ? { -readonly [K in keyof T]: Editable<T[K]> }
          : T;

type At<U, K> = K extends keyof U ? U[K] : never;

type LeavesUpToWithin<T, U, F extends readonly unknown[]> =
  IsAny<T> extends true
    ? unknown
    : unknown extends T
      ? unknown
      : T extends Nothing
        ? never
        : T extends OpaqueObject
          ? U
          : F extends readonly []
            ? never
            : T extends readonly unknown[]
              ? number extends T["length"]
                ? LeavesUpToWithin<T[number], At<U, number>, Less<F>>
                : { [K in keyof T]: LeavesUpToWithin<T[K], At<U, K>, Less<F>> }[number]
              : T extends object
                ? { [K in keyof T]-?: LeavesUpToWithin<T[K], At<U, K>, Less<F>> }[keyof T]
                : U;

/**
 * The types of what stands in a tree of type `U` where a tree of type `T` has its leaves: the leaves of `U` if the two
 * have the same structure, subtrees of it if it goes further.
 */
export type LeavesUpTo<T, U> = [U] extends [MapLeaves<T, Leaf<U>>] ? Leaf<U> : LeavesUpToWithin<T, U, Fuel>;
