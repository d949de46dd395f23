import { sizeOf } from "../array/index.ts";
import type { Aval } from "../core/index.ts";
import type { Expr } from "../kernel/expr.ts";
import { type Buffer, type Nest, NestBuilder, type Statement } from "../kernel/nest.ts";
import { scalarTypeOf } from "../kernel/scalar-type.ts";
import { elementTypeOfScalar, emitExprs } from "./emit-expr.ts";
import type { GraphBuilder, Value } from "./graph-builder.ts";

/*
 * Loop nests as Loop and If nodes, for primitives that ONNX has no operators for. Variables are scalars, buffers are
 * arrays of rank 1, and a store makes a new array. Each operation of a turn is a node of its own, so this is slow: it is
 * there so that a program with one such operation can be exported at all.
 */

/** The values of variables and the contents of buffers at one point of a nest. */
interface State {
  readonly variables: Map<number, Value>;
  readonly buffers: Map<number, Value>;
}

/** What statements may change. */
interface Changes {
  readonly variables: Set<number>;
  readonly buffers: Set<number>;
}

const gather = (statements: readonly Statement[], changes: Changes): void => {
  for (const statement of statements) {
    switch (statement.kind) {
      case "set":
      case "load":
        changes.variables.add(statement.variable.id);
        break;
      case "store":
        changes.buffers.add(statement.buffer.id);
        break;
      case "copy":
        changes.buffers.add(statement.to.id);
        break;
      case "for":
        gather(statement.body, changes);
        break;
      case "sum":
        changes.variables.add(statement.result.id);
        gather(statement.body, changes);
        break;
      case "while":
        gather(statement.test, changes);
        gather(statement.body, changes);
        break;
      case "if":
        gather(statement.whenTrue, changes);
        gather(statement.whenFalse, changes);
        break;
    }
  }
};

/** The part of a state that statements change and that is there before them, as a list. */
class Carry {
  readonly #variables: readonly number[];
  readonly #buffers: readonly number[];

  constructor(state: State, ...lists: readonly (readonly Statement[])[]) {
    const changes: Changes = { variables: new Set(), buffers: new Set() };
    for (const statements of lists) gather(statements, changes);
    this.#variables = [...changes.variables].filter((id) => state.variables.has(id));
    this.#buffers = [...changes.buffers];
  }

  get length(): number {
    return this.#variables.length + this.#buffers.length;
  }

  values({ variables, buffers }: State): Value[] {
    return [
      ...this.#variables.map((id) => variables.get(id) as Value),
      ...this.#buffers.map((id) => buffers.get(id) as Value),
    ];
  }

  /** The state with these values in it. */
  put(state: State, values: readonly Value[]): State {
    const next = copyOf(state);
    this.#variables.forEach((id, i) => void next.variables.set(id, values[i] as Value));
    const first = this.#variables.length;
    this.#buffers.forEach((id, i) => void next.buffers.set(id, values[first + i] as Value));
    return next;
  }
}

const copyOf = ({ variables, buffers }: State): State => ({
  variables: new Map(variables),
  buffers: new Map(buffers),
});

class NestEmitter {
  readonly #graph: GraphBuilder;
  #state: State;

  constructor(graph: GraphBuilder, state: State) {
    this.#graph = graph;
    this.#state = state;
  }

  get state(): State {
    return this.#state;
  }

  block(statements: readonly Statement[]): void {
    for (const statement of statements) this.#statement(statement);
  }

  expr(expr: Expr): Value {
    const inputs: Value[] = [];
    for (const [id, value] of this.#state.variables) inputs[id] = value;
    return emitExprs(this.#graph, [expr], inputs)[0] as Value;
  }

  #list(expr: Expr): Value {
    return this.#graph.reshape(this.#graph.cast(this.expr(expr), "int64"), [1]);
  }

  #statement(statement: Statement): void {
    const graph = this.#graph;
    const { variables, buffers } = this.#state;
    switch (statement.kind) {
      case "set":
        variables.set(statement.variable.id, this.expr(statement.value));
        return;
      case "load": {
        const buffer = buffers.get(statement.buffer.id) as Value;
        variables.set(statement.variable.id, graph.gather(buffer, this.expr(statement.index), 0));
        return;
      }
      case "store": {
        const buffer = buffers.get(statement.buffer.id) as Value;
        const element = graph.reshape(this.expr(statement.value), [1]);
        this.#write(statement.buffer, buffer, this.#list(statement.index), element);
        return;
      }
      case "copy": {
        const from = buffers.get(statement.from.id) as Value;
        const to = buffers.get(statement.to.id) as Value;
        const count = graph.cast(this.expr(statement.count), "int64");
        const end = (start: Value): Value => graph.elementwise("Add", [start, count]);
        const first = this.#list(statement.fromIndex);
        // How many there are is known when it runs; no operator between here and the write asks for it.
        const elements = graph.node("Slice", [from, first, end(first), graph.list([0])], from);
        const place = graph.cast(this.expr(statement.toIndex), "int64");
        const places = graph.node("Range", [place, end(place), graph.scalar("int64", 1)], {
          type: "int64",
          shape: from.shape,
        });
        this.#write(statement.to, to, places, elements);
        return;
      }
      case "for": {
        const [from, to] = [this.expr(statement.from), this.expr(statement.to)];
        this.#loop(from, to, new Carry(this.#state, statement.body), [], (inner, index) => {
          inner.state.variables.set(statement.variable.id, index);
          inner.block(statement.body);
          return [];
        });
        return;
      }
      case "sum": {
        const [from, to] = [this.expr(statement.from), this.expr(statement.to)];
        const { result } = statement;
        const zero = graph.scalar(elementTypeOfScalar(result.type), 0);
        const sums = this.#loop(
          from,
          to,
          new Carry(this.#state, statement.body),
          [zero],
          (inner, index, [sofar]) => {
            inner.state.variables.set(statement.variable.id, index);
            inner.block(statement.body);
            const term = inner.expr(statement.term);
            return [inner.#graph.elementwise("Add", [sofar as Value, term])];
          },
        );
        this.#state.variables.set(result.id, sums[0] as Value);
        return;
      }
      case "while":
        this.#while(statement);
        return;
      case "if":
        this.#if(statement);
        return;
    }
  }

  #write({ id }: Buffer, buffer: Value, places: Value, elements: Value): void {
    const written = this.#graph.node("ScatterElements", [buffer, places, elements], buffer, { axis: 0 });
    this.#state.buffers.set(id, written);
  }

  /** Turns from `from` up to, and without, `to`; `turn` gives the next values of `extra`, whose last ones come back. */
  #loop(
    from: Value,
    to: Value,
    carry: Carry,
    extra: readonly Value[],
    turn: (inner: NestEmitter, index: Value, extra: readonly Value[]) => readonly Value[],
  ): readonly Value[] {
    const graph = this.#graph;
    const first = [...carry.values(this.#state), ...extra];
    if (first.length === 0) return [];
    const turns = graph.elementwise("Sub", [graph.cast(to, "int64"), graph.cast(from, "int64")]);
    const body = graph.inner("turn", (inside) => {
      const count = inside.input({ type: "int64", shape: [] });
      const goesOn = inside.input({ type: "bool", shape: [] });
      const values = first.map((value) => inside.input(value));
      const index = inside.elementwise("Add", [inside.cast(count, "int32"), from]);
      const inner = new NestEmitter(inside, carry.put(this.#state, values));
      const next = turn(inner, index, values.slice(carry.length));
      return [goesOn, ...carry.values(inner.state), ...next];
    });
    const results = graph.nodes(
      "Loop",
      [graph.elementwise("Max", [turns, graph.scalar("int64", 0)]), undefined, ...first],
      first,
      { body },
    );
    this.#state = carry.put(this.#state, results);
    return results.slice(carry.length);
  }

  #while({ test, condition, body }: Statement & { readonly kind: "while" }): void {
    const graph = this.#graph;
    this.block(test);
    const carry = new Carry(this.#state, test, body);
    const first = carry.values(this.#state);
    const inner = graph.inner("turn", (inside) => {
      inside.input({ type: "int64", shape: [] });
      inside.input({ type: "bool", shape: [] });
      const values = first.map((value) => inside.input(value));
      const emitter = new NestEmitter(inside, carry.put(this.#state, values));
      emitter.block(body);
      emitter.block(test);
      return [emitter.expr(condition), ...carry.values(emitter.state)];
    });
    const results = graph.nodes("Loop", [undefined, this.expr(condition), ...first], first, { body: inner });
    this.#state = carry.put(this.#state, results);
  }

  #if({ condition, whenTrue, whenFalse }: Statement & { readonly kind: "if" }): void {
    const graph = this.#graph;
    const carry = new Carry(this.#state, whenTrue, whenFalse);
    if (carry.length === 0) return;
    const chosen = this.expr(condition);
    const branch = (statements: readonly Statement[]) => (inside: GraphBuilder) => {
      const emitter = new NestEmitter(inside, copyOf(this.#state));
      emitter.block(statements);
      return carry.values(emitter.state);
    };
    const results = graph.nodes("If", [chosen], carry.values(this.#state), {
      then_branch: graph.inner("then", branch(whenTrue)),
      else_branch: graph.inner("else", branch(whenFalse)),
    });
    this.#state = carry.put(this.#state, results);
  }
}

/** The results of a nest, given what it reads. */
export const emitNest = (
  graph: GraphBuilder,
  build: (nest: NestBuilder) => void,
  inputs: readonly Value[],
  inAvals: readonly Aval[],
  outAvals: readonly Aval[],
): readonly Value[] => {
  const specs = (avals: readonly Aval[]) =>
    avals.map(({ dtype, shape }) => ({ type: scalarTypeOf(dtype), size: sizeOf(shape) }));
  const builder = new NestBuilder(specs(inAvals), specs(outAvals));
  build(builder);
  const nest: Nest = builder.finish();
  const state: State = { variables: new Map(), buffers: new Map() };
  nest.inputs.forEach(({ id, size }, i) => {
    state.buffers.set(id, graph.reshape(inputs[i] as Value, [size]));
  });
  for (const { id, type, size } of [...nest.outputs, ...nest.scratch])
    state.buffers.set(id, graph.filled(elementTypeOfScalar(type), 0, [size]));
  const emitter = new NestEmitter(graph, state);
  emitter.block(nest.body);
  return nest.outputs.map(({ id }, i) =>
    graph.reshape(emitter.state.buffers.get(id) as Value, (outAvals[i] as Aval).shape),
  );
};
