import type { Expr } from "../kernel/expr.ts";
import type { Buffer, Statement, Variable } from "../kernel/nest.ts";
import { sequence } from "../kernel/sequence.ts";
import { ExprEmitter } from "./emit-expr.ts";
import { laneOpcode, shapeOf } from "./lanes.ts";
import type { LaneLoop } from "./nest-lanes.ts";
import type { Support } from "./support.ts";
import type { FunctionBuilder, Local } from "./wasm/function.ts";

/** What a loop over lanes leaves to scalar code: whatever is the same for all turns. */
export interface ScalarCode {
  /** The locals of a nest's variables. */
  readonly locals: readonly Local[];
  readonly support: Support;
  write(statement: Statement): void;
  /** Pushes the address of an element; returns what is left to add as an immediate. */
  pushAddress(buffer: Buffer, index: Expr): number;
  /** A loop whose turns are written by `body`. */
  loop(statement: Statement & { readonly kind: "for" }, body: () => void): void;
  while(statement: Statement & { readonly kind: "while" }, run: (body: readonly Statement[]) => void): void;
  if(statement: Statement & { readonly kind: "if" }, run: (body: readonly Statement[]) => void): void;
}

const BYTES = 16;

/** Writes several turns of a loop at once: as many as one vector holds, or as several vectors do. */
export class LaneWriter {
  /** How many turns one vector holds. */
  readonly perVector: number;
  readonly #f: FunctionBuilder;
  readonly #loop: LaneLoop;
  readonly #scalar: ScalarCode;
  readonly #vectors = new Map<string, Local>();

  constructor(f: FunctionBuilder, loop: LaneLoop, scalar: ScalarCode) {
    this.#f = f;
    this.#loop = loop;
    this.#scalar = scalar;
    this.perVector = (8 * BYTES) / loop.width;
  }

  /** The turns of `count` vectors. */
  run(statements: readonly Statement[], count: number): void {
    for (const statement of statements) this.#write(statement, count);
  }

  /** Sets a variable to 0 in each of `count` vectors. */
  clear(variable: Variable, count: number): void {
    for (let part = 0; part < count; part++)
      this.#f.v128(new Uint8Array(BYTES)).set(this.#vector(variable.id, part));
  }

  /** Pushes the sum of a variable over all lanes of `count` vectors. */
  pushSum(variable: Variable, count: number): void {
    const f = this.#f;
    const shape = shapeOf(variable.type);
    const sum = this.#vector(variable.id, 0);
    f.get(sum);
    for (let part = 1; part < count; part++)
      f.get(this.#vector(variable.id, part)).op(shape === "f32x4" ? "f32x4.add" : "f64x2.add");
    f.set(sum);
    for (let lane = 0; lane < this.perVector; lane++) {
      f.get(sum).lane(laneOpcode("extract_lane", variable.type), lane);
      if (lane > 0) f.op(shape === "f32x4" ? "f32.add" : "f64.add");
    }
  }

  /** Gives its locals back. */
  release(): void {
    for (const local of this.#vectors.values()) this.#f.release(local);
    this.#vectors.clear();
  }

  #vector(id: number, part: number): Local {
    const key = `${id}.${part}`;
    const known = this.#vectors.get(key);
    if (known !== undefined) return known;
    const local = this.#f.local("v128");
    this.#vectors.set(key, local);
    return local;
  }

  #isVector(id: number): boolean {
    return this.#loop.kinds.get(id) === "vector";
  }

  #write(statement: Statement, count: number): void {
    const f = this.#f;
    const scalar = this.#scalar;
    switch (statement.kind) {
      case "set": {
        const { id } = statement.variable;
        if (!this.#isVector(id)) scalar.write(statement);
        else
          for (let part = 0; part < count; part++) {
            this.#push(statement.value, part);
            f.set(this.#vector(id, part));
          }
        return;
      }
      case "load": {
        const { id } = statement.variable;
        if (!this.#isVector(id)) scalar.write(statement);
        else if (this.#isPlace(statement.index)) {
          for (let part = 0; part < count; part++) {
            const at = scalar.pushAddress(statement.buffer, statement.index);
            f.memory("v128.load", at + part * BYTES).set(this.#vector(id, part));
          }
        } else {
          const at = scalar.pushAddress(statement.buffer, statement.index);
          f.memory(this.#loop.width === 64 ? "v128.load64_splat" : "v128.load32_splat", at);
          for (let part = 0; part + 1 < count; part++) f.tee(this.#vector(id, part));
          f.set(this.#vector(id, count - 1));
        }
        return;
      }
      case "store":
        for (let part = 0; part < count; part++) {
          const at = scalar.pushAddress(statement.buffer, statement.index);
          this.#push(statement.value, part);
          f.memory("v128.store", at + part * BYTES);
        }
        return;
      case "for":
        scalar.loop(statement, () => this.run(statement.body, count));
        return;
      case "while":
        scalar.while(statement, (body) => this.run(body, count));
        return;
      case "if":
        scalar.if(statement, (body) => this.run(body, count));
        return;
      case "sum":
      case "copy":
        throw new TypeError(`A loop over lanes has no code for "${statement.kind}".`);
    }
  }

  /** Whether an index moves on with the turns. */
  #isPlace(index: Expr): boolean {
    if (index.op === "input") return this.#loop.kinds.get(index.index as number) === "place";
    return index.args.some((arg) => this.#isPlace(arg));
  }

  /** Pushes one vector of a value; what is the same for all turns fills all lanes. */
  #push(expr: Expr, part: number): void {
    const { locals, support } = this.#scalar;
    const { width } = this.#loop;
    const emitter = new ExprEmitter(this.#f, sequence([expr]), {
      lanes: width === 64 ? 2 : 4,
      support,
      input: (f, index) => {
        if (this.#isVector(index)) f.get(this.#vector(index, part));
        else f.get(locals[index] as Local).op(width === 64 ? "f64x2.splat" : "f32x4.splat");
      },
    });
    emitter.emit([{ result: 0, part: 0, after: () => undefined }]);
  }
}
