import { isFloat, type NDArray, type Shape, sizeOf } from "../array/index.ts";
import { aval, DTypeError, describeAval, evalJaxpr } from "../core/index.ts";
import { callBatched } from "../interpreters/batch-trace.ts";
import { batchedAt, zerosLike } from "../primitives/broadcast.ts";
import { add } from "../primitives/elementwise/add.ts";
import { eq } from "../primitives/elementwise/comparison.ts";
import { convertElementType } from "../primitives/elementwise/conversion.ts";
import { iota } from "../primitives/iota.ts";
import { slice } from "../primitives/padding.ts";
import { range, scalarLike } from "../primitives/rules.ts";
import { reshape } from "../primitives/shape.ts";
import { type Arrays, type MapLeaves, type TreeDef, unflatten } from "../tree/index.ts";
import { fixOtherArguments, resolveArgnums } from "./argnums.ts";
import { flattenArrays } from "./flatten-function.ts";
import { splitAux } from "./jvp.ts";
import { linearizeFlat } from "./linearize.ts";
import type { Argnums, AtArgnums, GradInputs } from "./types.ts";
import { vjpFlat } from "./vjp.ts";

/** Options of `jacfwd`, `jacrev` and `hessian`. */
export interface JacobianOptions<N extends Argnums = Argnums> {
  /** The arguments to differentiate with respect to: a position (default 0), or several. */
  readonly argnums?: N;
  /** The function returns `[output, aux]`. */
  readonly hasAux?: boolean;
}

/** A Jacobian: the tree of the output, each leaf the tree of the inputs, each leaf of shape `[...output, ...input]`. */
export type Jacobian<A extends readonly unknown[], R, N extends Argnums> = MapLeaves<
  Arrays<R>,
  AtArgnums<A, N>
>;

/**
 * Unit vectors in the direct sum of some arrays: for each array, `[total, ...shape]`, where the array's own elements
 * have a 1 each in turn.
 */
const standardBasis = (
  xs: readonly { readonly shape: Shape; readonly dtype: NDArray["dtype"] }[],
): NDArray[] => {
  const total = xs.reduce((sum, x) => sum + sizeOf(x.shape), 0);
  let offset = 0;
  return xs.map(({ shape, dtype }) => {
    const size = sizeOf(shape);
    const rows = iota([total, size], "int32", 0);
    const columns = iota([total, size], "int32", 1);
    const shifted = offset === 0 ? columns : add(columns, scalarLike(columns, offset));
    offset += size;
    return reshape(convertElementType(eq(rows, shifted), dtype), [total, ...shape]);
  });
};

/** Cut `x` along its axis of unit vectors and give each piece the shape `makeShape` says. */
const splitBasis = (
  x: NDArray,
  axis: number,
  pieces: readonly { readonly shape: Shape }[],
  makeShape: (piece: Shape) => Shape,
): NDArray[] => {
  let start = 0;
  return pieces.map(({ shape }) => {
    const stop = start + sizeOf(shape);
    const whole = start === 0 && stop === x.shape[axis];
    const part = whole ? x : sliceInAxis(x, axis, start, stop);
    start = stop;
    return reshape(part, makeShape(shape));
  });
};

const sliceInAxis = (x: NDArray, axis: number, start: number, stop: number): NDArray =>
  slice(
    x,
    x.shape.map((_, a) => (a === axis ? start : 0)),
    x.shape.map((n, a) => (a === axis ? stop : n)),
  );

interface Prepared {
  readonly inputs: readonly NDArray[];
  readonly inTree: TreeDef;
  readonly split: ReturnType<typeof splitAux>;
  /** The trees of the chosen arguments in the form that `argnums` asks for. */
  assemble(perInput: readonly NDArray[]): unknown;
}

const prepare = (
  f: (...args: never[]) => unknown,
  args: readonly unknown[],
  { argnums = 0, hasAux = false }: JacobianOptions,
  where: string,
): Prepared => {
  const positions = resolveArgnums(argnums, args.length, where);
  const [inputs, inTree] = flattenArrays(
    positions.map((p) => args[p]),
    `${where}, arguments`,
  );
  for (const x of inputs) {
    if (!isFloat(x.dtype)) {
      throw new DTypeError(
        `${where}: can only differentiate with respect to floats; got ${describeAval(x)}. Use astype or other argnums.`,
      );
    }
  }
  return {
    inputs,
    inTree,
    split: splitAux(fixOtherArguments(f, args, positions), inTree, where, hasAux),
    assemble: (perInput) => {
      const trees = unflatten(inTree, perInput) as unknown[];
      return typeof argnums === "number" ? trees[0] : trees;
    },
  };
};

/**
 * The Jacobian by forward mode: one JVP for each element of the inputs, all at once. Best when there are fewer inputs
 * than outputs.
 *
 * @returns a function of the same arguments; its result has the tree of the output, each leaf the tree of the argument,
 *   each leaf of shape `[...output shape, ...input shape]`. With `hasAux`, `[jacobian, aux]`.
 * @example
 * jacfwd((x: NDArray) => x.mul(x))(np.array([1, 2])); // [[2, 0], [0, 4]]
 * @see https://docs.jax.dev/en/latest/_autosummary/jax.jacfwd.html
 */
export function jacfwd<A extends readonly unknown[], R, const N extends Argnums = 0>(
  f: (...args: A) => R,
  options?: JacobianOptions<N> & { readonly hasAux?: false },
): (...args: GradInputs<A, N>) => Jacobian<A, R, N>;
export function jacfwd<A extends readonly unknown[], R, Aux, const N extends Argnums = 0>(
  f: (...args: A) => readonly [R, Aux],
  options: JacobianOptions<N> & { readonly hasAux: true },
): (...args: GradInputs<A, N>) => [jacobian: Jacobian<A, R, N>, aux: Arrays<Aux>];
export function jacfwd(
  f: (...args: never[]) => unknown,
  options: JacobianOptions = {},
): (...args: unknown[]) => unknown {
  return (...args) => {
    const { inputs, split, assemble } = prepare(f, args, options, "jacfwd");
    const { outputs, jaxpr, outLive } = linearizeFlat(split.fun, inputs, "jacfwd");
    const basis = standardBasis(inputs);
    const total = basis[0]?.shape[0] ?? 0;
    const pushed = callBatched(
      (...tangents) => evalJaxpr(jaxpr.jaxpr, jaxpr.consts, tangents),
      basis,
      basis.map(() => 0),
      { size: total, axisName: undefined },
    );
    let next = 0;
    const count = split.outTree().numLeaves;
    const rows = outputs.map((y, i) => {
      if (outLive[i] !== true) {
        return assemble(inputs.map((x) => zerosLike(aval([...y.shape, ...x.shape], y.dtype))));
      }
      const at = next++;
      const columns = batchedAt(pushed.outputs[at] as NDArray, pushed.axes[at] ?? null, total, y.ndim);
      return assemble(splitBasis(columns, y.ndim, inputs, (shape) => [...y.shape, ...shape]));
    });
    const jacobian = unflatten(split.outTree(), rows.slice(0, count));
    return options.hasAux === true ? [jacobian, unflatten(split.auxTree(), outputs.slice(count))] : jacobian;
  };
}

/**
 * The Jacobian by reverse mode: one VJP for each element of the outputs, all at once. Best when there are fewer outputs
 * than inputs. Arguments and result as for `jacfwd`.
 *
 * @example
 * jacrev((x: NDArray) => x.mul(x))(np.array([1, 2])); // [[2, 0], [0, 4]]
 * @see https://docs.jax.dev/en/latest/_autosummary/jax.jacrev.html
 */
export function jacrev<A extends readonly unknown[], R, const N extends Argnums = 0>(
  f: (...args: A) => R,
  options?: JacobianOptions<N> & { readonly hasAux?: false },
): (...args: GradInputs<A, N>) => Jacobian<A, R, N>;
export function jacrev<A extends readonly unknown[], R, Aux, const N extends Argnums = 0>(
  f: (...args: A) => readonly [R, Aux],
  options: JacobianOptions<N> & { readonly hasAux: true },
): (...args: GradInputs<A, N>) => [jacobian: Jacobian<A, R, N>, aux: Arrays<Aux>];
export function jacrev(
  f: (...args: never[]) => unknown,
  options: JacobianOptions = {},
): (...args: unknown[]) => unknown {
  return (...args) => {
    const { inputs, split, assemble } = prepare(f, args, options, "jacrev");
    const { outputs, pullback } = vjpFlat(split.fun, inputs, "jacrev");
    const outTree = split.outTree();
    const main = outputs.slice(0, outTree.numLeaves);
    for (const y of main) {
      if (!isFloat(y.dtype)) {
        throw new DTypeError(
          `jacrev: outputs must be floats; got ${describeAval(y)}. Return it as aux instead.`,
        );
      }
    }
    const basis = standardBasis(main);
    const total = basis[0]?.shape[0] ?? 0;
    const pulled = callBatched(
      (...cts) =>
        pullback([...cts, ...outputs.slice(main.length).map(() => null)]).map(
          (ct, i) => ct ?? zerosLike(inputs[i] as NDArray),
        ),
      basis,
      basis.map(() => 0),
      { size: total, axisName: undefined },
    );
    // For each input, the rows of all outputs: cut them by output, then turn the nesting round.
    const perInput = inputs.map((x, i) =>
      splitBasis(
        batchedAt(pulled.outputs[i] as NDArray, pulled.axes[i] ?? null, total, 0),
        0,
        main,
        (shape) => [...shape, ...x.shape],
      ),
    );
    const jacobian = unflatten(
      outTree,
      range(main.length).map((k) => assemble(perInput.map((pieces) => pieces[k] as NDArray))),
    );
    return options.hasAux === true
      ? [jacobian, unflatten(split.auxTree(), outputs.slice(main.length))]
      : jacobian;
  };
}

/** The Jacobian; another name of `jacrev`, as in JAX. */
export const jacobian: typeof jacrev = jacrev;
