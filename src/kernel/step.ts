import type { Op, Procedure, ScalarType, ScalarValue, Table } from "./expr.ts";

/** One operation of a sequence; its operands are earlier steps, by number. */
export interface Step {
  readonly op: Op;
  readonly type: ScalarType;
  readonly args: readonly number[];
  readonly value?: ScalarValue;
  readonly index?: number;
  readonly table?: Table;
  readonly procedure?: Procedure;
}

/** Expressions written out as steps, every one once, operands before what uses them. */
export interface Sequence {
  readonly steps: readonly Step[];
  /** Which steps are the values of the expressions. */
  readonly results: readonly number[];
}
