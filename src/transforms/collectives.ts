import { type ArrayLike, asArray, ConcreteArray, isFloat, type NDArray } from "../array/index.ts";
import { ArgumentError, activeTraces, bind1 } from "../core/index.ts";
import { BatchTrace } from "../interpreters/batch-trace.ts";
import { psumPrimitive } from "../primitives/collectives.ts";
import { div } from "../primitives/elementwise/arithmetic.ts";
import { convertElementType } from "../primitives/elementwise/conversion.ts";
import { scalarLike } from "../primitives/rules.ts";

/** The innermost `vmap` in progress that has this name. */
const namedAxis = (axisName: string, where: string): BatchTrace => {
  for (const trace of [...activeTraces()].reverse()) {
    if (trace instanceof BatchTrace && trace.axisName === axisName) return trace;
  }
  throw new ArgumentError(
    `${where}: no enclosing vmap names an axis "${axisName}". Give it one: vmap(f, 0, 0, { axisName: "${axisName}" }).`,
  );
};

/**
 * The sum of `x` over the examples of the enclosing `vmap` that is named `axisName`; each of them gets the same sum.
 *
 * @example
 * vmap((x: NDArray) => x.div(psum(x, "i")), 0, 0, { axisName: "i" })(np.array([1, 3])); // [0.25, 0.75]
 * @see https://docs.jax.dev/en/latest/_autosummary/jax.lax.psum.html
 */
export const psum = (x: ArrayLike, axisName: string): NDArray => {
  const { size } = namedAxis(axisName, "psum");
  return bind1(psumPrimitive, [asArray(x, "psum")], { axisName, axisSize: size });
};

/**
 * The mean of `x` over the examples of the enclosing `vmap` that is named `axisName`, a float. See `psum`.
 *
 * @example
 * vmap((x: NDArray) => x.sub(pmean(x, "i")), 0, 0, { axisName: "i" })(np.array([1, 3])); // [-1, 1]
 */
export const pmean = (x: ArrayLike, axisName: string): NDArray => {
  const sum = psum(x, axisName);
  const total = isFloat(sum.dtype) ? sum : convertElementType(sum, "float32");
  return div(total, scalarLike(total, namedAxis(axisName, "pmean").size));
};

/**
 * The length of the axis of the enclosing `vmap` that is named `axisName`.
 *
 * @example
 * vmap((x: NDArray) => x.mul(axisSize("i")), 0, 0, { axisName: "i" })(np.array([1, 2])); // [2, 4]
 */
export const axisSize = (axisName: string): number => namedAxis(axisName, "axisSize").size;

/**
 * The position of the present example in the enclosing `vmap` that is named `axisName`: an int32 scalar.
 *
 * @example
 * vmap((x: NDArray) => x.add(axisIndex("i")), 0, 0, { axisName: "i" })(np.array([10, 20])); // [10, 21]
 */
export const axisIndex = (axisName: string): NDArray => {
  const trace = namedAxis(axisName, "axisIndex");
  // An array with values, not an operation: a jit inside the vmap would record that, and be done before the vmap is.
  const positions = Int32Array.from({ length: trace.size }, (_, i) => i);
  return trace.wrap(new ConcreteArray(positions, [trace.size], "int32"), 0);
};
