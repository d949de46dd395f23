import { isFloat, type NDArray, scalarArray } from "../array/index.ts";
import { DifferentiationError, DTypeError, describeAval } from "../core/index.ts";
import { zerosLike } from "../primitives/broadcast.ts";
import { type Arrays, flattenWithPath, formatPath, unflatten } from "../tree/index.ts";
import { fixOtherArguments, resolveArgnums } from "./argnums.ts";
import { flattenArrays } from "./flatten-function.ts";
import { splitAux } from "./jvp.ts";
import type { Argnums, AtArgnums, GradInputs, ScalarFunction, ScalarFunctionWithAux } from "./types.ts";
import { vjpFlat } from "./vjp.ts";

/** Options of `grad` and `valueAndGrad`. */
export interface GradOptions<N extends Argnums = Argnums> {
  /** Which arguments to differentiate with respect to: a position (default 0), or several. */
  readonly argnums?: N;
  /** The function returns `[value, aux]`; `aux` is passed through. */
  readonly hasAux?: boolean;
  /** Accept integer and boolean leaves; their gradient is zeros of their dtype. */
  readonly allowInt?: boolean;
}

const differentiate = (
  f: (...args: never[]) => unknown,
  args: readonly unknown[],
  { argnums = 0, hasAux = false, allowInt = false }: GradOptions,
  where: string,
): { readonly value: NDArray; readonly aux: unknown; readonly gradient: unknown } => {
  if (typeof f !== "function") throw new TypeError(`${where}: expected a function, got ${typeof f}.`);
  const positions = resolveArgnums(argnums, args.length, where);
  const chosen = positions.map((position) => args[position]);
  const [inputs, inTree] = flattenArrays(chosen, `${where}, arguments`);
  if (!allowInt) {
    const bad = inputs.findIndex((x) => !isFloat(x.dtype));
    if (bad >= 0) throw integerInputError(where, chosen, positions, bad, inputs[bad] as NDArray);
  }
  const split = splitAux(fixOtherArguments(f, args, positions), inTree, where, hasAux);
  const { outputs, pullback } = vjpFlat(split.fun, inputs, where);
  const value = scalarOutput(outputs, split.outTree().numLeaves, where);
  const seed = scalarArray(1, value.dtype);
  const cts = pullback([seed, ...outputs.slice(1).map(() => null)]);
  const gradients = unflatten(
    inTree,
    inputs.map((x, i) => cts[i] ?? zerosLike(x)),
  ) as unknown[];
  return {
    value,
    aux: hasAux ? unflatten(split.auxTree(), outputs.slice(1)) : undefined,
    gradient: typeof argnums === "number" ? gradients[0] : gradients,
  };
};

const scalarOutput = (outputs: readonly NDArray[], count: number, where: string): NDArray => {
  const value = outputs[0];
  if (count !== 1 || value === undefined) {
    throw new DifferentiationError(
      `${where}: the function must return one scalar; it returned a tree of ${count} arrays. ` +
        "Use hasAux to return extra results, vjp or jacrev for several outputs.",
    );
  }
  if (value.shape.length !== 0) {
    throw new DifferentiationError(
      `${where}: the function must return a scalar; it returned ${describeAval(value)}. ` +
        "Reduce it (sum or mean), or use jacrev or vjp for outputs that are arrays.",
    );
  }
  if (!isFloat(value.dtype)) {
    throw new DTypeError(`${where}: the function must return a float; it returned ${describeAval(value)}.`);
  }
  return value;
};

const integerInputError = (
  where: string,
  chosen: readonly unknown[],
  positions: readonly number[],
  leaf: number,
  x: NDArray,
): DTypeError => {
  const path = flattenWithPath(chosen)[0][leaf]?.[0] ?? [];
  const argument = positions[Number(path[0])] ?? 0;
  const inside = formatPath(path.slice(1));
  return new DTypeError(
    `${where}: can only differentiate with respect to floats; argument ${argument}${inside === "" ? "" : ` at ${inside}`} ` +
      `is ${describeAval(x)}. Convert it with astype("float32"), choose other argnums, or set allowInt.`,
  );
};

/**
 * The gradient of a scalar function: a function of the same arguments that returns, for the first argument (or those
 * that `argnums` names), a tree of its structure, shapes and dtypes. `f` is evaluated once a call. Numbers are accepted
 * for the arrays of those arguments; the others reach `f` as they are given, and may be anything.
 *
 * @throws DifferentiationError if `f` does not return a scalar; DTypeError if it is not a float, or an argument isn't.
 * @example
 * const df = grad((x: NDArray) => np.sin(x).mul(x));
 * df(2); // sin(2) + 2 cos(2)
 * @see https://docs.jax.dev/en/latest/_autosummary/jax.grad.html
 */
export function grad<A extends readonly unknown[], const N extends Argnums = 0>(
  f: ScalarFunction<A>,
  options?: GradOptions<N> & { readonly hasAux?: false },
): (...args: GradInputs<A, N>) => AtArgnums<A, N>;
export function grad<A extends readonly unknown[], Aux, const N extends Argnums = 0>(
  f: ScalarFunctionWithAux<A, Aux>,
  options: GradOptions<N> & { readonly hasAux: true },
): (...args: GradInputs<A, N>) => [gradient: AtArgnums<A, N>, aux: Arrays<Aux>];
export function grad(
  f: (...args: never[]) => unknown,
  options: GradOptions = {},
): (...args: unknown[]) => unknown {
  return (...args) => {
    const { gradient, aux } = differentiate(f, args, options, "grad");
    return options.hasAux === true ? [gradient, aux] : gradient;
  };
}

/**
 * The value and the gradient of a scalar function, from one evaluation: like `grad`, and returns
 * `[value, gradient]`, or `[[value, aux], gradient]` with `hasAux`.
 *
 * @example
 * const [loss, grads] = valueAndGrad(lossFn)(params, batch);
 * @see https://docs.jax.dev/en/latest/_autosummary/jax.value_and_grad.html
 */
export function valueAndGrad<A extends readonly unknown[], const N extends Argnums = 0>(
  f: ScalarFunction<A>,
  options?: GradOptions<N> & { readonly hasAux?: false },
): (...args: GradInputs<A, N>) => [value: NDArray, gradient: AtArgnums<A, N>];
export function valueAndGrad<A extends readonly unknown[], Aux, const N extends Argnums = 0>(
  f: ScalarFunctionWithAux<A, Aux>,
  options: GradOptions<N> & { readonly hasAux: true },
): (...args: GradInputs<A, N>) => [value: [value: NDArray, aux: Arrays<Aux>], gradient: AtArgnums<A, N>];
export function valueAndGrad(
  f: (...args: never[]) => unknown,
  options: GradOptions = {},
): (...args: unknown[]) => unknown {
  return (...args) => {
    const { value, gradient, aux } = differentiate(f, args, options, "valueAndGrad");
    return [options.hasAux === true ? [value, aux] : value, gradient];
  };
}
