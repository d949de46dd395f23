import type { ConcreteArray, NDArray } from "../array/index.ts";
import type { Aval } from "./aval.ts";
import type { Params } from "./params.ts";
import type { Primitive } from "./primitive.ts";
import { type FormatOptions, formatEquation, formatJaxpr } from "./print-jaxpr.ts";
import type { Origin, SourceLocation } from "./source.ts";

/** A variable of a jaxpr: assigned once, by being an input, a constant, or the output of one equation. */
export class Var {
  readonly aval: Aval;
  constructor(aval: Aval) {
    this.aval = aval;
  }
}

/** A scalar constant written where it is used. */
export class Literal {
  readonly value: ConcreteArray;
  constructor(value: ConcreteArray) {
    this.value = value;
  }
  get aval(): Aval {
    return this.value;
  }
}

/** What an equation reads. */
export type Atom = Var | Literal;

/** `outputs = primitive[params](inputs)`. */
export class Equation {
  readonly primitive: Primitive;
  readonly inputs: readonly Atom[];
  readonly outputs: readonly Var[];
  readonly params: Params;
  /** Where it comes from; the equations that a transform makes of it have the same origin. */
  readonly origin: Origin | undefined;

  constructor(
    primitive: Primitive,
    inputs: readonly Atom[],
    outputs: readonly Var[],
    params: Params,
    origin: Origin | undefined = undefined,
  ) {
    this.primitive = primitive;
    this.inputs = inputs;
    this.outputs = outputs;
    this.params = params;
    this.origin = origin;
  }

  /** The user's file and line that made this equation, if they are known. */
  get source(): SourceLocation | undefined {
    return this.origin?.location;
  }

  toString(): string {
    return formatEquation(this);
  }
}

/**
 * A program: a list of equations from input variables (and constant variables, whose values a `ClosedJaxpr` holds)
 * to outputs. It is pure, has no control flow of its own, and every variable is assigned once.
 */
export class Jaxpr {
  readonly constVars: readonly Var[];
  readonly inputs: readonly Var[];
  readonly equations: readonly Equation[];
  readonly outputs: readonly Atom[];

  constructor(
    constVars: readonly Var[],
    inputs: readonly Var[],
    equations: readonly Equation[],
    outputs: readonly Atom[],
  ) {
    this.constVars = constVars;
    this.inputs = inputs;
    this.equations = equations;
    this.outputs = outputs;
  }

  /** In JAX's notation. */
  toString(options?: FormatOptions): string {
    return formatJaxpr(this, options);
  }
}

/** A jaxpr with the values of its constants. They are concrete arrays, or tracers of an enclosing transform. */
export class ClosedJaxpr {
  readonly jaxpr: Jaxpr;
  readonly consts: readonly NDArray[];

  constructor(jaxpr: Jaxpr, consts: readonly NDArray[] = []) {
    this.jaxpr = jaxpr;
    this.consts = consts;
  }

  /** The abstract values of the inputs. */
  get inAvals(): readonly Aval[] {
    return this.jaxpr.inputs.map((v) => v.aval);
  }

  /** The abstract values of the outputs. */
  get outAvals(): readonly Aval[] {
    return this.jaxpr.outputs.map((v) => v.aval);
  }

  /** In JAX's notation. */
  toString(options?: FormatOptions): string {
    return formatJaxpr(this, options);
  }

  /** What Node's console prints. */
  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return this.toString();
  }
}
