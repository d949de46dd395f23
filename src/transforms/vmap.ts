import { describeValue, formatShape, type NDArray, normalizeAxis } from "../array/index.ts";
import { ArgumentError, type BatchAxis, describeAval, ShapeError } from "../core/index.ts";
import { callBatched } from "../interpreters/batch-trace.ts";
import { batchedAt } from "../primitives/broadcast.ts";
import {
  type Arrays,
  broadcastPrefix,
  checkPrefix,
  flatten,
  flattenWithPath,
  formatPath,
  unflatten,
} from "../tree/index.ts";
import { asTreeError, flattenArrays, flattenFunction } from "./flatten-function.ts";
import type { InputsOf } from "./types.ts";

/** Where batches lie: an axis for all leaves, `null` for what the whole batch shares, or a tree of these. */
export type AxisSpec = number | null | readonly AxisSpec[] | { readonly [key: string]: AxisSpec };

/** Options of `vmap`. */
export interface VmapOptions {
  /** The length of the batch; only needed if no argument has a batch axis. */
  readonly axisSize?: number;
  /** A name by which collective operations (`lax.psum`, …) refer to this axis. */
  readonly axisName?: string;
}

const axisLeaf = { isLeaf: (node: unknown): boolean => node === null };

/** One axis a leaf, from a prefix tree. */
const spreadAxes = (
  spec: AxisSpec,
  tree: unknown,
  names: readonly [spec: string, tree: string],
): BatchAxis[] =>
  spread(spec, tree, names).map((axis) => {
    if (axis === null || (typeof axis === "number" && Number.isInteger(axis))) return axis;
    throw new ArgumentError(
      `vmap: ${names[0]} must hold whole numbers and null; got ${describeValue(axis)}.`,
    );
  });

const spread = (spec: AxisSpec, tree: unknown, names: readonly [spec: string, tree: string]): unknown[] => {
  try {
    return broadcastPrefix(spec, tree, axisLeaf);
  } catch (error) {
    asTreeError(() => checkPrefix(flatten(spec, axisLeaf)[1], flatten(tree)[1], { where: "vmap", names }));
    throw error;
  }
};

/**
 * Apply `f`, written for one example, to a batch of them. `inAxes` says which axis of each argument is the batch (one
 * number for all arguments, or a list with one entry an argument, each a number, `null` for an argument that the whole
 * batch shares, or a tree of these); `outAxes` where it goes in the results.
 *
 * @throws ShapeError if batch axes have different lengths; ArgumentError if there is none; TreeError if inAxes or
 *   outAxes does not fit the arguments or the result.
 * @example
 * vmap(np.dot, [0, null])(rows, vector); // one product a row
 * @see https://docs.jax.dev/en/latest/_autosummary/jax.vmap.html
 */
export const vmap =
  <A extends readonly unknown[], R>(
    f: (...args: A) => R,
    inAxes: AxisSpec = 0,
    outAxes: AxisSpec = 0,
    options: VmapOptions = {},
  ): ((...args: InputsOf<A>) => Arrays<R>) =>
  (...args) => {
    if (Array.isArray(inAxes) && inAxes.length !== args.length) {
      throw new ArgumentError(
        `vmap: inAxes has ${inAxes.length} entries for a call with ${args.length} arguments; give one an argument.`,
      );
    }
    const [inputs, inTree] = flattenArrays(args, "vmap, arguments");
    const axes = spreadAxes(inAxes, args, ["inAxes", "the list of arguments"]).map((axis, i) => {
      if (axis === null) return null;
      const { ndim } = inputs[i] as NDArray;
      // The name of the leaf is only worked out for the message.
      const where = axis < -ndim || axis >= ndim ? `vmap: ${leafName(args, i)}` : "vmap";
      return normalizeAxis(axis, ndim, where);
    });
    const size = batchSize(inputs, axes, args, options.axisSize);
    const flat = flattenFunction(f as (...args: never[]) => unknown, inTree, "vmap");
    const result = callBatched(flat.fun, inputs, axes, { size, axisName: options.axisName });
    const outTree = flat.outTree();
    const placeholder = unflatten(outTree, result.outputs);
    const wanted = spreadAxes(outAxes, placeholder, ["outAxes", "the result"]);
    const outputs = result.outputs.map((x, i) =>
      placeBatch(x, result.axes[i] ?? null, wanted[i] ?? null, size),
    );
    return unflatten(outTree, outputs) as Arrays<R>;
  };

const leafName = (args: readonly unknown[], leaf: number): string => {
  const path = flattenWithPath(args)[0][leaf]?.[0] ?? [];
  const inside = formatPath(path.slice(1));
  return `inAxes for argument ${String(path[0])}${inside === "" ? "" : ` at ${inside}`}`;
};

const batchSize = (
  inputs: readonly NDArray[],
  axes: readonly BatchAxis[],
  args: readonly unknown[],
  given: number | undefined,
): number => {
  if (given !== undefined && !(Number.isInteger(given) && given >= 0)) {
    throw new ArgumentError(`vmap: axisSize must be a whole number from 0; got ${given}.`);
  }
  let size = given;
  let from = -1;
  for (let i = 0; i < inputs.length; i++) {
    const axis = axes[i] as BatchAxis;
    if (axis === null) continue;
    const n = (inputs[i] as NDArray).shape[axis] as number;
    if (size === undefined) {
      size = n;
      from = i;
    } else if (n !== size) {
      throw new ShapeError(
        `vmap: batch axes must have one length; ${from < 0 ? "axisSize" : leafName(args, from)} gives ${size}, ` +
          `${leafName(args, i)} gives ${n} (${describeAval(inputs[i] as NDArray)}, axis ${axis}).`,
      );
    }
  }
  if (size === undefined) {
    throw new ArgumentError(
      `vmap: no argument has a batch axis (shapes ${inputs.map((x) => formatShape(x.shape)).join(", ")}); ` +
        "set one in inAxes, or give axisSize.",
    );
  }
  return size;
};

const placeBatch = (x: NDArray, axis: BatchAxis, wanted: BatchAxis, size: number): NDArray => {
  if (wanted === null) {
    if (axis === null) return x;
    throw new ArgumentError(
      "vmap: outAxes is null for a result that differs between the examples of the batch; give it an axis.",
    );
  }
  const rank = axis === null ? x.ndim + 1 : x.ndim;
  return batchedAt(x, axis, size, normalizeAxis(wanted, rank, "vmap: outAxes"));
};
