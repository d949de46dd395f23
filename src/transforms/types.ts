import type { NDArray } from "../array/index.ts";
import type { Arrays, Inputs } from "../tree/index.ts";

/** The arguments of a function, with numbers and booleans accepted where it takes arrays. */
export type InputsOf<A extends readonly unknown[]> = { [K in keyof A]: Inputs<A[K]> };

/** The arrays that come back for arguments `A`. */
export type ArraysOf<A extends readonly unknown[]> = { -readonly [K in keyof A]: Arrays<A[K]> };

/** Which arguments: one position, or several. Negative ones count from the end. */
export type Argnums = number | readonly number[];

/** The position, counted from the front, of the one that stands `M`th from the end; `never` if there is none. */
type FromEnd<
  A extends readonly unknown[],
  M extends string,
  Seen extends readonly unknown[] = [unknown],
> = A extends readonly [...infer Before, unknown]
  ? `${Seen["length"]}` extends M
    ? `${Before["length"]}`
    : FromEnd<Before, M, [...Seen, unknown]>
  : never;

/** A position as a key of the list of arguments. */
type ArgumentKey<A extends readonly unknown[], N> = N extends number
  ? `${N}` extends `-${infer M}`
    ? FromEnd<A, M>
    : `${N}`
  : never;

/** The type of one argument by its position, which may be negative. */
type ArgumentAt<A extends readonly unknown[], N> = A[ArgumentKey<A, N> & keyof A];

/** What comes back for the arguments that `argnums` names: one tree, or one for each. */
export type AtArgnums<A extends readonly unknown[], N extends Argnums> = N extends readonly unknown[]
  ? { -readonly [K in keyof N]: Arrays<ArgumentAt<A, N[K]>> }
  : Arrays<ArgumentAt<A, N>>;

/**
 * The arguments of a differentiated function. Numbers are accepted for arrays where it is differentiated; the other
 * arguments reach it as they are, so they have its own types.
 */
export type GradInputs<A extends readonly unknown[], N extends Argnums> = number extends A["length"]
  ? InputsOf<A>
  : {
      [K in keyof A]: K extends ArgumentKey<A, N extends readonly unknown[] ? N[number] : N>
        ? Inputs<A[K]>
        : A[K];
    };

/** A function that returns a scalar, to be differentiated. */
export type ScalarFunction<A extends readonly unknown[]> = (...args: A) => NDArray | number;

/** A function that returns a scalar and anything else besides. */
export type ScalarFunctionWithAux<A extends readonly unknown[], Aux> = (
  ...args: A
) => readonly [NDArray | number, Aux];
