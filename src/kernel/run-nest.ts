import type { TypedArray } from "../array/index.ts";
import { evaluateStep } from "./evaluate.ts";
import { type Expr, type ScalarType, type ScalarValue, toScalar } from "./expr.ts";
import type { Buffer, Nest, Statement } from "./nest.ts";
import { type Sequence, type Step, sequence } from "./sequence.ts";

/** Typed arrays that hold the elements of buffers; a bool is a byte, 0 or 1. */
export type ScalarArray = TypedArray | BigInt64Array | BigUint64Array;

type Run = () => void;
type Compute = () => ScalarValue;

/**
 * Runs a nest on the elements of its inputs and returns those of its outputs: the meaning that generated code is held
 * to. Statements run one after another; a `for` works out both bounds once; a `while` runs its test statements before
 * each turn. What a nest does not define is refused, not guessed: reading or writing outside a buffer, a variable
 * without a value, copies that overlap. Outputs and scratch start out filled with noise.
 *
 * @throws RangeError or TypeError if the nest does one of these, or if inputs have other sizes or types than declared.
 *
 *     const nest = new NestBuilder([{ type: "f32", size: 2 }], [{ type: "f32", size: 2 }]);
 *     nest.for(2, (i) => nest.store(nest.outputs[0], i, mul(nest.load(nest.inputs[0], i), 2)));
 *     runNest(nest.finish(), [Float32Array.of(1, 2)]); // [Float32Array [2, 4]]
 */
export function runNest(nest: Nest, inputs: readonly ScalarArray[]): ScalarArray[] {
  const memory: ScalarArray[] = [];
  nest.inputs.forEach((buffer, i) => {
    const data = inputs[i];
    if (data?.length !== buffer.size || data.constructor !== allocateScalars(buffer.type, 0).constructor) {
      throw new TypeError(`runNest: input ${i} must hold ${buffer.size} elements of type ${buffer.type}.`);
    }
    memory[buffer.id] = data;
  });
  for (const buffer of [...nest.outputs, ...nest.scratch]) memory[buffer.id] = noise(buffer);
  new Compiler(memory).block(nest.body)();
  return nest.outputs.map((buffer) => memory[buffer.id] as ScalarArray);
}

/** A zeroed typed array for elements of `type`. */
export function allocateScalars(type: ScalarType, size: number): ScalarArray {
  switch (type) {
    case "f32":
      return new Float32Array(size);
    case "f64":
      return new Float64Array(size);
    case "i32":
      return new Int32Array(size);
    case "u32":
      return new Uint32Array(size);
    case "i64":
      return new BigInt64Array(size);
    case "u64":
      return new BigUint64Array(size);
    case "bool":
      return new Uint8Array(size);
  }
}

/** Contents that nobody could mean. */
function noise({ type, size }: Buffer): ScalarArray {
  const data = allocateScalars(type, size);
  if (data instanceof BigInt64Array || data instanceof BigUint64Array) return data.fill(0x5a5a5a5a5an);
  if (type === "bool") return data.fill(1);
  return data.fill(type === "f32" || type === "f64" ? Number.NaN : 0x5a5a5a5a);
}

/** Turns statements and expressions into closures over the variables and the memory. */
class Compiler {
  readonly #memory: readonly ScalarArray[];
  readonly #variables: ScalarValue[] = [];

  constructor(memory: readonly ScalarArray[]) {
    this.#memory = memory;
  }

  block(statements: readonly Statement[]): Run {
    const runs = statements.map((statement) => this.#statement(statement));
    return () => {
      for (const run of runs) run();
    };
  }

  #statement(statement: Statement): Run {
    const variables = this.#variables;
    switch (statement.kind) {
      case "set": {
        const value = this.#expr(statement.value);
        const { id } = statement.variable;
        return () => {
          variables[id] = value();
        };
      }
      case "load": {
        const data = this.#data(statement.buffer);
        const index = this.#index(statement.index, statement.buffer);
        const { id } = statement.variable;
        if (statement.buffer.type === "bool") {
          return () => {
            variables[id] = data[index()] !== 0;
          };
        }
        return () => {
          variables[id] = data[index()] as number | bigint;
        };
      }
      case "store": {
        // Booleans and bigints are stored as what they are; the type of the value is that of the buffer.
        const data = this.#data(statement.buffer) as Float64Array;
        if (statement.value.type !== statement.buffer.type) {
          throw new TypeError(
            `runNest: a ${statement.value.type} is stored in a ${statement.buffer.type} buffer.`,
          );
        }
        const index = this.#index(statement.index, statement.buffer);
        const value = this.#expr(statement.value);
        return () => {
          data[index()] = value() as number;
        };
      }
      case "for": {
        const { id } = statement.variable;
        const from = this.#expr(statement.from);
        const to = this.#expr(statement.to);
        const body = this.block(statement.body);
        return () => {
          const end = to() as number;
          for (let i = from() as number; i < end; i++) {
            variables[id] = i;
            body();
          }
        };
      }
      case "sum": {
        const { id } = statement.variable;
        const from = this.#expr(statement.from);
        const to = this.#expr(statement.to);
        const body = this.block(statement.body);
        const term = this.#expr(statement.term);
        const { id: result, type } = statement.result;
        return () => {
          const end = to() as number;
          let sum = 0;
          for (let i = from() as number; i < end; i++) {
            variables[id] = i;
            body();
            sum = toScalar(type, sum + (term() as number)) as number;
          }
          variables[result] = sum;
        };
      }
      case "while": {
        const test = this.block(statement.test);
        const condition = this.#expr(statement.condition);
        const body = this.block(statement.body);
        return () => {
          for (;;) {
            test();
            if (!condition()) return;
            body();
          }
        };
      }
      case "if": {
        const condition = this.#expr(statement.condition);
        const whenTrue = this.block(statement.whenTrue);
        const whenFalse = this.block(statement.whenFalse);
        return () => {
          if (condition()) whenTrue();
          else whenFalse();
        };
      }
      case "copy":
        return this.#copy(statement);
    }
  }

  #copy({ from, to, ...statement }: Statement & { readonly kind: "copy" }): Run {
    const source = this.#data(from);
    const target = this.#data(to);
    if (from.type !== to.type) throw new TypeError(`runNest: a copy from ${from.type} to ${to.type}.`);
    const [fromIndex, toIndex, count] = [statement.fromIndex, statement.toIndex, statement.count].map(
      (expr) => this.#expr(expr),
    ) as [Compute, Compute, Compute];
    return () => {
      const [at, place, n] = [fromIndex(), toIndex(), count()] as [number, number, number];
      if (n < 0 || at < 0 || place < 0 || at + n > from.size || place + n > to.size) {
        throw new RangeError(
          `runNest: a copy of ${n} elements from ${at} of ${from.size} to ${place} of ${to.size} leaves its buffers.`,
        );
      }
      if (from === to && Math.abs(at - place) < n)
        throw new RangeError("runNest: a copy onto what it reads.");
      (target as Float64Array).set(source.subarray(at, at + n) as Float64Array, place);
    };
  }

  #data(buffer: Buffer): ScalarArray {
    return this.#memory[buffer.id] as ScalarArray;
  }

  /** An index that lies in the buffer. */
  #index(expr: Expr, buffer: Buffer): () => number {
    if (expr.type !== "i32") throw new TypeError(`runNest: an index is i32, not ${expr.type}.`);
    const index = this.#expr(expr);
    return () => {
      const i = index() as number;
      if (i >= 0 && i < buffer.size) return i;
      throw new RangeError(
        `runNest: index ${i} lies outside buffer ${buffer.id}, which holds ${buffer.size}.`,
      );
    };
  }

  #expr(root: Expr): Compute {
    const program = sequence([root]);
    const result = program.results[0] as number;
    const slots: ScalarValue[] = [];
    const runs: Run[] = [];
    program.steps.forEach((step, i) => {
      if (step.op === "constant") slots[i] = step.value as ScalarValue;
      else runs.push(step.op === "input" ? this.#read(step, i, slots) : stepCode(program, step, i, slots));
    });
    return () => {
      for (const run of runs) run();
      return slots[result] as ScalarValue;
    };
  }

  #read(step: Step, i: number, slots: ScalarValue[]): Run {
    const variables = this.#variables;
    const id = step.index as number;
    return () => {
      const value = variables[id];
      if (value === undefined) throw new TypeError(`runNest: variable ${id} has no value yet.`);
      slots[i] = value;
    };
  }
}

/** One operation on earlier slots; the commonest ones of indices have code of their own. */
function stepCode(program: Sequence, step: Step, i: number, slots: ScalarValue[]): Run {
  const { op, args } = step;
  const types = args.map((arg) => (program.steps[arg] as Step).type);
  const [a = 0, b = 0, c = 0] = args;
  const numbers = slots as number[];
  if (types[0] === "i32" && types[1] === "i32") {
    switch (op) {
      case "add":
        return () => {
          slots[i] = ((numbers[a] as number) + (numbers[b] as number)) | 0;
        };
      case "sub":
        return () => {
          slots[i] = ((numbers[a] as number) - (numbers[b] as number)) | 0;
        };
      case "mul":
        return () => {
          slots[i] = Math.imul(numbers[a] as number, numbers[b] as number);
        };
      case "lt":
        return () => {
          slots[i] = (numbers[a] as number) < (numbers[b] as number);
        };
    }
  }
  if (op === "select") {
    return () => {
      slots[i] = slots[slots[a] ? b : c] as ScalarValue;
    };
  }
  return () => {
    slots[i] = evaluateStep(
      step,
      args.map((arg) => slots[arg] as ScalarValue),
      types,
    );
  };
}
