import {
  type ArrayLike,
  allocate,
  asArray,
  ConcreteArray,
  denseData,
  formatShape,
  type NDArray,
  sizeOf,
} from "../array/index.ts";
import { ArgumentError, ConcretizationError, describeAval, ShapeError } from "../core/index.ts";
import { type Arrays, flatten, formatPath, leafPaths, unflatten } from "../tree/index.ts";

/** A data set: a tree of arrays that have an example for each place along their leading axes. */
export interface Examples<T> {
  readonly count: number;
  /** The examples at these places, in this order: new arrays of as many rows. */
  at(places: ArrayLikeOfNumbers): Arrays<T>;
}

type ArrayLikeOfNumbers = { readonly length: number; readonly [i: number]: number };

const rowsOf = (x: ConcreteArray, places: ArrayLikeOfNumbers): NDArray => {
  const rowShape = x.shape.slice(1);
  const size = sizeOf(rowShape);
  const data = denseData(x);
  const out = allocate(x.dtype, places.length * size);
  for (let i = 0; i < places.length; i++) {
    const from = (places[i] as number) * size;
    out.set(data.subarray(from, from + size), i * size);
  }
  return new ConcreteArray(out, [places.length, ...rowShape], x.dtype, x.weakType);
};

/**
 * A tree of arrays as a set of examples. Rows are copied out of the arrays as they are asked for; the set itself is not
 * copied.
 *
 * @throws ShapeError if leading axes differ; ConcretizationError for traced arrays.
 */
export const examplesOf = <T>(where: string, data: T): Examples<T> => {
  const [leaves, treedef] = flatten(data);
  const name = (i: number): string => formatPath(leafPaths(treedef)[i] ?? [], "data");
  const arrays = leaves.map((leaf, i) => {
    const x = asArray(leaf as ArrayLike, `${where}, ${name(i)}`);
    if (x instanceof ConcreteArray) return x;
    throw new ConcretizationError(
      `${where}: ${name(i)} is traced (${describeAval(x)}); data are read outside of jit, grad and vmap.`,
    );
  });
  const count = arrays[0]?.shape[0];
  if (count === undefined) {
    throw new ArgumentError(
      `${where}: data must be a tree of arrays with an example for each place of their leading axes; ` +
        (arrays.length === 0
          ? "there is no array."
          : `${name(0)} is ${describeAval(arrays[0] as ConcreteArray)}.`),
    );
  }
  arrays.forEach((x, i) => {
    if (x.shape[0] === count) return;
    throw new ShapeError(
      `${where}: all arrays must have equally many examples; ${name(0)} has ${count}, ${name(i)} is ${formatShape(x.shape)}.`,
    );
  });
  return {
    count,
    at: (places) =>
      unflatten(
        treedef,
        arrays.map((x) => rowsOf(x, places)),
      ) as Arrays<T>,
  };
};
