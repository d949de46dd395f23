import { numpy as np, valueAndGrad } from "cotangent";
import { toStableHLO } from "cotangent/export";
import { ConcreteArray, isFloat, type NDArray } from "../../src/array/index.ts";
import { bind, type Primitive, registeredPrimitives } from "../../src/core/index.ts";
import { type Application, drawApplication } from "../../src/testing/application.ts";
import { drawArray } from "../../src/testing/elements.ts";
import { fixedSource } from "../../src/testing/fixed-source.ts";
import { drawProgram, type Program } from "../../src/testing/programs/index.ts";
import { flatten } from "../../src/tree/index.ts";
import { type NamedProgram, namedPrograms } from "./named-programs.ts";
import { stored } from "./stored.ts";

/*
 * What the export to StableHLO is proven on: a module, its arguments, and the results of our own reference evaluation.
 * test/golden/stablehlo.ts writes them for XLA, and the tests compare the modules with those that XLA has run.
 */

/** A module with arguments and what it must give for them. */
export interface ProofCase {
  /** A primitive, or "programs", "gradients" or the name of one program. */
  readonly subject: string;
  readonly module: string;
  readonly inputs: readonly ConcreteArray[];
  /** By our own evaluation, which takes longer than writing the module. */
  readonly expected: () => readonly ConcreteArray[];
}

const concrete = (x: NDArray): ConcreteArray => {
  if (x instanceof ConcreteArray) return x;
  throw new TypeError("A case of the proof has arrays with values.");
};

/** How many applications of a primitive are drawn of each kind; more of those whose parameters say which axes are which. */
const drawsOf = ({ name, lowering }: Primitive): number =>
  lowering?.kind === "dot" || lowering?.kind === "view" || MANIFOLD.test(name) ? 24 : 6;

const MANIFOLD = /^(gather|scatter|dynamic|overlapAdd|pad$|concatenate|sort|argm|cum)/;

const applicationsOf = (primitive: Primitive): Application[] => {
  const count = drawsOf(primitive);
  const draws = Array.from({ length: count }, (_, seed) => [
    drawApplication(primitive, fixedSource(seed)),
    ...(primitive.args?.otherDTypes ? [drawApplication(primitive, fixedSource(seed), true)] : []),
  ]).flat();
  const narrow = draws.flatMap((application, i) => stored(application, i % 2) ?? []).slice(0, count);
  return [...draws, ...narrow];
};

const caseOf = (application: Application): ProofCase => {
  const { primitive, params, inputs } = application;
  const fun = (...xs: NDArray[]): readonly NDArray[] => bind(primitive, xs, params);
  return {
    subject: primitive.name,
    module: toStableHLO(fun, { name: primitive.name })(...inputs),
    inputs,
    expected: () => application.evaluate(),
  };
};

/** The primitives that a recipe draws arguments for. */
export const provenPrimitives = (): readonly Primitive[] =>
  registeredPrimitives().filter(({ args }) => args !== undefined);

/** Applications of a primitive. */
export const primitiveCases = (primitive: Primitive): readonly ProofCase[] =>
  applicationsOf(primitive).map(caseOf);

const programCase = ({ subject, fun, args }: NamedProgram): ProofCase => ({
  subject,
  module: toStableHLO(fun, { name: subject.replace(/ /g, "_") })(...(args as never[])),
  inputs: (flatten(args)[0] as NDArray[]).map(concrete),
  expected: () => (flatten(fun(...(args as never[])))[0] as NDArray[]).map(concrete),
});

/** How many random programs there are. */
const PROGRAMS = 60;

/** The sum of the floats that a program returns, and its gradient with respect to all arguments. */
const gradientOf = (program: Program, args: readonly unknown[]): NamedProgram => {
  const loss = (...xs: unknown[]): NDArray =>
    (flatten(program.fun(...xs))[0] as NDArray[])
      .filter(({ dtype }) => isFloat(dtype))
      .map((x) => np.sum(x).astype("float64"))
      .reduce((a, b) => a.add(b));
  const options = { argnums: args.map((_, i) => i), allowInt: true };
  return { subject: "gradients of programs", fun: valueAndGrad(loss, options) as NamedProgram["fun"], args };
};

/** Random programs and their gradients, and programs of the kinds that people write. */
export const programCases = (): readonly ProofCase[] => {
  const drawn = Array.from({ length: PROGRAMS }, (_, seed): NamedProgram[] => {
    const source = fixedSource(seed);
    const program = drawProgram(source, { reverseOnly: true });
    const args = program.args(program.inputs.map((spec) => drawArray(source, spec)));
    return [
      { subject: "programs", fun: program.fun as NamedProgram["fun"], args },
      gradientOf(program, args),
    ];
  });
  return [...drawn.flat(), ...namedPrograms()].map(programCase);
};
