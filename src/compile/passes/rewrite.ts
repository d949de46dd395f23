import {
  type ConcreteArray,
  type DType,
  type NDArray,
  type Shape,
  sameShape,
  scalarArray,
} from "../../array/index.ts";
import {
  type Atom,
  type Aval,
  avalOf,
  type ClosedJaxpr,
  Equation,
  Literal,
  type Origin,
  type Params,
  type Primitive,
  Var,
} from "../../core/index.ts";
import { broadcastInDimPrimitive } from "../../primitives/broadcast.ts";
import { KnownValues, knownScalar } from "./known-values.ts";
import { closedWith, constantsOf, resolve, substituted } from "./pass.ts";
import { OUTSIDE, Scopes } from "./scopes.ts";

/** An application of a primitive that a rule may put something better in the place of. */
export interface Site<P extends Params = Params> {
  readonly primitive: Primitive<P>;
  readonly inputs: readonly Atom[];
  readonly params: P;
  /** The abstract values of the results. */
  readonly outputs: readonly Aval[];
  /** That of the first. */
  readonly output: Aval;
  readonly program: Rewriter;
}

/** What takes the place of the results of an application, or `undefined` to leave it. */
export type Rule<P extends Params = Params> = (site: Site<P>) => readonly Atom[] | undefined;

/** The same for a primitive with one result; the operands are handed over one by one. */
export type OperandRule<P extends Params> = (site: Site<P>, ...operands: Atom[]) => Atom | undefined;

/** A rule, and the primitive that it is for, by name; all if left out. */
export interface RuleEntry {
  readonly name: string | undefined;
  readonly rule: Rule;
}

/** A rule for applications of one primitive. */
export const on = <P extends Params>({ name }: Primitive<P>, rule: OperandRule<P>): RuleEntry => ({
  name,
  rule: (site) => {
    const result = rule(site as unknown as Site<P>, ...site.inputs);
    return result === undefined ? undefined : [result];
  },
});

/** A rule for applications of any primitive. */
export const onAny = (rule: Rule): RuleEntry => ({ name: undefined, rule });

/** Rules by the primitives that they are for, in the order in which they are tried. */
export class Rules {
  readonly #general: readonly Rule[];
  readonly #all = new Map<string, readonly Rule[]>();

  constructor(entries: readonly RuleEntry[]) {
    this.#general = entries.filter(({ name }) => name === undefined).map(({ rule }) => rule);
    for (const name of new Set(entries.map((entry) => entry.name))) {
      if (name === undefined) continue;
      const rules = entries.filter((entry) => entry.name === undefined || entry.name === name);
      this.#all.set(
        name,
        rules.map(({ rule }) => rule),
      );
    }
  }

  /** The rules for a primitive. */
  for(name: string): readonly Rule[] {
    return this.#all.get(name) ?? this.#general;
  }
}

/** An application whose uses of its inputs are counted, while rules for it are tried. */
interface Trial {
  readonly inputs: readonly Atom[];
  counted: boolean;
}

/**
 * A program on the way of being written anew, equation by equation. Rules look at what their operands are made of, and
 * `emit` what shall take the place of an application; what they emit goes through the rules itself. So one pass from
 * the first equation to the last leaves little to do.
 */
export class Rewriter {
  readonly #rules: Rules;
  readonly #scopes: Scopes;
  readonly #consts: Map<Var, NDArray>;
  readonly #known: KnownValues;
  readonly #equations: Equation[] = [];
  readonly #makers = new Map<Var, Equation>();
  readonly #uses = new Map<Var, number>();
  readonly #trials: Trial[] = [];
  /** The equation that is being rewritten: what takes its place inherits its origin and its scope. */
  #origin: Origin | undefined;
  #scope = OUTSIDE;

  constructor(closed: ClosedJaxpr, rules: Rules, scopes: Scopes) {
    this.#rules = rules;
    this.#scopes = scopes;
    this.#consts = constantsOf(closed);
    this.#known = new KnownValues(this.#consts, this.#makers);
    for (const equation of closed.jaxpr.equations) this.#count(equation.inputs, 1);
    this.#count(closed.jaxpr.outputs, 1);
  }

  /** The program with each application replaced by what the rules say. */
  static run(closed: ClosedJaxpr, rules: Rules, scopes: Scopes): ClosedJaxpr {
    return new Rewriter(closed, rules, scopes).#run(closed);
  }

  #run(closed: ClosedJaxpr): ClosedJaxpr {
    const { jaxpr } = closed;
    const substitution = new Map<Var, Atom>();
    const replace = (v: Var, atom: Atom): void => {
      substitution.set(v, atom);
      if (!(atom instanceof Literal)) this.#uses.set(atom, this.usesOf(atom) + this.usesOf(v));
    };
    for (const [v, value] of this.#consts) {
      const scalar = v.aval.shape.length === 0 ? knownScalar(value) : undefined;
      if (scalar !== undefined) replace(v, scalar);
    }
    for (const original of jaxpr.equations) {
      const equation = substituted(original, substitution);
      const { primitive, inputs, params, outputs } = equation;
      this.#origin = original.origin;
      this.#scope = this.#scopes.of(original);
      const results = this.#try(
        primitive,
        inputs,
        params,
        outputs.map((v) => v.aval),
      );
      if (results === undefined) this.#push(equation);
      else {
        outputs.forEach((v, i) => {
          replace(v, results[i] as Atom);
        });
      }
    }
    if (substitution.size === 0) return closed;
    const outputs = jaxpr.outputs.map((atom) => resolve(substitution, atom));
    return closedWith(this.#consts, jaxpr.inputs, this.#equations, outputs);
  }

  /** What the rules put in the place of an application whose uses are counted; they are taken back if something is. */
  #try(
    primitive: Primitive,
    inputs: readonly Atom[],
    params: Params,
    outputs: readonly Aval[],
  ): readonly Atom[] | undefined {
    const [output] = outputs;
    if (output === undefined) return undefined;
    const trial: Trial = { inputs, counted: true };
    this.#trials.push(trial);
    const site: Site = { primitive, inputs, params, outputs, output, program: this };
    let results: readonly Atom[] | undefined;
    for (const rule of this.#rules.for(primitive.name)) {
      results = rule(site);
      if (results !== undefined) break;
    }
    if (results !== undefined) this.#release(trial);
    this.#trials.pop();
    return results;
  }

  #release(trial: Trial): void {
    if (trial.counted) this.#count(trial.inputs, -1);
    trial.counted = false;
  }

  #push(equation: Equation): void {
    this.#equations.push(this.#scopes.put(equation, this.#scope));
    for (const v of equation.outputs) this.#makers.set(v, equation);
  }

  #count(atoms: readonly Atom[], by: number): void {
    for (const atom of atoms) if (!(atom instanceof Literal)) this.#uses.set(atom, this.usesOf(atom) + by);
  }

  /** How many inputs of equations and outputs of the program `atom` is; those that are not needed any more may count. */
  usesOf(atom: Atom): number {
    return atom instanceof Literal ? 0 : (this.#uses.get(atom) ?? 0);
  }

  /** Apply a primitive; a rule that does so must return a result. */
  emitAll<P extends Params>(primitive: Primitive<P>, inputs: readonly Atom[], params: P): readonly Atom[] {
    const trial = this.#trials.at(-1);
    if (trial !== undefined) this.#release(trial);
    this.#count(inputs, 1);
    const avals = primitive.abstractEval(
      inputs.map((atom) => atom.aval),
      params,
    );
    const results = this.#try(primitive as Primitive, inputs, params, avals);
    if (results !== undefined) return results;
    const outputs = avals.map((a) => new Var(avalOf(a)));
    this.#push(new Equation(primitive as Primitive, inputs, outputs, params, this.#origin));
    return outputs;
  }

  /** `emitAll` of a primitive with one result. */
  emit<P extends Params>(primitive: Primitive<P>, inputs: readonly Atom[], params: P): Atom {
    return this.emitAll(primitive, inputs, params)[0] as Atom;
  }

  /** The application of `primitive` that `atom` is the result of, if it is one. */
  madeBy<P extends Params>(
    atom: Atom,
    primitive: Primitive<P>,
  ): { readonly inputs: readonly Atom[]; readonly params: P } | undefined {
    const maker = atom instanceof Literal ? undefined : this.#makers.get(atom);
    return maker?.primitive.name === primitive.name
      ? (maker as { readonly inputs: readonly Atom[]; readonly params: P } & Equation)
      : undefined;
  }

  /** The equation that `atom` is a result of, if it is one. */
  maker(atom: Atom): Equation | undefined {
    return atom instanceof Literal ? undefined : this.#makers.get(atom);
  }

  /** Whether the application that is being looked at, whose inputs these are, is all that uses `atom`. */
  isUsedHereOnly(atom: Atom, inputs: readonly Atom[]): boolean {
    if (atom instanceof Literal) return false;
    const uses = this.usesOf(atom);
    return uses === 1 || uses === inputs.filter((x) => x === atom).length;
  }

  /** The scalar that every element of `atom` is: itself if it is one, or what it is a broadcast of. */
  scalarOf(atom: Atom): Atom | undefined {
    return this.#known.scalarOf(atom);
  }

  /** The number that every element of `atom` is, if that is known; booleans are 0 and 1. */
  numberOf(atom: Atom): number | undefined {
    return this.#known.numberOf(atom);
  }

  /** The value of `atom`, if it is known and need not be computed at length. */
  valueOf(atom: Atom): ConcreteArray | undefined {
    return this.#known.valueOf(atom);
  }

  /** A scalar constant. */
  literal(value: number, dtype: DType): Literal {
    return new Literal(scalarArray(value, dtype, true));
  }

  /** A constant of any shape. */
  constant(value: ConcreteArray): Atom {
    if (value.shape.length === 0) return new Literal(value);
    const v = new Var(avalOf(value));
    this.#consts.set(v, value);
    return v;
  }

  /** `scalar` throughout `shape`. */
  full(scalar: Atom, shape: Shape): Atom {
    if (shape.length === 0) return scalar;
    return this.emit(broadcastInDimPrimitive, [scalar], { shape, broadcastDimensions: [] });
  }

  /** An operand of an elementwise application as its result: a scalar stands for a full array. */
  asResult(atom: Atom, { shape }: Aval): Atom {
    return sameShape(atom.aval.shape, shape) ? atom : this.full(atom, shape);
  }
}

/** A pass that applies rules. */
export const rewriteWith =
  (rules: Rules) =>
  (closed: ClosedJaxpr, scopes: Scopes = new Scopes()): ClosedJaxpr =>
    Rewriter.run(closed, rules, scopes);
