import { toStringMethod } from "fast-check";
import type { DType, NDArray, Shape } from "../../array/index.ts";
import {
  type ArgumentSpec,
  type ClosedJaxpr,
  type FlatFunction,
  formatJaxpr,
  traceToJaxpr,
} from "../../core/index.ts";
import { flatten, type TreeDef, unflatten } from "../../tree/index.ts";

/** What is known of a value of a program before it runs. */
export interface Facts {
  readonly shape: Shape;
  readonly dtype: DType;
  /** No element is larger than this. */
  readonly bound: number;
  /** About how fast an element can change with the inputs of the program; 0 if it does not. */
  readonly slope: number;
}

/** Part of a program: some arrays made from values that there are already, named by their places. */
export interface Step {
  readonly name: string;
  readonly operands: readonly number[];
  readonly apply: FlatFunction;
  readonly outputs: readonly Facts[];
}

/** Run steps on the values that they start from; returns all values there are at the end. */
export const runSteps = (steps: readonly Step[], start: readonly NDArray[]): readonly NDArray[] => {
  const values = [...start];
  for (const { operands, apply } of steps)
    values.push(...apply(...operands.map((i) => values[i] as NDArray)));
  return values;
};

/** A generated program: a pure function of trees of arrays, kept as a list of steps. */
export class Program {
  /** What its arrays look like, in the order of the leaves. */
  readonly inputs: readonly ArgumentSpec[];
  /** The structure of its list of arguments. */
  readonly inTree: TreeDef;
  readonly steps: readonly Step[];
  /** Places of the values that it returns, in the order of the leaves. */
  readonly outputs: readonly number[];
  readonly outTree: TreeDef;

  constructor(
    inputs: readonly ArgumentSpec[],
    inTree: TreeDef,
    steps: readonly Step[],
    outputs: readonly number[],
    outTree: TreeDef,
  ) {
    this.inputs = inputs;
    this.inTree = inTree;
    this.steps = steps;
    this.outputs = outputs;
    this.outTree = outTree;
  }

  /** From the leaves of the arguments to the leaves of the result. */
  get flat(): FlatFunction {
    return (...inputs) => {
      const values = runSteps(this.steps, inputs);
      return this.outputs.map((i) => values[i] as NDArray);
    };
  }

  /** From arguments that are trees to a tree. */
  get fun(): (...args: unknown[]) => unknown {
    return (...args) => unflatten(this.outTree, this.flat(...(flatten(args)[0] as NDArray[])));
  }

  /** Leaves as the list of arguments that `fun` takes. */
  args(leaves: readonly NDArray[]): unknown[] {
    return unflatten(this.inTree, leaves) as unknown[];
  }

  /** What is known of the outputs before the program runs. */
  get outFacts(): readonly Pick<Facts, "shape" | "dtype">[] {
    const facts = [...this.inputs, ...this.steps.flatMap((step) => step.outputs)];
    return this.outputs.map((i) => facts[i] as Facts);
  }

  /** As makeJaxpr gives it, for the leaves of the arguments. */
  get jaxpr(): ClosedJaxpr {
    const avals = this.inputs.map(({ shape, dtype }) => ({ shape, dtype, weakType: false }));
    return traceToJaxpr(this.flat, avals, "makeJaxpr");
  }

  toString(): string {
    return `${formatJaxpr(this.jaxpr)}\nfrom ${this.inTree}\nto ${this.outTree}`;
  }

  [toStringMethod](): string {
    return this.toString();
  }
}
