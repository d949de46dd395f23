import { type Arbitrary, type IPropertyWithHooks, property, toStringMethod } from "fast-check";
import { type ConcreteArray, isFloat, type NDArray } from "../../array/index.ts";
import type { Aval, FlatFunction, Tangent } from "../../core/index.ts";
import { flatten } from "../../tree/index.ts";
import { describeArrays } from "../application.ts";
import { drawArray, drawDirection } from "../elements.ts";
import { drawProgram, type Program, type ProgramOptions } from "../programs/index.ts";
import { drawn, type Source } from "../tape.ts";

/** Something that is true of every program. */
export interface ProgramLaw {
  readonly name: string;
  /** The law on random programs; `observe` is called with each before it is checked. */
  property(observe?: (example: ProgramCase) => void): IPropertyWithHooks<[ProgramCase]>;
}

/** A program at a point, with a tangent for each of its inputs and a cotangent for each output that is a float. */
export interface ProgramCase {
  readonly program: Program;
  readonly inputs: readonly ConcreteArray[];
  readonly tangents: readonly Tangent[];
  readonly cotangents: readonly Tangent[];
}

/** A case, and what the program returns when it is run as it is. */
export interface EvaluatedCase extends ProgramCase {
  readonly outputs: readonly NDArray[];
}

/** The places of the floats. */
export const floatsOf = (arrays: readonly (Aval | null)[]): number[] =>
  arrays.flatMap((x, i) => (x !== null && isFloat(x.dtype) ? [i] : []));

const drawCase = (source: Source, options: ProgramOptions): ProgramCase => {
  const program = drawProgram(source, options);
  const inputs = program.inputs.map((spec) => drawArray(source, spec));
  const directions = (avals: readonly Pick<Aval, "shape" | "dtype">[]) =>
    avals.map((a) => (isFloat(a.dtype) ? drawDirection(source, a) : null));
  return { program, inputs, tangents: directions(inputs), cotangents: directions(program.outFacts) };
};

const describe = ({ program, inputs }: ProgramCase): string =>
  `\n${program}\napplied to\n${describeArrays(inputs)}\n`;

/** Declare a law of programs. */
export const defineProgramLaw = (
  name: string,
  options: ProgramOptions,
  hold: (example: EvaluatedCase) => void,
): ProgramLaw => ({
  name,
  property: (observe) => {
    const cases: Arbitrary<ProgramCase> = drawn((source) => {
      const example = drawCase(source, options);
      return { ...example, [toStringMethod]: () => describe(example) };
    });
    return property(cases, (c) => {
      observe?.(c);
      hold({ ...c, outputs: c.program.flat(...c.inputs) });
    }) as IPropertyWithHooks<[ProgramCase]>;
  },
});

/** Programs in float64. */
export const DOUBLES: ProgramOptions = { floats: ["float64"] };
/** Programs that forward mode need not take. */
export const REVERSE: ProgramOptions = { reverseOnly: true };
/** The arrays of a tree. */
export const leavesOf = (tree: unknown): NDArray[] => flatten(tree)[0] as NDArray[];

/** Tolerances for chains of operations in single precision, and none to speak of in double. */
export const chained = (arrays: readonly NDArray[]): { rtol: number; atol: number } => {
  const worst = arrays.some((x) => x.dtype === "float32") ? 2e-3 : 1e-8;
  return { rtol: worst, atol: worst };
};

/** The restriction of a program to its inputs that are floats. */
export const restricted = ({
  program,
  inputs,
}: ProgramCase): { fun: FlatFunction; live: number[]; at: NDArray[] } => {
  const live = floatsOf(inputs);
  return {
    live,
    at: live.map((i) => inputs[i] as NDArray),
    fun: (...some) => {
      const all: NDArray[] = [...inputs];
      live.forEach((i, k) => {
        all[i] = some[k] as NDArray;
      });
      return program.flat(...all);
    },
  };
};
