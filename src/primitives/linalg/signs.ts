import { NOT_SMALL } from "./reflector-nest.ts";

/** The sign that makes the first element of a vector positive that is not small beside the others; 0 of nothing but zeros. */
export const signOf = (vector: readonly number[]): number => {
  const most = vector.reduce((sofar, x) => Math.max(sofar, Math.abs(x)), 0);
  return Math.sign(vector.find((x) => Math.abs(x) >= NOT_SMALL * most) ?? 0);
};
