import { constant, type Expr, input, type Operand, type ScalarType } from "./expr.ts";

/*
 * Loop nests: what a lowering says when one element is not enough. A nest is a list of statements over variables and
 * buffers; expressions name variables by `input(variable.id)`. Nothing here knows of WebAssembly.
 */

/** A scalar variable. */
export interface Variable {
  readonly id: number;
  readonly type: ScalarType;
}

/** A dense array in memory, by its place among the operands of the nest: inputs first, then outputs, then scratch. */
export interface Buffer {
  readonly id: number;
  readonly type: ScalarType;
  /** How many elements it holds. */
  readonly size: number;
}

/** One step of a nest. */
export type Statement =
  | { readonly kind: "set"; readonly variable: Variable; readonly value: Expr }
  | { readonly kind: "load"; readonly variable: Variable; readonly buffer: Buffer; readonly index: Expr }
  | { readonly kind: "store"; readonly buffer: Buffer; readonly index: Expr; readonly value: Expr }
  | {
      readonly kind: "for";
      /** Counts from `from` up to, and without, `to`; both are evaluated once. */
      readonly variable: Variable;
      readonly from: Expr;
      readonly to: Expr;
      readonly body: readonly Statement[];
      /** The turns do not depend on one another, and go from element to element: see `lanes` of `NestBuilder`. */
      readonly lanes?: true;
    }
  /** The sum of `term` over `variable` from `from` up to, and without, `to`, in any order. */
  | {
      readonly kind: "sum";
      readonly result: Variable;
      readonly variable: Variable;
      readonly from: Expr;
      readonly to: Expr;
      readonly body: readonly Statement[];
      readonly term: Expr;
    }
  | {
      readonly kind: "while";
      readonly test: readonly Statement[];
      readonly condition: Expr;
      readonly body: readonly Statement[];
    }
  | {
      readonly kind: "if";
      readonly condition: Expr;
      readonly whenTrue: readonly Statement[];
      readonly whenFalse: readonly Statement[];
    }
  /** Copies `count` elements between buffers of one type; they must not overlap. */
  | {
      readonly kind: "copy";
      readonly from: Buffer;
      readonly fromIndex: Expr;
      readonly to: Buffer;
      readonly toIndex: Expr;
      readonly count: Expr;
    };

/** A whole nest. */
export interface Nest {
  readonly inputs: readonly Buffer[];
  readonly outputs: readonly Buffer[];
  readonly scratch: readonly Buffer[];
  readonly body: readonly Statement[];
  readonly variables: readonly Variable[];
}

/** A variable that may be set again. */
export interface MutableVariable {
  /** Its value at this point of the program. */
  readonly value: Expr;
  set(value: Operand): void;
}

/** What is known of an array that a nest reads or writes. */
export interface BufferSpec {
  readonly type: ScalarType;
  readonly size: number;
}

/**
 * Writes a nest statement by statement.
 *
 *     const nest = new NestBuilder([{ type: "f32", size: 8 }], [{ type: "f32", size: 8 }]);
 *     const [x] = nest.inputs, [y] = nest.outputs;
 *     nest.for(8, (i) => nest.store(y, i, nest.load(x, sub(7, i))));
 *     nest.finish();
 */
export class NestBuilder {
  readonly inputs: readonly Buffer[];
  readonly outputs: readonly Buffer[];
  readonly #scratch: Buffer[] = [];
  readonly #variables: Variable[] = [];
  #statements: Statement[] = [];
  #nextBuffer = 0;

  constructor(inputs: readonly BufferSpec[], outputs: readonly BufferSpec[]) {
    this.inputs = inputs.map((spec) => this.#buffer(spec));
    this.outputs = outputs.map((spec) => this.#buffer(spec));
  }

  /** A buffer of its own; its contents are not set. */
  scratch(type: ScalarType, size: number): Buffer {
    const buffer = this.#buffer({ type, size });
    this.#scratch.push(buffer);
    return buffer;
  }

  /** The value of an expression, computed at this point. */
  let(value: Expr): Expr {
    const variable = this.#variable(value.type);
    this.#statements.push({ kind: "set", variable, value });
    return input(variable.id, variable.type);
  }

  /** A variable with a first value. */
  variable(type: ScalarType, first: Operand): MutableVariable {
    const variable = this.#variable(type);
    const set = (value: Operand): void => {
      const expr = typeof value === "number" ? constant(type, value) : value;
      this.#statements.push({ kind: "set", variable, value: expr });
    };
    set(first);
    return { value: input(variable.id, type), set };
  }

  load(buffer: Buffer, index: Operand): Expr {
    const variable = this.#variable(buffer.type);
    this.#statements.push({ kind: "load", variable, buffer, index: toIndex(index) });
    return input(variable.id, variable.type);
  }

  store(buffer: Buffer, index: Operand, value: Operand): void {
    const expr = typeof value === "number" ? constant(buffer.type, value) : value;
    this.#statements.push({ kind: "store", buffer, index: toIndex(index), value: expr });
  }

  /** Copy elements that stand next to each other. */
  copy(from: Buffer, fromIndex: Operand, to: Buffer, toIndexOperand: Operand, count: Operand): void {
    this.#statements.push({
      kind: "copy",
      from,
      fromIndex: toIndex(fromIndex),
      to,
      toIndex: toIndex(toIndexOperand),
      count: toIndex(count),
    });
  }

  /** Run `body` for 0 up to, and without, `count`; or from `from`, if given. */
  for(count: Operand, body: (index: Expr) => void, from: Operand = 0): void {
    const variable = this.#variable("i32");
    const statements = this.#nested(() => body(input(variable.id, "i32")));
    this.#statements.push({
      kind: "for",
      variable,
      from: toIndex(from),
      to: toIndex(count),
      body: statements,
    });
  }

  /**
   * As `for`, where turns do not depend on one another, so that several may be taken at once as vectors. What a turn
   * loads and stores stands either at the same place for all turns or at neighbouring places, one after another; bounds
   * of loops inside and conditions are the same for all turns; variables it sets are its own. Of an index that is a
   * constant added to a place, the place itself must not be negative.
   */
  lanes(count: Operand, body: (index: Expr) => void, from: Operand = 0): void {
    this.for(count, body, from);
    const statement = this.#statements.pop() as Statement & { readonly kind: "for" };
    this.#statements.push({ ...statement, lanes: true });
  }

  /** The sum of `term` over 0 (or `from`) up to, and without, `count`, in any order; what `lanes` asks holds of `term`. */
  sum(count: Operand, term: (index: Expr) => Expr, from: Operand = 0): Expr {
    const variable = this.#variable("i32");
    let value: Expr | undefined;
    const body = this.#nested(() => {
      value = term(input(variable.id, "i32"));
    });
    const expr = value as Expr;
    const result = this.#variable(expr.type);
    this.#statements.push({
      kind: "sum",
      result,
      variable,
      from: toIndex(from),
      to: toIndex(count),
      body,
      term: expr,
    });
    return input(result.id, result.type);
  }

  /** Nested loops over all indices of a shape, outermost first. */
  forEach(shape: readonly number[], body: (indices: readonly Expr[]) => void): void {
    const step = (axis: number, indices: readonly Expr[]): void => {
      if (axis === shape.length) body(indices);
      else this.for(shape[axis] as number, (i) => step(axis + 1, [...indices, i]));
    };
    step(0, []);
  }

  /** Run `body` as long as the condition holds, which is worked out before each turn. */
  while(condition: () => Expr, body: () => void): void {
    let expr: Expr | undefined;
    const test = this.#nested(() => {
      expr = condition();
    });
    const statements = this.#nested(body);
    this.#statements.push({ kind: "while", test, condition: expr as Expr, body: statements });
  }

  if(condition: Expr, then: () => void, otherwise: () => void = () => undefined): void {
    this.#statements.push({
      kind: "if",
      condition,
      whenTrue: this.#nested(then),
      whenFalse: this.#nested(otherwise),
    });
  }

  finish(): Nest {
    return {
      inputs: this.inputs,
      outputs: this.outputs,
      scratch: this.#scratch,
      body: this.#statements,
      variables: this.#variables,
    };
  }

  #nested(write: () => void): readonly Statement[] {
    const outer = this.#statements;
    this.#statements = [];
    write();
    const inner = this.#statements;
    this.#statements = outer;
    return inner;
  }

  #variable(type: ScalarType): Variable {
    const variable = { id: this.#variables.length, type };
    this.#variables.push(variable);
    return variable;
  }

  #buffer({ type, size }: BufferSpec): Buffer {
    return { id: this.#nextBuffer++, type, size };
  }
}

const toIndex = (operand: Operand): Expr =>
  typeof operand === "number" ? constant("i32", operand) : operand;
