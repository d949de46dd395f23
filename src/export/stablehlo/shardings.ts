import { sizeOf } from "../../array/index.ts";
import { ArgumentError, type Aval, describeAval, ShapeError } from "../../core/index.ts";
import { asTreeError } from "../../transforms/flatten-function.ts";
import type { Partition, StableHLOOptions } from "../../transforms/stablehlo-exporter.ts";
import { broadcastPrefix, type TreeDef, unflatten } from "../../tree/index.ts";
import { isPartition, partition } from "../partition.ts";

/*
 * How arguments and results are split over devices, in the attributes of Shardy.
 */

/** The devices, by axis. */
export interface Mesh {
  readonly axes: ReadonlyMap<string, number>;
  /** How many devices there are. */
  readonly size: number;
}

/** A module says how many there are as an int32. */
const MAX_DEVICES = 2 ** 31 - 1;

/** The mesh of the options, or `undefined` for one device. */
export const meshOf = ({ mesh, inShardings, outShardings }: StableHLOOptions): Mesh | undefined => {
  if (mesh === undefined) {
    if (inShardings === undefined && outShardings === undefined) return undefined;
    throw new ArgumentError(
      "toStableHLO: shardings name axes of a mesh, and there is none. Say which devices there are, as in mesh: { data: 8 }.",
    );
  }
  const axes = Object.entries(mesh);
  for (const [axis, size] of axes) {
    if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(axis)) {
      throw new ArgumentError(
        `toStableHLO: an axis of a mesh is named by letters, digits and _, a digit not first; got ${JSON.stringify(axis)}.`,
      );
    }
    if (!Number.isInteger(size) || size < 1) {
      throw new ArgumentError(
        `toStableHLO: mesh axis "${axis}" must be a whole number >= 1 of devices; got ${size}.`,
      );
    }
  }
  if (axes.length === 0)
    throw new ArgumentError("toStableHLO: the mesh has no axes. Leave mesh out for one device.");
  const size = sizeOf(axes.map(([, n]) => n));
  if (size > MAX_DEVICES)
    throw new ArgumentError(`toStableHLO: a mesh has at most ${MAX_DEVICES} devices; got ${size}.`);
  return { axes: new Map(axes), size };
};

/** `sdy.mesh` of the module. */
export const formatMesh = ({ axes }: Mesh): string =>
  `sdy.mesh @mesh = <[${[...axes].map(([axis, size]) => `"${axis}"=${size}`).join(", ")}]>`;

/** A partition for each leaf of a tree: those of a prefix of it. */
export const partitionsOf = (
  option: "inShardings" | "outShardings",
  prefix: unknown,
  treedef: TreeDef,
): readonly Partition[] => {
  if (prefix === undefined) return new Array<Partition>(treedef.numLeaves).fill(partition());
  const full = unflatten(treedef, new Array<number>(treedef.numLeaves).fill(0));
  let leaves: readonly unknown[] = [];
  asTreeError(() => {
    leaves = broadcastPrefix(prefix, full, { isLeaf: isPartition });
  });
  return leaves.map((leaf) => {
    if (isPartition(leaf)) return leaf;
    throw new ArgumentError(
      `toStableHLO: leaves of ${option} are partitions, as partition("data", null) makes them; got ${String(leaf)}.`,
    );
  });
};

/** `sdy.sharding` of one argument or result. */
export const formatSharding = (mesh: Mesh, name: string, { axes }: Partition, value: Aval): string => {
  const { shape } = value;
  if (axes.length > shape.length) {
    throw new ShapeError(
      `toStableHLO: the partition of ${name} has ${axes.length} entries, but ${name} is ${describeAval(value)}.`,
    );
  }
  const used = new Set<string>();
  const dims = shape.map((n, i) => {
    const names = axes[i] ?? [];
    let parts = 1;
    for (const axis of names) {
      const size = mesh.axes.get(axis);
      if (size === undefined) {
        throw new ArgumentError(
          `toStableHLO: the partition of ${name} names the mesh axis "${axis}"; the mesh has ` +
            `${[...mesh.axes.keys()].map((known) => `"${known}"`).join(", ")}.`,
        );
      }
      if (used.has(axis))
        throw new ArgumentError(`toStableHLO: the partition of ${name} names the mesh axis "${axis}" twice.`);
      used.add(axis);
      parts *= size;
    }
    if (n % parts !== 0) {
      throw new ShapeError(
        `toStableHLO: axis ${i} of ${name}, which is ${describeAval(value)}, cannot be split evenly over ${parts} devices. ` +
          "Pad it, or split another axis.",
      );
    }
    return `{${names.map((axis) => `"${axis}"`).join(", ")}}`;
  });
  return `sdy.sharding = #sdy.sharding<@mesh, [${dims.join(", ")}]>`;
};
