import { bitWidth, type Expr, isFloat } from "../kernel/expr.ts";
import type { Statement, Variable } from "../kernel/nest.ts";

/*
 * Which values of a loop over lanes are vectors. Of a nest's `lanes` and `sum`, several turns run at once if all that
 * differs between turns is floats of one width, and neighbouring places in memory.
 */

/**
 * What several turns at once have of a value: one of it for all, a position that is the first turn's and one more for
 * each next turn's, or a float for each turn.
 */
export type LaneKind = "uniform" | "place" | "vector";

/** A loop that may run several turns at once: the kinds of the variables that it sets, and how wide floats are. */
export interface LaneLoop {
  readonly kinds: ReadonlyMap<number, LaneKind>;
  readonly width: 32 | 64;
}

/** Raised where turns cannot be taken together. */
class NotLanes extends Error {}

/** How the turns of a loop over `variable` may run several at once; `undefined` if they cannot. */
export const laneLoop = (variable: Variable, body: readonly Statement[]): LaneLoop | undefined => {
  const analysis = new Analysis(variable);
  try {
    // Kinds only rise, so this ends; one round more than changes anything.
    do {
      analysis.changed = false;
      analysis.block(body);
    } while (analysis.changed);
  } catch (error) {
    if (error instanceof NotLanes) return undefined;
    throw error;
  }
  const { kinds, width } = analysis;
  return width === undefined ? undefined : { kinds, width };
};

class Analysis {
  readonly kinds = new Map<number, LaneKind>();
  width: 32 | 64 | undefined;
  changed = false;

  constructor(variable: Variable) {
    this.kinds.set(variable.id, "place");
  }

  block(statements: readonly Statement[]): void {
    for (const statement of statements) this.#statement(statement);
  }

  kindOf(expr: Expr): LaneKind {
    if (expr.op === "input") return this.kinds.get(expr.index as number) ?? "uniform";
    const kinds = expr.args.map((arg) => this.kindOf(arg));
    if (kinds.includes("vector")) {
      if (kinds.includes("place")) throw new NotLanes();
      this.#requireFloat(expr);
      return "vector";
    }
    const places = kinds.filter((kind) => kind === "place").length;
    if (places === 0) return "uniform";
    const isMoved = expr.op === "add" || (expr.op === "sub" && kinds[0] === "place");
    if (places > 1 || !isMoved || expr.type !== "i32") throw new NotLanes();
    return "place";
  }

  #statement(statement: Statement): void {
    switch (statement.kind) {
      case "set":
        this.#raise(statement.variable, this.kindOf(statement.value));
        if (this.kinds.get(statement.variable.id) === "vector") this.#requireFloat(statement.value);
        return;
      case "load": {
        const place = this.kindOf(statement.index);
        if (place === "vector") throw new NotLanes();
        const { type } = statement.buffer;
        if (isFloat(type)) this.#raise(statement.variable, "vector");
        else if (place === "place") throw new NotLanes();
        else this.#raise(statement.variable, "uniform");
        return;
      }
      case "store":
        if (this.kindOf(statement.index) !== "place" || !isFloat(statement.buffer.type)) throw new NotLanes();
        if (this.kindOf(statement.value) === "place") throw new NotLanes();
        this.#requireFloat(statement.value);
        return;
      case "for":
        if (statement.lanes === true) throw new NotLanes();
        this.#requireUniform(statement.from);
        this.#requireUniform(statement.to);
        this.#raise(statement.variable, "uniform");
        this.block(statement.body);
        return;
      case "if":
        this.#requireUniform(statement.condition);
        this.block(statement.whenTrue);
        this.block(statement.whenFalse);
        return;
      case "while":
        this.block(statement.test);
        this.#requireUniform(statement.condition);
        this.block(statement.body);
        return;
      case "sum":
      case "copy":
        throw new NotLanes();
    }
  }

  #requireUniform(expr: Expr): void {
    if (this.kindOf(expr) !== "uniform") throw new NotLanes();
  }

  /** A vector is of floats of one width, or what a comparison of such gives inside of an expression. */
  #requireFloat({ op, type, args }: Expr): void {
    if (type !== "bool" || op === "input") this.#widen(type);
    for (const arg of args) this.#requireFloat(arg);
  }

  #widen(type: Expr["type"]): void {
    const width = isFloat(type) ? bitWidth(type) : undefined;
    if (width === undefined || (this.width ?? width) !== width) throw new NotLanes();
    this.width = width;
  }

  #raise({ id, type }: Variable, kind: LaneKind): void {
    const known = this.kinds.get(id);
    if (kind === "vector") this.#widen(type);
    if (known === kind || (known === "vector" && kind === "uniform")) return;
    if (known === "place" || (known !== undefined && kind === "place")) throw new NotLanes();
    this.kinds.set(id, kind);
    this.changed = true;
  }
}
