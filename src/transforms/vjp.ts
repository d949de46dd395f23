import { isFloat, type NDArray } from "../array/index.ts";
import { type FlatFunction, inLivePlaces, type Tangent, UndefinedPrimal } from "../core/index.ts";
import { backwardPass } from "../interpreters/backward-pass.ts";
import { zerosLike } from "../primitives/broadcast.ts";
import { type Arrays, type Inputs, unflatten } from "../tree/index.ts";
import { flattenArrays, requireSameStructure } from "./flatten-function.ts";
import { type AuxOptions, matchCotangent, splitAux } from "./jvp.ts";
import { linearizeFlat } from "./linearize.ts";
import type { ArraysOf, InputsOf } from "./types.ts";

/** A flat function at a point: its outputs, and the map from their cotangents to those of the inputs. */
export interface FlatVjp {
  readonly outputs: readonly NDArray[];
  /** `null` stands for zero, in and out. */
  readonly pullback: (cotangents: readonly Tangent[]) => readonly Tangent[];
}

/** Reverse mode is linearization and transposition. */
export const vjpFlat = (fun: FlatFunction, primals: readonly NDArray[], transform = "vjp"): FlatVjp => {
  const { outputs, jaxpr, inLive, outLive } = linearizeFlat(fun, primals, transform);
  const places = jaxpr.jaxpr.inputs.map((v) => new UndefinedPrimal(v.aval));
  return {
    outputs,
    pullback: (cotangents) => {
      const live = cotangents.filter((_, i) => outLive[i]);
      return inLivePlaces(inLive, backwardPass(jaxpr.jaxpr, jaxpr.consts, places, live));
    },
  };
};

/**
 * Evaluate `f` at `primals` and get the function that pulls cotangents of its output back: `ct` to `ctᵀ · J`, one
 * cotangent a primal, by reverse mode, without building the Jacobian J. It may be called many times. The cotangent of
 * an integer or boolean leaf is zeros of its dtype.
 *
 * @returns `[output, vjpFn]`, and `aux` third with `hasAux`.
 * @throws TreeError or ShapeError from `vjpFn` if the cotangent does not match the output.
 * @example
 * const [y, pullback] = vjp((x: NDArray) => x.mul(x), [3]);
 * const [dx] = pullback(1); // 6
 * @see https://docs.jax.dev/en/latest/_autosummary/jax.vjp.html
 */
export function vjp<A extends readonly unknown[], R>(
  f: (...args: A) => R,
  primals: Readonly<InputsOf<A>>,
  options?: { readonly hasAux?: false },
): [output: Arrays<R>, vjpFn: (cotangent: Inputs<Arrays<R>>) => ArraysOf<A>];
export function vjp<A extends readonly unknown[], R, Aux>(
  f: (...args: A) => readonly [R, Aux],
  primals: Readonly<InputsOf<A>>,
  options: { readonly hasAux: true },
): [output: Arrays<R>, vjpFn: (cotangent: Inputs<Arrays<R>>) => ArraysOf<A>, aux: Arrays<Aux>];
export function vjp(
  f: (...args: never[]) => unknown,
  primals: readonly unknown[],
  { hasAux = false }: AuxOptions = {},
): unknown[] {
  const [inputs, inTree] = flattenArrays(primals, "vjp, primals");
  const split = splitAux(f, inTree, "vjp", hasAux);
  const { outputs, pullback } = vjpFlat(split.fun, inputs);
  const outTree = split.outTree();
  const n = outTree.numLeaves;
  const mainOutputs = outputs.slice(0, n);
  const vjpFn = (cotangent: unknown): unknown => {
    const [cts, ctTree] = flattenArrays(cotangent, "vjpFn, cotangent");
    requireSameStructure(outTree, ctTree, { where: "vjpFn", names: ["output", "cotangent"] });
    const seeds = mainOutputs.map((x, i) =>
      isFloat(x.dtype) ? matchCotangent(x, cts[i] as NDArray, "vjpFn: the cotangent of an output") : null,
    );
    const results = pullback([...seeds, ...outputs.slice(n).map(() => null)]);
    return unflatten(
      inTree,
      inputs.map((x, i) => results[i] ?? zerosLike(x)),
    );
  };
  return [
    unflatten(outTree, mainOutputs),
    vjpFn,
    ...(hasAux ? [unflatten(split.auxTree(), outputs.slice(n))] : []),
  ];
}
