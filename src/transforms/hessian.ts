import type { Arrays, MapLeaves } from "../tree/index.ts";
import { grad } from "./grad.ts";
import { type JacobianOptions, jacfwd, jacrev } from "./jacobian.ts";
import { jvp } from "./jvp.ts";
import type { Argnums, AtArgnums, GradInputs, InputsOf, ScalarFunction } from "./types.ts";

/** A Hessian: the tree of the output, each leaf a tree of trees of the inputs. */
export type Hessian<A extends readonly unknown[], R, N extends Argnums> = MapLeaves<
  MapLeaves<Arrays<R>, AtArgnums<A, N>>,
  AtArgnums<A, N>
>;

/**
 * The matrix of second derivatives, by forward mode over reverse mode: for a scalar `f` of an array of shape S, an
 * array of shape `[...S, ...S]`; for trees, a tree of trees. With `hasAux`, `[hessian, aux]`.
 *
 * @example
 * hessian((x: NDArray) => x.mul(x).sum())(np.array([1, 2])); // [[2, 0], [0, 2]]
 * @see https://docs.jax.dev/en/latest/_autosummary/jax.hessian.html
 */
export function hessian<A extends readonly unknown[], R, const N extends Argnums = 0>(
  f: (...args: A) => R,
  options?: JacobianOptions<N> & { readonly hasAux?: false },
): (...args: GradInputs<A, N>) => Hessian<A, R, N>;
export function hessian<A extends readonly unknown[], R, Aux, const N extends Argnums = 0>(
  f: (...args: A) => readonly [R, Aux],
  options: JacobianOptions<N> & { readonly hasAux: true },
): (...args: GradInputs<A, N>) => [hessian: Hessian<A, R, N>, aux: Arrays<Aux>];
export function hessian(
  f: (...args: never[]) => unknown,
  options: JacobianOptions = {},
): (...args: never[]) => unknown {
  const { hasAux = false, ...rest } = options;
  if (!hasAux) return jacfwd(jacrev(f, rest), rest);
  const withAux = { ...rest, hasAux };
  return jacfwd(jacrev(f as (...args: never[]) => [unknown, unknown], withAux), withAux);
}

/**
 * The Hessian of a scalar function times a vector, without building the Hessian: the derivative of the gradient with
 * respect to the first argument, in the direction `tangents`.
 *
 * @returns a tree like the first primal.
 * @example
 * hvp((x: NDArray) => x.mul(x).mul(x).sum(), [x], [v]); // 6 x v
 */
export const hvp = <A extends readonly unknown[]>(
  f: ScalarFunction<A>,
  primals: Readonly<InputsOf<A>>,
  tangents: Readonly<InputsOf<A>>,
): AtArgnums<A, 0> => {
  const gradient = grad(f) as unknown as (...args: A) => AtArgnums<A, 0>;
  return jvp(gradient, primals, tangents)[1] as AtArgnums<A, 0>;
};
