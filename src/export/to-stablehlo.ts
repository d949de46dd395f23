import { functionName } from "../transforms/flatten-function.ts";
import { traceFunction } from "../transforms/make-jaxpr.ts";
import { installStableHLOWriter, type StableHLOOptions } from "../transforms/stablehlo-exporter.ts";
import type { InputsOf } from "../transforms/types.ts";
import { writeModule } from "./stablehlo/module.ts";

/** Called when `cotangent/export` is loaded, so that `jit(f).lower(…).stablehlo()` finds the writer. */
export const installStableHLO = (): void => installStableHLOWriter(writeModule);

/**
 * `f`, traced at the shapes and dtypes of the arguments, as a StableHLO module in text: the form in which XLA takes
 * programs for CPUs, GPUs and TPUs. Derivatives, loops, branches and random bits are written out; constants are exact.
 * The module's function `main` takes the leaves of the arguments and returns those of the result, in the order of
 * `tree.flatten`; `jax.arg_info` and `jax.result_info` say where each stands.
 *
 * @param options names, the precision of products, and shardings over a mesh of devices.
 * @throws CotangentError that names a primitive which cannot be exported: one that calls back to JavaScript, or has no
 * lowering. ArgumentError or ShapeError for a sharding that does not fit.
 * @example
 * const text = toStableHLO((x: NDArray) => np.sin(x).mul(2))(np.zeros([3]));
 * text.includes("stablehlo.sine"); // true
 * @see https://openxla.org/stablehlo/spec
 */
export const toStableHLO =
  <A extends readonly unknown[]>(f: (...args: A) => unknown, options: StableHLOOptions = {}) =>
  (...args: InputsOf<A>): string => {
    const fun = f as (...args: never[]) => unknown;
    const { closed, inTree, outTree } = traceFunction(fun, args, "toStableHLO");
    const traced = args.map((_, i) => i);
    return writeModule(
      { closed, inTree, outTree, name: functionName(f), fun, count: args.length, traced },
      options,
    );
  };
