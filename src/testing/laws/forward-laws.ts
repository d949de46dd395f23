import type { NDArray } from "../../array/index.ts";
import { checkJaxpr, type FlatFunction, type Tangent } from "../../core/index.ts";
import { jvpFlat } from "../../transforms/jvp.ts";
import { makeJaxpr } from "../../transforms/make-jaxpr.ts";
import { directionalDifference, stepFor } from "../finite-differences.ts";
import type { ProgramOptions } from "../programs/index.ts";
import { compiled } from "./compiled.ts";
import { requireDerivative } from "./jvp.ts";
import { instantiate, requireClose } from "./law.ts";
import { chained, DOUBLES, defineProgramLaw, floatsOf, type ProgramLaw, restricted } from "./program-law.ts";
import { requireBatched, rolled } from "./vmap.ts";

/*
 * Programs with loops that run until a condition holds. Reverse mode refuses these, so here they go through forward mode,
 * batching and compilation alone.
 */

const FORWARD: ProgramOptions = { forwardOnly: true };

/** The tangents of a program, as a function of its inputs and their tangents. */
const pushedForward =
  (fun: FlatFunction, live: readonly number[], n: number): FlatFunction =>
  (...args) => {
    const tangents = new Array<Tangent>(n).fill(null);
    live.forEach((i, k) => {
      tangents[i] = args[n + k] as NDArray;
    });
    const result = jvpFlat(fun, args.slice(0, n), tangents);
    return [...result.outputs, ...instantiate(result.tangents, result.outputs)];
  };

const forwardDerivativeLaw = defineProgramLaw(
  "JVP = central differences, through while loops",
  { ...FORWARD, ...DOUBLES },
  ({ program, inputs, tangents, outputs }) => {
    const result = jvpFlat(program.flat, inputs, tangents);
    requireClose("the primal output of jvp", result.outputs, outputs);
    const differences = directionalDifference(program.flat, inputs, tangents, stepFor(inputs));
    for (const i of floatsOf(outputs)) {
      const difference = differences[i];
      if (difference === undefined) continue;
      requireDerivative(`output ${i}`, outputs[i] as NDArray, result.tangents[i] ?? null, difference, 1e-5);
    }
  },
);

const forwardJitLaw = defineProgramLaw("jit of jvp = jvp of jit = jvp, through while loops", FORWARD, (c) => {
  const { program, inputs, tangents, outputs } = c;
  const tolerance = chained([...inputs, ...outputs]);
  requireClose("jit", compiled(program.flat)(...inputs), outputs, tolerance);
  const live = floatsOf(inputs);
  const args = [...inputs, ...live.map((i) => tangents[i] as NDArray)];
  const plain = pushedForward(program.flat, live, inputs.length);
  const expected = plain(...args);
  const closed = makeJaxpr((...xs: NDArray[]): readonly NDArray[] => plain(...xs))(...args);
  checkJaxpr(closed.jaxpr);
  requireClose("jit of jvp", compiled(plain)(...args), expected, tolerance);
  const outer = pushedForward(compiled(program.flat), live, inputs.length);
  requireClose("jvp of jit", outer(...args), expected, tolerance);
});

const forwardVmapLaw = defineProgramLaw(
  "vmap of jvp = a loop of plain calls, through while loops",
  { ...FORWARD, maxSteps: 10 },
  (c) => {
    const { program, inputs, outputs } = c;
    const tolerance = chained([...inputs, ...outputs]);
    const batch = inputs.map((x, i) => (i % 3 === 2 ? x : [x, rolled(x), x]));
    requireBatched("vmap", program.flat, { size: 3, inputs: batch }, inputs, tolerance);
    const { fun, at, live } = restricted(c);
    const directions = live.map((i) => c.tangents[i] as NDArray);
    const slope = pushedForward(fun, [...live.keys()], at.length);
    const moving = [...at, ...directions].map((x) => [x, rolled(x)]);
    requireBatched("vmap of jvp", slope, { size: 2, inputs: moving }, [...at, ...directions], tolerance);
    requireBatched(
      "vmap of jit of jvp",
      compiled(slope),
      { size: 2, inputs: moving },
      [...at, ...directions],
      tolerance,
    );
  },
);

const forwardSecondOrderLaw = defineProgramLaw(
  "JVP of JVP = central differences of JVP, through while loops",
  { ...FORWARD, ...DOUBLES, maxSteps: 6 },
  (c) => {
    const { fun, at, live } = restricted(c);
    const directions = live.map((i) => c.tangents[i] as NDArray);
    const slope: FlatFunction = (...xs) => {
      const { outputs, tangents } = jvpFlat(fun, xs, directions);
      return instantiate(tangents, outputs);
    };
    const values = slope(...at);
    const { tangents } = jvpFlat(slope, at, directions);
    const differences = directionalDifference(slope, at, directions, stepFor(at));
    for (const i of floatsOf(values)) {
      const difference = differences[i];
      if (difference === undefined) continue;
      requireDerivative(`output ${i}`, values[i] as NDArray, tangents[i] ?? null, difference, 1e-4);
    }
  },
);

/** What is true of programs with loops that run until a condition holds. */
export const FORWARD_LAWS: readonly ProgramLaw[] = [
  forwardDerivativeLaw,
  forwardSecondOrderLaw,
  forwardJitLaw,
  forwardVmapLaw,
];
