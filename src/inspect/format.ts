import { isFloat, type NDArray } from "../array/index.ts";
import { type Aval, formatAval } from "../core/index.ts";
import * as np from "../numpy/index.ts";
import type { GraphEdge, GraphNode } from "./program-graph.ts";

/** A number in a picture: whole ones as they are, others with few digits. */
export const formatNumber = (x: number, digits = 4): string => {
  if (Number.isNaN(x)) return "NaN";
  if (!Number.isFinite(x)) return x > 0 ? "∞" : "−∞";
  const size = Math.abs(x);
  const written =
    Number.isInteger(x) && size < 1e6
      ? String(size)
      : size < 1e-3 || size >= 1e6
        ? size.toExponential(Math.min(2, digits - 1)).replace(/\.?0+e/, "e")
        : String(Number(size.toPrecision(digits)));
  return x < 0 ? `−${written}` : written;
};

const UNITS: readonly (readonly [size: number, unit: string])[] = [
  [1e12, "T"],
  [1e9, "G"],
  [1e6, "M"],
  [1e3, "k"],
];

/** A count with a unit: `1.25M`. */
export const formatCount = (x: number): string => {
  const [size, unit] = UNITS.find(([size]) => Math.abs(x) >= size) ?? [1, ""];
  return `${Number((x / size).toPrecision(3))}${unit}`;
};

/** The Euclidean norm of an array, which does not overflow before its numbers do. */
const norm = (x: NDArray): number => {
  const wide = np.abs(x.astype("float64"));
  const largest = wide.size === 0 ? 0 : Number(np.max(wide));
  if (largest === 0 || !Number.isFinite(largest)) return largest;
  return largest * Math.sqrt(Number(np.sum(np.square(np.divide(wide, largest)))));
};

/** The smallest and the largest of some numbers, once if they are alike: `0.1 … 30`. */
const spread = (numbers: readonly number[]): string => {
  const [low, high] = [Math.min(...numbers), Math.max(...numbers)].map((x) => formatNumber(x)) as [
    string,
    string,
  ];
  return low === high ? low : `${low} … ${high}`;
};

const isScalar = (x: Aval): boolean => x.shape.length === 0;

const scalarText = (x: NDArray): string => {
  const value = x.item();
  return typeof value === "boolean" ? String(value) : formatNumber(value);
};

/**
 * Arrays that pass along one edge (several where edges were folded into one): a scalar's value, the shape and the norm of
 * an array, how many there are of more, and between what their norms lie.
 */
const summarizeValues = (avals: readonly Aval[], values: readonly NDArray[] | undefined): string => {
  const [first] = avals;
  if (first === undefined) return "";
  const shapes = new Set(avals.map(formatAval));
  const shape = shapes.size === 1 ? formatAval(first) : "arrays";
  // One array that goes to several places is one value.
  const count = values === undefined ? avals.length : new Set(values).size;
  const counted = count === 1 ? shape : `${count} × ${shape}`;
  if (values === undefined) return counted;
  if (count === 1 && isScalar(first)) return scalarText(values[0] as NDArray);
  return values.every((x) => isFloat(x.dtype)) ? `${counted} ‖${spread(values.map(norm))}‖` : counted;
};

/** The gradients of such arrays: the number for a scalar, norms for others. */
export const summarizeGradients = (gradients: readonly NDArray[]): string => {
  const [first] = gradients;
  if (first === undefined) return "";
  return gradients.length === 1 && isScalar(first) ? scalarText(first) : `‖${spread(gradients.map(norm))}‖`;
};

/** The two lines at an edge. */
export interface EdgeText {
  readonly value: string;
  readonly gradient: string;
}

/** What stands at an edge that comes from `from`. */
export const edgeText = ({ wires }: GraphEdge, from: GraphNode): EdgeText => {
  const values = wires.flatMap(({ value }) => value ?? []);
  const gradients = wires.flatMap(({ gradient }) => gradient ?? []);
  const value = summarizeValues(
    wires.map(({ aval }) => aval),
    values.length === wires.length ? values : undefined,
  );
  // The number of a constant stands in its node.
  return { value: value === from.label ? "" : value, gradient: summarizeGradients(gradients) };
};
