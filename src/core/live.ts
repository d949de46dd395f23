import type { Tangent } from "./primitive.ts";

/**
 * One tangent or cotangent a place: where `live` says that there is one, the next of `results`, counted from `start`;
 * elsewhere `null`. Programs give only those that are there.
 */
export const inLivePlaces = (
  live: readonly boolean[],
  results: readonly Tangent[],
  start = 0,
): readonly Tangent[] => {
  let next = start;
  return live.map((isLive) => (isLive ? (results[next++] as Tangent) : null));
};
