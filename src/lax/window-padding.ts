import { formatShape } from "../array/index.ts";
import { ArgumentError } from "../core/index.ts";

/**
 * How axes are padded before windows are taken. "VALID": not at all. "SAME": with so much that windows start at every
 * place that `strides` reaches; an odd element more goes to the end, with "SAME_LOWER" to the beginning. Or how much
 * before and after each axis; negative numbers cut off.
 */
export type WindowPadding =
  | "VALID"
  | "SAME"
  | "SAME_LOWER"
  | readonly (readonly [low: number, high: number])[];

/** How long a window (or an axis) is with `dilation - 1` elements between neighbours. */
export const dilatedLength = (n: number, dilation: number): number => (n === 0 ? 0 : (n - 1) * dilation + 1);

/**
 * The padding of each axis in numbers, as JAX's `lax.padtype_to_pads`.
 *
 * @param windowShape the lengths of windows, dilation included.
 * @throws ArgumentError if the padding is none of those, or not one pair of whole numbers for each axis.
 */
export const resolvePadding = (
  name: string,
  shape: readonly number[],
  windowShape: readonly number[],
  strides: readonly number[],
  padding: WindowPadding,
): readonly (readonly [low: number, high: number])[] => {
  if (typeof padding !== "string") {
    const isLegal =
      padding.length === shape.length &&
      padding.every((pair) => pair.length === 2 && pair.every(Number.isInteger));
    if (isLegal) return padding;
    throw new ArgumentError(
      `${name}: padding must be "SAME", "SAME_LOWER", "VALID" or a pair [low, high] of whole numbers for each of the ` +
        `${shape.length} axes; got [${padding.map((pair) => (Array.isArray(pair) ? formatShape(pair) : String(pair))).join(", ")}].`,
    );
  }
  return shape.map((n, i): readonly [number, number] => {
    const stride = strides[i] as number;
    const total = Math.max(0, (Math.ceil(n / stride) - 1) * stride + (windowShape[i] as number) - n);
    const half = Math.floor(total / 2);
    switch (padding) {
      case "VALID":
        return [0, 0];
      case "SAME":
        return [half, total - half];
      case "SAME_LOWER":
        return [total - half, half];
      default:
        throw new ArgumentError(
          `${name}: padding must be "SAME", "SAME_LOWER", "VALID" or a list of pairs [low, high]; got "${String(padding)}".`,
        );
    }
  });
};

/**
 * `list`, or a 1 for each axis.
 *
 * @throws ArgumentError unless it has one whole number >= 1 for each of `rank` axes.
 */
export const positiveList = (
  name: string,
  label: string,
  list: readonly number[] | undefined,
  rank: number,
): readonly number[] => {
  if (list === undefined) return new Array<number>(rank).fill(1);
  if (list.length === rank && list.every((n) => Number.isInteger(n) && n >= 1)) return list;
  throw new ArgumentError(
    `${name}: ${label} must have one whole number >= 1 for each of ${rank} axes; got ${formatShape(list)}.`,
  );
};
