import { type ArrayLike, formatShape, type NDArray, normalizeAxis, sizeOf } from "../array/index.ts";
import { ArgumentError, describeAval, ShapeError } from "../core/index.ts";
import { promote, toInexact } from "../numpy/operands.ts";
import { matmul } from "../numpy/products.ts";
import * as prim from "../primitives/index.ts";
import { solveSystems } from "./solve.ts";

/**
 * The product of two or more matrices, in the order that takes the fewest multiplications (the classical dynamic
 * program). The first may be a vector that stands for a row, the last one that stands for a column.
 *
 * @throws ArgumentError for fewer than two, ShapeError where neighbours do not fit.
 * @see https://docs.jax.dev/en/latest/_autosummary/jax.numpy.linalg.multi_dot.html
 * @example
 * np.linalg.multiDot([a, b, c]); // a·b·c
 */
export const multiDot = (arrays: readonly ArrayLike[]): NDArray => {
  if (arrays.length < 2) {
    throw new ArgumentError(`multiDot: needs at least two arrays; got ${arrays.length}.`);
  }
  const list = promote("multiDot", arrays);
  list.forEach((x, i) => {
    const isEnd = i === 0 || i === list.length - 1;
    if (x.ndim === 2 || (isEnd && x.ndim === 1)) return;
    throw new ShapeError(
      `multiDot: arrays must be matrices, the first and the last may be vectors; got ${describeAval(x)} in place ${i}.`,
    );
  });
  const first = list[0] as NDArray;
  const lengths = [first.ndim === 1 ? 1 : (first.shape[0] as number)];
  list.forEach((x, i) => {
    const inner = i === 0 ? (x.shape.at(-1) as number) : (x.shape[0] as number);
    if (i > 0 && inner !== lengths[i]) {
      throw new ShapeError(
        `multiDot: ${describeAval(list[i - 1] as NDArray)} and ${describeAval(x)}, in places ${i - 1} and ${i}, do not fit: the ` +
          `columns of the first are ${lengths[i]}, the rows of the second ${inner}.`,
      );
    }
    lengths.push(x.ndim === 1 && i > 0 ? 1 : (x.shape.at(-1) as number));
  });
  const split = bestSplits(lengths);
  const product = (from: number, to: number): NDArray => {
    if (from === to) return list[from] as NDArray;
    const at = split(from, to);
    return matmul(product(from, at), product(at + 1, to));
  };
  return product(0, list.length - 1);
};

/** Where the product of the matrices `from` … `to` is best split, given the lengths of their axes. */
const bestSplits = (lengths: readonly number[]): ((from: number, to: number) => number) => {
  const known = new Map<string, { readonly cost: number; readonly at: number }>();
  const best = (from: number, to: number): { readonly cost: number; readonly at: number } => {
    if (from === to) return { cost: 0, at: from };
    const key = `${from},${to}`;
    const remembered = known.get(key);
    if (remembered !== undefined) return remembered;
    const options = prim.range(to - from).map((k) => {
      const at = from + k;
      const last = (lengths[from] as number) * (lengths[at + 1] as number) * (lengths[to + 1] as number);
      return { cost: best(from, at).cost + best(at + 1, to).cost + last, at };
    });
    const choice = options.reduce((one, other) => (other.cost < one.cost ? other : one));
    known.set(key, choice);
    return choice;
  };
  return (from, to) => best(from, to).at;
};

/** Options of `tensorsolve`. */
export interface TensorsolveOptions {
  /** Axes of A that are moved behind the others first. */
  readonly axes?: readonly number[] | null | undefined;
}

/**
 * The x with `tensordot(a, x, x.ndim) = b`: A's leading axes are those of b, the others those of x, equal in size.
 *
 * @throws ShapeError unless A is square in that sense.
 * @see https://docs.jax.dev/en/latest/_autosummary/jax.numpy.linalg.tensorsolve.html
 * @example
 * np.linalg.tensorsolve(a, b); // float32[2, 3, 6] and float32[2, 3]: float32[6]
 */
export const tensorsolve = (
  a: ArrayLike,
  b: ArrayLike,
  options: readonly number[] | null | TensorsolveOptions = null,
): NDArray => {
  const axes =
    options !== null && "axes" in options ? (options.axes ?? null) : (options as readonly number[] | null);
  const [given, rhs] = promote("tensorsolve", [a, b], toInexact) as [NDArray, NDArray];
  let x = given;
  if (axes !== null) {
    const last = axes.map((axis) => normalizeAxis(axis, given.ndim, "tensorsolve"));
    x = prim.transpose(given, [...prim.range(given.ndim).filter((axis) => !last.includes(axis)), ...last]);
  }
  const shape = x.shape.slice(rhs.ndim);
  const size = sizeOf(shape);
  if (size !== rhs.size || x.size !== size * size) {
    throw new ShapeError(
      `tensorsolve: the first ${rhs.ndim} axes of the array must have the shape of the right-hand side, and as many elements as ` +
        `the others together; got ${formatShape(x.shape)} and ${describeAval(rhs)}.`,
    );
  }
  const solution = solveSystems(prim.reshape(x, [size, size]), prim.reshape(rhs, [size, 1]));
  return prim.reshape(solution, shape);
};

/**
 * The inverse of an array as a map of tensors: with the axes of A split behind the first `ind`, `tensordot(tensorinv(a), a,
 * ind)` is the identity.
 *
 * @throws ArgumentError unless `ind` is at least 1, ShapeError unless both parts have as many elements.
 * @see https://docs.jax.dev/en/latest/_autosummary/jax.numpy.linalg.tensorinv.html
 * @example
 * np.linalg.tensorinv(a, 2); // float32[2, 3, 6] → float32[6, 2, 3]
 */
export const tensorinv = (a: ArrayLike, ind = 2): NDArray => {
  const [x] = promote("tensorinv", [a], toInexact) as [NDArray];
  if (!(Number.isInteger(ind) && ind >= 1)) {
    throw new ArgumentError(`tensorinv: ind must be a whole number of at least 1; got ${String(ind)}.`);
  }
  const [before, after] = [x.shape.slice(0, ind), x.shape.slice(ind)];
  const size = sizeOf(before);
  if (size !== sizeOf(after)) {
    throw new ShapeError(
      `tensorinv: the first ${ind} axes must have as many elements as the others; got ${describeAval(x)}.`,
    );
  }
  const inverse = solveSystems(prim.reshape(x, [size, size]), prim.identities([size, size], x.dtype));
  return prim.reshape(inverse, [...after, ...before]);
};
