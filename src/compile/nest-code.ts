import { type DType, dtypeInfo } from "../array/index.ts";
import { add, constant, type Expr, input } from "../kernel/expr.ts";
import type { Buffer as NestBuffer, Statement, Variable } from "../kernel/nest.ts";
import { sequence } from "../kernel/sequence.ts";
import type { AddressSpace } from "./address-space.ts";
import { ExprEmitter } from "./emit-expr.ts";
import { scalarValueType } from "./lanes.ts";
import { loadOpcode, storeOpcode } from "./memory-access.ts";
import { laneLoop } from "./nest-lanes.ts";
import { LaneWriter, type ScalarCode } from "./nest-lanes-code.ts";
import type { Buffer, NestKernel } from "./program.ts";
import type { Support } from "./support.ts";
import { isInPlace } from "./update-in-place.ts";
import type { FunctionBuilder, Local } from "./wasm/function.ts";

/** How many vectors a turn of a loop over lanes works on, so that loads which they share are done once. */
const VECTORS = 2;
/** And a turn of a sum, so that additions do not wait for one another. */
const SUM_VECTORS = 4;

type For = Statement & { readonly kind: "for" };
type Sum = Statement & { readonly kind: "sum" };

/** Write the body of a function that runs a nest: statement by statement, scalar code but for loops over lanes. */
export const writeNest = (
  f: FunctionBuilder,
  kernel: NestKernel,
  space: AddressSpace,
  support: Support,
): void => {
  const { body } = kernel.nest;
  new NestWriter(f, kernel, space, support).run(isInPlace(kernel) ? body.slice(1) : body);
};

interface Place {
  readonly buffer: Buffer;
  readonly offset: number;
}

class NestWriter {
  readonly #f: FunctionBuilder;
  readonly #space: AddressSpace;
  readonly #support: Support;
  readonly #locals: readonly Local[];
  readonly #places = new Map<NestBuffer, Place>();
  /** Bases that take some arithmetic, worked out once. */
  readonly #bases = new Map<Buffer, Local>();

  constructor(f: FunctionBuilder, kernel: NestKernel, space: AddressSpace, support: Support) {
    const { nest } = kernel;
    this.#f = f;
    this.#space = space;
    this.#support = support;
    this.#locals = nest.variables.map((v) => f.local(scalarValueType(v.type)));
    nest.inputs.forEach((b, i) => {
      const { buffer, offset } = kernel.inputs[i] as NestKernel["inputs"][number];
      this.#places.set(b, { buffer, offset });
    });
    nest.outputs.forEach((b, i) => {
      this.#places.set(b, { buffer: kernel.outputs[i] as Buffer, offset: 0 });
    });
    nest.scratch.forEach((b, i) => {
      this.#places.set(b, { buffer: kernel.scratch[i] as Buffer, offset: 0 });
    });
    for (const { buffer } of this.#places.values()) {
      if (this.#bases.has(buffer) || space.hasPlainBase(buffer)) continue;
      const base = f.local("i32");
      space.pushBase(f, buffer);
      f.set(base);
      this.#bases.set(buffer, base);
    }
  }

  run(statements: readonly Statement[]): void {
    for (const statement of statements) this.#write(statement);
  }

  #local(v: Variable): Local {
    return this.#locals[v.id] as Local;
  }

  #push(expr: Expr): void {
    const emitter = new ExprEmitter(this.#f, sequence([expr]), {
      lanes: 1,
      support: this.#support,
      input: (builder, index) => builder.get(this.#locals[index] as Local),
    });
    emitter.emit([{ result: 0, part: 0, after: () => undefined }]);
  }

  #pushBase(buffer: Buffer): void {
    const base = this.#bases.get(buffer);
    if (base === undefined) this.#space.pushBase(this.#f, buffer);
    else this.#f.get(base);
  }

  #dtypeOf(target: NestBuffer): DType {
    return (this.#places.get(target) as Place).buffer.dtype;
  }

  /** Push the address of an element; returns what is left to add as an immediate. */
  #pushAddress(target: NestBuffer, index: Expr): number {
    const { buffer, offset } = this.#places.get(target) as Place;
    const { bytes } = dtypeInfo(buffer.dtype);
    this.#pushBase(buffer);
    this.#push(index);
    if (bytes > 1) this.#f.i32(Math.log2(bytes)).op("i32.shl");
    this.#f.op("i32.add");
    return this.#space.offsetOf(buffer) + offset * bytes;
  }

  #write(statement: Statement): void {
    const f = this.#f;
    switch (statement.kind) {
      case "set":
        this.#push(statement.value);
        f.set(this.#local(statement.variable));
        return;
      case "load": {
        const at = this.#pushAddress(statement.buffer, statement.index);
        const { buffer } = statement;
        f.memory(loadOpcode(this.#dtypeOf(buffer), buffer.type), at).set(this.#local(statement.variable));
        return;
      }
      case "store": {
        const at = this.#pushAddress(statement.buffer, statement.index);
        this.#push(statement.value);
        f.memory(storeOpcode(this.#dtypeOf(statement.buffer), statement.buffer.type), at);
        return;
      }
      case "for":
        this.#for(statement);
        return;
      case "sum":
        this.#sum(statement);
        return;
      case "while":
        this.#while(statement, (body) => this.run(body));
        return;
      case "if":
        this.#if(statement, (body) => this.run(body));
        return;
      case "copy": {
        const { bytes } = dtypeInfo(this.#dtypeOf(statement.from));
        f.i32(this.#pushAddress(statement.to, statement.toIndex)).op("i32.add");
        f.i32(this.#pushAddress(statement.from, statement.fromIndex)).op("i32.add");
        this.#push(statement.count);
        if (bytes > 1) f.i32(Math.log2(bytes)).op("i32.shl");
        f.memoryCopy();
        return;
      }
    }
  }

  #while(statement: Statement & { readonly kind: "while" }, run: (body: readonly Statement[]) => void): void {
    const f = this.#f;
    f.block((done) => {
      f.loop((again) => {
        run(statement.test);
        this.#push(statement.condition);
        f.op("i32.eqz").brIf(done);
        run(statement.body);
        f.br(again);
      });
    });
  }

  #if(statement: Statement & { readonly kind: "if" }, run: (body: readonly Statement[]) => void): void {
    this.#push(statement.condition);
    if (statement.whenFalse.length === 0) this.#f.if(() => run(statement.whenTrue));
    else
      this.#f.if(
        () => run(statement.whenTrue),
        () => run(statement.whenFalse),
      );
  }

  /** Sets the counter of a loop and returns its limit. */
  #begin({ variable, from, to }: Pick<For, "variable" | "from" | "to">): Local {
    const limit = this.#f.local("i32");
    this.#push(to);
    this.#f.set(limit);
    this.#push(from);
    this.#f.set(this.#local(variable));
    return limit;
  }

  /** Runs `body` as long as there are `step` turns left, which it does at once. */
  #turns({ variable }: Pick<For, "variable">, limit: Local, step: number, body: () => void): void {
    const f = this.#f;
    const counter = this.#local(variable);
    const more = (): void => {
      if (step === 1) f.get(counter).get(limit).op("i32.lt_s");
      else f.get(limit).get(counter).op("i32.sub").i32(step).op("i32.ge_s");
    };
    more();
    f.if(() => {
      f.loop((again) => {
        body();
        f.get(counter).i32(step).op("i32.add").set(counter);
        more();
        f.brIf(again);
      });
    });
  }

  /** Turns that fill vectors: as many as `counts` says at once, then fewer. */
  #vectorTurns(
    loop: Pick<For, "variable" | "body">,
    limit: Local,
    lanes: LaneWriter,
    counts: readonly number[],
  ): void {
    for (const count of counts)
      this.#turns(loop, limit, count * lanes.perVector, () => lanes.run(loop.body, count));
  }

  /** What is written turn by turn in a loop over lanes. */
  get #scalarCode(): ScalarCode {
    return {
      locals: this.#locals,
      support: this.#support,
      write: (statement) => this.#write(statement),
      pushAddress: (buffer, index) => {
        // A constant that is added to a place is added by the instruction itself.
        const [place, offset] = index.op === "add" ? index.args : [];
        if (offset?.op !== "constant") return this.#pushAddress(buffer, index);
        const bytes = buffer.type === "f64" ? 8 : 4;
        return this.#pushAddress(buffer, place as Expr) + (offset.value as number) * bytes;
      },
      loop: (statement, body) => {
        const limit = this.#begin(statement);
        this.#turns(statement, limit, 1, body);
        this.#f.release(limit);
      },
      while: (statement, run) => this.#while(statement, run),
      if: (statement, run) => this.#if(statement, run),
    };
  }

  #for(statement: For): void {
    const { variable, body } = statement;
    const limit = this.#begin(statement);
    const loop = statement.lanes === true ? laneLoop(variable, body) : undefined;
    if (loop !== undefined) {
      const lanes = new LaneWriter(this.#f, loop, this.#scalarCode);
      this.#vectorTurns(statement, limit, lanes, [VECTORS, 1]);
      lanes.release();
    }
    this.#turns(statement, limit, 1, () => this.run(body));
    this.#f.release(limit);
  }

  #sum(statement: Sum): void {
    const f = this.#f;
    const { result, variable, term } = statement;
    const total = this.#local(result);
    const limit = this.#begin(statement);
    // The sum so far is a variable that each turn adds to.
    const sofar = add(input(result.id, result.type), term);
    const body: readonly Statement[] = [...statement.body, { kind: "set", variable: result, value: sofar }];
    this.#push(constant(result.type, 0));
    f.set(total);
    const loop = laneLoop(variable, body);
    if (loop?.kinds.get(result.id) === "vector") {
      const lanes = new LaneWriter(f, loop, this.#scalarCode);
      lanes.clear(result, SUM_VECTORS);
      this.#vectorTurns({ variable, body }, limit, lanes, [SUM_VECTORS, 1]);
      lanes.pushSum(result, SUM_VECTORS);
      f.set(total);
      lanes.release();
    }
    this.#turns(statement, limit, 1, () => this.run(body));
    f.release(limit);
  }
}
