import { ArgumentError } from "../core/index.ts";

/**
 * Which direction is divided by the number n of elements: the inverse ("backward", the default), the forward one, or
 * both by √n ("ortho").
 */
export type Normalization = "backward" | "ortho" | "forward";

/** The direction of a transform. */
export type Direction = "forward" | "inverse";

/** What a transform of `n` elements is multiplied by. */
export const scaleOf = (
  name: string,
  norm: Normalization | null,
  direction: Direction,
  n: number,
): number => {
  switch (norm ?? "backward") {
    case "backward":
      return direction === "forward" ? 1 : 1 / n;
    case "ortho":
      return 1 / Math.sqrt(n);
    case "forward":
      return direction === "forward" ? 1 / n : 1;
    default:
      throw new ArgumentError(
        `${name}: norm must be "backward", "ortho" or "forward"; got ${JSON.stringify(norm)}.`,
      );
  }
};

/** The normalization that scales the other direction, for transforms that are written as their inverse. */
export const swapped = (norm: Normalization | null): Normalization | null => {
  if (norm === "forward") return "backward";
  return norm === "backward" || norm === null ? "forward" : norm;
};
