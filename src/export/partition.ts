import { ArgumentError } from "../core/index.ts";
import type { Partition } from "../transforms/stablehlo-exporter.ts";

/** A `Partition` as the leaf of a tree. */
class PartitionSpec implements Partition {
  readonly axes: readonly (readonly string[])[];
  constructor(axes: readonly (readonly string[])[]) {
    this.axes = axes;
  }

  toString(): string {
    const text = (names: readonly string[]): string =>
      names.length === 1 ? JSON.stringify(names[0]) : names.length === 0 ? "null" : JSON.stringify(names);
    return `partition(${this.axes.map(text).join(", ")})`;
  }
}

/** Whether a value was made by `partition`. */
export const isPartition = (value: unknown): value is Partition => value instanceof PartitionSpec;

/**
 * How an array is split over the devices of a mesh: for each of its axes, from the first, the axis of the mesh that splits
 * it, several (the first the slowest), or `null`. Axes that are not named, and all of `partition()`, are whole on every
 * device. JAX's `PartitionSpec`.
 *
 * @throws ArgumentError for anything else.
 * @example
 * String(partition("data", null)); // "partition(\"data\", null)"
 * @see https://docs.jax.dev/en/latest/_autosummary/jax.sharding.PartitionSpec.html
 */
export const partition = (...axes: readonly (string | readonly string[] | null)[]): Partition =>
  new PartitionSpec(
    axes.map((names) => {
      if (names === null) return [];
      if (typeof names === "string") return [names];
      if (Array.isArray(names) && names.every((name) => typeof name === "string")) return [...names];
      throw new ArgumentError(
        `partition: each axis is split by the name of a mesh axis, by a list of names, or by null; got ${String(names)}.`,
      );
    }),
  );
