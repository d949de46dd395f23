import { add, type Expr, input } from "../../kernel/expr.ts";
import type { Buffer, Nest, Statement, Variable } from "../../kernel/nest.ts";
import { type Usage, usageOf, usageOfAll } from "./nest-usage.ts";
import { binary, compare, dynamicSlice, dynamicUpdateSlice, ifElse, reshape, whileLoop } from "./ops.ts";
import { writeExprs } from "./scalar-code.ts";
import { elementOfScalar, scalar, type Value } from "./types.ts";
import type { Writer } from "./writer.ts";

/*
 * Loop nests as loops of StableHLO. A statement becomes what it does to the state: the values of variables and the
 * contents of buffers. Buffers are lists, read and written by slices of one element, which XLA does in place.
 */

/** Values of variables and contents of buffers, by number. */
interface State {
  readonly variables: Map<number, Value>;
  readonly buffers: Map<number, Value>;
}

const copyOf = ({ variables, buffers }: State): State => ({
  variables: new Map(variables),
  buffers: new Map(buffers),
});

/** The contents of the outputs of a nest. Buffers are lists of their elements; `inputs` are those of the inputs. */
export const writeNest = (w: Writer, nest: Nest, inputs: readonly Value[]): readonly Value[] => {
  const buffers = new Map<number, Value>();
  nest.inputs.forEach((buffer, i) => {
    const given = inputs[i] as Value;
    // A list must have an element for slices of it to be legal, even in loops that take no turn.
    buffers.set(buffer.id, buffer.size === 0 ? fresh(w, buffer) : given);
  });
  for (const buffer of [...nest.outputs, ...nest.scratch]) buffers.set(buffer.id, fresh(w, buffer));
  const state: State = { variables: new Map(), buffers };
  new NestCode(w, usageOf(nest.body)).block(nest.body, state);
  return nest.outputs.map((buffer) => state.buffers.get(buffer.id) as Value);
};

const fresh = (w: Writer, { type, size }: Buffer): Value =>
  w.splat(0, { shape: [Math.max(1, size)], element: elementOfScalar(type) });

class NestCode {
  readonly #w: Writer;
  /** Of the whole nest. */
  readonly #usage: Usage;

  constructor(w: Writer, usage: Usage) {
    this.#w = w;
    this.#usage = usage;
  }

  block(statements: readonly Statement[], state: State): void {
    for (const statement of statements) this.#statement(statement, state);
  }

  #statement(statement: Statement, state: State): void {
    const w = this.#w;
    switch (statement.kind) {
      case "set":
        state.variables.set(statement.variable.id, this.#expr(statement.value, state));
        return;
      case "load": {
        const buffer = bufferIn(state, statement.buffer);
        const element = dynamicSlice(w, buffer, [this.#expr(statement.index, state)], [1]);
        state.variables.set(statement.variable.id, reshape(w, element, []));
        return;
      }
      case "store": {
        const value = reshape(w, this.#expr(statement.value, state), [1]);
        const at = this.#expr(statement.index, state);
        const buffer = bufferIn(state, statement.buffer);
        state.buffers.set(statement.buffer.id, dynamicUpdateSlice(w, buffer, value, [at]));
        return;
      }
      case "for":
        this.#for(statement.variable, statement.from, statement.to, state, usageOf(statement.body), (inner) =>
          this.block(statement.body, inner),
        );
        return;
      case "sum":
        this.#sum(statement, state);
        return;
      case "while":
        this.#while(statement, state);
        return;
      case "if":
        this.#if(statement, state);
        return;
      case "copy":
        this.#copy(statement, state);
        return;
    }
  }

  #expr(expr: Expr, state: State): Value {
    return writeExprs(this.#w, [expr], [], (id) => variableIn(state, id))[0] as Value;
  }

  /** What of the state a part of the nest with this usage changes and others see. */
  #changed({ named, set, stored }: Usage, state: State) {
    const variables = [...set].filter(
      (id) => state.variables.has(id) && this.#usage.named.get(id) !== named.get(id),
    );
    const buffers = [...stored];
    return {
      read: (from: State): Value[] => [
        ...variables.map((id) => variableIn(from, id)),
        ...buffers.map((id) => from.buffers.get(id) as Value),
      ],
      write: (to: State, values: readonly Value[]): void => {
        variables.forEach((id, i) => void to.variables.set(id, values[i] as Value));
        buffers.forEach((id, i) => void to.buffers.set(id, values[variables.length + i] as Value));
      },
    };
  }

  /** A loop with a counter; `body` changes the state that it is given. */
  #for(
    variable: Variable,
    from: Expr,
    to: Expr,
    state: State,
    usage: Usage,
    body: (inner: State) => void,
  ): void {
    const w = this.#w;
    const [first, end] = [this.#expr(from, state), this.#expr(to, state)];
    const changed = this.#changed(usage, state);
    const [, ...after] = whileLoop(
      w,
      [first, ...changed.read(state)],
      ([i]) => compare(w, "lt", i as Value, end),
      ([i, ...values]) => {
        const inner = copyOf(state);
        inner.variables.set(variable.id, i as Value);
        changed.write(inner, values);
        body(inner);
        const next = binary(w, "stablehlo.add", i as Value, w.splat(1, scalar("i32")));
        return [next, ...changed.read(inner)];
      },
    );
    changed.write(state, after);
  }

  #sum(statement: Statement & { readonly kind: "sum" }, state: State): void {
    const { result, variable, from, to, body, term } = statement;
    state.variables.set(result.id, this.#w.splat(0, scalar(elementOfScalar(result.type))));
    const inside = usageOf(body);
    const usage: Usage = { ...inside, set: new Set([...inside.set, result.id]) };
    this.#for(variable, from, to, state, usage, (inner) => {
      this.block(body, inner);
      const sum = add(input(result.id, result.type), term);
      inner.variables.set(result.id, this.#expr(sum, inner));
    });
  }

  #while({ test, condition, body }: Statement & { readonly kind: "while" }, state: State): void {
    const changed = this.#changed(usageOfAll([test, body]), state);
    const turn = (values: readonly Value[]): State => {
      const inner = copyOf(state);
      changed.write(inner, values);
      this.block(test, inner);
      return inner;
    };
    const after = whileLoop(
      this.#w,
      changed.read(state),
      (values) => this.#expr(condition, turn(values)),
      (values) => {
        const inner = turn(values);
        this.block(body, inner);
        return changed.read(inner);
      },
    );
    changed.write(state, after);
    // What the test sets that ended the loop is seen behind it.
    this.block(test, state);
  }

  #if({ condition, whenTrue, whenFalse }: Statement & { readonly kind: "if" }, state: State): void {
    const changed = this.#changed(usageOfAll([whenTrue, whenFalse]), state);
    const before = changed.read(state);
    if (before.length === 0) return;
    const branch = (statements: readonly Statement[]) => (): readonly Value[] => {
      const inner = copyOf(state);
      this.block(statements, inner);
      return changed.read(inner);
    };
    changed.write(
      state,
      ifElse(this.#w, this.#expr(condition, state), before, branch(whenTrue), branch(whenFalse)),
    );
  }

  #copy(statement: Statement & { readonly kind: "copy" }, state: State): void {
    const w = this.#w;
    const { from, to, fromIndex, toIndex, count } = statement;
    if (count.op === "constant") {
      if (count.value === 0) return;
      const part = dynamicSlice(
        w,
        bufferIn(state, from),
        [this.#expr(fromIndex, state)],
        [Number(count.value)],
      );
      const at = this.#expr(toIndex, state);
      state.buffers.set(to.id, dynamicUpdateSlice(w, bufferIn(state, to), part, [at]));
      return;
    }
    const [source, target] = [this.#expr(fromIndex, state), this.#expr(toIndex, state)];
    const [, after] = whileLoop(
      w,
      [w.splat(0, scalar("i32")), bufferIn(state, to)],
      ([i]) => compare(w, "lt", i as Value, this.#expr(count, state)),
      ([i, contents]) => {
        const element = dynamicSlice(
          w,
          from === to ? (contents as Value) : bufferIn(state, from),
          [binary(w, "stablehlo.add", source, i as Value)],
          [1],
        );
        const at = binary(w, "stablehlo.add", target, i as Value);
        const next = binary(w, "stablehlo.add", i as Value, w.splat(1, scalar("i32")));
        return [next, dynamicUpdateSlice(w, contents as Value, element, [at])];
      },
    );
    state.buffers.set(to.id, after as Value);
  }
}

const variableIn = ({ variables }: State, id: number): Value => {
  const value = variables.get(id);
  if (value === undefined) throw new TypeError(`A nest reads variable ${id} before it is set.`);
  return value;
};

const bufferIn = ({ buffers }: State, { id }: Buffer): Value => buffers.get(id) as Value;
