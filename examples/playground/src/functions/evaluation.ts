/**
 * What the worker says of a program: texts and numbers to show, nothing that runs.
 */

/** A text, or why there is none. */
export type Section = { readonly text: string } | { readonly error: string };

/** One leaf of the arguments. */
export interface InputRow {
  readonly name: string;
  /** Such as `float32[2, 3]`. */
  readonly type: string;
  readonly value: string;
  /** The gradient by it; undefined for data. */
  readonly gradient: string | undefined;
}

/** What flows back into one operand of a gate. */
export interface OperandStep {
  /** Place of its edge in the graph. */
  readonly edge: number;
  readonly name: string;
  readonly value: string;
  /** The derivative of the gate's result by this operand, where it is one number for each element. */
  readonly local: string | undefined;
  /** undefined where nothing flows back. */
  readonly gradient: string | undefined;
}

/** One step of forward and backward through the circuit. */
export interface CircuitStep {
  readonly phase: "forward" | "turn" | "backward";
  /** The id of the gate, or of the result. */
  readonly node: number;
  readonly label: string;
  readonly result: string;
  /** The gradient that arrives at the result of the gate, going back. */
  readonly upstream: string | undefined;
  readonly operands: readonly OperandStep[];
  /** The user's line. */
  readonly line: number | undefined;
  /** The rule of the gate in words, if it has one. */
  readonly rule: string | undefined;
}

export interface SteppedCircuit {
  readonly svg: string;
  readonly steps: readonly CircuitStep[];
  /** The edges that come from gates, each with the id of its gate. */
  readonly sources: readonly (readonly [edge: number, gate: number])[];
  /** The edges that end at results. */
  readonly outputEdges: readonly number[];
}

export interface Evaluation {
  readonly value: string;
  readonly valueType: string;
  readonly inputs: readonly InputRow[];
  /** The result is not one number, and what stands in place of gradients are derivatives of each of its elements. */
  readonly isJacobian: boolean;
  /** Why there are no gradients, if there are none. */
  readonly gradientError: string | undefined;
  readonly jaxpr: Section;
  readonly derivative: Section;
  readonly kernels: Section;
  readonly circuit: Section;
  /** The circuit with as many gates folded as can be, if that is another picture. */
  readonly folded: string | undefined;
  readonly steps: SteppedCircuit | { readonly error: string };
  readonly console: readonly string[];
  readonly milliseconds: number;
}

/** The program is wrong. */
export interface Refusal {
  readonly message: string;
  readonly line: number | undefined;
  readonly console: readonly string[];
}

export type Outcome = { readonly evaluation: Evaluation } | { readonly refusal: Refusal };
