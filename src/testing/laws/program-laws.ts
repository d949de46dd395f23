import {
  type Arbitrary,
  assert as check,
  type IPropertyWithHooks,
  property,
  toStringMethod,
} from "fast-check";
import { ConcreteArray, isFloat, type NDArray } from "../../array/index.ts";
import { type Aval, checkJaxpr, evalJaxpr, type FlatFunction, type Tangent } from "../../core/index.ts";
import { reduceSum } from "../../primitives/broadcast.ts";
import { add, convertElementType, mul } from "../../primitives/elementwise/index.ts";
import { range, scalarLike } from "../../primitives/rules.ts";
import { checkpoint } from "../../transforms/checkpoint.ts";
import { valueAndGrad } from "../../transforms/grad.ts";
import { jit } from "../../transforms/jit.ts";
import { jvp, jvpFlat } from "../../transforms/jvp.ts";
import { linearize } from "../../transforms/linearize.ts";
import { makeJaxpr } from "../../transforms/make-jaxpr.ts";
import { vjp, vjpFlat } from "../../transforms/vjp.ts";
import { flatten, unflatten } from "../../tree/index.ts";
import { describeArrays } from "../application.ts";
import { drawArray, drawDirection } from "../elements.ts";
import { type Difference, directionalDifference, stepFor } from "../finite-differences.ts";
import { drawProgram, type Program, type ProgramOptions } from "../programs/index.ts";
import { drawn, type Source } from "../tape.ts";
import { compiled } from "./compiled.ts";
import { requireDerivative } from "./jvp.ts";
import { instantiate, type LawOptions, requireClose } from "./law.ts";
import { requireSymmetricHessian } from "./second-order.ts";
import { requireAdjoint } from "./transpose.ts";
import { requireBatched } from "./vmap.ts";

/** Something that is true of every program. */
export interface ProgramLaw {
  readonly name: string;
  property(): IPropertyWithHooks<[ProgramCase]>;
}

/** A program at a point, with a tangent for each of its inputs and a cotangent for each output that is a float. */
export interface ProgramCase {
  readonly program: Program;
  readonly inputs: readonly ConcreteArray[];
  readonly tangents: readonly Tangent[];
  readonly cotangents: readonly Tangent[];
}

/** A case, and what the program returns when it is run as it is. */
interface EvaluatedCase extends ProgramCase {
  readonly outputs: readonly NDArray[];
}

const floatsOf = (arrays: readonly (Aval | null)[]): number[] =>
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

const defineProgramLaw = (
  name: string,
  options: ProgramOptions,
  hold: (example: EvaluatedCase) => void,
): ProgramLaw => ({
  name,
  property: () => {
    const cases: Arbitrary<ProgramCase> = drawn((source) => {
      const example = drawCase(source, options);
      return { ...example, [toStringMethod]: () => describe(example) };
    });
    return property(cases, (c) => hold({ ...c, outputs: c.program.flat(...c.inputs) })) as IPropertyWithHooks<
      [ProgramCase]
    >;
  },
});

const DOUBLES: ProgramOptions = { floats: ["float64"] };
const REVERSE: ProgramOptions = { reverseOnly: true };
const leavesOf = (tree: unknown): NDArray[] => flatten(tree)[0] as NDArray[];

/** Tolerances for chains of operations in single precision, and none to speak of in double. */
const chained = (arrays: readonly NDArray[]): { rtol: number; atol: number } => {
  const worst = arrays.some((x) => x.dtype === "float32") ? 2e-3 : 1e-8;
  return { rtol: worst, atol: worst };
};

/** The restriction of a program to its inputs that are floats. */
const restricted = ({
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

const jaxprLaw = defineProgramLaw(
  "the jaxpr is well typed, and evaluates to what the function returns",
  REVERSE,
  (c) => {
    const { program, inputs, outputs } = c;
    const args = program.args(inputs);
    const { jaxpr, consts } = makeJaxpr(program.fun)(...args);
    checkJaxpr(jaxpr);
    // Not to the bit: a jit inside may compute in one case what it finds folded into a constant in the other.
    requireClose("evalJaxpr", evalJaxpr(jaxpr, consts, inputs), outputs, chained(outputs));
    const pulled = makeJaxpr((...xs: unknown[]) => vjp(program.fun, xs)[0])(...args);
    checkJaxpr(pulled);
  },
);

const derivativeLaw = defineProgramLaw("JVP = linearize = central differences", DOUBLES, (c) => {
  const { program, inputs, tangents, outputs } = c;
  const seeds = inputs.map((x, i) => tangents[i] ?? x);
  const [value, tangent] = jvp(program.fun, program.args(inputs), program.args(seeds));
  requireClose("the primal output of jvp", leavesOf(value), outputs);
  const outTangents = leavesOf(tangent);
  const [, linear] = linearize(program.fun, program.args(inputs));
  requireClose("linearize, expected jvp", leavesOf(linear(...program.args(seeds))), outTangents);
  const differences = directionalDifference(program.flat, inputs, tangents, stepFor(inputs));
  for (const i of floatsOf(outputs)) {
    const difference = differences[i];
    if (difference === undefined) continue;
    requireDerivative(`output ${i}`, outputs[i] as NDArray, outTangents[i] as NDArray, difference, 1e-5);
  }
});

const programAdjointLaw = defineProgramLaw("⟨ct, J v⟩ = ⟨Jᵀ ct, v⟩", {}, (c) => {
  const { inputs, tangents, cotangents, program } = c;
  const { tangents: outTangents } = jvpFlat(program.flat, inputs, tangents);
  const pulled = vjpFlat(program.flat, inputs).pullback(cotangents);
  const coarse = chained([...inputs, ...c.outputs]).rtol > 1e-6;
  requireAdjoint(inputs, tangents, outTangents, cotangents, pulled, coarse ? 2e-3 : 1e-8);
});

/** Also for functions with VJP rules of their own, which forward mode cannot check. */
const vjpLaw = defineProgramLaw("VJP = central differences", { ...DOUBLES, ...REVERSE }, (c) => {
  const { program, inputs, tangents, cotangents } = c;
  const differences = directionalDifference(program.flat, inputs, tangents, stepFor(inputs));
  const outTangents = c.outputs.map((y, i) =>
    isFloat(y.dtype) ? new ConcreteArray((differences[i] as Difference).values, y.shape, "float64") : null,
  );
  requireAdjoint(
    inputs,
    tangents,
    outTangents,
    cotangents,
    vjpFlat(program.flat, inputs).pullback(cotangents),
    1e-5,
  );
});

const programSecondOrderLaw = defineProgramLaw(
  "reverse over forward = forward over reverse",
  { ...DOUBLES, maxSteps: 6 },
  (c) => {
    const { fun, at, live } = restricted(c);
    requireSymmetricHessian(
      fun,
      at,
      live.map((i) => c.tangents[i] as NDArray),
      c.cotangents,
      1e-4,
    );
  },
);

/** A scalar loss of a program: the inner product of its floats with the cotangents. */
const lossOf =
  (program: Program, cotangents: readonly Tangent[]) =>
  (...args: unknown[]): NDArray => {
    const terms = leavesOf(program.fun(...args)).flatMap((x, i) => {
      const ct = cotangents[i] ?? null;
      if (ct === null) return [];
      return [convertElementType(reduceSum(mul(x, ct), range(x.shape.length)), "float64")];
    });
    return terms.reduce(add, scalarLike({ dtype: "float64" }, 0));
  };

const jitOfProgramLaw = defineProgramLaw("jit of grad = grad of jit = grad", REVERSE, (c) => {
  const { program, inputs, outputs, cotangents } = c;
  const args = program.args(inputs);
  const tolerance = chained([...inputs, ...outputs]);
  requireClose("jit", leavesOf(jit(program.fun)(...args)), outputs, tolerance);
  const loss = lossOf(program, cotangents);
  const options = { argnums: range(args.length), allowInt: true } as const;
  const [value, gradients] = valueAndGrad(loss, options)(...args);
  const expected = [value, ...leavesOf(gradients)];
  requireClose(
    "jit of valueAndGrad",
    leavesOf(jit(valueAndGrad(loss, options))(...args)),
    expected,
    tolerance,
  );
  requireClose(
    "valueAndGrad of jit",
    leavesOf(valueAndGrad(jit(loss), options)(...args)),
    expected,
    tolerance,
  );
});

const vmapOfProgramLaw = defineProgramLaw("vmap = a loop of plain calls", REVERSE, (c) => {
  const { program, inputs, outputs } = c;
  const shared = inputs.map((_, i) => i % 3 === 2);
  const batch = inputs.map((x, i) => (shared[i] ? x : [x, rolled(x), x]));
  requireBatched("vmap", program.flat, { size: 3, inputs: batch }, inputs, chained([...inputs, ...outputs]));
});

const vmapOfGradLaw = defineProgramLaw(
  "vmap of grad = a loop of plain calls",
  { ...REVERSE, maxSteps: 8 },
  (c) => {
    const { inputs, outputs, cotangents } = c;
    const { fun, at } = restricted(c);
    const gradient: FlatFunction = (...xs) => instantiate(vjpFlat(fun, xs).pullback(cotangents), xs);
    const batch = at.map((x) => [x, rolled(x)]);
    requireBatched(
      "vmap of grad",
      gradient,
      { size: 2, inputs: batch },
      at,
      chained([...inputs, ...outputs]),
    );
    requireBatched(
      "vmap of jit of grad",
      compiled(gradient),
      { size: 2, inputs: batch },
      at,
      chained([...inputs, ...outputs]),
    );
  },
);

/** The same elements in other places. */
const rolled = (x: NDArray): NDArray => {
  const from = x.toTypedArray();
  const to = from.slice();
  for (let i = 0; i < to.length; i++) to[i] = from[(i + 1) % from.length] as number;
  return new ConcreteArray(to, x.shape, x.dtype);
};

const checkpointLaw = defineProgramLaw("checkpoint changes no value and no gradient", REVERSE, (c) => {
  const { program, inputs, outputs, cotangents } = c;
  const args = program.args(inputs);
  const tolerance = chained([...inputs, ...outputs]);
  const saved = checkpoint(program.fun);
  requireClose("checkpoint", leavesOf(saved(...args)), outputs, tolerance);
  const ct = unflatten(
    program.outTree,
    outputs.map((y, i) => cotangents[i] ?? y),
  );
  const expected = leavesOf(vjp(program.fun, args)[1](ct));
  requireClose("vjp of checkpoint", leavesOf(vjp(saved, args)[1](ct)), expected, tolerance);
  requireClose("vjp of jit of checkpoint", leavesOf(vjp(jit(saved), args)[1](ct)), expected, tolerance);
});

/** What is true of every program. */
export const PROGRAM_LAWS: readonly ProgramLaw[] = [
  jaxprLaw,
  derivativeLaw,
  programAdjointLaw,
  vjpLaw,
  programSecondOrderLaw,
  jitOfProgramLaw,
  vmapOfProgramLaw,
  vmapOfGradLaw,
  checkpointLaw,
];

/**
 * Check a law on random programs.
 *
 * @throws Error with a minimal program, printed as a jaxpr, if the law does not hold.
 */
export const checkProgramLaw = (law: ProgramLaw, { numRuns = 100, seed }: LawOptions = {}): void => {
  check(law.property(), { numRuns, ...(seed !== undefined && { seed }) });
};
