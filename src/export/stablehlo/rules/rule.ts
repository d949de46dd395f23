import type { Aval, Params, Primitive } from "../../../core/index.ts";
import type { Value } from "../types.ts";
import type { Writer } from "../writer.ts";

/** How an application of a primitive is written, where that is not what its lowering says. */
export type Write<P extends Params> = (
  w: Writer,
  inputs: readonly Value[],
  params: P,
  outputs: readonly Aval[],
) => readonly Value[];

/** A primitive and how it is written. */
export interface Rule {
  readonly primitive: Primitive;
  /** For which applications; default: all. */
  readonly applies: (inputs: readonly Value[], params: Params, outputs: readonly Aval[]) => boolean;
  readonly write: Write<Params>;
  /** Whether elements of storage types are given to it as they are. */
  readonly storage: boolean;
}

interface RuleOptions<P extends Params> {
  readonly applies?: (inputs: readonly Value[], params: P, outputs: readonly Aval[]) => boolean;
  readonly storage?: boolean;
}

/** Say how a primitive is written. */
export const rule = <P extends Params>(
  primitive: Primitive<P>,
  write: Write<P>,
  { applies = () => true, storage = primitive.storage === true }: RuleOptions<P> = {},
): Rule => ({
  primitive: primitive as unknown as Primitive,
  write: write as unknown as Write<Params>,
  applies: applies as unknown as Rule["applies"],
  storage,
});
