import { assert as check } from "fast-check";
import { ConcreteArray, isFloat, type NDArray } from "../../array/index.ts";
import { checkJaxpr, evalJaxpr, type FlatFunction, type Tangent } from "../../core/index.ts";
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
import { unflatten } from "../../tree/index.ts";
import { type Difference, directionalDifference, stepFor } from "../finite-differences.ts";
import type { Program } from "../programs/index.ts";
import { compiled } from "./compiled.ts";
import { FORWARD_LAWS } from "./forward-laws.ts";
import { requireDerivative } from "./jvp.ts";
import { instantiate, type LawOptions, requireClose } from "./law.ts";
import {
  chained,
  DOUBLES,
  defineProgramLaw,
  floatsOf,
  leavesOf,
  type ProgramLaw,
  REVERSE,
  restricted,
} from "./program-law.ts";
import { requireSymmetricHessian } from "./second-order.ts";
import { requireAdjoint } from "./transpose.ts";
import { requireBatched, rolled } from "./vmap.ts";

export type { ProgramCase, ProgramLaw } from "./program-law.ts";

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
  ...FORWARD_LAWS,
];

/**
 * Check a law on random programs.
 *
 * @throws Error with a minimal program, printed as a jaxpr, if the law does not hold.
 * @example
 * for (const law of PROGRAM_LAWS) checkProgramLaw(law, { numRuns: 1, seed: 1 });
 */
export const checkProgramLaw = (law: ProgramLaw, { numRuns = 100, seed }: LawOptions = {}): void => {
  check(law.property(), { numRuns, ...(seed !== undefined && { seed }) });
};
